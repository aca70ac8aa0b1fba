// Changing an issued key: only what was changed is sent.
import { systemClock } from "@aimo-network/protocol/clock";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useState } from "react";
import { toast } from "sonner";
import { answerOf, routerApi } from "../../api/router-api.ts";
import { FormDialog } from "../../ui/form-dialog.tsx";
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
    <FormDialog
      title={`Edit “${nameOf(record)}”`}
      lead="Changes count within a second; running requests finish."
      isOpen
      onClose={onClose}
      submitWords="Save changes"
      onSubmit={() => void save()}
      isBusy={isBusy}
      fault={fault}
      form={form}
    >
      <IssuedKeyForm draft={draft} faults={faults} onChange={setDraft} endsAt={record.expires_at} />
    </FormDialog>
  );
}
