// Writes an answer while it comes: what the model thinks is faint, what it says is plain.
import { safeText } from "../terminal/safe-text.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { AnswerPiece } from "./answer.ts";

/** Takes the pieces of one answer. */
export interface AnswerWriter {
  piece(piece: AnswerPiece): void;
  /** Ends the line that is open. */
  end(): void;
}

const FIRST_HALF = /[\uD800-\uDBFF]$/;

/**
 * Creates it. A terminal gets what cannot steer it, and the reasoning too where `withReasoning` says so; a pipe gets the
 * answer alone, as the model wrote it.
 */
export function createAnswerWriter(
  { isShown, style, write }: Pick<Terminal, "isShown" | "style" | "write">,
  { withReasoning }: { readonly withReasoning: boolean },
): AnswerWriter {
  let last = ""; // the last character that was written
  let kind: AnswerPiece["kind"] | undefined;
  let half = ""; // a character whose other half comes with the next piece
  const put = (text: string, paint: (text: string) => string): void => {
    const whole = half + text;
    half = FIRST_HALF.exec(whole)?.[0] ?? "";
    const ready = half === "" ? whole : whole.slice(0, -1);
    const shown = isShown ? safeText(ready) : ready;
    if (shown === "") return;
    write(paint(shown));
    last = shown.slice(-1);
  };
  const begin = (next: AnswerPiece["kind"]): void => {
    if (kind === "reasoning") write(last === "\n" ? "\n" : "\n\n");
    if (next === "reasoning") write(style.faint("thinking: "));
    kind = next;
    half = "";
  };
  return {
    piece({ kind: next, text }) {
      const isReasoning = next === "reasoning";
      if (isReasoning && !(isShown && withReasoning)) return;
      if (kind !== next) begin(next);
      put(text, isReasoning ? (part) => style.faint(part) : (part) => part);
    },
    end() {
      if (kind !== undefined && last !== "\n") write("\n");
    },
  };
}
