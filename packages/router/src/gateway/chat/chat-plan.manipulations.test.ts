// What providers may try to get more traffic or more money than is theirs, against a whole router over real sockets.
import assert from "node:assert/strict";
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { after, afterEach, before, describe, test } from "node:test";
import { base58 } from "@scure/base";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { FRAMES } from "@aimo-network/protocol/wire/frame";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import { newWallet } from "../../test-bed/new-wallet.ts";
import type { ScriptedCall, ScriptedProvider } from "../../test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import type { TestRouter } from "../../test-bed/test-router.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";

const OFFERS_FRAME = Buffer.from([FRAMES.offers.code, 0, 0, 0, 0]); // on stream 0
const JSON_TYPE = { "content-type": "application/json" };
const STREAM_TYPE = { "content-type": "text/event-stream" };

function answer(call: ScriptedCall, promptTokens = 10): void {
  const usage = { prompt_tokens: promptTokens, completion_tokens: 1 };
  const choices = [{ index: 0, message: { role: "assistant", content: "x" }, finish_reason: "stop" }];
  call.respond(200, JSON_TYPE);
  call.write(JSON.stringify({ choices, usage }));
  call.end();
}

function fail(call: ScriptedCall, status: number): void {
  call.respond(status, JSON_TYPE);
  call.write('{"error":{"message":"no"}}');
  call.end();
}

function addressOf(wallet: Wallet): string {
  return base58.encode(wallet.publicKey);
}

/** One question of many, so that each is drawn anew. */
function question(number: number): readonly object[] {
  return [{ role: "user", content: `Question ${number}` }];
}

interface Explained {
  readonly provider: string;
  readonly place: number | null;
  readonly excluded: string | null;
  readonly reasons: readonly string[];
}

