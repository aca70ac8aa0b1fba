import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServerResponse } from "node:http";
import { manualClock } from "@aimo-network/protocol/clock";
import { verifyKey } from "@aimo-network/protocol/keys/verify-key";
import { formatKeyFile, keyOfSeed } from "@aimo-network/protocol/keys/wallet-key";
import { microUsdc } from "@aimo-network/protocol/money";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CHAT_KEY_MS, CHAT_KEY_REST_MS, STREAM_SILENCE_MS } from "../limits.ts";
import { defaultWalletFile } from "../settings/places.ts";
import type { ChatBed } from "../test-bed/chat-bed.ts";
import { openChatBed } from "../test-bed/chat-bed.ts";
import type { Asked } from "../test-bed/chat-script.ts";
import { CHARGED, COST, deltaEvent, ending, openEvents, streams, wholeAnswer } from "../test-bed/chat-script.ts";
import { faultOf } from "../test-bed/reading-bed.ts";
import type { Script, ScriptedRouter } from "../test-bed/scripted-router.ts";
import { replyWith, ROUTER_ID, startScriptedRouter } from "../test-bed/scripted-router.ts";
import { chat } from "./chat.ts";

const CHAT = "/api/v1/chat/completions";
const GENERATION = "/api/v1/generation";
const CTRL_C = { kind: "interrupt", wasEmpty: true } as const;

type Options = Parameters<typeof openChatBed>[1];

/** Gives the person of a conversation a wallet. */
async function giveWallet(bed: ChatBed): Promise<void> {
  const file = defaultWalletFile(bed.context.environment);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, formatKeyFile(await keyOfSeed(new Uint8Array(32).fill(7))), { mode: 0o600 });
}

/** Talks to a scripted router until what is typed is at its end. */
async function talk(
  bed: ChatBed,
  router: ScriptedRouter,
  options: Record<string, string> = {},
  model: string[] = ["acme/large"],
): ReturnType<typeof chat> {
  const context = { ...bed.context, options: { ...bed.context.options, router: router.url } };
  return await chat(context, { arguments: model, options });
}

/** A conversation with the answers given, and all that came of it. */
async function talked(
  t: Parameters<typeof openChatBed>[0],
  typed: NonNullable<Options>["typed"] & object,
  answers: Parameters<typeof streams>[1][],
  more: Options & { options?: Record<string, string>; scripts?: Record<string, Script> } = {},
) {
  const asked: Asked[] = [];
  const router = await startScriptedRouter(t, { [CHAT]: streams(asked, ...answers), ...more.scripts });
  const bed = openChatBed(t, { ...more, typed });
  const outcome = await talk(bed, router, more.options);
  return { asked, router, bed, outcome, written: bed.written.join(""), said: bed.said.join("\n") };
}

const saidBy = (asked: Asked | undefined): unknown =>
  asked?.messages.map(({ role, content }) => `${role}: ${String(content)}`);

test("each answer is followed by its tokens and cost, and by what all of them have cost", async (t) => {
  const { written, said } = await talked(t, ["hello", "and?"], [wholeAnswer("Hi."), wholeAnswer("So.", "0.5")]);
  assert.equal(written, "Hi.\nSo.\n");
  assert.match(said, /1,204 tokens in, 20 out \(5 of them reasoning\) · 0\.000123456 USDC · 0\.000123456 in all/);
  assert.match(said, /0\.5 USDC · 0\.500123456 in all/);
  assert.match(said, /2 answers, 0\.500123456 USDC\./);
});

test("the model is told what was said before, until that is cleared", async (t) => {
  const typed = ["one", "two", "/clear", "three"];
  const { asked } = await talked(t, typed, [wholeAnswer("1"), wholeAnswer("2"), wholeAnswer("3")]);
  assert.deepEqual(asked.map(saidBy), [["user: one"], ["user: one", "assistant: 1", "user: two"], ["user: three"]]);
});

test("the system prompt comes from the option, is set, shown and removed", async (t) => {
  const typed = ["a", "/system Be brief.", "/system", "b", "/system -", "/clear", "c"];
  const { asked, said } = await talked(t, typed, [wholeAnswer("x")], { options: { system: "Be kind." } });
  assert.deepEqual(
    asked.map((one) => one.messages[0]?.content),
    ["Be kind.", "Be brief.", "c"],
  );
  assert.match(said, /The system prompt is: Be brief\./);
});

