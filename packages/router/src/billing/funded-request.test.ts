// Two providers asked at once for one lock, on a real ledger: whoever is shown is paid, and nobody else, whatever crashes.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { attemptIdOf, requestUuid } from "@aimo-network/protocol/ids";
import { systemRandom } from "@aimo-network/protocol/random";
import type { End } from "@aimo-network/protocol/wire/messages";
import { base58 } from "@scure/base";
import { checkLedger } from "../ledger/check-ledger.ts";
import { createLog } from "../log.ts";
import type { FakeAttempt } from "../test-bed/fake-link.ts";
import { PLAIN_REQUEST, plainEnd, plainUsage, tokenPrice } from "../test-bed/priced-request.ts";
import type { RelayBench } from "../test-bed/relay-bench.ts";
import { createRelayBench, says, stops } from "../test-bed/relay-bench.ts";
import type { TestBilling } from "../test-bed/test-billing.ts";
import { testBilling } from "../test-bed/test-billing.ts";
import { WIDE_RATES } from "../test-bed/test-books.ts";
import type { Payer } from "./billing.ts";
import type { FundedRequest } from "./funded-request.ts";
import type { BillableOffer } from "./offer-numbers.ts";
import { chargeReplay } from "./replay.ts";

const AFTER_MS = 1_000;
const USAGE = { choices: [], usage: { prompt_tokens: 10, completion_tokens: 20 } };
const TEXT = "twenty tokens, more or less, are said here";
const COST_A = 50n; // ten prompt tokens of a nano-USDC, twenty others of two
const COST_B = 75n; // half as much again

/** The two offers of a request, by the wallets of the bench. */
interface Offers {
  readonly a: BillableOffer;
  readonly b: BillableOffer;
}

const offer = (prompt: bigint, completion: bigint): BillableOffer => ({
  wallet: base58.encode(systemRandom.bytes(32)),
  modelId: "aimo/demo",
  price: tokenPrice(prompt, completion),
  offer: {},
});

interface Raced {
  readonly payer: Payer;
  readonly offers: Offers;
  readonly bench: RelayBench;
  readonly funded: FundedRequest<BillableOffer>;
  readonly first: FakeAttempt;
  readonly second: FakeAttempt;
  readonly outcome: ReturnType<RelayBench["run"]>;
}

