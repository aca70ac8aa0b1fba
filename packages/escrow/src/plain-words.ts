// Amounts, moments and durations as people read them, exact to the last unit.
import { formatMicroUsdc, microUsdc } from "@aimo-network/protocol/money";
import { DAY, HOUR } from "./program-bounds.ts";

/** An amount of micro-USDC with at least two decimals: `5.00 USDC`, `0.000001 USDC`. */
export function usdcWords(amount: bigint): string {
  const [whole = "", fraction = ""] = formatMicroUsdc(microUsdc(amount)).split(".");
  return `${whole}.${fraction.padEnd(2, "0")} USDC`;
}

/** Days since 1970 as a date of the Gregorian calendar, after Howard Hinnant's `civil_from_days`. */
function dateWords(daysSince1970: bigint): string {
  const shifted = daysSince1970 + 719_468n; // since the 1st of March of the year 0: leap days are at a year's end
  const era = shifted / 146_097n;
  const dayOfEra = shifted % 146_097n;
  const yearOfEra = (dayOfEra - dayOfEra / 1_460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const monthFromMarch = (5n * dayOfYear + 2n) / 153n;
  const day = dayOfYear - (153n * monthFromMarch + 2n) / 5n + 1n;
  const month = monthFromMarch < 10n ? monthFromMarch + 3n : monthFromMarch - 9n;
  const year = yearOfEra + era * 400n + (month <= 2n ? 1n : 0n);
  return `${year}-${twoDigits(month)}-${twoDigits(day)}`;
}

function twoDigits(count: bigint): string {
  return count.toString().padStart(2, "0");
}

const YEAR_10000 = 253_402_300_800n;

/** A moment of the chain, in seconds since 1970: `2027-01-15 08:00:00 UTC`; the bare number outside of usual years. */
export function momentWords(seconds: bigint): string {
  if (seconds < 0n || seconds >= YEAR_10000) return `second ${seconds}`;
  const second = seconds % DAY;
  const time = [second / HOUR, (second % HOUR) / 60n, second % 60n].map((part) => twoDigits(part)).join(":");
  return `${dateWords(seconds / DAY)} ${time} UTC`;
}

/** A duration in seconds: `7 d`, `1 h 30 min`, `90 s` as `1 min 30 s`. */
export function durationWords(seconds: bigint): string {
  const parts = [
    [seconds / DAY, "d"],
    [(seconds % DAY) / HOUR, "h"],
    [(seconds % HOUR) / 60n, "min"],
    [seconds % 60n, "s"],
  ] as const;
  const shown = parts.filter(([count]) => count !== 0n).map(([count, unit]) => `${count} ${unit}`);
  return shown.length === 0 ? "0 s" : shown.join(" ");
}
