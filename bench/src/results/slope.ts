// How fast something grew: the least-squares line through points.

/** One measurement of something that may grow. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** The slope of the least-squares line, in values per unit of `at`; NaN where all points lie at one place. */
export function slopeOf(points: readonly Point[]): number {
  const mean = (pick: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const meanAt = mean(({ at }) => at);
  const meanValue = mean(({ value }) => value);
  const covariance = points.reduce((sum, { at, value }) => sum + (at - meanAt) * (value - meanValue), 0);
  return covariance / points.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0);
}

/** The later half: what a process takes while it warms up is no leak. */
export function laterHalf(points: readonly Point[]): readonly Point[] {
  return points.slice(Math.floor(points.length / 2));
}
