import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import { InspectionBed } from "../test-bed/inspection-bed.ts";
import type { Conduct } from "../test-bed/scripted-model.ts";
import { answerAsModel } from "../test-bed/scripted-model.ts";
import type { ScriptedCall } from "../test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "../test-bed/scripted-provider.ts";
import { startTestRouter } from "../test-bed/test-router.ts";

const ABLE: Partial<Offer> = {
  provider_name: "acme",
  capabilities: ["tools", "json_schema", "json_object", "reasoning"],
  input_modalities: ["text", "image"],
  context_length: 32_000,
};

function able(name: string, more: Partial<Offer> = {}): Offer {
  return plainOffer(name, { ...ABLE, ...more });
}

function acting(conduct: Conduct = {}): (call: ScriptedCall) => void {
  return (call) => answerAsModel(call, conduct);
}

function noticesOf({ messages }: { messages: readonly { name: string; message: unknown }[] }): string[] {
  return messages
    .filter(({ name }) => name === "notice")
    .map(({ message }) => {
      const { code, offer } = message as { code: string; offer?: string };
      return `${code} ${offer}`;
    });
}

test("who lies about tools loses them, who inflates tokens is unverified, who is honest is verified", async (t) => {
  const bed = await InspectionBed.open(t);
  await bed.fund("10");
  const honest = await bed.connect([able("m")], acting());
  const other = await bed.connect([able("m")], acting());
  const liar = await bed.connect([able("m")], acting({ hasNoTools: true }));
  const inflater = await bed.connect([able("m")], acting({ promptFactor: 1.2 }));
  await bed.inspect();
  const verdict = (id: string): string => bed.board.finding(id).verdict;
  await bed.until("the honest ones are verified", () =>
    [honest, other].every((one) => verdict(one.offerId("m")) === "verified"),
  );
  await bed.until("the inflater is unverified", () => verdict(inflater.offerId("m")) === "unverified");
  await bed.until("the liar loses its tools", () => bed.board.finding(liar.offerId("m")).withdrawn.has("tools"));
  await bed.until("the rest of it is verified", () => verdict(liar.offerId("m")) === "verified");
  assert.deepEqual([...bed.board.finding(liar.offerId("m")).withdrawn], ["tools"]);
  assert.deepEqual([...bed.board.finding(honest.offerId("m")).withdrawn], []);
  await bed.until("both are told", () => noticesOf(liar).length > 0 && noticesOf(inflater).length > 0);
  assert.deepEqual(noticesOf(liar), ["capability_withdrawn m"]);
  assert.deepEqual(noticesOf(inflater), ["offer_unverified m"]);
  assert.deepEqual(noticesOf(honest), []);
});

/** Offers of one model whose providers act so; resolves with what is known when the last of them is decided. */
async function alone(t: TestContext, conduct: Conduct, offer = able("m")): Promise<{ bed: InspectionBed; id: string }> {
  const bed = await InspectionBed.open(t);
  await bed.fund("10");
  const provider = await bed.connect([offer], acting(conduct));
  await bed.inspect();
  return { bed, id: provider.offerId("m") };
}

const LIES: readonly (readonly [string, Conduct, string])[] = [
  ["answers schemas with words", { hasNoSchemas: true }, "json_schema,json_object"],
  ["is colour-blind", { isColourBlind: true }, "image"],
  ["cuts long prompts", { keepsWords: 1_500 }, "context"],
  ["refuses tools and formats", { refusesExtras: true }, "tools,json_schema,json_object"],
];
for (const [what, conduct, withdrawn] of LIES) {
  test(`an offer that ${what} loses that, and is verified for the rest`, async (t) => {
    const { bed, id } = await alone(t, conduct);
    await bed.until("it is verified", () => bed.board.finding(id).verdict === "verified");
    await bed.until("it has lost it", () => [...bed.board.finding(id).withdrawn].join(",") === withdrawn);
  });
}