test("another model answers after /model, named or picked from the market with its prices", async (t) => {
  const models = { data: [{ id: "acme/small", pricing: { prompt: "0.0000005", completion: "0.000000000001" } }] };
  const { asked, bed } = await talked(t, ["/model acme/tiny", "a", "/model", "b"], [wholeAnswer("x")], {
    picked: "acme/small",
    scripts: { "/api/v1/models": models },
  });
  assert.deepEqual(
    asked.map(({ model }) => model),
    ["acme/tiny", "acme/small"],
  );
  assert.deepEqual(bed.offered, ["acme/small: 0.5 in, 0.000001 out, USDC per million tokens"]);
});

test("without a model it is picked from the market, and where nobody can pick, that is said", async (t) => {
  const asked: Asked[] = [];
  const models = { data: [{ id: "acme/small", pricing: {} }] };
  const router = await startScriptedRouter(t, { [CHAT]: streams(asked, wholeAnswer("x")), "/api/v1/models": models });
  await talk(openChatBed(t, { typed: ["a"], picked: "acme/small" }), router, {}, []);
  assert.equal(asked[0]?.model, "acme/small");
  const fault = await faultOf(talk(openChatBed(t, { isPerson: false }), router, {}, []));
  assert.equal(fault.reason, "usage");
  router.answers["/api/v1/models"] = { data: [] };
  assert.match((await faultOf(talk(openChatBed(t, { picked: "x" }), router, {}, []))).what, /no model/);
});

test("words with a slash never reach the model by mistake, and do with two", async (t) => {
  const typed = ["/modle x", "/clear now", "/help", "//etc is a folder", "", "  ", "/quit", "never"];
  const { asked, said } = await talked(t, typed, [wholeAnswer("x")]);
  assert.deepEqual(asked.map(saidBy), [["user: /etc is a folder"]]);
  assert.match(said, /\/modle is no word of this conversation/);
  assert.match(said, /\/clear is no word/, "what stands behind a word that takes nothing is not thrown away");
  assert.match(said, /\/model \[author\/slug\]/);
});

test("Ctrl-C ends the answer and its connection, tells what was charged, and the conversation goes on", async (t) => {
  const closed = Promise.withResolvers<void>();
  let looks = 0;
  const endless = (response: ServerResponse): void => {
    openEvents(response);
    response.write(deltaEvent({ content: "Once upon" }));
    response.on("close", () => closed.resolve());
  };
  const asked: Asked[] = [];
  const router = await startScriptedRouter(t, {
    [CHAT]: streams(asked, endless, wholeAnswer("Again.")),
    [GENERATION]: (request, response) => {
      looks += 1;
      replyWith(looks === 1 ? 404 : 200, looks === 1 ? {} : CHARGED)(request, response); // it is charged a moment later
    },
  });
  const bed: ChatBed = openChatBed(t, {
    typed: ["a story", "again"],
    onWrite: () => (asked.length === 1 ? bed.interrupt() : undefined),
  });
  const outcome = await talk(bed, router);
  await closed.promise;
  assert.equal(outcome?.reason, undefined);
  assert.equal(looks, 2);
  assert.match(bed.said.join("\n"), new RegExp(`Stopped\\.\n7 tokens in, 2 out · ${COST} USDC · ${COST} in all`));
  assert.equal(bed.written.at(-2), "Again.");
  assert.equal(bed.context.interrupted.aborted, false);
  const [, second] = asked;
  assert.ok((saidBy(second) as string[]).includes("user: again"));
});

test("Ctrl-C before anything came says that nobody knows a charge", async (t) => {
  const router = await startScriptedRouter(t, { [CHAT]: streams([], () => bed.interrupt()) });
  const bed = openChatBed(t, { typed: ["a story"] });
  await talk(bed, router);
  assert.match(bed.said.join("\n"), /Stopped\.\nnothing had come; if anything was charged, `aimo activity` shows it/);
});

