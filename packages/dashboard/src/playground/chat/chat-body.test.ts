import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelFacts } from "../models/model-facts.ts";
import { NO_SETTINGS, readSettings } from "../settings/read-settings.ts";
import { chatBody } from "./chat-body.ts";

const facts = (...parameters: readonly string[]): ModelFacts => ({
  ...{ id: "acme/one", name: "One", contextLength: undefined, takesImages: true, prices: undefined },
  parameters: new Set(parameters),
});
const ALL = readSettings({
  ...{ system: "Be short.", temperature: "0,5", topP: "0.9", maxTokens: "100", seed: "-7", effort: "low" },
  stop: "END\n\\n\nEND",
});
const asked = { turns: [], question: { text: "Hi", images: [] } };

test("every parameter is sent to a model that nobody knows", () => {
  assert.deepEqual(chatBody("acme/one", undefined, ALL, asked), {
    model: "acme/one",
    messages: [
      { role: "system", content: "Be short." },
      { role: "user", content: "Hi" },
    ],
    ...{ temperature: 0.5, top_p: 0.9, max_tokens: 100, seed: -7, stop: ["END", "\n"], reasoning_effort: "low" },
  });
});

test("a model is sent what it takes, under the name by which it takes it", () => {
  const { messages, ...rest } = chatBody("acme/one", facts("seed", "max_completion_tokens", "reasoning"), ALL, asked);
  assert.equal(messages.length, 2);
  assert.deepEqual(rest, { model: "acme/one", max_completion_tokens: 100, seed: -7, reasoning: { effort: "low" } });
});

test("nothing is sent that was not set", () => {
  assert.deepEqual(chatBody("acme/one", undefined, readSettings(NO_SETTINGS), asked), {
    model: "acme/one",
    messages: [{ role: "user", content: "Hi" }],
  });
});

test("images go along behind the text, also those of earlier questions", () => {
  const image = { id: 1, name: "a.png", bytes: 3, url: "data:image/png;base64,AAAA" };
  const part = { type: "image_url", image_url: { url: image.url } };
  const turns = [{ question: { text: "Look", images: [image] }, answerText: "I see." }];
  const body = chatBody("acme/one", undefined, readSettings(NO_SETTINGS), {
    turns,
    question: { text: "", images: [image] },
  });
  assert.deepEqual(body.messages, [
    { role: "user", content: [{ type: "text", text: "Look" }, part] },
    { role: "assistant", content: "I see." },
    { role: "user", content: [part] },
  ]);
});
