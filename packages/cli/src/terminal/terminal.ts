// What a command says and asks: results on standard output, everything else on standard error.
import type { Style } from "./style.ts";

/** Something that goes on, shown once it has lasted a second. */
export interface Progress {
  /** Says what is happening now. */
  at(what: string): void;
  /** Ends it, with a last line that stays. */
  done(line?: string): void;
}

/** A question with a few answers. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

/** What came of waiting for a text: Ctrl-C, or the end of the input, may have come instead. */
export type TextRead =
  | { readonly kind: "text"; readonly text: string }
  /** Ctrl-C; `wasEmpty` where nothing was typed before it. */
  | { readonly kind: "interrupt"; readonly wasEmpty: boolean }
  | { readonly kind: "end" };

/** Texts, one after the other: typed or pasted at a prompt, or the lines of a pipe. */
export interface TextInput {
  /** The next text; many lines that are pasted, or end with a backslash, are one. */
  next(prompt: string): Promise<TextRead>;
  close(): void;
}

/** A person's terminal, a pipe, or a test. */
export interface Terminal {
  /** A person can be asked: standard input and standard error are terminals. */
  readonly isInteractive: boolean;
  /** Standard output is a terminal. */
  readonly isShown: boolean;
  /** Columns of standard output; tables fit into it where it is a terminal. */
  readonly width: number;
  /** For what goes to standard output. */
  readonly style: Style;
  /** For notes, warnings and questions, which go to standard error. */
  readonly noteStyle: Style;
  /** To standard output as it is. */
  write(text: string): void;
  /** A line beside the result, not printed with --quiet. */
  note(line: string): void;
  /** A line that must be seen. */
  warn(line: string): void;
  progress(what: string): Progress;
  /** Asks yes or no; no where there is nobody to ask. */
  confirm(question: string): Promise<boolean>;
  /** Asks for a text; secret ones are not shown. Throws `CommandFault` (declined) where there is nobody to ask or the person leaves. */
  ask(question: string, options?: { readonly fallback?: string; readonly isSecret?: boolean }): Promise<string>;
  /** Asks for one or more of a few; throws as `ask` does. */
  choose(question: string, choices: readonly Choice[], picked?: readonly string[]): Promise<readonly string[]>;
  /** Asks for exactly one of many, which typing narrows down; throws as `ask` does. */
  pick(question: string, choices: readonly Choice[]): Promise<string>;
  /** All that is piped in; undefined where standard input is a terminal. Throws `CommandFault` for more than `bytesMax`. */
  readInput(bytesMax: number, signal?: AbortSignal): Promise<string | undefined>;
  /** Begins a conversation; nothing else may read standard input until it is closed. */
  openTexts(): Promise<TextInput>;
}
