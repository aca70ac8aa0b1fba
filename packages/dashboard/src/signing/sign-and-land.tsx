// Acts on the chain, for pages: shown in words from their own bytes, signed by the wallet, sent, and followed to their end.
import { useEffect, useSyncExternalStore } from "react";
import { actRun } from "./act-desk.ts";
import type { Act, Landed } from "./act.ts";
import { preloadSigning } from "./preload-signing.ts";

export type { Act, Landed } from "./act.ts";

/** Runs acts, one at a time, in the signing dialog. */
export interface ActRunner {
  /** Undefined where it was declined, refused, or did not land: the person has been told. */
  readonly run: (act: Act) => Promise<Landed | undefined>;
  /** Whether an act is on its way. */
  readonly isBusy: boolean;
}

const run = (act: Act): Promise<Landed | undefined> => actRun.run(act);

/** The runner for components. */
export function useAct(): ActRunner {
  useEffect(() => void preloadSigning(), []);
  return { run, isBusy: useSyncExternalStore(actRun.watch, actRun.isBusy) };
}
