// Markdown that would take a reader of it too long, or too deep: nobody writes such, but a hostile model can.
import { BLOCK_LINES_MAX, CELLS_MAX, MARKS_MAX, NESTING_MAX, UNDERLINES_MAX } from "../limits.ts";

const NESTED = new RegExp(
  String.raw`^(?:[ \t]{0,8}(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))){${NESTING_MAX + 1}}`,
  "m",
);
const UNDERLINE = /^ {0,3}(?:=+|-+)[ \t]*$/;

function countOf(text: string, marks: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) if (marks.includes(text.charAt(at))) count += 1;
  return count;
}

/** Whether a block is to be shown as it was written instead of being read as Markdown. */
export function isTangled(text: string): boolean {
  if (NESTED.test(text) || countOf(text, "*_~") > MARKS_MAX || countOf(text, "[]") > MARKS_MAX) return true;
  const lines = text.split("\n");
  if (lines.length > BLOCK_LINES_MAX) return true;
  let underlines = 0;
  let columns = 0;
  let rows = 0;
  for (const line of lines) {
    if (UNDERLINE.test(line)) underlines += 1;
    const pipes = countOf(line, "|");
    if (pipes > 0) rows += 1;
    columns = Math.max(columns, pipes + 1);
  }
  return underlines > UNDERLINES_MAX || rows * columns > CELLS_MAX;
}

/** A node of the tree into which Markdown is read, as far as it is looked at here. */
interface MarkdownNode {
  readonly type: string;
  readonly value?: string;
  readonly children?: MarkdownNode[];
}

/** The text below a node, without recursion. */
function textBelow(top: MarkdownNode): string {
  let text = "";
  const waiting = [top];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    text += node.value ?? "";
    waiting.push(...(node.children ?? []).toReversed());
  }
  return text;
}

/** A remark plugin: what stands deeper than anybody writes becomes its text, so that nothing behind it has to recurse. */
export function flattenDeep(): (tree: MarkdownNode) => void {
  return (tree) => {
    const waiting = [{ children: tree.children ?? [], depth: 1 }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { children, depth } = next;
      for (const [index, child] of children.entries()) {
        if (child.children === undefined) continue;
        if (depth < NESTING_MAX) waiting.push({ children: child.children, depth: depth + 1 });
        else children[index] = { type: "text", value: textBelow(child) };
      }
    }
  };
}
