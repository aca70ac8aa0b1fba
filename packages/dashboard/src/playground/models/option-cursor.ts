// Which option of a list the keyboard is on.

const PAGE = 8;

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE };

/** Where a key moves to among `count` options; undefined for a key that moves nowhere. Arrows go round, pages stop at the ends. */
export function movedCursor(cursor: number, key: string, count: number): number | undefined {
  const step = STEPS[key];
  if (step === undefined || count === 0) return undefined;
  if (Math.abs(step) === 1) return (cursor + step + count) % count;
  return Math.min(count - 1, Math.max(0, cursor + step));
}