test("Ctrl-C before anything came finds what was charged to a key that nobody else has", async (t) => {
  const asked: Asked[] = [];
  const bearers: string[] = [];
  const newest = { data: [{ ...CHARGED.data, id: "first" }] };
  let looks = 0;
  const router = await startScriptedRouter(t, {
    [CHAT]: streams(asked, () => bed.interrupt()),
    "/api/v1/generations": (request, response) => {
      looks += 1;
      if (looks === 3) newest.data.unshift({ ...CHARGED.data, id: "second" }); // the first is still the newest before
      assert.match(request.url ?? "", /\?limit=1$/);
      bearers.push(request.headers.authorization ?? "");
      replyWith(200, newest)(request, response);
    },
  });
  const bed = openChatBed(t, { typed: ["a", "b"], environment: { AIMO_API_KEY: "" } });
  await giveWallet(bed);
  await talk(bed, router);
  assert.equal(looks, 3);
  assert.match(bearers[0] ?? "", /^Bearer aimo-sk-v2-/);
  assert.match(bed.said.join("\n"), /Stopped\.\n7 tokens in, 2 out · 0\.000123456 USDC · 0\.000123456 in all/);
  assert.match(bed.said.join("\n"), /0\.000246912 in all/);
});

test("Ctrl-C twice at an empty prompt leaves; once, or behind a text, it does not", async (t) => {
  const twice = await talked(t, [CTRL_C, CTRL_C, "never"], [wholeAnswer("x")]);
  assert.equal(twice.asked.length, 0);
  assert.match(twice.said, /Ctrl-C again leaves/);
  const once = await talked(t, [CTRL_C, "a", CTRL_C, { ...CTRL_C, wasEmpty: false }, CTRL_C, "b"], [wholeAnswer("x")]);
  assert.equal(once.asked.length, 2);
});

test("a refusal, an error within the stream, a lost connection and a lost router are told, and the conversation goes on", async (t) => {
  const refusal = { error: { message: "0.1 USDC are there.", metadata: { error_code: "insufficient_balance" } } };
  const inBand = { error: { message: "The provider broke.", metadata: { error_code: "provider_error" } } };
  const answers = [
    (response: ServerResponse) => replyWith(402, refusal)(response.req, response),
    `${deltaEvent({ content: "Once" })}data: ${JSON.stringify({ id: "x", choices: [{ delta: {}, finish_reason: "error" }], ...inBand })}\n\n`,
    (response: ServerResponse) => {
      openEvents(response);
      response.write(deltaEvent({ content: "Once" }), () => response.destroy());
    },
    `${deltaEvent({ content: "Once" })}data: [DONE]\n\n`,
    deltaEvent({ content: "Once" }),
    "data: {\n\n",
    (response: ServerResponse) => replyWith(200, { choices: [] })(response.req, response),
    wholeAnswer("At last."),
  ];
  const typed = answers.map((_answer, place) => `question ${place}`);
  const { said, written, asked, outcome } = await talked(t, typed, answers, { scripts: { [GENERATION]: CHARGED } });
  for (const words of [
    /No answer came\.\n {2}why: 0\.1 USDC are there\.\n {2}next: aimo topup 5/,
    /The answer broke off\.\n {2}why: The provider broke\./,
    /why: the connection to the router was lost\./,
    /why: the model never said that it had ended\./,
    /why: the router ended it in the middle\./,
    /why: the router sent what is no JSON\./,
    /why: what it sent is no stream of events\./,
  ]) {
    assert.match(said, words);
  }
  assert.match(written, /At last\.\n$/);
  assert.deepEqual(saidBy(asked.at(-1)), ["user: question 7"], "questions that failed are as if never asked");
  assert.equal(outcome?.reason, undefined, "a person has seen it");
});

test("a router that is gone is told, and answers again when it is back", async (t) => {
  const asked: Asked[] = [];
  let isGone = true;
  const router = await startScriptedRouter(t, {
    [CHAT]: (request, response) => {
      if (isGone) request.socket.destroy();
      else streams(asked, wholeAnswer("Back."))(request, response);
      isGone = false;
    },
  });
  const bed = openChatBed(t, { typed: ["a", "b"] });
  await talk(bed, router);
  assert.match(bed.said.join("\n"), /Cannot reach the router at/);
  assert.equal(bed.written.join(""), "Back.\n");
});

