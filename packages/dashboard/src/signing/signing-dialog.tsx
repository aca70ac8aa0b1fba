// The dialog that shows what a wallet is about to sign, and what becomes of it: its place on the page.
import type { ReactNode } from "react";
import { Suspense, lazy } from "react";
import { signingPart } from "./signing-part.ts";

const SigningWindow = lazy(async () => ({ default: (await import("./signing-window.tsx")).SigningWindow }));

/** The dialog; once, in the shell. */
export function SigningDialog(): ReactNode {
  return signingPart.useIsWanted() ? (
    <Suspense fallback={null}>
      <SigningWindow />
    </Suspense>
  ) : null;
}
