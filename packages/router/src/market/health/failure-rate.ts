// When failures are too many to be chance.

/** Failing more often than this is degraded. */
const TOLERATED = 0.05;
const DEVIATIONS = 1.64; // of what is known, one in twenty says so by chance

/** The share that fails at least, as far as `share` of `count` attempts can tell (Wilson's interval). */
function lowerBound(share: number, count: number): number {
  const squared = DEVIATIONS ** 2;
  const middle = share + squared / (2 * count);
  const spread = DEVIATIONS * Math.sqrt((share * (1 - share)) / count + squared / (4 * count * count));
  return (middle - spread) / (1 + squared / count);
}

/** Whether `share` of `count` attempts is more than is tolerated, and enough to tell. */
export function failsTooOften(share: number, count: number): boolean {
  return share > TOLERATED && lowerBound(share, count) > TOLERATED;
}