test("a stream that is silent for a minute is given up, and comments keep it alive", async (t) => {
  const clock = manualClock();
  const asked: Asked[] = [];
  const held = Promise.withResolvers<ServerResponse>();
  const router = await startScriptedRouter(t, {
    [CHAT]: streams(asked, (response) => {
      openEvents(response);
      response.write(deltaEvent({ content: "Once" }));
      held.resolve(response);
    }),
    [GENERATION]: CHARGED,
  });
  let shown = Promise.withResolvers<void>();
  const bed = openChatBed(t, { typed: ["a"], clock, onWrite: () => shown.resolve() });
  const talking = talk(bed, router);
  const response = await held.promise;
  await shown.promise;
  shown = Promise.withResolvers();
  clock.advance(STREAM_SILENCE_MS - 1);
  response.write(": AIMO PROCESSING\n\n");
  response.write(deltaEvent({ content: " upon" }));
  await shown.promise;
  shown = Promise.withResolvers();
  clock.advance(STREAM_SILENCE_MS - 1);
  response.write(deltaEvent({ content: " a time" }));
  await Promise.race([shown.promise, talking]);
  assert.equal(bed.written.at(-1), " a time");
  clock.advance(STREAM_SILENCE_MS);
  await talking;
  assert.match(bed.said.join("\n"), /The answer broke off\.\n {2}why: nothing came for 60 seconds\./);
});

test("reasoning is faint and before the answer at a terminal, and kept from a pipe and from --quiet", async (t) => {
  const thinking = deltaEvent({ reasoning: "Hm." }) + deltaEvent({ reasoning_content: " So." }) + wholeAnswer("Yes.");
  const shown = await talked(t, ["a"], [thinking]);
  assert.equal(shown.written, "\u001B[2mthinking: \u001B[22m\u001B[2mHm.\u001B[22m\u001B[2m So.\u001B[22m\n\nYes.\n");
  const plain = await talked(t, ["a"], [thinking], { environment: { NO_COLOR: "1" } });
  assert.equal(plain.written, "thinking: Hm. So.\n\nYes.\n");
  assert.equal((await talked(t, ["a"], [thinking], { isPerson: false })).written, "Yes.\n");
  assert.equal((await talked(t, ["a"], [thinking], { options: {}, ...{ isPerson: true } })).asked.length, 1);
  const quiet = openChatBed(t, { typed: ["a"], options: { isQuiet: true } });
  await talk(quiet, await startScriptedRouter(t, { [CHAT]: streams([], thinking) }));
  assert.equal(quiet.written.join(""), "Yes.\n");
});

test("an answer cannot steer the terminal, and a pipe gets it as it is", async (t) => {
  const answer = wholeAnswer("\u001B[2Jred\u202E \u009B31m\tok\nline");
  assert.equal((await talked(t, ["a"], [answer])).written, "[2Jred 31m\tok\nline\n");
  const piped = await talked(t, ["a"], [answer], { isPerson: false });
  assert.equal(piped.written, "\u001B[2Jred\u202E \u009B31m\tok\nline\n");
});

test("a character whose halves come apart is shown whole", async (t) => {
  const halves = deltaEvent({ content: "a\uD83D" }) + deltaEvent({ content: "\uDE00b" }) + ending();
  const { bed } = await talked(t, ["x"], [halves]);
  assert.deepEqual(bed.written, ["a", "\u{1F600}b", "\n"]);
});

test("the limit ends the conversation's spending, whoever holds the key", async (t) => {
  const { asked, said } = await talked(t, ["a", "b"], [wholeAnswer("x", "0.3")], { options: { limit: "0.3" } });
  assert.equal(asked.length, 1);
  assert.match(said, /The limit of 0\.3 USDC is spent\./);
  const below = await talked(t, ["a", "b"], [wholeAnswer("x", "0.299999999")], { options: { limit: "0.3" } });
  assert.equal(below.asked.length, 2);
});

test("a limit of nothing, a digit too many and what is no number are refused before anybody is asked", async (t) => {
  const router = await startScriptedRouter(t);
  for (const options of [{ limit: "0" }, { limit: "0.0000001" }, { maxTokens: "0" }, { temperature: "2.1" }]) {
    await assert.rejects(talk(openChatBed(t), router, options));
  }
  assert.equal(router.calls.length, 0);
});

