// What providers claim to have used, through a whole router into the books: charged as far as it can be true, never above the lock.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { base58 } from "@scure/base";
import type { PayerDesk } from "../../test-bed/payer-desk.ts";
import { FLAGS, openPayerDesk } from "../../test-bed/payer-desk.ts";
import type { ScriptedProvider } from "../../test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import type { TestRouter } from "../../test-bed/test-router.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";
import { newWallet } from "../../test-bed/new-wallet.ts";

const BODY = { model: "m", max_tokens: 60, messages: [{ role: "user", content: "x" }] };
const TEXT = "demo ".repeat(4); // 20 bytes: as many tokens at most, and 32 that show none
/** A body; as a stream or not, it is equally long. */
const bodyOf = (isStream: boolean): string =>
  JSON.stringify({ ...BODY, stream: isStream, user: isStream ? "ab" : "a" });
const PROMPT_BOUND = bodyOf(true).length + 64 + 512;
const PROMPT_NANO = 1_000n; // a token, at 1 and 2 USDC per million, half for cached ones
const CACHED_NANO = 500n;
const OUTPUT_NANO = 2_000n;
const FUNDS = 1_000_000_000n;
const CEILING = BigInt(PROMPT_BOUND) * PROMPT_NANO + 60n * OUTPUT_NANO;

interface Counts {
  readonly prompt: number;
  readonly completion: number;
  readonly cached?: number;
  readonly reasoning?: number;
}

type Row = readonly [name: string, usages: readonly string[], charged: Counts | undefined, notice?: "usage_adjusted"];

/** The usages of an answer's events, and what is charged of them; undefined: nothing, since it is no usage. */
const TABLE: readonly Row[] = [
  ["2^64 - 1", ['{"prompt_tokens":18446744073709551615,"completion_tokens":18446744073709551615}'], undefined],
  ["negative", ['{"prompt_tokens":-5,"completion_tokens":-3}'], undefined],
  ["negative on one side", ['{"prompt_tokens":10,"completion_tokens":-1}'], undefined],
  ["fractional", ['{"prompt_tokens":1.5,"completion_tokens":2.25}'], undefined],
  ["text", ['{"prompt_tokens":"12","completion_tokens":"7"}'], undefined],
  ["infinite", ['{"prompt_tokens":1e999,"completion_tokens":7}'], undefined],
  ["no object", ["[1,2]"], undefined],
  ["absent", [], undefined],
  ["null", ["null"], undefined],
  ["all zero", ['{"prompt_tokens":0,"completion_tokens":0}'], { prompt: 0, completion: 0 }],
  [
    "more than the bytes can hold",
    ['{"prompt_tokens":10,"completion_tokens":53}'],
    { prompt: 10, completion: 52 },
    "usage_adjusted",
  ],
  ["all that the bytes can hold", ['{"prompt_tokens":10,"completion_tokens":52}'], { prompt: 10, completion: 52 }],
  [
    "a prompt that nobody sent",
    ['{"prompt_tokens":999999999,"completion_tokens":1}'],
    { prompt: PROMPT_BOUND, completion: 1 },
    "usage_adjusted",
  ],
  [
    "more of everything",
    ['{"prompt_tokens":999999999,"completion_tokens":999999999}'],
    { prompt: PROMPT_BOUND, completion: 52 },
    "usage_adjusted",
  ],
  [
    "first so, then none",
    ['{"prompt_tokens":10,"completion_tokens":3}', "null", '{"prompt_tokens":-1,"completion_tokens":-1}'],
    { prompt: 10, completion: 3 },
  ],
  [
    "never a sum",
    ['{"prompt_tokens":10,"completion_tokens":3}', '{"prompt_tokens":10,"completion_tokens":4}'],
    { prompt: 10, completion: 4 },
  ],
  [
    "more cached than prompt",
    ['{"prompt_tokens":10,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":99}}'],
    { prompt: 10, completion: 3, cached: 10 },
  ],
  [
    "negative cached",
    ['{"prompt_tokens":10,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":-99}}'],
    { prompt: 10, completion: 3, cached: 0 },
  ],
  [
    "more reasoning than completion",
    ['{"prompt_tokens":10,"completion_tokens":3,"completion_tokens_details":{"reasoning_tokens":50}}'],
    { prompt: 10, completion: 3, reasoning: 3 },
  ],
];

function costOf({ prompt, completion, cached = 0 }: Counts): bigint {
  return BigInt(prompt - cached) * PROMPT_NANO + BigInt(cached) * CACHED_NANO + BigInt(completion) * OUTPUT_NANO;
}

function streamOf(usages: readonly string[]): string {
  const choice = (delta: object, finish: string | null): string =>
    JSON.stringify([{ index: 0, delta, finish_reason: finish }]);
  const events = [
    `{"choices":${choice({ role: "assistant", content: TEXT }, null)}}`,
    `{"choices":${choice({}, "stop")}}`,
    ...usages.map((usage) => `{"choices":[],"usage":${usage}}`),
    "[DONE]",
  ];
  return events.map((event) => `data: ${event}\n\n`).join("");
}

