// Moments as people read them: how long ago, on which day, and exactly.

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const UNITS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, ms: number])[] = [
  ["year", 365 * DAY_MS],
  ["month", 30 * DAY_MS],
  ["day", DAY_MS],
  ["hour", HOUR_MS],
  ["minute", MINUTE_MS],
];

const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

/** How long ago or how far ahead a moment is, in its largest whole unit: `3 minutes ago`, `in 5 days`, `just now`. */
export function relativeTime(iso: string, nowMs: number): string {
  const awayMs = Date.parse(iso) - nowMs;
  if (Number.isNaN(awayMs)) return "at an unknown time";
  const unit = UNITS.find(([, ms]) => Math.abs(awayMs) >= ms);
  if (unit === undefined) return awayMs > SECOND_MS ? "in less than a minute" : "just now";
  return relative.format(Math.trunc(awayMs / unit[1]), unit[0]);
}

/** A moment to the second, by UTC: `2026-11-26 16:20:05 UTC`. */
export function exactTime(iso: string): string {
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? "unknown" : `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** The day of a moment, by UTC: `26 Nov 2026`. */
export function dayText(iso: string): string {
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? "unknown" : day.format(ms);
}
