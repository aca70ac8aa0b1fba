// An answer cut into blocks that can be read one by one: those that are complete never change while more arrives.
import { MARKDOWN_CHARS_MAX, WHOLE_CHARS_MAX } from "../limits.ts";
import { isTangled } from "./tangle.ts";

/** A part of an answer that does not depend on the others. */
export interface Block {
  /** `code` has its text without the fence; `plain` is shown as it was written. */
  readonly kind: "markdown" | "code" | "plain";
  readonly text: string;
  /** Of code, where the fence says it. */
  readonly language: string;
  /** Whether nothing that arrives can change it. */
  readonly isClosed: boolean;
}

interface Fence {
  readonly mark: string;
  readonly length: number;
  readonly indent: number;
  readonly language: string;
  /** Whether it stands in a list, of which it stays a part. */
  readonly isInList: boolean;
}

const FENCE = /^( {0,12})(`{3,}|~{3,})(.*)$/;
const LIST_ITEM = /^ {0,3}(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)/;
const DEFINITION = /^ {0,3}\[[^\]\n]{1,999}\]:/m;

/** Whether an answer is read whole once it has ended: its parts refer to each other, by footnotes or by addresses that stand elsewhere. */
export function isReadWhole(answer: string): boolean {
  return answer.length <= WHOLE_CHARS_MAX && DEFINITION.test(answer) && !isTangled(answer);
}

function fenceOf(line: string, hasList: boolean): Fence | undefined {
  const [, spaces = "", marks = "", info = ""] = FENCE.exec(line) ?? [];
  if (marks === "" || (marks.startsWith("`") && info.includes("`"))) return undefined;
  const isInList = hasList && spaces.length > 0;
  if (spaces.length > 3 && !isInList) return undefined; // indented code that shows a fence
  const language = /^[\w+#.-]{1,30}/.exec(info.trim())?.[0] ?? "";
  return { mark: marks.charAt(0), length: marks.length, indent: spaces.length, language, isInList };
}

function closes(line: string, { mark, length }: Fence): boolean {
  const marks = line.trim();
  return marks.length >= length && marks === mark.repeat(marks.length);
}

const withoutIndent = (line: string, { indent }: Fence): string =>
  line.slice(Math.min(indent, /^ */.exec(line)?.[0].length ?? 0));

class BlockCutter {
  readonly blocks: Block[] = [];
  #lines: string[] = [];
  #hasList = false;
  #wasBlank = false;
  #fence: Fence | undefined;

  /** Puts away what has been gathered. */
  #cut(kind: "markdown" | "code", isClosed: boolean): void {
    const text = this.#lines.join("\n");
    const language = kind === "code" ? (this.#fence?.language ?? "") : "";
    if (kind === "code" || text.trim() !== "") this.blocks.push({ kind, text, language, isClosed });
    this.#lines = [];
    this.#hasList = false;
  }

  #takeFenced(line: string, fence: Fence): boolean {
    if (fence.isInList) {
      // What stands at the margin ends the list, and the fence in it.
      if (line !== "" && !line.startsWith(" ") && !closes(line, fence)) {
        this.#fence = undefined;
        return false;
      }
      this.#lines.push(line);
      if (closes(line, fence)) this.#fence = undefined;
      return true;
    }
    if (closes(line, fence)) {
      this.#cut("code", true);
      this.#fence = undefined;
    } else this.#lines.push(withoutIndent(line, fence));
    return true;
  }

  take(line: string): void {
    if (this.#fence !== undefined && this.#takeFenced(line, this.#fence)) return;
    if (line.trim() === "") {
      this.#wasBlank = true;
      this.#lines.push("");
      return;
    }
    const isItem = LIST_ITEM.test(line);
    // Behind a blank line begins something new, unless it belongs to a list or to indented code.
    if (this.#wasBlank && !/^[ \t]/.test(line) && !(isItem && this.#hasList)) this.#cut("markdown", true);
    this.#wasBlank = false;
    const fence = fenceOf(line, this.#hasList);
    this.#fence = fence;
    if (fence !== undefined && !fence.isInList) {
      this.#cut("markdown", true);
      return;
    }
    if (isItem) this.#hasList = true;
    this.#lines.push(line);
  }

  end(isEnded: boolean): void {
    if (this.#fence !== undefined && !this.#fence.isInList) this.#cut("code", isEnded);
    else this.#cut("markdown", isEnded);
  }
}

/** Cuts an answer; `isEnded` says that no more of it comes. */
export function cutBlocks(answer: string, isEnded: boolean): readonly Block[] {
  const cutter = new BlockCutter();
  const text = answer.slice(0, MARKDOWN_CHARS_MAX).replaceAll(/\r\n?/g, "\n");
  const lines = text.split("\n");
  const unfinished = isEnded ? undefined : lines.pop();
  for (const line of lines) cutter.take(line);
  // A line that is not whole yet may turn out to belong to the block that it seems to end.
  const firm = cutter.blocks.length;
  if (unfinished !== undefined) cutter.take(unfinished);
  cutter.end(isEnded);
  const blocks = cutter.blocks.map((block, index) => (isEnded || index < firm ? block : { ...block, isClosed: false }));
  const rest = answer.slice(MARKDOWN_CHARS_MAX);
  return rest === "" ? blocks : [...blocks, { kind: "plain", text: rest, language: "", isClosed: isEnded }];
}