describe("a provider gains nothing by", () => {
  let router: TestRouter;
  let key: string;
  let providers: ScriptedProvider[] = [];

  const join = async (
    offers: readonly Offer[],
    take: (call: ScriptedCall) => void = answer,
    wallet = newWallet(),
  ): Promise<ScriptedProvider> => {
    const provider = await connectProvider(router.url, await router.key({}, wallet), take);
    providers.push(provider);
    await provider.offer(offers);
    return provider;
  };
  const explain = async (body: object, as = key): Promise<readonly Explained[]> => {
    const reply = await router.chat(as, body, { headers: { authorization: `Bearer ${as}`, "x-aimo-explain": "1" } });
    assert.equal(reply.status, 200);
    return ((await reply.json()) as { aimo_metadata: { offers: readonly Explained[] } }).aimo_metadata.offers;
  };

  before(async () => {
    router = await startTestRouter();
    key = await router.key();
  });
  afterEach(async () => {
    await Promise.all(providers.map((provider) => provider.close()));
    providers = [];
  });
  after(() => router.close());

  test("raising its price while a request runs: what was asked at admission is charged", async () => {
    const held: ScriptedCall[] = [];
    const taken = Promise.withResolvers<void>();
    const offer = plainOffer("dearer", { pricing: { prompt: "1", completion: "2" } });
    const provider = await join([offer], (call) => {
      held.push(call);
      taken.resolve();
    });
    const reply = router.chat(key, { model: "dearer", messages: question(1), max_tokens: 5 });
    await taken.promise;
    await provider.offer([{ ...offer, pricing: { prompt: "1000", completion: "2000" } }]);
    answer(held[0]!);
    const { usage } = (await (await reply).json()) as { usage: { cost: number } };
    assert.equal(usage.cost, 0.000012);
    const next = router.chat(key, { model: "dearer", messages: question(2), max_tokens: 5 });
    while (held.length < 2) await setImmediate();
    answer(held[1]!);
    assert.equal(((await (await next).json()) as { usage: { cost: number } }).usage.cost, 0.012);
  });

  test("asking an absurd price: it neither stands in plans nor makes anybody lock more", async () => {
    const wallet = newWallet();
    const cheap = { pricing: { prompt: "1", completion: "1" } };
    const honest = await join([plainOffer("m", cheap), plainOffer("n", cheap)], answer, wallet);
    for (let seller = 0; seller < 5; seller += 1) {
      await join([plainOffer("m", { pricing: { prompt: "900000", completion: "900000", request: "900000" } })]);
    }
    const poor = newWallet();
    await router.fund(poor, "0.02"); // the honest offer's ceiling is a cent; twice that is what a fall-back may lock
    const poorKey = await router.key({}, poor);
    for (let number = 0; number < 30; number += 1) {
      const reply = await router.chat(poorKey, { model: "m", messages: question(number), max_tokens: 5 });
      assert.equal(reply.status, 200, await reply.text());
    }
    assert.equal(honest.calls.length, 30);
    const told = await explain({ model: "m", messages: question(30), max_tokens: 5 });
    assert.deepEqual(
      told.flatMap(({ provider, place }) => (place === null ? [] : [[provider, place]])),
      [[addressOf(wallet), 0]],
      "whoever is too dear to be asked has no place",
    );
    assert.equal(told.filter(({ reasons }) => reasons.includes("much_dearer")).length, 2);
    for (const wishes of [{ models: ["n"] }, { provider: { order: [addressOf(wallet)] } }]) {
      const reply = await router.chat(poorKey, { model: "m", messages: question(31), max_tokens: 5, ...wishes });
      assert.equal(reply.status, 200, `${JSON.stringify(wishes)}: ${await reply.text()}`);
    }
  });

  test("provoking a rival's outage with bad requests: others are served by the rival all the same", async () => {
    const victim = await join([plainOffer("rival")], (call) => {
      if (call.body.includes("refuse me")) fail(call, 400);
      else if (call.body.includes("break me")) fail(call, 500);
      else answer(call);
    });
    assert.equal(victim.calls.length, 0);
    const attackers = [await router.key(), await router.key()];
    const honest = await Promise.all(Array.from({ length: 6 }, () => router.key()));
    const ask = (as: string, content: string): Promise<Response> =>
      router.chat(as, { model: "rival", messages: [{ role: "user", content }] });
    for (const each of honest) assert.equal((await ask(each, "warm up")).status, 200);
    for (let attack = 0; attack < 20; attack += 1) {
      for (const attacker of attackers) {
        assert.equal((await ask(attacker, `refuse me ${attack}`)).status, 400);
        await (await ask(attacker, `break me ${attack}`)).body?.cancel();
      }
    }
    for (const each of honest) assert.equal((await ask(each, "an honest question")).status, 200);
    const [stands] = await explain({ model: "rival", messages: question(0) });
    assert.deepEqual([stands?.place, stands?.excluded], [0, null]);
  });

  test("an empty first token: its clock runs until it says something", async () => {
    const wallet = newWallet();
    await join(
      [plainOffer("eager")],
      (call) => {
        call.respond(200, STREAM_TYPE);
        call.write('data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n');
        call.write('data: {"choices":[{"index":0,"delta":{"content":" "}}]}\n\n');
        systemClock.timer(300, () => {
          call.write('data: {"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop"}]}\n\n');
          call.write('data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}\n\ndata: [DONE]\n\n');
          call.end();
        });
      },
      wallet,
    );
    for (let number = 0; number < 5; number += 1) {
      const reply = await router.chat(await router.key(), { model: "eager", messages: question(number), stream: true });
      await reply.text();
    }
    const reply = await fetch(`${router.url}/api/v1/models/community/eager/endpoints`);
    const { data } = (await reply.json()) as {
      data: { endpoints: readonly { latency_last_30m: { p50: number } | null }[] };
    };
    const p50 = data.endpoints[0]?.latency_last_30m?.p50;
    assert.ok(p50 !== undefined && p50 >= 250, `${p50} ms, which is when its first word came`);
  });

  test("a name with a letter of another alphabet, a space or a hidden character: it gets no link for it", async () => {
    for (const [name, author] of [
      ["gpt-4o", "openаi"],
      ["gpt-4о", "openai"],
      ["gpt-4o ", "openai"],
      ["gpt-4o", "open\u200bai"],
    ] as const) {
      const provider = await connectProvider(router.url, await router.key(), answer);
      providers.push(provider);
      const closed = once(provider.socket, "close");
      // As bytes: no endpoint of this house would send it.
      const page = { offers: [plainOffer(name, { provider_name: author })], more: false };
      provider.socket.send(Buffer.concat([OFFERS_FRAME, Buffer.from(JSON.stringify(page))]));
      const [code] = (await closed) as [number];
      assert.equal(code, 1002, JSON.stringify([author, name]));
    }
    const found = await router.chat(key, { model: "openаi/gpt-4o", messages: question(1) });
    assert.equal(found.status, 404);
  });

  test("another letter case: it is the same model, at its own price, and no other one", async () => {
    const genuine = newWallet();
    const other = newWallet();
    await join([plainOffer("GPT-5x", { provider_name: "OpenAI" })], answer, genuine);
    await join([plainOffer("gpt-5X", { provider_name: "openai" })], answer, other);
    const offers = await explain({ model: "OPENAI/gpt-5x", messages: question(1) });
    assert.deepEqual(
      offers.map(({ provider }) => provider).toSorted(),
      [addressOf(genuine), addressOf(other)].toSorted(),
    );
  });
});
