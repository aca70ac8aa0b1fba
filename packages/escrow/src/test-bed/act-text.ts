// What happened, for a person who reads a counterexample: names instead of addresses.
import type { Act } from "./escrow-world.ts";
import type { Key } from "./model/records.ts";

type Labels = ReadonlyMap<Key, string>;

function readable(value: unknown, labels: Labels): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return labels.get(value) ?? value;
  if (value instanceof Set) return [...value].map((one) => readable(one, labels));
  return value;
}

/** One line about an act. */
export function describeAct(act: Act, labels: Labels): string {
  const shown = act.do === "donate" ? { ...act, router: act.router.config } : act;
  return JSON.stringify(shown, (_, value: unknown) => readable(value, labels));
}
