// The connect dialog itself: loaded when somebody connects.
import type { ReactNode } from "react";
import { useSyncExternalStore } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { shortAddress } from "../ui/short-address.ts";
import { connectFlow } from "./connect-desk.ts";
import type { ConnectState } from "./connect-flow.ts";
import { AccountStep, FailedStep, WaitStep } from "./connect-steps.tsx";
import { WalletChoice } from "./wallet-choice.tsx";

function content(state: ConnectState): ReactNode {
  switch (state.kind) {
    case "closed":
      return null;
    case "choosing":
      return <WalletChoice />;
    case "accounts":
      return <AccountStep {...state} />;
    case "waiting":
      return <WaitStep {...state} />;
    case "failed":
      return <FailedStep {...state} />;
  }
}

function actions(state: ConnectState): ReactNode {
  switch (state.kind) {
    case "closed":
    case "choosing":
      return undefined;
    case "accounts":
      return <Button onClick={() => connectFlow.back()}>Other wallet</Button>;
    case "waiting":
      return <Button onClick={() => connectFlow.back()}>Cancel</Button>;
    case "failed":
      return (
        <>
          <Button onClick={() => connectFlow.back()}>Other wallet</Button>
          {state.mayUseMemo && (
            <Button onClick={() => void connectFlow.retry({ isByMemo: true })}>Sign a transaction instead</Button>
          )}
          <Button variant="primary" onClick={() => void connectFlow.retry()}>
            Try again
          </Button>
        </>
      );
  }
}

function words(state: ConnectState): { readonly title: string; readonly lead: string } {
  if (state.kind !== "closed" && state.purpose.kind === "reconnect") {
    const { address } = state.purpose;
    return {
      title: "Connect your wallet again",
      lead: `This needs the signature of ${shortAddress(address)}, as which you are signed in.`,
    };
  }
  if (state.kind === "accounts") return { title: "Choose an account", lead: "It is the one you sign in as." };
  return { title: "Connect a wallet", lead: "Your Solana wallet is your account. Signing in costs nothing." };
}

/** The dialog, as far as the flow is. */
export function ConnectWindow(): ReactNode {
  const state = useSyncExternalStore(connectFlow.watch, connectFlow.state);
  const { title, lead } = words(state);
  return (
    <Dialog
      title={title}
      lead={lead}
      isOpen={state.kind !== "closed"}
      isSteady={state.kind === "waiting"}
      onClose={() => connectFlow.close()}
      actions={actions(state)}
    >
      {content(state)}
    </Dialog>
  );
}
