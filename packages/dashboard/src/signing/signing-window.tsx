// The signing dialog itself: loaded with the first page on which something can be signed.
import type { ReactNode } from "react";
import { useSyncExternalStore } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { connectFlow } from "../wallets/connect-desk.ts";
import { useConnectedWallet } from "../wallets/connected-wallet.ts";
import { ActFault } from "./act-fault.ts";
import { actRun } from "./act-desk.ts";
import type { ActState } from "./act-run.ts";
import {
  ActProgress,
  FailedStep,
  LandedStep,
  PreparingStep,
  SendingStep,
  ToldTransaction,
  WalletStep,
} from "./act-steps.tsx";

const close = (): void => actRun.close();

function content(state: ActState): ReactNode {
  switch (state.kind) {
    case "idle":
      return null;
    case "preparing":
      return <PreparingStep />;
    case "review":
      return <ToldTransaction told={state.told} />;
    case "wallet":
      return <WalletStep {...state} />;
    case "sending":
      return <SendingStep {...state} />;
    case "landed":
      return <LandedStep {...state} />;
    case "failed":
      return <FailedStep {...state} />;
  }
}

/** Whether the console itself said no: then trying again is not what is advised. */
function isRefused({ fault }: Extract<ActState, { readonly kind: "failed" }>): boolean {
  return fault instanceof ActFault && fault.kind === "refused";
}

function actions(state: ActState, walletName: string): ReactNode {
  switch (state.kind) {
    case "idle":
      return undefined;
    case "preparing":
    case "wallet":
      return <Button onClick={close}>Cancel</Button>;
    case "review":
      return (
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" onClick={() => actRun.confirm()}>
            Sign with {walletName}
          </Button>
        </>
      );
    case "sending":
      return <Button onClick={close}>Close</Button>;
    case "landed":
      return (
        <Button variant="primary" onClick={close}>
          Done
        </Button>
      );
    case "failed":
      return (
        <>
          <Button onClick={close}>Close</Button>
          {state.mayRetry && (
            <Button variant={isRefused(state) ? "secondary" : "primary"} onClick={() => actRun.retry()}>
              Try again
            </Button>
          )}
        </>
      );
  }
}

/** The dialog, as far as the act is. */
export function SigningWindow(): ReactNode {
  const state = useSyncExternalStore(actRun.watch, actRun.state);
  const isShown = useSyncExternalStore(actRun.watch, actRun.isShown);
  const isConnecting = useSyncExternalStore(connectFlow.watch, connectFlow.state).kind !== "closed";
  const walletName = useConnectedWallet()?.name ?? "your wallet";
  return (
    <Dialog
      title={state.kind === "idle" ? "" : state.title}
      isOpen={isShown && !isConnecting}
      isSteady={state.kind !== "landed"}
      onClose={close}
      actions={actions(state, walletName)}
    >
      <ActProgress state={state} />
      {content(state)}
    </Dialog>
  );
}
