// Nobody gets an answer for nothing: not by reading slowly, by leaving early, by asking again, or by asking for too much.
import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { after, before, beforeEach, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { LEFT_ANSWER_MS } from "../../limits.ts";
import type { PayerDesk } from "../../test-bed/payer-desk.ts";
import { FLAGS, openPayerDesk } from "../../test-bed/payer-desk.ts";
import type { ScriptedCall, ScriptedProvider } from "../../test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import type { TestRouter } from "../../test-bed/test-router.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";

const TOTAL_MS = 10_000; // less than the heartbeats of a link
const PROMPT_NANO = 1_000n; // a token, at 1 and 2 USDC per million
const OUTPUT_NANO = 2_000n;
const STEADY_LOOKS = 20; // until nothing moves any more
const FUNDS = 100_000_000_000n;
const ASK = { model: "m", messages: [{ role: "user", content: "x" }] };
const USAGE = '"usage":{"prompt_tokens":10,"completion_tokens":3}';
const COST = 10n * PROMPT_NANO + 3n * OUTPUT_NANO;
const STOP = '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}';

const says = (content: string): string =>
  `data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"${content}"},"finish_reason":null}]}\n\n`;
const whole = (content: string, usage = USAGE): string =>
  `{"choices":[{"index":0,"message":{"role":"assistant","content":"${content}"},"finish_reason":"stop"}],${usage}}`;
const estimatedPrompt = (body: object): number => Math.ceil(JSON.stringify(body).length / 4);

describe("an answer is not free", () => {
  const clock: ManualClock = manualClock();
  let router: TestRouter;
  let provider: ScriptedProvider;
  let payer: PayerDesk;
  let answer: (call: ScriptedCall) => void;

  const events = (call: ScriptedCall, ...data: string[]): void => {
    call.respond(200, { "content-type": "text/event-stream" });
    for (const one of data) call.write(one);
  };
  const answersWhole = (call: ScriptedCall): void => {
    call.respond(200, { "content-type": "application/json" });
    call.write(whole("abc"));
    call.end();
  };

  before(async () => {
    router = await startTestRouter({ AIMO_TOTAL_TIMEOUT_MS: String(TOTAL_MS) }, clock);
    provider = await connectProvider(router.url, await router.key(), (call) => answer(call));
    await provider.offer([plainOffer("m")]);
  });
  after(async () => {
    await provider.close();
    await router.close();
  });
  beforeEach(async () => {
    payer = await openPayerDesk(router, "100");
    answer = answersWhole;
  });

  /** What is charged when all is over, where it is one answer. */
  const onlyGeneration = async () => {
    const { available, payable } = await payer.settled();
    const generations = await payer.generations();
    assert.equal(generations.length, 1);
    const [generation] = generations;
    assert.ok(generation);
    assert.deepEqual([FUNDS - available, payable], [generation.cost, generation.cost]);
    return generation;
  };
  /** Reads on until a text has come; gives what came. */
  const readUntil = async (reply: IncomingMessage, text: string): Promise<string> => {
    let seen = "";
    const found = Promise.withResolvers<undefined>();
    reply.on("data", (bytes: Buffer) => {
      seen += bytes.toString();
      if (seen.includes(text)) found.resolve(undefined);
    });
    reply.resume();
    await found.promise;
    return seen;
  };

  /** Asks for a long stream of which the client takes nothing; resolves when the router holds what it cannot pass on. */
  const unread = async (body: object): Promise<IncomingMessage> => {
    answer = (call) => events(call, ...Array.from({ length: 64 }, () => says("Q".repeat(250_000))));
    const reply = await payer.open(body);
    reply.pause();
    let held = "0";
    for (let same = 0; same < STEADY_LOOKS;) {
      const metrics = await (await fetch(`${router.operatorUrl}/metrics`)).text();
      const now = /^aimo_answers_held_bytes ([0-9]+)/m.exec(metrics)?.[1] ?? "0";
      same = now === held && now !== "0" ? same + 1 : 0;
      held = now;
    }
    return reply;
  };

  test("for a client that reads nothing until the total deadline", async () => {
    const body = { ...ASK, stream: true, max_tokens: 5_000_000 };
    const reply = await unread(body);
    clock.advance(TOTAL_MS);
    const { cost, flags, prompt_tokens: prompt, completion_tokens: completion } = await onlyGeneration();
    assert.equal(flags, FLAGS.streamed | FLAGS.cancelled | FLAGS.usageEstimated);
    assert.equal(prompt, estimatedPrompt(body));
    assert.equal(cost, BigInt(prompt) * PROMPT_NANO + BigInt(completion) * OUTPUT_NANO);
    const text = await readUntil(reply, "client_left");
    const shown = [...text.matchAll(/"content":"(Q*)/g)].reduce((sum, [, content = ""]) => sum + content.length, 0);
    assert.equal(completion, Math.ceil(shown / 4), "all that was passed on, read or not");
    assert.ok(completion >= 62_500);
  });

  test("for a client that leaves at the finish_reason: it pays the usage that follows", async () => {
    const stopped = Promise.withResolvers<ScriptedCall>();
    answer = (call) => {
      events(call, says("abc"), `data: ${STOP}\n\n`);
      stopped.resolve(call);
    };
    const reply = await payer.open({ ...ASK, stream: true });
    await readUntil(reply, 'finish_reason":"stop');
    reply.destroy();
    const call = await stopped.promise;
    await provider.offer([plainOffer("m")]); // there and back, so that the router has seen the client leave
    call.write(`data: {"choices":[],${USAGE}}\n\ndata: [DONE]\n\n`);
    call.end();
    assert.equal((await onlyGeneration()).cost, COST);
  });

  test("for a client that leaves at the finish_reason of a provider that never says what it used", async () => {
    answer = (call) => events(call, says("abcdefgh"), `data: ${STOP}\n\n`);
    const body = { ...ASK, stream: true };
    const reply = await payer.open(body);
    await readUntil(reply, 'finish_reason":"stop');
    reply.destroy();
    const [call] = provider.calls.slice(-1);
    const cancelled = new AbortController();
    void call?.cancelled.then(() => cancelled.abort());
    while (!cancelled.signal.aborted) {
      clock.advance(LEFT_ANSWER_MS / 500); // in steps: the router sees the client leave in between
      await setImmediate();
    }
    const { cost, flags, completion_tokens: completion } = await onlyGeneration();
    assert.equal(flags, FLAGS.streamed | FLAGS.cancelled | FLAGS.usageEstimated);
    assert.equal(completion, 2);
    assert.equal(cost, BigInt(estimatedPrompt(body)) * PROMPT_NANO + 2n * OUTPUT_NANO);
  });

  test("for a client that leaves just before the finish_reason: it pays what it was sent, and the call is cancelled", async () => {
    answer = (call) => events(call, says("abcdefgh"), says("ijklmnop"));
    const body = { ...ASK, stream: true };
    const reply = await payer.open(body);
    await readUntil(reply, "ijklmnop");
    reply.destroy();
    assert.equal(await provider.calls.at(-1)?.cancelled, "client_left");
    const { cost, flags, completion_tokens: completion } = await onlyGeneration();
    assert.equal(flags, FLAGS.streamed | FLAGS.cancelled | FLAGS.usageEstimated);
    assert.equal(completion, 4);
    assert.equal(cost, BigInt(estimatedPrompt(body)) * PROMPT_NANO + 4n * OUTPUT_NANO);
  });

  test("for a client that leaves as soon as the first byte of a JSON answer has come", async () => {
    const reply = await payer.open(ASK);
    reply.destroy();
    const { cost, flags } = await onlyGeneration();
    assert.deepEqual([cost, flags], [COST, 0]);
  });

  test("for a client that would not be told the usage", async () => {
    answer = (call) => {
      events(call, says("abc"), `data: ${STOP}\n\n`, `data: {"choices":[],${USAGE}}\n\n`, "data: [DONE]\n\n");
      call.end();
    };
    const response = await router.chat(payer.key, { ...ASK, stream: true, stream_options: { include_usage: false } });
    assert.match(await response.text(), /"cost":0\.000016\}/);
    assert.equal((await onlyGeneration()).cost, COST);
  });

  test("twice under one Idempotency-Key: asked again it costs nothing and gives nothing", async () => {
    const asked = Promise.withResolvers<ScriptedCall>();
    answer = asked.resolve;
    const headers = { "idempotency-key": "a retry" };
    const first = payer.open(ASK, headers);
    const call = await asked.promise;
    const meanwhile = await payer.open(ASK, headers);
    assert.equal(meanwhile.statusCode, 409);
    await readUntil(meanwhile, "in_progress");
    answersWhole(call);
    await readUntil(await first, "abc");
    const later = await payer.open(ASK, headers);
    assert.equal(later.statusCode, 409);
    await readUntil(later, "already_answered");
    const other = await payer.open({ ...ASK, n: 2 }, headers);
    assert.equal(other.statusCode, 422);
    await readUntil(other, "idempotency_mismatch");
    assert.equal((await onlyGeneration()).cost, COST);
  });

  test("again, where a client retries without such a key: each answer is paid for, also under one x-request-id", async () => {
    for (let round = 1; round <= 3; round += 1) {
      const reply = await payer.open(ASK, { "x-request-id": "the same", "x-stainless-retry-count": String(round - 1) });
      await readUntil(reply, "abc");
      assert.equal(FUNDS - (await payer.settled()).available, BigInt(round) * COST);
    }
  });

  test("of several choices: each is paid for", async () => {
    answer = (call) => {
      const choices = [0, 1].map((index) => ({
        index,
        message: { role: "assistant", content: "x".repeat(100) },
        finish_reason: "stop",
      }));
      call.respond(200, { "content-type": "application/json" });
      call.write(JSON.stringify({ choices, usage: { prompt_tokens: 10, completion_tokens: 80 } }));
      call.end();
    };
    const reply = await payer.open({ ...ASK, n: 2, max_tokens: 40 });
    await readUntil(reply, "usage");
    assert.equal((await onlyGeneration()).cost, 10n * PROMPT_NANO + 80n * OUTPUT_NANO);
  });

  const absurd = (members: string): string => `{"model":"m","messages":[{"role":"user","content":"x"}],${members}}`;
  const ABSURD = [
    ['"max_tokens":1e18', 400],
    ['"max_tokens":1e400', 400],
    ['"max_tokens":-1', 400],
    ['"max_tokens":1.5', 400],
    ['"max_tokens":"5"', 400],
    ['"max_completion_tokens":1e18', 400],
    ['"n":1e6', 400],
    ['"n":-1', 400],
    ['"Max_Tokens":5', 400],
    ['"MAX_TOKENS":5,"max_tokens":6', 400],
    ['"max_tokens":1,"max_tokens":4096', 400],
    ['"max_completion_tokens":1,"max_completion_tokens":4096', 400],
    ['"n":1,"n":8', 400],
    ['"N":8', 400],
    ['"max_tokens":2147483648', 429], // what it reserves is more than any key has in a minute
    ['"max_tokens":20000000,"n":2', 402], // 80 USDC, and the wallet has less
  ] as const;

  test("for who asks for too much: it is refused, and no other request of the same moment fails for it", async () => {
    const rascal = await openPayerDesk(router, "79");
    const honest = Array.from({ length: 2 * ABSURD.length }, () => payer.open(ASK));
    const refused = await Promise.all(ABSURD.map(([members]) => rascal.open(absurd(members))));
    for (const [index, [members, status]] of ABSURD.entries()) {
      assert.equal(refused[index]?.statusCode, status, members);
      refused[index]?.resume();
    }
    for (const reply of await Promise.all(honest)) {
      assert.equal(reply.statusCode, 200);
      await readUntil(reply, "abc");
    }
    assert.deepEqual(await rascal.balances(), { available: 79_000_000_000n, locked: 0n, payable: 0n });
    assert.equal((await payer.settled()).payable, BigInt(honest.length) * COST);
  });

  test("for who asks for more than a model may write: the maximum is clamped, sent upstream and paid for", async () => {
    await provider.offer([plainOffer("m"), plainOffer("short", { max_completion_tokens: 50 })]);
    answer = (call) => {
      call.respond(200, { "content-type": "application/json" });
      call.write(whole("y".repeat(500), '"usage":{"prompt_tokens":10,"completion_tokens":500}'));
      call.end();
    };
    const reply = await payer.open({ ...ASK, model: "short", max_tokens: 2 ** 31 });
    await readUntil(reply, "usage");
    assert.match(provider.calls.at(-1)?.body ?? "", /"max_tokens":50[,}]/);
    const { cost, completion_tokens: completion, flags } = await onlyGeneration();
    assert.deepEqual([completion, flags], [50, FLAGS.usageAdjusted]);
    assert.equal(cost, 10n * PROMPT_NANO + 50n * OUTPUT_NANO);
  });
});

describe("a router that has no room for what its clients do not read", () => {
  test("cuts off who reads nothing, and charges what was passed on", async (t) => {
    // Less than the 16 KiB with which a connection says that it does not keep up: with more room the provider is held instead.
    const router = await startTestRouter({ AIMO_ANSWERS_BYTES_MAX: "10000" });
    const provider = await connectProvider(router.url, await router.key(), (call) => {
      call.respond(200, { "content-type": "text/event-stream" });
      for (let count = 0; count < 1_600; count += 1) call.write(says("Q".repeat(10_000)));
    });
    t.after(async () => {
      await provider.close();
      await router.close();
    });
    await provider.offer([plainOffer("m")]);
    const payer = await openPayerDesk(router, "100");
    const reply = await payer.open({ ...ASK, stream: true, max_tokens: 5_000_000 });
    reply.pause();
    assert.equal(await provider.calls.at(-1)?.cancelled, "client_left");
    const { available } = await payer.settled();
    const [generation] = await payer.generations();
    assert.equal(generation?.cost, FUNDS - available);
    assert.ok(generation.completion_tokens >= 2_500, "at least the first event");
    reply.destroy();
  });
});
