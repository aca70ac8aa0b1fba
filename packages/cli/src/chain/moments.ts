// Moments of the chain, in seconds since 1970, as results have them.
import { momentWords } from "@aimo-network/escrow/plain-words";

/** ISO 8601 for --json: `2027-01-15T08:00:00Z`. */
export function momentJson(seconds: bigint): string {
  return momentWords(seconds).replace(" ", "T").replace(" UTC", "Z");
}
