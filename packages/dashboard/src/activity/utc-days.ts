// Days in UTC, as the router counts them.

const DAY_MS = 86_400_000;

/** The last `count` days up to that of `nowMs`, the oldest first: `2026-11-26`. */
export function lastDays(nowMs: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    new Date(nowMs - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
}
