// What went wrong with an answer, with the act that helps beside it.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { AlertBox } from "../../ui/alert-box.tsx";
import { Button, buttonClasses } from "../../ui/button.tsx";
import { useNow } from "../../ui/use-now.ts";
import { openConnectDialog } from "../../wallets/connect-dialog.tsx";
import type { Remedy } from "./advice.ts";
import { adviceFor } from "./advice.ts";

const COUNT_MS = 250;

interface AnswerFaultProps {
  readonly fault: unknown;
  /** When it may be asked again, in milliseconds since 1970. */
  readonly retryAt: number | undefined;
  /** Asks again; undefined where something else was asked since. */
  readonly onRetry: (() => void) | undefined;
  readonly onPickModel: (model: string) => void;
}

/** A button that counts down to the moment from which it helps. */
function WaitingButton({ at, onRetry }: { readonly at: number; readonly onRetry: () => void }): ReactNode {
  const seconds = Math.ceil((at - useNow(COUNT_MS)) / 1_000);
  return (
    <Button size="small" disabled={seconds > 0} onClick={onRetry}>
      {seconds > 0 ? `Ask again in ${seconds} s` : "Ask again"}
    </Button>
  );
}

function RemedyButtons({
  remedy,
  retryAt,
  onRetry,
  onPickModel,
}: Omit<AnswerFaultProps, "fault"> & { readonly remedy: Remedy }): ReactNode {
  switch (remedy.kind) {
    case "deposit":
      return (
        <Link to="/credits" className={buttonClasses({ size: "small", variant: "primary" })}>
          Deposit
        </Link>
      );
    case "connect":
      return (
        <Button size="small" variant="primary" onClick={openConnectDialog}>
          Connect wallet
        </Button>
      );
    case "model":
      return remedy.near.map((model) => (
        <Button key={model} size="small" className="max-w-full" onClick={() => onPickModel(model)}>
          <span className="truncate">Use {model}</span>
        </Button>
      ));
    case "again":
      if (onRetry === undefined) return null;
      if (retryAt !== undefined) return <WaitingButton at={retryAt} onRetry={onRetry} />;
      return (
        <Button size="small" onClick={onRetry}>
          Ask again
        </Button>
      );
    case "none":
      return null;
  }
}

/** Tells what went wrong with an answer, and offers the act that helps. */
export function AnswerFault({ fault, ...acts }: AnswerFaultProps): ReactNode {
  const { remedy, ...words } = adviceFor(fault);
  return (
    <AlertBox words={words}>
      <RemedyButtons remedy={remedy} {...acts} />
    </AlertBox>
  );
}
