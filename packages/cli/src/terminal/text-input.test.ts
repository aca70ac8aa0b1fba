import assert from "node:assert/strict";
import { test } from "node:test";
import { openStreams } from "../test-bed/streams-bed.ts";
import type { StreamsBed } from "../test-bed/streams-bed.ts";
import type { TextInput } from "./terminal.ts";
import { pipedTexts, typedTexts } from "./text-input.ts";

function typing(): { bed: StreamsBed; texts: TextInput } {
  const bed = openStreams({ input: true, errors: true });
  return { bed, texts: typedTexts(bed.streams.input, bed.streams.errors) };
}

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const UP = "\u001B[A";
const paste = (text: string): string => `\u001B[200~${text}\u001B[201~`;

test("each line that is typed is a text, and between two the terminal is as it was", async () => {
  const { bed, texts } = typing();
  const first = texts.next("> ");
  assert.equal(bed.isRaw(), true);
  bed.type("hello\r");
  assert.deepEqual(await first, { kind: "text", text: "hello" });
  assert.equal(bed.isRaw(), false);
  const second = texts.next("> ");
  bed.type("again\r");
  assert.deepEqual(await second, { kind: "text", text: "again" });
});

test("what is pasted is one text, sent with Enter, its backslashes and empty lines in it", async () => {
  const { bed, texts } = typing();
  const read = texts.next("> ");
  bed.type(paste("one \\\rtwo\r\rthree\tand four\r"));
  await Promise.resolve();
  bed.type("five\r");
  assert.deepEqual(await read, { kind: "text", text: "one \\\ntwo\n\nthree\tand four\nfive" });
});

test("a paste comes whole in pieces too, and from terminals that do not mark it", async () => {
  const { bed, texts } = typing();
  const marked = texts.next("> ");
  bed.type("\u001B[200~one\r");
  await new Promise((resolve) => setImmediate(resolve));
  bed.type("two\u001B[201~");
  await new Promise((resolve) => setImmediate(resolve));
  bed.type("\r");
  assert.deepEqual(await marked, { kind: "text", text: "one\ntwo" });
  const unmarked = texts.next("> ");
  bed.type("one\rtwo\rthr");
  await new Promise((resolve) => setImmediate(resolve));
  bed.type("ee\r");
  assert.deepEqual(await unmarked, { kind: "text", text: "one\ntwo\nthree" });
});

test("a line that ends with a backslash goes on in the next", async () => {
  const { bed, texts } = typing();
  const read = texts.next("> ");
  bed.type("one \\\r");
  await new Promise((resolve) => setImmediate(resolve));
  assert.match(bed.said(), /… /);
  bed.type("two\r");
  assert.deepEqual(await read, { kind: "text", text: "one \ntwo" });
});

test("Ctrl-C says whether anything was typed, Ctrl-D and closing end it", async () => {
  const { bed, texts } = typing();
  const empty = texts.next("> ");
  bed.type(CTRL_C);
  assert.deepEqual(await empty, { kind: "interrupt", wasEmpty: true });
  const begun = texts.next("> ");
  bed.type(`half${CTRL_C}`);
  assert.deepEqual(await begun, { kind: "interrupt", wasEmpty: false });
  const left = texts.next("> ");
  bed.type(CTRL_D);
  assert.deepEqual(await left, { kind: "end" });
  const closed = texts.next("> ");
  texts.close();
  assert.deepEqual(await closed, { kind: "end" });
});

test("the arrow keys bring earlier lines back", async () => {
  const { bed, texts } = typing();
  for (const line of ["one", "two"]) {
    const read = texts.next("> ");
    bed.type(`${line}\r`);
    await read;
  }
  const read = texts.next("> ");
  bed.type(`${UP}${UP}!\r`);
  assert.deepEqual(await read, { kind: "text", text: "one!" });
});

test("the lines of a pipe are texts, the last without a newline too", async () => {
  const bed = openStreams();
  const texts = pipedTexts(bed.streams.input);
  bed.type("one\r\ntwo\n\nthree");
  bed.end();
  const read: unknown[] = [];
  for (let next = await texts.next("> "); next.kind === "text"; next = await texts.next("> ")) read.push(next.text);
  assert.deepEqual(read, ["one", "two", "", "three"]);
  assert.equal(bed.said(), "", "nobody is prompted");
});

test("closing ends the waiting for a pipe", async () => {
  const bed = openStreams();
  const texts = pipedTexts(bed.streams.input);
  const read = texts.next("> ");
  texts.close();
  assert.deepEqual(await read, { kind: "end" });
});