function jsonOf(usages: readonly string[]): string {
  const message = { role: "assistant", content: TEXT };
  const text = JSON.stringify({ choices: [{ index: 0, message, finish_reason: "stop" }] });
  const [usage] = usages;
  return usage === undefined ? text : `${text.slice(0, -1)},"usage":${usage}}`;
}

describe("a usage that is", () => {
  let router: TestRouter;
  let provider: ScriptedProvider;
  let payer: PayerDesk;
  let answer = "";
  const seller = newWallet();

  before(async () => {
    router = await startTestRouter();
    const key = await router.key({}, seller);
    provider = await connectProvider(router.url, key, (call) => {
      const isStream = (JSON.parse(call.body) as { stream?: boolean }).stream === true;
      call.respond(200, { "content-type": isStream ? "text/event-stream" : "application/json" });
      call.write(answer);
      call.end();
    });
    await provider.offer([plainOffer("m", { pricing: { prompt: "1", completion: "2", input_cache_read: "0.5" } })]);
  });
  after(async () => {
    await provider.close();
    await router.close();
  });

  const unpaid = () =>
    router.database.query<{ reason: string; amount: bigint }>(
      `SELECT u.reason, u.amount FROM uncollected u JOIN wallets w ON w.id = u.user_id JOIN wallets p ON p.id = u.provider_id
       WHERE w.address = $1 AND p.address = $2`,
      [base58.decode(payer.wallet), seller.publicKey],
    );
  const notices = async (): Promise<string[]> => {
    for (;;) {
      const codes = provider.messages.flatMap(({ name, message }) =>
        name === "notice" ? [(message as { code: string }).code] : [],
      );
      if (codes.length > 0) return codes;
      await setImmediate();
    }
  };

  const assertBooked = async (charged: Counts | undefined, isAdjusted: boolean, isStream: boolean): Promise<void> => {
    const { available, payable } = await payer.settled();
    const [generation, ...others] = await payer.generations();
    assert.deepEqual(others, []);
    const cost = charged === undefined ? 0n : costOf(charged);
    assert.ok(cost <= CEILING);
    assert.deepEqual([FUNDS - available, payable, generation?.cost], [cost, cost, cost]);
    const flags =
      (isStream ? FLAGS.streamed : 0) |
      (charged === undefined ? FLAGS.noUsage : 0) |
      (isAdjusted ? FLAGS.usageAdjusted : 0);
    assert.equal(generation?.flags, flags);
    const { prompt, completion, cached = 0, reasoning = 0 } = charged ?? { prompt: 0, completion: 0 };
    assert.deepEqual(
      [generation.prompt_tokens, generation.completion_tokens, generation.cached_tokens, generation.reasoning_tokens],
      [prompt, completion, cached, reasoning],
    );
  };

  for (const [name, usages, charged, notice] of TABLE) {
    const outcome =
      charged === undefined ? "not charged, and its provider is told" : "charged as far as it can be true";
    test(`${name} is ${outcome}`, async () => {
      for (const isStream of usages.length > 1 ? [true] : [true, false]) {
        payer = await openPayerDesk(router, "1");
        provider.messages.length = 0;
        answer = isStream ? streamOf(usages) : jsonOf(usages);
        const text = await (await router.chat(payer.key, bodyOf(isStream))).text();
        assert.ok(text.includes("demo demo"), "the client has its answer, whatever its usage");
        await assertBooked(charged, notice !== undefined, isStream);
        if (charged === undefined) {
          assert.deepEqual(await notices(), ["no_usage"]);
          // What it would have come to, at a token for every four bytes: the provider sees it, nobody pays it.
          const [missed, ...more] = await unpaid();
          assert.deepEqual([missed?.reason, more], ["no_usage", []]);
          assert.ok((missed?.amount ?? 0n) > 0n && (missed?.amount ?? 0n) <= CEILING);
        } else {
          assert.deepEqual(await unpaid(), []);
          if (notice !== undefined) assert.deepEqual(await notices(), [notice]);
        }
      }
    });
  }

  test("not one is among what the provider has earned, and in the list of what it was not paid for", async () => {
    const response = await fetch(`${router.url}/api/v1/provider/earnings`, {
      headers: { authorization: `Bearer ${await router.key({}, seller)}` },
    });
    const { data } = (await response.json()) as { data: { unpaid: { reason: string; count: number }[] } };
    const refused = TABLE.filter(([, , charged]) => charged === undefined);
    assert.deepEqual(
      data.unpaid.map(({ reason, count }) => [reason, count]),
      [["no_usage", 2 * refused.length]],
    );
  });
});
