// A number that a schema's bounds and `multipleOf` allow.

import type { Fields } from "../request-fields.ts";

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly step: number | undefined;
  readonly isAllowed: (value: number) => boolean;
}

const asNumber = (value: unknown, absent: number): number => (typeof value === "number" ? value : absent);

function readBounds(schema: Fields, whole: boolean): Bounds {
  const [minimum, above] = [asNumber(schema["minimum"], -Infinity), asNumber(schema["exclusiveMinimum"], -Infinity)];
  const [maximum, below] = [asNumber(schema["maximum"], Infinity), asNumber(schema["exclusiveMaximum"], Infinity)];
  const multiple = schema["multipleOf"];
  const step = typeof multiple === "number" && multiple > 0 ? multiple : undefined;
  return {
    low: Math.max(minimum, above),
    high: Math.min(maximum, below),
    step,
    isAllowed: (value) =>
      Number.isFinite(value) &&
      value >= minimum &&
      value > above &&
      value <= maximum &&
      value < below &&
      (!whole || Number.isInteger(value)) &&
      (step === undefined || Number.isInteger(value / step)),
  };
}

function* candidates({ low, high, step }: Bounds, whole: boolean, salt: number): Generator<number> {
  const unit = step ?? 1;
  // Multiples are counted from the nearer bound, so that every allowed range is reached.
  const first = Number.isFinite(low) ? Math.ceil(low / unit) : Math.floor(high / unit);
  const origin = Number.isFinite(first) ? first : 1;
  const direction = Number.isFinite(low) || !Number.isFinite(high) ? 1 : -1;
  if (!whole && step === undefined) yield origin + direction * (salt + 0.5); // so that it is seen to be no integer
  const steps = Math.floor(high / unit) - origin + 1;
  const turned = direction === 1 && Number.isFinite(steps) && steps > 0 ? salt % steps : salt;
  for (const offset of [turned, 0, 1, 2, 3, 4, 5]) yield (origin + direction * offset) * unit;
  if (whole || step !== undefined) {
    yield 0;
    return;
  }
  yield low + ((high - low) * (salt + 1)) / (salt + 2);
  yield (low + high) / 2;
  yield low;
  yield high;
}

/** A number (whole, where `whole`) that satisfies the schema; `salt` varies it where there is room. */
export function makeNumber(schema: Fields, whole: boolean, salt: number): number | undefined {
  const bounds = readBounds(schema, whole);
  return candidates(bounds, whole, salt).find(bounds.isAllowed);
}
