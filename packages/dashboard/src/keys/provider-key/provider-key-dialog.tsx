// "Generate Provider Key": what it may, the wallet's signature, and the key with the config that uses it.
import { systemClock } from "@aimo-network/protocol/clock";
import { keyMessage } from "@aimo-network/protocol/keys/key-message";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useEffect, useRef, useState } from "react";
import { toast } from "sonner";
import type { RouterFacts } from "../../router/router-query.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { signMessage } from "../../wallets/connected-wallet.ts";
import { useFaultFocus } from "../fault-focus.ts";
import type { ProviderKeyFaults } from "./key-draft.ts";
import { FIRST_DRAFT, readProviderKey } from "./key-draft.ts";
import { KeyForm } from "./key-form.tsx";
import { MadeKeyDialog } from "./made-key-dialog.tsx";
import { makeKey } from "./make-key.ts";
import type { MadeKey } from "./make-key.ts";

const SAID_MS = 10_000; // long enough to read, and to reach its button

interface ProviderKeyDialogProps {
  /** The wallet that is signed in. */
  readonly wallet: string;
  readonly router: RouterFacts;
  readonly onClose: () => void;
}

type Stage =
  | { readonly kind: "form"; readonly fault?: unknown }
  | { readonly kind: "signing"; readonly message: string }
  | { readonly kind: "made"; readonly made: MadeKey };

interface Making {
  readonly stage: Stage;
  readonly faults: ProviderKeyFaults;
  readonly start: () => Promise<void>;
  readonly cancel: () => void;
}

function useMaking(draft: typeof FIRST_DRAFT, wallet: string, routerId: string): Making {
  const [stage, setStage] = useState<Stage>({ kind: "form" });
  const [faults, setFaults] = useState<ProviderKeyFaults>({});
  const waiting = useRef<AbortController>(undefined);
  useEffect(() => () => waiting.current?.abort(), []);
  const start = async (): Promise<void> => {
    const read = readProviderKey(draft, systemClock.now());
    setFaults(read.kind === "faulty" ? read.faults : {});
    if (read.kind === "faulty") return;
    const controller = new AbortController();
    const { signal } = controller;
    waiting.current = controller;
    setStage({ kind: "signing", message: keyMessage(read.content, routerId) });
    const sign = (message: Uint8Array): Promise<Uint8Array> => signMessage(message, { signal });
    const ended = await makeKey(read.content, { clock: systemClock, wallet, routerId, sign }).then(
      (made): Stage => ({ kind: "made", made }),
      (error: unknown): Stage => ({ kind: "form", fault: error }),
    );
    if (!signal.aborted) setStage(ended); // what a wallet answers after somebody went back belongs to nothing any more
  };
  const cancel = (): void => {
    waiting.current?.abort();
    setStage({ kind: "form" });
  };
  return { stage, faults, start, cancel };
}

/** Closes the dialog, and says what comes next: the list of keys does not have a key that was never used. */
function useFarewell(onClose: () => void): () => void {
  const navigate = useNavigate();
  return () => {
    onClose();
    toast.success("Your provider key works from now on.", {
      description: "It is listed once your proxy has used it.",
      duration: SAID_MS,
      action: { label: "Go to Provide", onClick: () => void navigate({ to: "/provide" }) },
    });
  };
}

/** The dialog, from the first field to the key that is shown once. */
export function ProviderKeyDialog({ wallet, router, onClose }: ProviderKeyDialogProps): ReactNode {
  const [draft, setDraft] = useState(FIRST_DRAFT);
  const { stage, faults, start, cancel } = useMaking(draft, wallet, router.router_id);
  const form = useFaultFocus(faults);
  const leave = useFarewell(onClose);
  if (stage.kind === "made") {
    const { isFirstGeneration } = draft;
    return <MadeKeyDialog made={stage.made} router={router} isFirstGeneration={isFirstGeneration} onSaved={leave} />;
  }
  if (stage.kind === "signing") {
    return (
      <Dialog
        title="Confirm in your wallet"
        lead="Your wallet shows a text to sign. It must be this one, word for word. Signing costs nothing and sends nothing."
        isOpen
        onClose={onClose}
        actions={
          <>
            <Button onClick={cancel}>Back</Button>
            <Button variant="primary" isBusy>
              Waiting for the wallet
            </Button>
          </>
        }
      >
        <p
          aria-label="The text to sign"
          role="group"
          className="rounded-lg border border-line bg-sunken p-3 font-mono text-[0.8125rem] leading-relaxed break-words whitespace-pre-wrap"
        >
          {stage.message}
        </p>
      </Dialog>
    );
  }
  return (
    <FormDialog
      title="Generate Provider Key"
      lead={`For the proxy that serves your models. Your wallet signs it, bound to this router, ${router.name}.`}
      isOpen
      onClose={onClose}
      submitWords="Sign with wallet"
      onSubmit={() => void start()}
      fault={stage.fault}
      form={form}
    >
      <KeyForm draft={draft} faults={faults} onChange={setDraft} />
    </FormDialog>
  );
}
