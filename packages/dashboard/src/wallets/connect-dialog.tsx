// The dialog in which a person chooses a wallet and signs in: its place on the page, and how it is opened.
import type { ReactNode } from "react";
import { Suspense, lazy } from "react";
import { connectPart } from "./connect-part.ts";

const ConnectWindow = lazy(async () => ({ default: (await import("./connect-window.tsx")).ConnectWindow }));

/** Loads what the dialog needs, for who is about to open it. */
export function prepareConnectDialog(): void {
  void import("./connect.ts");
}

/** Opens the dialog, from anywhere. */
export function openConnectDialog(): void {
  void import("./connect.ts").then(({ connect }) => connect());
}

/** The dialog; once, in the page's head. */
export function ConnectDialog(): ReactNode {
  return connectPart.useIsWanted() ? (
    <Suspense fallback={null}>
      <ConnectWindow />
    </Suspense>
  ) : null;
}
