// Colours, only where a terminal shows them and nobody has asked for none (no-color.org).
import { styleText } from "node:util";
import type { Environment } from "../settings/environment.ts";

/** What a text is, rather than its colour. */
export interface Style {
  strong(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  doubtful(text: string): string;
}

type Format = Parameters<typeof styleText>[0];

const plain = (text: string): string => text;
const PLAIN: Style = { strong: plain, faint: plain, good: plain, bad: plain, doubtful: plain };

function painted(format: Format): (text: string) => string {
  return (text) => styleText(format, text, { validateStream: false });
}

const PAINTED: Style = {
  strong: painted("bold"),
  faint: painted("dim"),
  good: painted("green"),
  bad: painted("red"),
  doubtful: painted("yellow"),
};

/** The style for a stream that is a terminal or is not. */
export function styleFor(isTerminal: boolean, environment: Environment): Style {
  const noColor = environment["NO_COLOR"];
  const isPlain = !isTerminal || (noColor !== undefined && noColor !== "") || environment["TERM"] === "dumb";
  return isPlain ? PLAIN : PAINTED;
}
