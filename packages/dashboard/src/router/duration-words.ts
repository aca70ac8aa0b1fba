// Durations and fees of a router in words.

const UNITS = [
  [86_400n, "day"],
  [3_600n, "hour"],
  [60n, "minute"],
  [1n, "second"],
] as const;

/** Whole seconds in words, exact: `1 hour`, `1 hour 30 minutes`, `7 days`. */
export function durationWords(seconds: bigint): string {
  const words: string[] = [];
  let rest = seconds;
  for (const [length, unit] of UNITS) {
    const count = rest / length;
    rest %= length;
    if (count > 0n) words.push(`${count} ${unit}${count === 1n ? "" : "s"}`);
  }
  return words.length === 0 ? "none" : words.join(" ");
}

/** Milliseconds in words; less than a second stays milliseconds. */
export function millisecondsWords(ms: number): string {
  return ms % 1_000 === 0 ? durationWords(BigInt(ms / 1_000)) : `${ms} milliseconds`;
}

/** Hundredths of a percent as a percentage, exact: 250 is `2.5 %`. */
export function feeWords(hundredths: bigint): string {
  const fraction = String(hundredths % 100n)
    .padStart(2, "0")
    .replace(/0+$/, "");
  return `${hundredths / 100n}${fraction === "" ? "" : `.${fraction}`} %`;
}

const KIB = 1_024;

/** Bytes in the largest unit that has no remainder: `32 MiB`. */
export function bytesWords(bytes: number): string {
  if (bytes % (KIB * KIB) === 0) return `${bytes / (KIB * KIB)} MiB`;
  return bytes % KIB === 0 ? `${bytes / KIB} KiB` : `${bytes} bytes`;
}
