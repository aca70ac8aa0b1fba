// What several measurements of one thing come to: their median with the smallest and the largest, and percentiles.

/** Several rounds of one figure. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

function ascending(numbers: readonly number[]): number[] {
  return numbers.toSorted((one, other) => one - other);
}

/** The smallest measured value that at least `share` of all values do not exceed (nearest rank); NaN of none. */
export function percentile(numbers: readonly number[], share: number): number {
  const rank = Math.max(1, Math.ceil(numbers.length * share));
  return ascending(numbers)[rank - 1] ?? Number.NaN;
}

/** Median, smallest and largest; the median of an even number is the mean of the two in the middle. */
export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = ascending(numbers);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return { median: (low + high) / 2, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}