test("an offer that reports no usage is unverified", async (t) => {
  const { bed, id } = await alone(t, { hasNoUsage: true });
  await bed.until("it is unverified", () => bed.board.finding(id).verdict === "unverified");
  assert.ok(bed.board.finding(id).withdrawn.has("chat"));
});

for (const status of [400, 429, 500]) {
  test(`an offer that answers everything with ${status} has proven nothing`, async (t) => {
    const bed = await InspectionBed.open(t);
    await bed.fund("10");
    const provider = await bed.connect([able("m")], acting({ status }));
    await bed.inspect();
    await bed.until("it was asked again and again", () => provider.calls.length > 21);
    assert.deepEqual(bed.board.finding(provider.offerId("m")), {
      verdict: "new",
      withdrawn: new Set(),
      examinedAtMs: undefined,
    });
    assert.equal((await bed.funds()).payable, 0n);
  });
}

test("one failure is no proof, and what was lost comes back", async (t) => {
  const bed = await InspectionBed.open(t);
  await bed.fund("10");
  let failures = 1;
  const provider = await bed.connect([able("m")], (call) => {
    const asksTools = call.body.includes('"tools"');
    if (asksTools) failures -= 1;
    answerAsModel(call, { hasNoTools: asksTools && failures >= 0 });
  });
  const id = provider.offerId("m");
  await bed.inspect("1", { dailyMs: 400 });
  await bed.until("it is verified", () => bed.board.finding(id).verdict === "verified");
  assert.equal(bed.board.evidence(id).checks.tools?.isWithdrawn, false);
  failures = 2;
  await bed.until("two failures withdraw", () => bed.board.finding(id).withdrawn.has("tools"));
  await bed.until("it comes back", () => !bed.board.finding(id).withdrawn.has("tools"));
  await bed.until("it is told of both", () => noticesOf(provider).length === 2);
  assert.deepEqual(noticesOf(provider), ["capability_withdrawn m", "capability_restored m"]);
});

test("an inflater that counts like the others again is verified after two rounds", async (t) => {
  const bed = await InspectionBed.open(t);
  await bed.fund("10");
  let promptFactor = 1.5;
  await bed.connect([able("m")], acting());
  await bed.connect([able("m")], acting());
  const inflater = await bed.connect([able("m")], (call) => answerAsModel(call, { promptFactor }));
  const id = inflater.offerId("m");
  await bed.inspect("1", { dailyMs: 300 });
  await bed.until("it is unverified", () => bed.board.finding(id).verdict === "unverified");
  promptFactor = 1;
  await bed.until("it is verified", () => bed.board.finding(id).verdict === "verified");
  await bed.until("it is told", () => noticesOf(inflater).includes("offer_verified m"));
});

test("nothing tells the router's requests from a client's, and no pseudonym comes twice", async (t) => {
  const bed = await InspectionBed.open(t);
  await bed.fund("10");
  const providers = [await bed.connect([able("m")], acting()), await bed.connect([able("m")], acting())];
  await bed.inspect("1", { dailyMs: 100 });
  await bed.until("several rounds were asked", () => providers.every(({ calls }) => calls.length > 20));
  await bed.stop();
  const [client, asksUsage] = await clientCalls();
  const names = (value: object): string[] => Object.keys(value);
  for (const { calls } of providers) {
    for (const { head, body } of calls) {
      assert.deepEqual(names(head), names(client!.head));
      assert.deepEqual(names(head.headers), names(client!.head.headers));
      assert.match(head.headers["user-agent"] ?? "", /^(?:Async)?OpenAI\/(?:Python|JS) \d+\.\d+\.\d+$/);
      assert.match(head.headers["x-request-id"] ?? "", /^req-[0-9a-f-]{36}$/);
      assert.match(head.payer, /^[0-9a-f]{32}$/);
      const asked = JSON.parse(body) as { model: string; stream?: boolean };
      assert.equal(asked.model, "m");
      const like = asked.stream === true ? asksUsage! : client!;
      const extra = names(asked).filter((name) => !names(JSON.parse(like.body) as object).includes(name));
      assert.deepEqual(
        extra.filter((name) => !["tools", "tool_choice", "response_format"].includes(name)),
        [],
      );
      assert.deepEqual(
        { ...like.head.headers, "user-agent": "", "x-request-id": "" },
        { ...head.headers, "user-agent": "", "x-request-id": "" },
      );
    }
  }
  const [one, other] = providers.map(({ calls }) => new Set(calls.map(({ head }) => head.payer)));
  assert.ok(one!.size > 2 && other!.size > 2, "each round has its own");
  assert.ok(
    [...one!].every((payer) => !other!.has(payer)),
    "and each provider of it",
  );
  const bodies = providers[0]!.calls.map(({ body }) => body);
  assert.equal(new Set(bodies).size, bodies.length);
});

