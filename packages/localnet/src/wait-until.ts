// Waiting for what comes soon while a network starts, and no longer than that.
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";

/** Time, and the name of a program of the network that ended meanwhile. */
export interface WaitDeps {
  readonly clock: Clock;
  readonly broken: Promise<string>;
}

const TIMEOUT_MS = 30_000; // a cold start on a slow machine takes a few seconds
const POLL_MS = 25;

/** Asks until it is so; throws with what was waited for, or with what ended. */
export async function waitUntil(
  { clock, broken }: WaitDeps,
  what: string,
  isSo: () => Promise<boolean>,
): Promise<void> {
  let failure: string | undefined;
  void broken.then((told) => (failure = told));
  const dueMs = clock.monotonic() + TIMEOUT_MS;
  while (clock.monotonic() < dueMs) {
    if (await isSo()) return;
    if (failure !== undefined) throw new Error(failure);
    await sleep(clock, POLL_MS);
  }
  throw new Error(`waited ${TIMEOUT_MS} ms in vain for ${what}`);
}
