import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { ANSWER_CHARS_MAX, CHARGE_POLL_MS, CHARGE_TRIES_MAX, RUN_INPUT_BYTES_MAX } from "../limits.ts";
import type { ChatBed, ChatBedOptions } from "../test-bed/chat-bed.ts";
import { openChatBed } from "../test-bed/chat-bed.ts";
import type { Asked } from "../test-bed/chat-script.ts";
import { CHARGED, COST, deltaEvent, ending, openEvents, streams, wholeAnswer } from "../test-bed/chat-script.ts";
import { faultOf } from "../test-bed/reading-bed.ts";
import type { ScriptedRouter } from "../test-bed/scripted-router.ts";
import { replyWith, startScriptedRouter } from "../test-bed/scripted-router.ts";
import { run } from "./run.ts";

const CHAT = "/api/v1/chat/completions";
const GENERATION = "/api/v1/generation";

interface Asking {
  readonly prompt?: string;
  readonly options?: Record<string, string>;
}

/** Asks a scripted router once. */
async function ask(bed: ChatBed, router: ScriptedRouter, { prompt, options }: Asking): ReturnType<typeof run> {
  const context = { ...bed.context, options: { ...bed.context.options, router: router.url } };
  const words = prompt === undefined ? [] : [prompt];
  return await run(context, { arguments: words, options: { model: "acme/large", ...options } });
}

/** A pipe, a router with one answer, and what was asked of it. */
async function open(
  t: TestContext,
  answer: string | ((response: ServerResponse) => void),
  more: ChatBedOptions = {},
): Promise<{ bed: ChatBed; router: ScriptedRouter; asked: Asked[] }> {
  const asked: Asked[] = [];
  const router = await startScriptedRouter(t, { [CHAT]: streams(asked, answer), [GENERATION]: CHARGED });
  return { bed: openChatBed(t, { isPerson: false, ...more }), router, asked };
}

test("the answer alone is on standard output, its cost on standard error", async (t) => {
  const { bed, router, asked } = await open(t, wholeAnswer("Because."));
  const outcome = await ask(bed, router, { prompt: "Why?" });
  assert.equal(bed.written.join(""), "Because.\n");
  assert.deepEqual(bed.said, [`1,204 tokens in, 20 out (5 of them reasoning) · ${COST} USDC`]);
  assert.equal(outcome?.text, "");
  assert.equal(outcome.reason, undefined);
  assert.deepEqual(asked[0]?.messages, [{ role: "user", content: "Why?" }]);
  assert.equal(asked[0]?.stream, true);
  assert.equal("max_tokens" in asked[0], false, "the router chooses where nobody says");
});

test("an answer that ends its line gets no second newline", async (t) => {
  const { bed, router } = await open(t, wholeAnswer("Because.\n"));
  await ask(bed, router, { prompt: "Why?" });
  assert.equal(bed.written.join(""), "Because.\n");
});

test("the question is the argument, what is piped in, the file, or all of them in this order", async (t) => {
  const { bed, router, asked } = await open(t, wholeAnswer("x"), { piped: "piped\n" });
  writeFileSync(join(bed.home, "notes.txt"), "filed\n");
  await ask(bed, router, {});
  await ask(bed, router, { prompt: "typed" });
  await ask(bed, router, { prompt: "typed", options: { file: "notes.txt", system: "Be brief." } });
  assert.deepEqual(
    asked.map(({ messages }) => messages.map(({ content }) => content)),
    [["piped"], ["typed\n\npiped"], ["Be brief.", "typed\n\npiped\n\nnotes.txt:\n\nfiled"]],
  );
});

test("without any question nobody is asked", async (t) => {
  const { bed, router } = await open(t, wholeAnswer("x"), { piped: " \n" });
  const fault = await faultOf(ask(bed, router, {}));
  assert.equal(fault.reason, "usage");
  assert.equal(router.calls.length, 0);
});

test("an image goes along as an image, and what is neither text nor image is refused", async (t) => {
  const { bed, router, asked } = await open(t, wholeAnswer("A dot."));
  const heads = {
    "image/png": "89504e470d0a1a0a0000",
    "image/jpeg": "ffd8ffe0000000000000",
    "image/gif": "474946383961000000000000",
    "image/webp": "524946460000000057454250",
  };
  for (const [type, head] of Object.entries(heads)) {
    writeFileSync(join(bed.home, "image"), Buffer.from(head, "hex"));
    await ask(bed, router, { prompt: "What is it?", options: { file: "image" } });
    const url = `data:${type};base64,${Buffer.from(head, "hex").toString("base64")}`;
    assert.deepEqual(asked.at(-1)?.messages[0]?.content, [
      { type: "text", text: "What is it?" },
      { type: "image_url", image_url: { url } },
    ]);
  }
  writeFileSync(join(bed.home, "image"), Buffer.from("fffefd", "hex"));
  assert.match((await faultOf(ask(bed, router, { prompt: "?", options: { file: "image" } }))).why ?? "", /neither/);
  assert.match((await faultOf(ask(bed, router, { prompt: "?", options: { file: "gone" } }))).why ?? "", /not there/);
  assert.equal((await faultOf(ask(bed, router, { prompt: "?", options: { file: "." } }))).reason, "usage");
});

test("a file of the greatest length is taken, and one byte more is not", async (t) => {
  const { bed, router } = await open(t, wholeAnswer("Long."));
  writeFileSync(join(bed.home, "long"), Buffer.alloc(RUN_INPUT_BYTES_MAX, "a"));
  await ask(bed, router, { prompt: "?", options: { file: "long" } });
  writeFileSync(join(bed.home, "long"), Buffer.alloc(RUN_INPUT_BYTES_MAX + 1, "a"));
  assert.match((await faultOf(ask(bed, router, { prompt: "?", options: { file: "long" } }))).why ?? "", /larger than/);
});

