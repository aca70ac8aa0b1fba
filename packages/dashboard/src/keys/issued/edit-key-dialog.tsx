// Changing an issued key: only what was changed is sent.
import { systemClock } from "@aimo-network/protocol/clock";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useState } from "react";
import { toast } from "sonner";
import { answerOf, routerApi } from "../../api/router-api.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FaultNotice } from "../../ui/fault-notice.tsx";
import type { KeyRecord } from "../key-record.ts";
import { nameOf } from "../key-record.ts";
import { useFaultFocus } from "../fault-focus.ts";
import { keysQuery } from "../keys-query.ts";
import { IssuedKeyForm } from "./issued-key-form.tsx";
import type { KeyFaults } from "./key-draft.ts";
import { changesOf, draftOf, readKey } from "./key-draft.ts";

interface EditKeyDialogProps {
  readonly record: KeyRecord;
  readonly onClose: () => void;
}

/** The dialog of one key. */
export function EditKeyDialog({ record, onClose }: EditKeyDialogProps): ReactNode {
  const asking = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(record));
  const [faults, setFaults] = useState<KeyFaults>({});
  const form = useFaultFocus(faults);
  const [fault, setFault] = useState<unknown>();
  const [isBusy, setIsBusy] = useState(false);
  const save = async (): Promise<void> => {
    const read = readKey(draft, systemClock.now());
    setFaults(read.kind === "faulty" ? read.faults : {});
    if (read.kind === "faulty") return;
    const body = changesOf(record, read.settings);
    if (Object.keys(body).length === 0) {
      onClose();
      return;
    }
    setIsBusy(true);
    setFault(undefined);
    try {
      await answerOf(routerApi.PATCH("/api/v1/keys/{hash}", { params: { path: { hash: record.hash } }, body }));
      void asking.invalidateQueries({ queryKey: keysQuery.queryKey });
      toast.success(`${read.settings.name} was changed.`);
      onClose();
    } catch (error) {
      setFault(error);
      setIsBusy(false);
    }
  };
  return (
    <Dialog
      title={`Edit “${nameOf(record)}”`}
      lead="Changes count within a second; running requests finish."
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="edit-key" isBusy={isBusy}>
            Save changes
          </Button>
        </>
      }
    >
      {fault !== undefined && <FaultNotice fault={fault} />}
      <form
        id="edit-key"
        ref={form}
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <IssuedKeyForm draft={draft} faults={faults} onChange={setDraft} endsAt={record.expires_at} />
      </form>
    </Dialog>
  );
}
