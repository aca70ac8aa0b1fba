// What this process has done since it started, for the status line.
import type { End } from "@aimo-network/protocol/wire/messages";

/** Counts ended attempts. */
export class Tally {
  served = 0;
  failed = 0;
  cancelled = 0;
  tokens = 0;

  /** Counts one attempt whose upstream answered with `status`, if it did. */
  add(end: End, status: number | undefined): void {
    if (end.cancelled) this.cancelled += 1;
    else if (end.error !== undefined || status === undefined || status > 299) this.failed += 1;
    else this.served += 1;
    this.tokens += (end.usage?.prompt_tokens ?? 0) + (end.usage?.completion_tokens ?? 0);
  }
}