/** What a provider of a router gets of a client: once whole, once as a stream. */
async function clientCalls(): Promise<readonly ScriptedCall[]> {
  const router = await startTestRouter();
  try {
    const provider = await connectProvider(router.url, await router.key({ spending: { kind: "earn_only" } }), acting());
    await provider.offer([able("m")]);
    const key = await router.key();
    const headers = {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      "user-agent": "OpenAI/Python 2.3.0",
    };
    const body = { model: "acme/m", messages: [{ role: "user", content: "Hello" }] };
    await (await router.chat(key, body, { headers })).text();
    const streamed = { ...body, stream: true, stream_options: { include_usage: true } };
    await (await router.chat(key, streamed, { headers })).text();
    await provider.close();
    return provider.calls;
  } finally {
    await router.close();
  }
}

test("what was spent is in the books to the nano-USDC, and charged like everybody's", async (t) => {
  const bed = await InspectionBed.open(t);
  await bed.fund("10");
  const provider = await bed.connect([able("m")], acting());
  await bed.inspect();
  await bed.until("it is verified", () => bed.board.finding(provider.offerId("m")).verdict === "verified");
  await bed.stop();
  const { available, locked, payable } = await bed.funds();
  assert.equal(available + payable, 10_000_000_000n);
  assert.equal(locked, 0n);
  assert.ok(payable > 0n);
  assert.equal(await bed.spent(), payable);
});

test("the bound of a day is kept, and the rest of the offers wait", async (t) => {
  const bed = await InspectionBed.open(t);
  await bed.fund("10");
  // A request costs some 0.0002 USDC at these prices, and may cost some 0.002 at most.
  const dear = { pricing: { prompt: "0.2", completion: "1" } };
  const greedy = await bed.connect(
    Array.from({ length: 30 }, (_, index) => able(`g${index}`, dear)),
    acting(),
  );
  await bed.inspect("0.02");
  const spentNow = () => bed.spent();
  await bed.until("the provider's part is nearly used up", async () => (await spentNow()) > 3_000_000n);
  await pause(300);
  assert.ok((await bed.funds()).payable <= 5_000_000n, "a provider gets a quarter of the day at most");
  for (let index = 0; index < 12; index += 1) await bed.connect([able(`x${index}`, dear)], acting());
  await bed.until("the day's USDC are nearly used up", async () => (await spentNow()) > 12_000_000n);
  await bed.until("it says so", () => bed.logLines.some((line) => line.includes("offers wait to be examined")));
  await pause(300);
  await bed.stop();
  const { payable } = await bed.funds();
  assert.equal(await spentNow(), payable);
  assert.ok(payable <= 20_000_000n, `${payable}`);
  assert.ok(greedy.calls.length > 0);
});

test("without money everything stays new: one warning, and all is made up for with the deposit", async (t) => {
  const bed = await InspectionBed.open(t);
  const provider = await bed.connect([able("m")], acting());
  const id = provider.offerId("m");
  await bed.inspect();
  const warnings = (): number => bed.logLines.filter((line) => line.includes("cannot pay")).length;
  await bed.until("it warns", () => warnings() > 0);
  await pause(200);
  assert.equal(warnings(), 1);
  assert.equal(bed.board.finding(id).verdict, "new");
  assert.equal(provider.calls.length, 0);
  // What a try has set aside comes back when it could not pay.
  await bed.until("nothing is spent", async () => (await bed.spent()) === 0n);
  await bed.fund("10");
  await bed.until("it is verified", () => bed.board.finding(id).verdict === "verified");
});

