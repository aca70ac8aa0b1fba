import assert from "node:assert/strict";
import { test } from "node:test";
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import { CONVERSATION_CHARS_MAX } from "../limits.ts";
import { emptyAnswer } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { Conversation } from "./conversation.ts";

const answer = (more: Partial<Answer>): Answer => ({ ...emptyAnswer(), end: "whole", ...more });

test("a conversation takes as much as it may hold, and not a character more, until it is forgotten", () => {
  const conversation = new Conversation("a/b", "sys");
  assert.equal(conversation.hasRoomFor("x".repeat(CONVERSATION_CHARS_MAX - 3)), true);
  assert.equal(conversation.hasRoomFor("x".repeat(CONVERSATION_CHARS_MAX - 2)), false);
  conversation.keep("12", answer({ text: "345" }));
  assert.equal(conversation.hasRoomFor("x".repeat(CONVERSATION_CHARS_MAX - 8)), true);
  assert.equal(conversation.hasRoomFor("x".repeat(CONVERSATION_CHARS_MAX - 7)), false);
  conversation.clear();
  assert.equal(conversation.hasRoomFor("x".repeat(CONVERSATION_CHARS_MAX - 3)), true);
});

test("what was charged is added up to the last digit, also for what is forgotten or failed", () => {
  const conversation = new Conversation("a/b", undefined);
  conversation.keep("a", answer({ text: "x", cost: parseNanoUsdc("0.000000001") }));
  conversation.clear();
  conversation.keep("b", answer({ text: "x", cost: parseNanoUsdc("0.1"), end: "broken" }));
  conversation.keep("c", answer({ text: "x", cost: parseNanoUsdc("0.2"), end: "stopped" }));
  conversation.keep("d", answer({ text: "x" }));
  assert.equal(conversation.spent, parseNanoUsdc("0.300000001"));
  assert.equal(conversation.turns, 3, "what failed is no answer");
  assert.deepEqual(
    conversation.messages("e").map(({ content }) => content),
    ["c", "x", "d", "x", "e"],
  );
});
