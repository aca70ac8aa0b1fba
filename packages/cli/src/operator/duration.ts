// A time as an operator types it: 24h, 7d, 1h30m, 90s.
import { CommandFault } from "../fault.ts";

const DURATION = /^(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m(?:in)?)?(?:(\d{1,8})s)?$/;
const SECONDS = [86_400n, 3_600n, 60n, 1n] as const;

/** The seconds of a time; throws `CommandFault`, which names the option, for anything else. */
export function parseDuration(text: string, option: string): bigint {
  const match = DURATION.exec(text.replaceAll(" ", ""));
  const counts = (match ?? []).slice(1);
  if (match === null || counts.every((count) => count === undefined)) {
    throw new CommandFault({
      what: `${option}: expected a time such as 24h, 7d, 1h30m or 90s.`,
      why: `found ${JSON.stringify(text.slice(0, 40))}.`,
      reason: "usage",
    });
  }
  return counts.reduce((sum, count, place) => sum + BigInt(count ?? "0") * (SECONDS[place] ?? 0n), 0n);
}
