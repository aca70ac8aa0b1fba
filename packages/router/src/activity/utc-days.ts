// UTC days as statements count them.

const DAY_MS = 86_400_000;

/** The UTC day of a moment, counted from 1970: statements add it to that date. */
export function dayOf(atMs: number): number {
  return Math.floor(atMs / DAY_MS);
}

/** The moment at which a day begins, in milliseconds since 1970. */
export function startOfDayMs(day: number): number {
  return day * DAY_MS;
}
