import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { ApiFault } from "../../api/api-fault.ts";
import { CHARGE_POLL_MS, CONVERSATION_CHARS_MAX } from "../limits.ts";
import { NO_SETTINGS, readSettings } from "../settings/read-settings.ts";
import type { ChargedGeneration } from "./charge.ts";
import type { ChatBody, Question } from "./chat-body.ts";
import { Lane } from "./lane.ts";
import { hasRoomFor } from "./lane-state.ts";

const SETTINGS = readSettings(NO_SETTINGS);
const question = (text: string): Question => ({ text, images: [] });
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Undefined: nothing comes, and the stream stays open. */
type Reply = string | ApiFault | undefined;

function bench(replies: Reply[], generations: readonly ChargedGeneration[] = []) {
  const clock = manualClock();
  const bodies: ChatBody[] = [];
  const urgencies: boolean[] = [];
  const lane = new Lane({
    clock,
    post(body) {
      bodies.push(body);
      const reply = replies.shift();
      const id = `gen-${bodies.length}`;
      if (reply instanceof ApiFault) {
        return Promise.resolve({ generationId: undefined, retryAfter: undefined, fault: reply, stream: undefined });
      }
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          if (reply === undefined) return;
          const choices = [{ index: 0, delta: { content: reply }, finish_reason: "stop" }];
          const usage = { prompt_tokens: 1, completion_tokens: 1, cost: 0.01 };
          controller.enqueue(
            new TextEncoder().encode(`data: ${JSON.stringify({ id, choices, usage })}\n\ndata: [DONE]\n\n`),
          );
          controller.close();
        },
      });
      return Promise.resolve({ generationId: id, retryAfter: undefined, fault: undefined, stream });
    },
    list: () => Promise.resolve(generations),
    changed: (isUrgent) => void urgencies.push(isUrgent),
  });
  lane.chooseModel("acme/one", undefined);
  return { lane, clock, bodies, urgencies };
}

const told = (body: ChatBody | undefined): unknown =>
  body?.messages.map(({ role, content }) => `${role}: ${typeof content === "string" ? content : "parts"}`);

test("a conversation is told whole with each question, and every answer's cost is kept", async () => {
  const { lane, bodies } = bench(["one", "two"]);
  await lane.ask(question("a"), SETTINGS);
  await lane.ask(question("b"), SETTINGS);
  assert.deepEqual(told(bodies[1]), ["user: a", "assistant: one", "user: b"]);
  assert.deepEqual([...lane.state.costs.values()], ["0.01", "0.01"]);
  assert.deepEqual(
    lane.state.turns.map(({ answer }) => answer.text),
    ["one", "two"],
  );
});

test("a question that was refused is not part of what the model is told", async () => {
  const { lane, bodies } = bench([new ApiFault(402, {}), "two"]);
  await lane.ask(question("a"), SETTINGS);
  assert.equal(lane.state.turns[0]?.answer.phase, "broken");
  await lane.ask(question("b"), SETTINGS);
  assert.deepEqual(told(bodies[1]), ["user: b"]);
});

test("asking again replaces the answer, and what both cost stays counted", async () => {
  const { lane, bodies } = bench(["one", "two", "three"]);
  await lane.ask(question("a"), SETTINGS);
  await lane.ask(question("b"), SETTINGS);
  await lane.askAgain(SETTINGS);
  assert.deepEqual(told(bodies[2]), ["user: a", "assistant: one", "user: b"]);
  assert.deepEqual(
    lane.state.turns.map(({ answer }) => answer.text),
    ["one", "three"],
  );
  assert.equal(lane.state.costs.size, 3);
});

test("the last question can be taken back with its answer", async () => {
  const { lane, bodies } = bench(["one", "two"]);
  await lane.ask(question("a"), SETTINGS);
  assert.equal(lane.takeBack()?.text, "a");
  assert.equal(lane.takeBack(), undefined);
  await lane.ask(question("b"), SETTINGS);
  assert.deepEqual(told(bodies[1]), ["user: b"]);
});

test("a stopped answer learns what was charged, and meanwhile nothing else is asked", async () => {
  const charged = { id: "gen-1", created_at: "2026-01-01T00:00:00Z", cancelled: true, cost: "0.004" };
  const { lane, clock, bodies } = bench([undefined, "two"], [charged]);
  const asked = lane.ask(question("a"), SETTINGS);
  await settle();
  await lane.ask(question("b"), SETTINGS);
  assert.equal(bodies.length, 1);
  assert.equal(lane.takeBack(), undefined);
  lane.stop();
  await settle();
  assert.deepEqual([lane.state.turns[0]?.answer.phase, lane.state.turns[0]?.isChargeSought], ["stopped", true]);
  clock.advance(CHARGE_POLL_MS);
  await asked;
  assert.deepEqual([lane.state.turns[0]?.answer.cost, lane.state.turns[0]?.isChargeSought], ["0.004", false]);
  assert.deepEqual([...lane.state.costs.values()], ["0.004"]);
});

test("clearing stops what runs and forgets everything", async () => {
  const { lane, bodies, clock } = bench([undefined, "two"]);
  const asked = lane.ask(question("a"), SETTINGS);
  await settle();
  lane.clear();
  await asked;
  assert.deepEqual([lane.state.turns.length, lane.state.costs.size, clock.waiting], [0, 0, 0]);
  await lane.ask(question("b"), SETTINGS);
  assert.deepEqual(told(bodies[1]), ["user: b"]);
});

test("what arrives is not urgent to draw, what begins and ends is", async () => {
  const { lane, urgencies } = bench(["one"]);
  urgencies.length = 0;
  await lane.ask(question("a"), SETTINGS);
  assert.equal(urgencies[0], true);
  assert.equal(urgencies.at(-1), true);
  assert.ok(urgencies.includes(false));
});

test("the body to show is the draft's, else the last that was sent", async () => {
  const { lane } = bench(["one"]);
  assert.equal(lane.body(undefined, SETTINGS), undefined);
  await lane.ask(question("a"), SETTINGS);
  assert.deepEqual(told(lane.body(undefined, SETTINGS)), ["user: a"]);
  assert.deepEqual(told(lane.body(question("b"), SETTINGS)), ["user: a", "assistant: one", "user: b"]);
});

test("a conversation has an end", async () => {
  const { lane } = bench(["x".repeat(CONVERSATION_CHARS_MAX - 10)]);
  await lane.ask(question("12345"), SETTINGS);
  assert.equal(hasRoomFor(lane.state, question("12345"), SETTINGS), true);
  assert.equal(hasRoomFor(lane.state, question("123456"), SETTINGS), false);
});
