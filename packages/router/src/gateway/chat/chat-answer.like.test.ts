// Events that differ in one text alone: what is written around it is found out once, and is what every one of them would get.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readAnswerEvent } from "../../providers/answer-event.ts";
import { likenessOf, readLikeEvent } from "../../providers/like-events.ts";
import type { Envelope } from "./chat-answer.ts";
import { chunkJson, writtenAround } from "./chat-answer.ts";

const ENVELOPE: Envelope = {
  generationIdJson: '"gen-1"',
  modelJson: '"acme/m"',
  providerJson: '"wallet"',
  metadataJson: '{"requested":[]}',
  createdSeconds: 7,
};

function textOf(said: string, choice: object, delta: object, more: object, space: string): string {
  const choices = [{ ...choice, delta: { ...delta, content: said } }];
  return JSON.stringify({ ...more, choices, usage: null, ...more }, null, space === "" ? undefined : space).replaceAll(
    "\n",
    "",
  );
}

describe("what is written around the text of an event", () => {
  test("is the same as is written of the event alone, with its role told or not", () => {
    const choice = fc.constantFrom({}, { index: 0 }, { index: 3, logprobs: null }, { index: "0" });
    const delta = fc.constantFrom({}, { role: "assistant" }, { role: null, refusal: null });
    const more = fc.record({ id: fc.string(), created: fc.jsonValue(), more: fc.jsonValue() }, { requiredKeys: [] });
    const said = fc.stringMatching(/^[^"\\\p{Cc}]+$/u);
    fc.assert(
      fc.property(choice, delta, more, said, fc.constantFrom("", " "), (where, before, beside, words, space) => {
        const common = likenessOf(readAnswerEvent(textOf("Hello", where, before, beside, space), "w"));
        assert.ok(common);
        const event = readLikeEvent(textOf(words, where, before, beside, space), common) ?? assert.fail("none");
        const introduced = new Set<unknown>();
        chunkJson(event, ENVELOPE, introduced); // the first tells the role
        const around = writtenAround(event, ENVELOPE, introduced) ?? assert.fail("none");
        assert.equal(around.likeness, common);
        assert.equal(`${around.before}${words}${around.after}`, chunkJson(event, ENVELOPE, introduced));
      }),
    );
  });

  test("is nothing where an event has no likeness", () => {
    const event = readAnswerEvent(textOf("a", { index: 0 }, {}, {}, ""), "w");
    assert.equal(writtenAround(event, ENVELOPE, new Set([0])), undefined);
  });
});
