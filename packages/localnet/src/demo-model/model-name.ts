// What a model name asks for: who answers, and with which traits of the table in faults.ts.

import { type Conduct, HONEST } from "./conduct.ts";
import { type Trait, TRAITS } from "./faults.ts";
import { NAME_CHARS_KEPT, TRAITS_MAX } from "./limits.ts";

const HEADS = new Map<string, Conduct>([
  ["demo", HONEST],
  ["demo-reasoning", { ...HONEST, reasoning: true }],
]);

interface TraitReader {
  readonly trait: Trait;
  readonly pattern: RegExp;
}

const READERS: readonly TraitReader[] = TRAITS.map((trait) => ({
  trait,
  pattern: new RegExp(`^${trait.name.replace("<n>", String.raw`(\d{1,7})`)}$`),
}));

function readTrait(text: string): Partial<Conduct> | undefined {
  for (const { trait, pattern } of READERS) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const n = Number(match[1] ?? 0);
    return n >= trait.min && n <= trait.max ? trait.change(n) : undefined;
  }
  return undefined;
}

/**
 * What the model `name` asks for: `demo` or `demo-reasoning`, then any traits, separated by dots
 * (`demo.echo.crlf.stall-after-3`). Undefined when it is no name of the demo model's own.
 */
export function readModelName(name: string): Conduct | undefined {
  const honest = HEADS.get(name);
  if (honest !== undefined || name.length > NAME_CHARS_KEPT) return honest;
  const [head = "", ...traits] = name.split(".");
  let conduct = HEADS.get(head);
  if (traits.length > TRAITS_MAX) return undefined;
  for (const text of traits) {
    const change = readTrait(text);
    if (conduct === undefined || change === undefined) return undefined;
    conduct = { ...conduct, ...change };
  }
  return conduct;
}

/** Names for a list of models: the honest ones and one example of each trait. */
export const MODEL_NAMES: readonly string[] = [
  ...HEADS.keys(),
  ...TRAITS.map(({ name, example }) => `demo.${name.replace("<n>", String(example))}`),
];