test("the options of an answer reach the model as they were typed", async (t) => {
  const { bed, router, asked } = await open(t, wholeAnswer("x"));
  await ask(bed, router, { prompt: "?", options: { maxTokens: "5", temperature: "0.25" } });
  assert.equal(asked[0]?.max_tokens, 5);
  assert.equal(asked[0].temperature, 0.25);
  for (const options of [{ maxTokens: "1.5" }, { maxTokens: "many" }, { temperature: "-1" }, { temperature: "3" }]) {
    assert.equal((await faultOf(ask(bed, router, { prompt: "?", options }))).reason, "usage");
  }
  assert.equal(asked.length, 1);
});

test("with --json the whole answer is the result, its cost a decimal string", async (t) => {
  const answer = deltaEvent({ reasoning: "Hm." }) + wholeAnswer("Because.");
  const { bed, router } = await open(t, answer, { options: { isJson: true } });
  const outcome = await ask(bed, router, { prompt: "Why?" });
  assert.equal(bed.written.join(""), "");
  assert.deepEqual(outcome?.data, {
    id: CHARGED.data.id,
    model: "acme/large",
    provider: "wallet",
    text: "Because.",
    reasoning: "Hm.",
    finish_reason: "stop",
    end: "whole",
    usage: { prompt_tokens: 1204, completion_tokens: 20, cached_tokens: 0, reasoning_tokens: 5 },
    cost: COST,
    error: null,
  });
});

test("an answer that was cut off at its greatest length says so", async (t) => {
  const { bed, router } = await open(t, deltaEvent({ content: "Bec" }) + ending(COST, "length"));
  await ask(bed, router, { prompt: "Why?" });
  assert.match(bed.said.join("\n"), /cut off/);
});

test("a cost that is nobody's word is asked for, and an amount that is none is not believed", async (t) => {
  for (const cost of ["null", "-1", '"much"', "1e-7"]) {
    const { bed, router } = await open(t, wholeAnswer("x", cost));
    await ask(bed, router, { prompt: "Why?" });
    assert.deepEqual(bed.said, [`7 tokens in, 2 out · ${COST} USDC`], cost);
  }
});

test("an answer without usage charged nothing, and a cost that cannot be learnt is told as that", async (t) => {
  const whole = deltaEvent({ content: "x" }, "stop");
  const none = await open(t, `${whole}data: [DONE]\n\n`);
  none.router.answers[GENERATION] = replyWith(503, {});
  await ask(none.bed, none.router, { prompt: "Why?" });
  assert.deepEqual(none.bed.said, ["nothing charged: the provider reported no usage"]);
  const unknown = await open(t, wholeAnswer("x", "null"));
  unknown.router.answers[GENERATION] = replyWith(503, {});
  await ask(unknown.bed, unknown.router, { prompt: "Why?" });
  assert.match(unknown.bed.said.join(), /20 out .* · what was charged is not known yet: `aimo activity` shows it/);
});

test("a charge that nobody makes is asked for so often and no more", async (t) => {
  const clock = manualClock();
  const { bed, router } = await open(t, wholeAnswer("x", "null"), { clock });
  let looks = 0;
  router.answers[GENERATION] = (request, response) => {
    looks += 1;
    replyWith(404, {})(request, response);
  };
  const over = new AbortController();
  const asking = ask(bed, router, { prompt: "Why?" }).finally(() => over.abort());
  while (!over.signal.aborted) {
    await new Promise((resolve) => setImmediate(resolve));
    if (looks > 0) clock.advance(CHARGE_POLL_MS);
  }
  await asking;
  assert.equal(looks, CHARGE_TRIES_MAX);
});

test("an answer of the greatest length is taken, and a character more breaks it off", async (t) => {
  const half = deltaEvent({ content: "a".repeat(ANSWER_CHARS_MAX / 2) });
  const longest = await open(t, half + half + ending(), { options: { isJson: true } });
  const outcome = await ask(longest.bed, longest.router, { prompt: "Why?" });
  assert.ok(outcome);
  assert.equal((outcome.data as { text: string }).text.length, ANSWER_CHARS_MAX);
  const longer = await open(t, half + half + wholeAnswer("a"), { options: { isJson: true } });
  const fault = await faultOf(ask(longer.bed, longer.router, { prompt: "Why?" }));
  assert.match(fault.why ?? "", /longer than/);
});

test("a broken answer ends with its fault, behind what came and what it cost", async (t) => {
  const { bed, router } = await open(t, deltaEvent({ content: "Bec" }));
  const fault = await faultOf(ask(bed, router, { prompt: "Why?" }));
  assert.equal(fault.code, "answer_broken");
  assert.equal(fault.reason, "unreachable");
  assert.equal(bed.written.join(""), "Bec\n");
  assert.deepEqual(bed.said, [`7 tokens in, 2 out · ${COST} USDC`]);
});

test("Ctrl-C ends the call, tells what was charged, and the exit code says so", async (t) => {
  const closed = Promise.withResolvers<void>();
  const begin = (response: ServerResponse): void => {
    openEvents(response);
    response.write(deltaEvent({ content: "Once" }));
    response.on("close", () => closed.resolve());
  };
  const { bed, router } = await open(t, begin, { onWrite: () => bed.interrupt() });
  const outcome = await ask(bed, router, { prompt: "A story." });
  await closed.promise;
  assert.equal(outcome?.reason, "interrupted");
  assert.match(bed.said.join("\n"), new RegExp(`${COST} USDC`));
});
