// A dialog that is a form: fields, a button that hands them in, and one that leaves.
import type { ReactNode, RefObject } from "react";
import { useId } from "react";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { FaultNotice } from "./fault-notice.tsx";

interface FormDialogProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** What the button says that hands it in. */
  readonly submitWords: string;
  readonly onSubmit: () => void;
  readonly isDisabled?: boolean;
  /** Whether what was handed in is on its way. */
  readonly isBusy?: boolean;
  /** What came of handing it in, where that was a fault. */
  readonly fault?: unknown;
  readonly form?: RefObject<HTMLFormElement | null>;
  readonly children: ReactNode;
}

/** The dialog; Enter in any of its fields hands it in, too. */
export function FormDialog({ isDisabled = false, isBusy = false, ...props }: FormDialogProps): ReactNode {
  const { title, lead, isOpen, onClose, submitWords, onSubmit, fault, form, children } = props;
  const id = useId();
  return (
    <Dialog
      title={title}
      lead={lead}
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={id} disabled={isDisabled} isBusy={isBusy}>
            {submitWords}
          </Button>
        </>
      }
    >
      {fault !== undefined && <FaultNotice fault={fault} />}
      <form
        id={id}
        ref={form}
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {children}
      </form>
    </Dialog>
  );
}
