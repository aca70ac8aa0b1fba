// What was asked as somebody is forgotten when that somebody leaves.
import type { QueryClient } from "@tanstack/react-query";
import { sessionState, watchSession } from "./session-store.ts";

/** What the router tells everybody: it stays when somebody signs in or out. */
const PUBLIC: ReadonlySet<unknown> = new Set([
  "router",
  "models",
  "model",
  "providers",
  "provider",
  "solvency",
  "chain",
]);

function walletNow(): string | undefined {
  const session = sessionState();
  return session.kind === "in" ? session.wallet : undefined;
}

/** Forgets every query that is not everybody's, whenever another wallet is signed in or none is any more. */
export function forgetPersonal(asking: QueryClient): void {
  let wallet = walletNow();
  watchSession(() => {
    const now = walletNow();
    if (now === wallet) return;
    wallet = now;
    const personal = {
      predicate: ({ queryKey }: { readonly queryKey: readonly unknown[] }) => !PUBLIC.has(queryKey[0]),
    };
    void asking.cancelQueries(personal);
    asking.removeQueries(personal);
  });
}