describe("a lock under two attempts at once", () => {
  let living: TestBilling;
  before(async () => {
    living = await testBilling();
  });
  after(() => living.close());

  /** Locks a request and asks both of its providers. */
  async function race({ billing, books }: TestBilling): Promise<Raced> {
    const payer = await books.payer("1");
    const offers: Offers = { a: offer(1_000n, 2_000n), b: offer(1_500n, 3_000n) };
    const bench = createRelayBench({ hedgeAfterMs: AFTER_MS, uuid: requestUuid(systemClock, systemRandom) });
    const funded = await billing.lock({
      id: bench.uuid,
      payer,
      model: "aimo/demo",
      plan: [offers.a, offers.b],
      named: false,
      size: { ...PLAIN_REQUEST, maxTokens: 100 },
      stream: true,
      idempotency: undefined,
      told: () => undefined,
    });
    bench.retry = (wallet, index) => funded.retry(offers[wallet as keyof Offers], index);
    const outcome = bench.run();
    const first = await bench.attempt(0);
    bench.clock.advance(AFTER_MS);
    return { payer, offers, bench, funded, first, second: await bench.attempt(1), outcome };
  }

  function answer(attempt: FakeAttempt): void {
    attempt.head();
    attempt.data(says(TEXT), stops(), USAGE, "[DONE]");
    attempt.end();
  }

  async function charge({ outcome, funded, offers }: Raced): Promise<bigint | undefined> {
    const result = await outcome;
    assert.ok(result.ended === "answered");
    const { usage, finishReason, clientGone, delivered } = result;
    const decided = offers[result.candidate.link.wallet as keyof Offers];
    const ending = { ended: "answered", usage, finishReason, clientGone, deliveredBytes: delivered.bytes } as const;
    return (await funded.end(ending, decided, (charged) => result.settle(charged))).cost;
  }

  async function payables(payer: Payer): Promise<Record<string, bigint>> {
    const rows = await living.books.database.query<{ address: Uint8Array; amount: bigint }>(
      "SELECT w.address, p.amount FROM payables p JOIN wallets w ON w.id = p.provider_id WHERE p.user_id = $1 AND p.amount > 0",
      [payer.userNumber],
    );
    return Object.fromEntries(rows.map(({ address, amount }) => [base58.encode(address), amount]));
  }

  const replay = (wallet: string, end: End): Promise<boolean> =>
    chargeReplay({ log: createLog("silent"), ledger: living.books.ledger }, wallet, end);

  /** Replays whole answers of both attempts, again and again; gives who was paid for them. */
  async function replayAll({ offers, funded }: Raced): Promise<string[]> {
    const charged: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      for (const [index, name] of (["a", "b"] as const).entries()) {
        if (await replay(offers[name].wallet, plainEnd(attemptIdOf(funded.id, index)))) charged.push(name);
      }
    }
    return charged;
  }

  const assertBooks = async (payer: Payer, expected: Record<string, bigint>): Promise<void> => {
    assert.deepEqual(await payables(payer), expected);
    const owed = Object.values(expected).reduce((sum, amount) => sum + amount, 0n);
    const { locked, payable } = await living.books.balances(payer);
    assert.deepEqual({ locked, payable }, { locked: 0n, payable: owed });
    assert.equal((await checkLedger(living.books.database)).count, 0n);
  };

  test("is charged for the first where that is shown, and its price counts", async () => {
    const raced = await race(living);
    answer(raced.first);
    assert.equal(await charge(raced), COST_A);
    await assertBooks(raced.payer, { [raced.offers.a.wallet]: COST_A });
    assert.deepEqual(await replayAll(raced), []);
    await assertBooks(raced.payer, { [raced.offers.a.wallet]: COST_A });
  });

  test("is charged for the second where that is shown, and its price counts", async () => {
    const raced = await race(living);
    answer(raced.second);
    assert.equal(await charge(raced), COST_B);
    assert.deepEqual(raced.first.cancels, ["outrun"]);
    await assertBooks(raced.payer, { [raced.offers.b.wallet]: COST_B });
    assert.deepEqual(await replayAll(raced), []);
    await assertBooks(raced.payer, { [raced.offers.b.wallet]: COST_B });
  });

  test("is charged for the first where the second was recorded and failed before it was shown", async () => {
    const raced = await race(living);
    const { bench, first, second, funded, offers } = raced;
    bench.retry = async (wallet, index) => {
      await funded.retry(offers[wallet as keyof Offers], index);
      if (wallet === "b") second.data("{");
    };
    second.head();
    second.data(says("lost"));
    while (second.cancels.length === 0) await new Promise((resolve) => void setImmediate(resolve));
    answer(first);
    assert.equal(await charge(raced), COST_A);
    assert.deepEqual(bench.retried, ["b as 1", "a as 0"]);
    await assertBooks(raced.payer, { [offers.a.wallet]: COST_A });
  });

  test("is charged for the one that was shown, whichever was recorded last and whoever was passed over", async () => {
    const payer = await living.books.payer("1");
    const [full, a, b] = [offer(1_000n, 2_000n), offer(1_000n, 2_000n), offer(1_500n, 3_000n)] as const;
    const funded = await living.billing.lock({
      id: requestUuid(systemClock, systemRandom),
      payer,
      model: "aimo/demo",
      plan: [full, a, b],
      named: false,
      size: { ...PLAIN_REQUEST, maxTokens: 100 },
      stream: true,
      idempotency: undefined,
      told: () => undefined,
    });
    await funded.retry(a, 0);
    await funded.retry(b, 1); // which billing may have refused as far as the relay could tell: the first went on
    const usage = plainUsage(10, 20);
    const ending = { ended: "answered", usage, finishReason: "stop", deliveredBytes: TEXT.length } as const;
    assert.equal((await funded.end({ ...ending, clientGone: false }, a, () => undefined)).cost, COST_A);
    await assertBooks(payer, { [a.wallet]: COST_A });
  });

  /** A race at another router, which dies in it. */
  async function died(until: (raced: Raced) => Promise<void>): Promise<Raced> {
    const dead = await testBilling(WIDE_RATES, living.books.url);
    const raced = await race(dead);
    await until(raced);
    await dead.books.ledger.checkpoint([{ id: raced.funded.id, deliveredBytes: raced.bench.delivered.bytes }]);
    await dead.close(); // which ends its lease at once, where a crash would let it run out
    return raced;
  }

  test("pays the second alone from replays where the router died while it was shown", async () => {
    const raced = await died(async ({ bench, second }) => {
      second.head();
      second.data(says(TEXT));
      while (bench.shown.length === 0) await new Promise((resolve) => void setImmediate(resolve));
    });
    assert.deepEqual(await replayAll(raced), ["b"]);
    await assertBooks(raced.payer, { [raced.offers.b.wallet]: COST_B });
  });

  test("pays the first alone from replays where the router died while it was shown", async () => {
    const raced = await died(({ first }) => {
      first.head();
      first.data(says(TEXT));
      return Promise.resolve();
    });
    assert.deepEqual(await replayAll(raced), ["a"]);
    await assertBooks(raced.payer, { [raced.offers.a.wallet]: COST_A });
  });

  test("never pays both from replays where the router died before either was shown", async () => {
    const raced = await died(() => Promise.resolve());
    const charged = await replayAll(raced);
    assert.ok(charged.length <= 1 && !charged.includes("b"), "only the one that the lock names");
    assert.equal((await checkLedger(living.books.database)).count, 0n);
  });

  test("is charged once, the first's prompt, where the client leaves both", async () => {
    const raced = await race(living);
    raced.bench.leave();
    const result = await raced.outcome;
    assert.ok(result.ended === "client_left" && result.candidate?.link.wallet === "a");
    const left = { ended: "client_left", dispatched: true, usage: undefined, finishReason: undefined } as const;
    const { cost } = await raced.funded.end({ ...left, deliveredBytes: 0 }, raced.offers.a, () => undefined);
    assert.equal(cost, BigInt(PLAIN_REQUEST.textBytes / 4));
    await assertBooks(raced.payer, { [raced.offers.a.wallet]: cost });
  });
});
