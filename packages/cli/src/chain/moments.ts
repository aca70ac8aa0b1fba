// Moments as results have them: those of the chain are seconds since 1970, those of keys milliseconds.
import { momentWords } from "@aimo-network/escrow/plain-words";

/** ISO 8601 for --json: `2027-01-15T08:00:00Z`. */
export function momentJson(seconds: bigint): string {
  return momentWords(seconds).replace(" ", "T").replace(" UTC", "Z");
}

/** For people, as those of the chain are written: `2027-01-15 08:00:00 UTC`. */
export function momentText(atMs: number): string {
  return momentWords(BigInt(Math.floor(atMs / 1_000)));
}
