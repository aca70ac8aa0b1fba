import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { MARKDOWN_CHARS_MAX, MARKS_MAX, WHOLE_CHARS_MAX } from "../limits.ts";
import { cutBlocks, isReadWhole } from "./blocks.ts";
import { createInertMarkdown } from "./inert-markdown.ts";

const shapes = (text: string, isEnded = true) =>
  cutBlocks(text, isEnded).map(({ kind, text: block }) => `${kind}: ${block.trim()}`);

test("paragraphs and headings are blocks of their own", () => {
  assert.deepEqual(shapes("# a\n\nb\nc\n\n\nd"), ["markdown: # a", "markdown: b\nc", "markdown: d"]);
});

test("fenced code is a block, with its language and without its fence", () => {
  const [before, code, after] = cutBlocks("a\n```ts x\nb\n\nc\n```\nd", true);
  assert.deepEqual([before?.text, after?.text], ["a", "d"]);
  assert.deepEqual(code, { kind: "code", text: "b\n\nc", language: "ts", isClosed: true });
});

test("a fence ends with as many marks of its own kind, and a tick in its words makes it none", () => {
  assert.deepEqual(shapes("````\n```\na\n~~~~\n````\nb"), ["code: ```\na\n~~~~", "markdown: b"]);
  assert.deepEqual(shapes("```a`b\nc"), ["markdown: ```a`b\nc"]);
  assert.deepEqual(shapes("  ```\n    a\n  ```"), ["code: a"]);
});

test("a list stays together, with what belongs to its items", () => {
  assert.deepEqual(shapes("- a\n\n- b\n\n  more\n\n      code\n\n1. c\n\nend"), [
    "markdown: - a\n\n- b\n\n  more\n\n      code\n\n1. c",
    "markdown: end",
  ]);
  assert.deepEqual(shapes("- a\n\n  ```\n  x\n\n  y\n  ```\n\nend"), [
    "markdown: - a\n\n  ```\n  x\n\n  y\n  ```",
    "markdown: end",
  ]);
});

test("a fence that nothing closes yet is code that still grows", () => {
  const [code] = cutBlocks("```js\na", false);
  assert.deepEqual(code, { kind: "code", text: "a", language: "js", isClosed: false });
  assert.equal(cutBlocks("```js\na", true)[0]?.isClosed, true);
});

test("only the last block is open while more arrives", () => {
  assert.deepEqual(
    cutBlocks("a\n\nb\n\nc\n", false).map(({ isClosed }) => isClosed),
    [true, true, false],
  );
});

test("beyond the limit everything is shown as it was written", () => {
  const text = `${"a".repeat(MARKDOWN_CHARS_MAX)}\n\n*b*`;
  assert.deepEqual(
    cutBlocks(text, true).map(({ kind, text: block }) => [kind, block.length]),
    [
      ["markdown", MARKDOWN_CHARS_MAX],
      ["plain", 5],
    ],
  );
});

test("parts that refer to each other are recognised", () => {
  for (const text of ["[^1]: note", "a\n\n[x]: https://a.example", "   [x]: y"])
    assert.equal(isReadWhole(text), true, text);
  for (const text of ["a [x]: y", "[x](y)", "[x] : y"]) assert.equal(isReadWhole(text), false, text);
});

test("what is too long or too tangled to be read whole stays in its blocks", () => {
  const note = "\n\n[^1]: note";
  const long = "a\n\n".repeat(400);
  assert.equal(isReadWhole(long + note), true);
  assert.equal(isReadWhole("a ".repeat(WHOLE_CHARS_MAX / 2) + note), false);
  assert.equal(isReadWhole("**a** ".repeat(MARKS_MAX / 4 + 1) + note), false);
});

const LINES = [
  "",
  "",
  "text",
  "more *text*",
  "- item",
  "  - nested",
  "1. one",
  "  continued",
  "    indented",
  "> quote",
  "# head",
  "```",
  "```js",
  "~~~",
  "| a |",
  "|---|",
  "---",
  "  ```",
];

test("a block that is closed never changes, whatever arrives behind it", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...LINES), { maxLength: 30 }), fc.nat(), (lines, at) => {
      const text = lines.join("\n");
      const early = cutBlocks(text.slice(0, at % (text.length + 1)), false).filter(({ isClosed }) => isClosed);
      assert.deepEqual(cutBlocks(text, false).slice(0, early.length), early);
    }),
    { numRuns: 3_000 },
  );
});

const draw = createInertMarkdown({ idPrefix: "x-", code: ({ code }) => createElement("pre", null, code) });
const visible = (markup: string): string => markup.replaceAll(/\s+/g, "");

/** Block by block, as the page draws it. */
function drawn(text: string): string {
  return cutBlocks(text, true)
    .map(({ kind, text: block }) =>
      renderToStaticMarkup(kind === "code" ? createElement("pre", null, block) : draw(block)),
    )
    .join("");
}

test("cut or whole, an answer looks the same", () => {
  for (const text of [
    "# Title\n\nSome text\nwith lines.\n\n- a\n- b\n\n  more of b\n\n1. one\n\n   ```js\n   code\n\n   more\n   ```\n\n2. two\n\nEnd.",
    "Text:\n\n```python\nprint('a')\n\n\nprint('b')\n```\n\nand\n\n> quote\n> goes on\n\n> another\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nend",
    "    indented\n\n    code\n\ntext\n---\n\n***\n\nlast",
  ]) {
    assert.equal(visible(drawn(text)), visible(renderToStaticMarkup(draw(text))), text);
  }
});
