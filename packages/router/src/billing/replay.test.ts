// Ends that proxies replay, on a real ledger: pay for an answer that outlived its router, and nothing for anything else.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import { attemptIdOf, requestUuid } from "@aimo-network/protocol/ids";
import { systemRandom } from "@aimo-network/protocol/random";
import type { End } from "@aimo-network/protocol/wire/messages";
import { base58 } from "@scure/base";
import { RECEIPT_FLAGS } from "@aimo-network/protocol/receipt-cost";
import { createLog } from "../log.ts";
import { PLAIN_REQUEST, plainEnd, plainUsage, tokenPrice } from "../test-bed/priced-request.ts";
import type { TestBilling } from "../test-bed/test-billing.ts";
import { testBilling } from "../test-bed/test-billing.ts";
import { WIDE_RATES } from "../test-bed/test-books.ts";
import type { Payer } from "./billing.ts";
import type { Ending } from "./charge.ts";
import type { FundedRequest } from "./funded-request.ts";
import type { BillableOffer } from "./offer-numbers.ts";
import { chargeReplay } from "./replay.ts";

const newAddress = (): string => base58.encode(systemRandom.bytes(32));

/** One nano-USDC for each prompt token, two for each output token. */
const offer = (): BillableOffer => ({
  wallet: newAddress(),
  modelId: "aimo/demo",
  price: tokenPrice(1_000n, 2_000n),
  offer: {},
});

const SILENT_TOKENS = 32; // what an answer without a single byte may have (SILENT_TOKENS_PER_CHOICE_MAX)
const CEILING = 864n; // 664 prompt tokens and 100 of output

interface Orphan {
  readonly payer: Payer;
  readonly provider: BillableOffer;
  readonly id: string;
}

function endOf(id: string, attempt: number, more: Partial<End> = {}): End {
  return plainEnd(attemptIdOf(id, attempt), more);
}

