// Ending a key for good, or taking one that has ended out of the list.
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
import { keysQuery } from "../keys-query.ts";

interface EndKeyDialogProps {
  readonly record: KeyRecord;
  /** Whether it is revoked, or deleted after it has ended. */
  readonly act: "revoke" | "delete";
  readonly onClose: () => void;
}

const WORDS = {
  revoke: { button: "Revoke key", done: "was revoked." },
  delete: { button: "Delete key", done: "was deleted." },
} as const;

async function end({ hash }: KeyRecord, act: EndKeyDialogProps["act"]): Promise<void> {
  await (act === "revoke"
    ? answerOf(routerApi.POST("/api/v1/keys/revoke", { body: { key_id: hash } }))
    : answerOf(routerApi.DELETE("/api/v1/keys/{hash}", { params: { path: { hash } } })));
}

function Consequences({ record, act }: Omit<EndKeyDialogProps, "onClose">): ReactNode {
  if (act === "delete") return <p>It leaves this list. What it spent stays in your activity.</p>;
  return (
    <>
      <p>
        This router refuses it from now on, for good: within a second for requests, and within five more for a proxy
        that is connected with it. Running requests finish.
      </p>
      {record.aimo.kind === "signed" && (
        <p>A key that was made without naming a router stays good at other routers: revoke it there too.</p>
      )}
    </>
  );
}

/** Asks before it is done. */
export function EndKeyDialog({ record, act, onClose }: EndKeyDialogProps): ReactNode {
  const asking = useQueryClient();
  const [fault, setFault] = useState<unknown>();
  const [isBusy, setIsBusy] = useState(false);
  const { button, done } = WORDS[act];
  const confirm = async (): Promise<void> => {
    setIsBusy(true);
    setFault(undefined);
    try {
      await end(record, act);
      void asking.invalidateQueries({ queryKey: keysQuery.queryKey });
      toast.success(`${nameOf(record)} ${done}`);
      onClose();
    } catch (error) {
      setFault(error);
      setIsBusy(false);
    }
  };
  return (
    <Dialog
      title={`${act === "revoke" ? "Revoke" : "Delete"} “${nameOf(record)}”?`}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button variant="danger" isBusy={isBusy} onClick={() => void confirm()}>
            {button}
          </Button>
        </>
      }
    >
      {fault !== undefined && <FaultNotice fault={fault} />}
      <div className="flex flex-col gap-2 text-sm">
        <Consequences record={record} act={act} />
      </div>
    </Dialog>
  );
}