test("a restart forgets nothing, and asks nothing again that was asked today", async (t) => {
  const bed = await InspectionBed.open(t);
  await bed.fund("10");
  const liar = await bed.connect([able("m")], acting({ hasNoTools: true }));
  const id = liar.offerId("m");
  await bed.inspect();
  await bed.until("it is decided", () => {
    const { verdict, withdrawn } = bed.board.finding(id);
    return verdict === "verified" && withdrawn.has("tools");
  });
  const known = bed.board.finding(id);
  await bed.stop();
  const asked = liar.calls.length;
  await bed.inspect();
  assert.deepEqual(bed.board.finding(id), known);
  await pause(300);
  assert.equal(liar.calls.length, asked);
});

test("absurdly dear offers, the inspector's own, and those without words are not asked", async (t) => {
  const bed = await InspectionBed.open(t);
  await bed.fund("1000");
  const absurd = await bed.connect([able("m", { pricing: { prompt: "1000000", completion: "1000000" } })], acting());
  const own = await bed.connect([able("m")], acting(), bed.wallet.address);
  const wordless = await bed.connect([able("m", { output_modalities: ["image"] })], acting());
  const usual = await bed.connect([able("m")], acting());
  await bed.inspect("100");
  await bed.until("the usual one is verified", () => bed.board.finding(usual.offerId("m")).verdict === "verified");
  await pause(200);
  for (const provider of [absurd, own, wordless]) {
    assert.equal(provider.calls.length, 0);
    assert.equal(bed.board.finding(provider.offerId("m")).verdict, "new");
  }
});

test("an offer that never stops thinking about tools is asked less and less often, and verified for nothing", async (t) => {
  const bed = await InspectionBed.open(t);
  await bed.fund("10");
  const asked: number[] = [];
  const provider = await bed.connect([able("m")], (call) => {
    if (!call.body.includes('"tools"')) return answerAsModel(call);
    asked.push(systemClock.monotonic());
    call.respond(200, { "content-type": "application/json" });
    const choices = [{ message: { content: "", reasoning: "hm" }, finish_reason: "length" }];
    call.write(JSON.stringify({ choices, usage: { prompt_tokens: 5, completion_tokens: 2_048 } }));
    call.end();
  });
  await bed.inspect();
  await bed.until("it was asked four times", () => asked.length > 3);
  const [first = 0, , , last = 0] = asked;
  assert.ok(last - first >= 0.85 * (60 + 120 + 240) - 50, "each time it waits twice as long");
  assert.equal(bed.board.finding(provider.offerId("m")).verdict, "new");
});

test("free offers are examined too, and nothing is spent", async (t) => {
  const bed = await InspectionBed.open(t);
  const free = await bed.connect([able("m", { pricing: { prompt: "0", completion: "0" } })], acting());
  await bed.inspect();
  await bed.until("it is verified", () => bed.board.finding(free.offerId("m")).verdict === "verified");
  assert.equal(await bed.spent(), 0n);
});

test("a router that ends breaks off what it asks, and pays as for a client that leaves", async (t) => {
  const bed = await InspectionBed.open(t);
  await bed.fund("10");
  const silent = await bed.connect([able("m")], () => undefined);
  await bed.inspect();
  await bed.until("it was asked", () => silent.calls.length > 0);
  await bed.stop();
  assert.equal(await silent.calls[0]!.cancelled, "client_left");
  const { locked, payable } = await bed.funds();
  assert.equal(locked, 0n);
  assert.equal(await bed.spent(), payable);
  assert.equal(bed.board.finding(silent.offerId("m")).verdict, "new");
});