describe("a replayed End", () => {
  let living: TestBilling;
  before(async () => {
    living = await testBilling();
  });
  after(() => living.close());

  const told = (wallet: string, end: End): Promise<boolean> =>
    chargeReplay({ log: createLog("silent"), ledger: living.books.ledger }, wallet, end);

  /** A request that another router has locked and sent. */
  async function lockElsewhere(stream: boolean) {
    const dead = await testBilling(WIDE_RATES, living.books.url);
    const payer = await dead.books.payer("1");
    const provider = offer();
    const funded = await dead.billing.lock({
      id: requestUuid(systemClock, systemRandom),
      payer,
      model: "aimo/demo",
      plan: [provider],
      named: false,
      size: { ...PLAIN_REQUEST, maxTokens: 100 },
      stream,
      idempotency: undefined,
      told: () => undefined,
    });
    return { dead, payer, provider, funded };
  }

  /** Runs `work` on a request of another router, which is gone afterwards. */
  async function orphaned(
    work: (funded: FundedRequest<BillableOffer>, provider: BillableOffer) => Promise<unknown>,
    { stream = true } = {},
  ): Promise<Orphan> {
    const { dead, payer, provider, funded } = await lockElsewhere(stream);
    await work(funded, provider);
    await dead.close(); // which ends its lease at once, where a crash would let it run out
    return { payer, provider, id: funded.id };
  }

  const untouched = () => Promise.resolve();
  const assertBalances = async (payer: Payer, available: bigint, locked: bigint, payable: bigint): Promise<void> =>
    assert.deepEqual(await living.books.balances(payer), { available, locked, payable });
  const expire = async (): Promise<void> => {
    await living.books.database.query("SELECT ledger_expire(now() + interval '1 day', 1000)");
  };

  test("of a stream whose router died is charged, and its generation says so", async () => {
    const { payer, provider, id } = await orphaned(untouched);
    assert.equal(await told(provider.wallet, endOf(id, 0)), true);
    await assertBalances(payer, 1_000_000_000n - 50n, 0n, 50n);
    const [generation] = await living.books.database.query<{ cost: bigint; flags: number }>(
      "SELECT cost, flags FROM generations WHERE id = $1",
      [id],
    );
    assert.deepEqual(generation, { cost: 50n, flags: RECEIPT_FLAGS.streamed | RECEIPT_FLAGS.replayed });
  });

  test("is charged also where its lock has expired meanwhile", async () => {
    const { payer, provider, id } = await orphaned(untouched);
    await expire();
    await assertBalances(payer, 1_000_000_000n, 0n, 0n);
    assert.equal(await told(provider.wallet, endOf(id, 0)), true);
    await assertBalances(payer, 1_000_000_000n - 50n, 0n, 50n);
  });

  test("that comes twice is charged once", async () => {
    const { payer, provider, id } = await orphaned(untouched);
    assert.equal(await told(provider.wallet, endOf(id, 0)), true);
    const again = endOf(id, 0, { usage: { ...endOf(id, 0).usage!, completion_tokens: 25 } });
    assert.equal(await told(provider.wallet, again), false);
    await assertBalances(payer, 1_000_000_000n - 50n, 0n, 50n);
  });

  test("that comes twice at the same moment is charged once", async () => {
    const { payer, provider, id } = await orphaned(untouched);
    await Promise.all([told(provider.wallet, endOf(id, 0)), told(provider.wallet, endOf(id, 0))]);
    await assertBalances(payer, 1_000_000_000n - 50n, 0n, 50n);
  });

  test("under another wallet is acknowledged and gets nothing, nor takes it from its owner", async () => {
    const { payer, provider, id } = await orphaned(untouched);
    assert.equal(await told(newAddress(), endOf(id, 0)), false);
    await assertBalances(payer, 1_000_000_000n - CEILING, CEILING, 0n);
    assert.equal(await told(provider.wallet, endOf(id, 0)), true);
    await assertBalances(payer, 1_000_000_000n - 50n, 0n, 50n);
  });

  test("of an attempt that the router ended is acknowledged and gets nothing", async () => {
    for (const ending of [
      { ended: "answered", usage: plainUsage(1, 1), finishReason: "stop", deliveredBytes: 4, clientGone: false },
      { ended: "failed", code: "provider_error", usage: undefined, deliveredBytes: 0 },
      { ended: "failed", code: "provider_error", usage: undefined, deliveredBytes: 8 },
    ] satisfies Ending[]) {
      const { payer, provider, id } = await orphaned((funded, decided) => funded.end(ending, decided, () => undefined));
      const ended = await living.books.balances(payer);
      assert.equal(await told(provider.wallet, endOf(id, 0)), false);
      assert.deepEqual(await living.books.balances(payer), ended);
    }
  });

  test("of an attempt that was lost to another provider is acknowledged and gets nothing", async () => {
    const second = offer();
    const { payer, provider, id } = await orphaned((funded) => funded.retry(second, 1));
    assert.equal(await told(provider.wallet, endOf(id, 0)), false);
    await assertBalances(payer, 1_000_000_000n - CEILING, CEILING, 0n);
    assert.equal(await told(provider.wallet, endOf(id, 1)), false, "the other's attempt under its own wallet");
    assert.equal(await told(second.wallet, endOf(id, 0)), false, "its own attempt under the other's wallet");
    await assertBalances(payer, 1_000_000_000n - CEILING, CEILING, 0n);
    assert.equal(await told(second.wallet, endOf(id, 1)), true);
    await assertBalances(payer, 1_000_000_000n - 50n, 0n, 50n);
  });

  test("of an invented attempt is acknowledged and gets nothing", async () => {
    const { payer, provider, id } = await orphaned(untouched);
    for (const attemptId of [
      "f".repeat(32),
      attemptIdOf(requestUuid(systemClock, systemRandom), 0),
      attemptIdOf(id, 3),
    ]) {
      assert.equal(await told(provider.wallet, { ...endOf(id, 0), attempt_id: attemptId }), false);
    }
    await assertBalances(payer, 1_000_000_000n - CEILING, CEILING, 0n);
  });

  test("of a JSON answer, which its router never sent, gets nothing, and the provider sees why", async () => {
    const { payer, provider, id } = await orphaned(untouched, { stream: false });
    assert.equal(await told(provider.wallet, endOf(id, 0)), false);
    await assertBalances(payer, 1_000_000_000n, 0n, 0n);
    const unpaid = await living.books.database.query("SELECT reason FROM uncollected WHERE lock_id = $1", [id]);
    assert.deepEqual(unpaid, [{ reason: "router_ended" }]);
  });

  test("that claims 2^53 tokens gets what the router can have passed on, and never more than was locked", async () => {
    const huge = { prompt_tokens: 2 ** 53, completion_tokens: 2 ** 53, cached_tokens: 0, reasoning_tokens: 0 };
    const { payer, provider, id } = await orphaned(untouched);
    assert.equal(await told(provider.wallet, endOf(id, 0, { usage: huge })), true);
    const most = 664n + 2n * BigInt(SILENT_TOKENS); // the prompt's bound, and no output that any checkpoint shows
    await assertBalances(payer, 1_000_000_000n - most, 0n, most);

    const shown = await orphaned((funded) =>
      living.books.ledger.checkpoint([{ id: funded.id, deliveredBytes: 1_000_000 }]),
    );
    assert.equal(await told(shown.provider.wallet, endOf(shown.id, 0, { usage: huge })), true);
    await assertBalances(shown.payer, 1_000_000_000n - CEILING, 0n, CEILING);
  });

  for (const [what, more] of [
    ["reports no usage", { usage: null }],
    ["tells of an error", { error: { code: "provider_error", message: "" } }],
    ["was cancelled", { cancelled: true, finish_reason: null }],
  ] as const) {
    test(`that ${what} gets nothing, and its lock is given back`, async () => {
      const { payer, provider, id } = await orphaned(untouched);
      assert.equal(await told(provider.wallet, endOf(id, 0, more)), false);
      await assertBalances(payer, 1_000_000_000n, 0n, 0n);
    });
  }

  test("of an attempt whose router may still live is not answered yet, and is charged when that router is gone", async () => {
    const running: FundedRequest<BillableOffer>[] = [];
    let early: unknown;
    const { payer, provider, id } = await orphaned(async (funded, asked) => {
      running.push(funded);
      early = await told(asked.wallet, endOf(funded.id, 0)).catch((error: unknown) => error);
    });
    assert.ok(isAimoError(early, "ledger_unavailable"), `it was answered: ${String(early)}`);
    assert.equal(await told(provider.wallet, endOf(id, 0)), true);
    await assertBalances(payer, 1_000_000_000n - 50n, 0n, 50n);
  });

  test("is not charged a second time by a router that was thought dead and comes back", async () => {
    const { dead, payer, provider, funded } = await lockElsewhere(true);
    await dead.books.instance.close(); // its lease is over; what it does from now on comes too late
    assert.equal(await told(provider.wallet, endOf(funded.id, 0)), true);
    const own: Ending = {
      ended: "answered",
      usage: plainUsage(10, 30),
      finishReason: "stop",
      deliveredBytes: 120,
      clientGone: false,
    };
    await funded.end(own, provider, () => undefined);
    await assertBalances(payer, 1_000_000_000n - 50n, 0n, 50n);
    await dead.close();
  });
});
