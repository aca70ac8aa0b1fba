// The chain's seconds and shares as JavaScript counts them.

const SECONDS_MAX = 100_000_000_000n; // some three thousand years: what is longer is never, and a Date holds it

/** Milliseconds of a number of the chain's seconds, which may be negative; what is beyond three thousand years is that much. */
export function chainMs(seconds: bigint): number {
  const bounded = seconds > SECONDS_MAX ? SECONDS_MAX : seconds < -SECONDS_MAX ? -SECONDS_MAX : seconds;
  return Number(bounded) * 1000;
}

/** Hundredths of a percent, of which there are at most 10,000. */
export function bpsOf(bps: bigint): number {
  return Number(bps);
}
