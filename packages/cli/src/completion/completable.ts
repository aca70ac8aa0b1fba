// What a shell can complete: the table of commands as words, options and values.
import type { ArgumentSpec, CommandGroup, CommandSpec } from "../command-spec.ts";
import type { OptionSpec } from "../settings/option-spec.ts";
import { optionsOf } from "../program.ts";

/** What stands behind an option, or in an argument's place. */
export type Value =
  | { readonly kind: "none" | "text" | "file" | "folder" }
  | { readonly kind: "choice"; readonly choices: readonly string[] };

/** An option as a shell knows it. */
export interface CompletableOption {
  /** All its spellings, the long one last: `-q`, `--quiet`. */
  readonly spellings: readonly string[];
  readonly meaning: string;
  readonly value: Value;
}

/** What may follow these words. */
export interface Completable {
  /** The words so far, without `aimo`; empty at the beginning. */
  readonly path: string;
  readonly children: readonly { readonly word: string; readonly meaning: string }[];
  readonly options: readonly CompletableOption[];
  /** What the first argument may be; all further ones are free. */
  readonly argument: Value;
}

const NONE: Value = { kind: "none" };
const HELP: CompletableOption = { spellings: ["-h", "--help"], meaning: "show help and an example", value: NONE };
const VERSION: CompletableOption = { spellings: ["-V", "--version"], meaning: "print the version", value: NONE };

function valueOf(name: string, choices: readonly string[] | undefined): Value {
  if (choices !== undefined) return { kind: "choice", choices };
  if (/file/i.test(name)) return { kind: "file" };
  return { kind: /folder|directory/i.test(name) ? "folder" : "text" };
}

function optionOf({ flags, meaning, choices }: OptionSpec): CompletableOption {
  const spellings = flags.split(/[ ,|]+/).filter((part) => part.startsWith("-"));
  const name = /[<[](.*)[>\]]/.exec(flags)?.[1];
  return { spellings, meaning, value: name === undefined ? NONE : valueOf(name, choices) };
}

function argumentOf([first]: readonly ArgumentSpec[]): Value {
  return first === undefined ? NONE : valueOf(first.name, first.choices);
}

function ofCommand(spec: CommandSpec): Completable {
  return {
    path: spec.words,
    children: [],
    options: [...optionsOf(spec).map(optionOf), HELP],
    argument: argumentOf(spec.arguments ?? []),
  };
}

/** The nouns with what follows each, the beginning first. */
function nounsOf(groups: readonly CommandGroup[]): Completable[] {
  const nouns = new Map<string, Map<string, string>>([["", new Map()]]);
  for (const { summary, within = {}, commands } of groups) {
    for (const spec of commands) {
      const words = spec.words.split(" ");
      for (const [place, word] of words.entries()) {
        const before = words.slice(0, place).join(" ");
        const path = words.slice(0, place + 1).join(" ");
        const meaning = place === words.length - 1 ? spec.summary : (within[path] ?? summary);
        const children = nouns.get(before) ?? new Map<string, string>();
        if (!children.has(word)) children.set(word, meaning);
        nouns.set(before, children);
      }
    }
  }
  return [...nouns].map(([path, children]) => ({
    path,
    children: [...children].map(([word, meaning]) => ({ word, meaning })),
    options: path === "" ? [VERSION, HELP] : [HELP],
    argument: NONE,
  }));
}

/** Everything that can be completed. */
export function completables(groups: readonly CommandGroup[]): readonly Completable[] {
  return [...nounsOf(groups), ...groups.flatMap(({ commands }) => commands.map(ofCommand))];
}

/** Each option that takes a value, with the words it belongs to: `keys create --reset`. */
export function optionValues(all: readonly Completable[]): { readonly place: string; readonly value: Value }[] {
  return all.flatMap(({ path, options }) =>
    options
      .filter(({ value }) => value.kind !== "none")
      .flatMap(({ spellings, value }) => spellings.map((spelling) => ({ place: `${path} ${spelling}`, value }))),
  );
}

/** Each argument that can be completed, with the words it follows. */
export function argumentValues(all: readonly Completable[]): { readonly place: string; readonly value: Value }[] {
  return all
    .filter(({ argument: { kind } }) => kind !== "none" && kind !== "text")
    .map(({ path, argument }) => ({ place: path, value: argument }));
}
