// The session for components.
import { useSyncExternalStore } from "react";
import { sessionState, watchSession } from "./session-store.ts";
import type { SessionState } from "./session-store.ts";

/** Who is signed in; draws again when that changes. */
export function useSession(): SessionState {
  return useSyncExternalStore(watchSession, sessionState);
}

/** The wallet that is signed in; undefined while nobody is. */
export function useSignedInWallet(): string | undefined {
  const session = useSession();
  return session.kind === "in" ? session.wallet : undefined;
}
