// How long it still takes until an answer is settled, in words.

const SECOND_MS = 1_000;
const MINUTE_S = 60;

/** What to tell somebody who waits for the settlement: how long it takes at most. */
export function waitWords(settlesByMs: number | undefined, nowMs: number): string {
  if (settlesByMs === undefined) return "The router settles now and then, and does not say how soon.";
  const seconds = Math.ceil((settlesByMs - nowMs) / SECOND_MS);
  if (seconds <= 0) return "It is due: a batch goes out as soon as it holds enough.";
  if (seconds < 2 * MINUTE_S) return `It settles within ${seconds} ${seconds === 1 ? "second" : "seconds"}.`;
  return `It settles within ${Math.ceil(seconds / MINUTE_S)} minutes.`;
}
