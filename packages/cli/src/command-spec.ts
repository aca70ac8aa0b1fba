// What a command looks like from outside: help, completion and the parser are made from it, its code is loaded when it runs.
import type { CommandContext } from "./context.ts";
import type { ExitReason } from "./exit-codes.ts";
import type { OptionGroup, OptionSpec } from "./settings/option-spec.ts";

/** An argument by its place. */
export interface ArgumentSpec {
  readonly name: string;
  readonly meaning: string;
  readonly isOptional?: boolean;
  /** Takes all that follow. */
  readonly isList?: boolean;
  readonly choices?: readonly string[];
}

/** What was typed behind the command's words. */
export interface CommandInput {
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

/** What a command found: printed as JSON with --json, else as text. */
export interface Outcome {
  /** Stable: names in snake_case, amounts as decimal strings; bigints are written as strings. */
  readonly data: object;
  /** Without a newline at its end; empty prints nothing. */
  readonly text: string;
  /** `done` unless it says otherwise. */
  readonly reason?: ExitReason;
  /** The exit code of a program that did the work and has printed what it found: nothing more is printed. */
  readonly exitCode?: number;
}

/** A command's code. */
export type RunCommand = (context: CommandContext, input: CommandInput) => Promise<Outcome | undefined>;

/** One command. */
export interface CommandSpec {
  /** Its words: `keys create`. */
  readonly words: string;
  readonly summary: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  readonly takes?: readonly OptionGroup[];
  /** Printed under its help; has to work as it stands where its router, wallet and files are there. */
  readonly example: string;
  /** Why one uses it, or what to know, beyond the summary. */
  readonly more?: string;
  readonly load: () => Promise<RunCommand>;
}

/** Commands under one noun, or those without a noun. */
export interface CommandGroup {
  /** Empty where each command stands alone. */
  readonly noun: string;
  readonly summary: string;
  /** Under which its commands stand in the help of the whole program. */
  readonly heading?: string;
  /** What nouns within it are about, by all their words: `provider exit`. */
  readonly within?: Readonly<Record<string, string>>;
  readonly commands: readonly CommandSpec[];
}
