// The dialog of a key that nobody will show again: it closes when somebody says that it was saved.
import { useBlocker } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

interface ShownOnceProps {
  readonly title: string;
  readonly lead: ReactNode;
  readonly children: ReactNode;
  readonly onSaved: () => void;
}

/** Shows a key once. The cross, Escape and the browser's back button do not close it: they say what would be lost. */
export function ShownOnceDialog({ title, lead, children, onSaved }: ShownOnceProps): ReactNode {
  const [isAsked, setIsAsked] = useState(false);
  useBlocker({
    shouldBlockFn: () => {
      setIsAsked(true);
      return true;
    },
    enableBeforeUnload: true,
  });
  return (
    <Dialog
      title={title}
      lead={lead}
      isOpen
      onClose={() => setIsAsked(true)}
      actions={
        <>
          {isAsked && (
            <p role="alert" className="mr-auto flex min-w-0 flex-1 basis-60 items-start gap-2 text-sm text-warn">
              <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
              The key is not shown again. Copy it first; if it is lost, make another one and revoke this.
            </p>
          )}
          <Button variant="primary" onClick={onSaved}>
            I have saved it
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
