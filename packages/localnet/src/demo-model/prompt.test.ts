import assert from "node:assert/strict";
import { test } from "node:test";

import { lastToolResults, lastUserText, properNames } from "./prompt.ts";

const message = (role: "user" | "assistant" | "tool", text: string): Parameters<typeof lastUserText>[0][number] => ({
  role,
  text,
  attachments: [],
});

test("the last user message is the question, whatever follows it", () => {
  assert.equal(lastUserText([message("user", "a"), message("user", "b"), message("assistant", "c")]), "b");
  assert.equal(lastUserText([message("assistant", "c")]), "");
});

test("only the tool messages at the end are results", () => {
  const messages = [message("tool", "old"), message("user", "b"), message("tool", "one"), message("tool", "two")];
  assert.deepEqual(lastToolResults(messages), ["one", "two"]);
  assert.deepEqual(lastToolResults([message("tool", "old"), message("user", "b")]), []);
});

test("names are capitalised words within a sentence, each once, at most eight, then fillers", () => {
  const fillers = ["demo", "sample", "example", "test"];
  assert.deepEqual(properNames("Compare Paris with Rome. Then Paris, Zürich."), [
    "Paris",
    "Rome",
    "Zürich",
    ...fillers,
  ]);
  assert.deepEqual(properNames("nothing"), fillers);
  const many = Array.from({ length: 20 }, (_, index) => `in City${"x".repeat(index)}`).join(" ");
  assert.equal(properNames(many).length, 8 + fillers.length);
});