test("the wallet signs a key for this router and no longer than a day's work, with the limit in it, and then another", async (t) => {
  const clock = manualClock();
  const router = await startScriptedRouter(t, { [CHAT]: streams([], wholeAnswer("x", "0.2000005")) });
  const most = (): void => clock.advance(CHAT_KEY_MS - CHAT_KEY_REST_MS - 1);
  const typed = ["a", most, "b", () => clock.advance(1), "c"];
  const bed = openChatBed(t, { typed, clock, environment: { AIMO_API_KEY: "" } });
  assert.equal((await faultOf(talk(bed, router))).reason, "wallet", "without a wallet");
  await giveWallet(bed);
  const startMs = clock.now();
  await talk(bed, router, { limit: "1" });
  const bearers = router.calls
    .filter(({ path }) => path === CHAT)
    .map(({ bearer }) => bearer?.slice("Bearer ".length) ?? "");
  assert.equal(bearers.length, 3);
  assert.equal(bearers[0], bearers[1]);
  assert.notEqual(bearers[1], bearers[2]);
  const first = await verifyKey(bearers[0] ?? "", { routerId: ROUTER_ID, nowMs: startMs });
  assert.deepEqual(first.spending, { kind: "limited", limit: microUsdc(1_000_000n) });
  assert.deepEqual(first.scopes, ["completion_model"]);
  assert.equal(first.expiresAtMs, startMs + CHAT_KEY_MS);
  const second = await verifyKey(bearers[2] ?? "", { routerId: ROUTER_ID, nowMs: clock.now() });
  assert.deepEqual(second.spending, { kind: "limited", limit: microUsdc(599_999n) });
});

test("AIMO_API_KEY pays, unless --id names a wallet; what cannot be a key is sent to nobody", async (t) => {
  const router = await startScriptedRouter(t, { [CHAT]: streams([], wholeAnswer("x")) });
  await talk(openChatBed(t, { typed: ["a"] }), router);
  assert.equal(router.calls.at(-1)?.bearer, "Bearer aimo-sk-u1-test");
  const named = openChatBed(t, { typed: ["a"], options: { walletFile: "wallet.json" } });
  writeFileSync(`${named.home}/wallet.json`, formatKeyFile(await keyOfSeed(new Uint8Array(32).fill(7))), {
    mode: 0o600,
  });
  await talk(named, router);
  assert.match(router.calls.at(-1)?.bearer ?? "", /^Bearer aimo-sk-v2-/);
  const calls = router.calls.length;
  const odd = openChatBed(t, { typed: ["a"], environment: { AIMO_API_KEY: "two words" } });
  assert.equal((await faultOf(talk(odd, router))).code, "malformed_key");
  assert.deepEqual(
    router.calls.slice(calls).map(({ path }) => path),
    ["/.well-known/aimo.json"],
  );
});

test("a pipe gets the answers alone, and its exit code says whether one failed", async (t) => {
  const { written, said, outcome } = await talked(t, ["a", "b"], [wholeAnswer("1"), wholeAnswer("2")], {
    isPerson: false,
  });
  assert.equal(written, "1\n2\n");
  assert.doesNotMatch(said, /help lists/);
  assert.equal(outcome?.reason, undefined);
  const failed = await talked(t, ["a", "b"], ["", wholeAnswer("2")], {
    isPerson: false,
    scripts: { [GENERATION]: CHARGED },
  });
  assert.equal(failed.outcome?.reason, "failed");
  assert.equal(failed.written, "2\n");
});

test("with --json there is nothing but what came of it, at the end", async (t) => {
  const asked: Asked[] = [];
  const router = await startScriptedRouter(t, {
    [CHAT]: streams(asked, wholeAnswer("1"), ""),
    [GENERATION]: replyWith(500, {}),
  });
  const bed = openChatBed(t, { typed: ["a", "b"], isPerson: false, options: { isJson: true } });
  const outcome = await talk(bed, router);
  assert.equal(bed.written.join(""), "");
  assert.ok(outcome);
  const { answers, cost } = outcome.data as { answers: Record<string, unknown>[]; cost: string };
  assert.equal(cost, COST);
  assert.deepEqual(
    answers.map(({ text, end, cost: each }) => ({ text, end, each })),
    [
      { text: "1", end: "whole", each: COST },
      { text: "", end: "broken", each: null },
    ],
  );
});
