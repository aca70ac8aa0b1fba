// What is wrong with a config file: where, what was expected and found, and a line that would do.

/** One fault of a config file; it never holds the text of a secret. */
export interface ConfigFault {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  /** The key it is about, such as `models[1].pricing.prompt`; empty when it is about the file. */
  readonly path: string;
  /** What was expected and what was found. */
  readonly problem: string;
  /** A line that would be valid in its place. */
  readonly example: string;
}

/** All faults of one config file together, in the order of their lines; its message prints them. */
export class ConfigFaults extends Error {
  override readonly name = "ConfigFaults";
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[], fileName: string, options?: ErrorOptions) {
    const inOrder = faults.toSorted((first, second) => first.line - second.line || first.column - second.column);
    super(formatFaults(inOrder, fileName), options);
    this.faults = Object.freeze(inOrder);
  }
}

/** Prints faults for a person: file and line, key, problem, and below it the example. */
export function formatFaults(faults: readonly ConfigFault[], fileName: string): string {
  return faults.map((fault) => formatFault(fault, fileName)).join("\n");
}

function formatFault(fault: ConfigFault, fileName: string): string {
  const start = `${fileName}:${fault.line}  `;
  const path = fault.path === "" ? "" : `${fault.path}  `;
  return `${start}${path}${fault.problem}\n${" ".repeat(start.length)}example: ${fault.example}`;
}

const SHOWN_CHARACTERS_MAX = 60; // enough to recognise a value in a line that still fits a terminal

const KEY_TEXT = /\b(?:aimo-)?sk-[\w-]{8,}/g; // a key that stands where none belongs is still a key

/** Text from the file as it may be printed: without keys, shortened, and without characters that would steer a terminal. */
export function printable(text: string): string {
  const unsigned = text.replaceAll(KEY_TEXT, "[a key]");
  const shown = unsigned.length > SHOWN_CHARACTERS_MAX ? `${unsigned.slice(0, SHOWN_CHARACTERS_MAX)}…` : unsigned;
  return shown.replaceAll(/\p{C}/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
