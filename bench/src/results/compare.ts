// Whether a run is worse than the committed one: ratios by more than a quarter, or a bound that was kept and is not any more.
import type { Figure, Run } from "./figures.ts";
import { nameOf } from "./figures.ts";

/** How much worse a ratio may be: between runs of the same code on a quiet machine it moves by less. */
const WORSE_SHARE_MAX = 0.25;

/** What a figure is held to, in words; undefined where to nothing. */
function boundOf({ atMost, atLeast }: Figure): string | undefined {
  const bounds = [
    ...(atMost === undefined ? [] : [`at most ${atMost}`]),
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
  ];
  return bounds.length === 0 ? undefined : bounds.join(", ");
}

function isBroken({ median, atMost = Infinity, atLeast = -Infinity }: Figure): boolean {
  return !(median <= atMost && median >= atLeast);
}

function complaint(now: Figure, before: Figure): string | undefined {
  const shown = `${now.median.toFixed(now.digits)}, was ${before.median.toFixed(before.digits)}`;
  if (isBroken(now) && !isBroken(before)) return `${nameOf(now)}: ${shown}, must be ${boundOf(now)}`;
  if (now.better === undefined) return undefined;
  // Of a ratio where more is better its inverse says how much worse it is.
  const share = now.better === "lower" ? now.median / before.median : before.median / now.median;
  if (share <= 1 + WORSE_SHARE_MAX) return undefined;
  return `${nameOf(now)}: ${shown}, ${((share - 1) * 100).toFixed(0)} % worse`;
}

/** A sentence for each figure of `now` that is worse than in the runs before, or that was to be compared and is missing there. */
export function findWorse(now: Run, before: readonly Run[]): string[] {
  const known = new Map(before.flatMap(({ figures }) => figures).map((one) => [nameOf(one), one]));
  return now.figures.flatMap((one) => {
    if (one.better === undefined && boundOf(one) === undefined) return [];
    const earlier = known.get(nameOf(one));
    if (earlier === undefined)
      return [`${nameOf(one)}: not in the committed figures, so there is nothing to compare with`];
    return complaint(one, earlier) ?? [];
  });
}

/** A sentence for each bound, and whether it is kept. */
export function judgeBounds(figures: readonly Figure[]): string[] {
  return figures.flatMap((one) => {
    const bound = boundOf(one);
    if (bound === undefined) return [];
    return `${isBroken(one) ? "MISSED" : "kept"}: ${nameOf(one)} is ${one.median.toFixed(one.digits)}, ${bound}`;
  });
}
