// From a lock to its charge on a real ledger: what is locked, what is sent upstream, what is charged, and what is refused.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import type { ErrorCode } from "@aimo-network/protocol/errors";
import { isAimoError } from "@aimo-network/protocol/errors";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { systemRandom } from "@aimo-network/protocol/random";
import { base58 } from "@scure/base";
import { PLAIN_REQUEST, plainUsage, tokenPrice } from "../test-bed/priced-request.ts";
import type { TestBilling } from "../test-bed/test-billing.ts";
import { testBilling } from "../test-bed/test-billing.ts";
import type { BillableRequest, Payer } from "./billing.ts";
import type { RateUse } from "../ledger/commands.ts";
import type { Ending } from "./charge.ts";
import type { BillableOffer } from "./offer-numbers.ts";
import type { RateRules } from "./rate-rules.ts";

const newAddress = (): string => base58.encode(systemRandom.bytes(32));

const OFFER: BillableOffer = {
  wallet: newAddress(),
  modelId: "aimo/demo",
  price: tokenPrice(1_000n, 2_000n), // a nano-USDC for each prompt token, two for each output token
  offer: {},
};
// Its prompt bound is 664 tokens, so its ceiling with `n` output tokens is 664 + 2 n nano-USDC.
const SHORT = { ...PLAIN_REQUEST, maxTokens: 100 };
const answered: Ending = {
  ended: "answered",
  usage: plainUsage(10, 20),
  finishReason: "stop",
  deliveredBytes: 80,
  clientGone: false,
};

function request(payer: Payer, more: Partial<BillableRequest<BillableOffer>> = {}): BillableRequest<BillableOffer> {
  return {
    id: uuidV7(systemClock, systemRandom),
    payer,
    model: "aimo/demo",
    plan: [OFFER],
    named: false,
    size: SHORT,
    stream: false,
    idempotency: undefined,
    told: () => undefined,
    ...more,
  };
}

const refusedWith = (code: ErrorCode, words: RegExp) => (error: unknown) =>
  isAimoError(error, code) && words.test(error.message);

describe("billing", () => {
  let desk: TestBilling;
  before(async () => {
    desk = await testBilling();
  });
  after(() => desk.close());

  test("locks the greatest cost, charges the actual one and gives back the rest", async () => {
    const { books, billing } = desk;
    const payer = await books.payer("1");
    const funded = await billing.lock(request(payer));
    assert.deepEqual(await books.balances(payer), { available: 999_999_136n, locked: 864n, payable: 0n });
    const told: boolean[] = [];
    const { cost } = await funded.end(answered, OFFER, (charged) => told.push(charged));
    assert.equal(cost, 50n);
    assert.deepEqual(told, [true]);
    assert.deepEqual(await books.balances(payer), { available: 999_999_950n, locked: 0n, payable: 50n });
  });

  test("releases the lock of a request that failed, and tells its provider's proxy that nothing was charged", async () => {
    const { books, billing } = desk;
    const payer = await books.payer("1");
    const funded = await billing.lock(request(payer));
    const told: boolean[] = [];
    const failed: Ending = { ended: "failed", code: "provider_error", usage: undefined, deliveredBytes: 0 };
    const { cost } = await funded.end(failed, OFFER, (charged) => told.push(charged));
    assert.equal(cost, 0n);
    assert.deepEqual(told, [false]);
    assert.deepEqual(await books.balances(payer), { available: 1_000_000_000n, locked: 0n, payable: 0n });
    assert.deepEqual(await books.database.query("SELECT FROM generations WHERE id = $1", [funded.id]), []);
  });

  test("shows an interrupted answer at no cost, and records for its provider what it would have been", async () => {
    const { books, billing } = desk;
    const payer = await books.payer("1");
    const funded = await billing.lock(request(payer));
    await funded.end(
      { ended: "failed", code: "provider_error", usage: undefined, deliveredBytes: 40 },
      OFFER,
      () => undefined,
    );
    const [generation] = await books.database.query(
      "SELECT cost, flags, finish_reason FROM generations WHERE id = $1",
      [funded.id],
    );
    assert.deepEqual(generation, { cost: 0n, flags: 16, finish_reason: "error" });
    const [unpaid] = await books.database.query("SELECT reason, amount FROM uncollected WHERE lock_id = $1", [
      funded.id,
    ]);
    assert.deepEqual(unpaid, { reason: "interrupted", amount: 22n + 20n });
  });

  test("lowers an open maximum to what the wallet can pay for, never below 1,024", async () => {
    const { books, billing } = desk;
    const payer = await books.payer("0.000003"); // 3,000 nano-USDC: (3,000 - 664) / 2 = 1,168 tokens
    const funded = await billing.lock(request(payer, { size: PLAIN_REQUEST }));
    assert.equal(funded.maxTokens(OFFER), 1_168);
    assert.equal(funded.loweredMaxTokens(OFFER), 1_168);
    assert.deepEqual(await books.balances(payer), { available: 0n, locked: 3_000n, payable: 0n });
    const poorer = await books.payer("0.000002711"); // one nano-USDC less than 664 + 2 × 1,024
    await assert.rejects(
      billing.lock(request(poorer, { size: PLAIN_REQUEST })),
      refusedWith(
        "insufficient_balance",
        /up to 0\.000002712 USDC, found 0\.000002711 USDC available and 0 USDC locked/,
      ),
    );
    const enough = await books.payer("0.000002712");
    assert.equal((await billing.lock(request(enough, { size: PLAIN_REQUEST }))).maxTokens(OFFER), 1_024);
  });

  test("asks a dearer fallback only where what was locked pays for it, and refuses nobody for its sake", async () => {
    const { books, billing } = desk;
    const dear = { ...OFFER, price: tokenPrice(3_000n, 6_000n) };
    const plan = [OFFER, dear];
    const size = { ...PLAIN_REQUEST, maxTokens: 100 };
    const asked = async (usdc: string): Promise<number> =>
      (await billing.lock(request(await books.payer(usdc), { plan, size }))).offers.length;
    assert.equal(await asked("0.000000864"), 1); // 664 + 2 × 100
    assert.equal(await asked("0.000002591"), 1);
    assert.equal(await asked("0.000002592"), 2); // three times as much
    await assert.rejects(asked("0.000000863"), refusedWith("insufficient_balance", /up to 0\.000000864 USDC/));
  });

  test("never lowers a maximum that the client named", async () => {
    const { books, billing } = desk;
    const payer = await books.payer("0.000003");
    const size = { ...PLAIN_REQUEST, maxTokens: 1_169 };
    await assert.rejects(
      billing.lock(request(payer, { size })),
      refusedWith("insufficient_balance", /0\.000003002 USDC/),
    );
    const funded = await billing.lock(request(payer, { size: { ...size, maxTokens: 1_168 } }));
    assert.equal(funded.loweredMaxTokens(OFFER), undefined);
  });

  test("says what is locked by other requests", async () => {
    const { books, billing } = desk;
    const payer = await books.payer("0.000001");
    await billing.lock(request(payer));
    await assert.rejects(
      billing.lock(request(payer)),
      refusedWith("insufficient_balance", /found 0\.000000136 USDC available and 0\.000000864 USDC locked/),
    );
  });

  test("refuses a wallet that has never deposited, but not what is free", async () => {
    const { books, billing } = desk;
    const payer = await books.payer("0");
    await assert.rejects(billing.lock(request(payer)), refusedWith("escrow_not_opened", new RegExp(payer.wallet)));
    const free = { ...OFFER, price: tokenPrice(0n, 0n) };
    const funded = await billing.lock(request(payer, { plan: [free] }));
    assert.equal((await funded.end(answered, free, () => undefined)).cost, 0n);
    const [generation] = await books.database.query("SELECT cost, completion_tokens FROM generations WHERE id = $1", [
      funded.id,
    ]);
    assert.deepEqual(generation, { cost: 0n, completion_tokens: 20 });
  });

  test("holds a key to its spending limit", async () => {
    const { books, billing } = desk;
    const payer = await books.payer("1", "0.000001");
    const funded = await billing.lock(request(payer));
    await assert.rejects(
      billing.lock(request(payer)),
      refusedWith("key_limit_exceeded", /found 0\.000000136 USDC left/),
    );
    await funded.end(answered, OFFER, () => undefined);
    await billing.lock(request(payer)); // 50 were charged: 950 are left
  });

  test("pins the price at admission", async () => {
    const { books, billing } = desk;
    const payer = await books.payer("1");
    const funded = await billing.lock(request(payer));
    const [decided] = funded.offers;
    assert.equal(decided?.price, OFFER.price);
    assert.equal((await funded.end(answered, decided, () => undefined)).cost, 50n);
  });

  test("locks for the dearest offer of the plan and charges the one that answered", async () => {
    const { books, billing } = desk;
    const payer = await books.payer("1");
    const dearer = { ...OFFER, wallet: newAddress(), price: tokenPrice(1_500n, 3_000n) };
    const funded = await billing.lock(request(payer, { plan: [OFFER, dearer] }));
    assert.equal((await books.balances(payer)).locked, 1_296n);
    await funded.retry(dearer, 1);
    assert.equal((await funded.end(answered, dearer, () => undefined)).cost, 75n);
    const provider = await books.ledger.numbers.wallet(dearer.wallet);
    const [payable] = await books.database.query("SELECT amount FROM payables WHERE provider_id = $1", [provider]);
    assert.deepEqual(payable, { amount: 75n });
  });

  test("refuses another attempt of a request whose lock has ended", async () => {
    const { books, billing } = desk;
    const funded = await billing.lock(request(await books.payer("1")));
    await funded.end(answered, OFFER, () => undefined);
    await assert.rejects(funded.retry(OFFER, 1), refusedWith("ledger_unavailable", /./));
  });

  test("promises no reset where the issuer's limit is what is used up", async () => {
    const { books, billing } = desk;
    const issuer = await books.payer("1", "0.000000500");
    const daily = `INSERT INTO keys (key_id, user_id, parent_id, secret_hash, spending_limit, limit_reset, created_at)
      VALUES ($1, $2, $3, $4, 2000, 'daily', now()) RETURNING id`;
    const [hash, user] = [Buffer.from(systemRandom.bytes(32)), issuer.userNumber];
    const rows = await books.database.query<{ id: number }>(daily, [hash.subarray(16), user, issuer.keyNumber, hash]);
    const payer: Payer = { ...issuer, keyNumber: rows[0]!.id };
    const refusal = await billing.lock(request(payer)).catch((error: unknown) => error);
    assert.ok(isAimoError(refusal, "key_limit_exceeded"));
    assert.deepEqual(refusal.context, { required: "0.000000864", remaining: "0.0000005" });
  });

  test("answers an idempotency key once: while it runs, when it was charged, with another body, and again after a release", async () => {
    const { books, billing } = desk;
    const payer = await books.payer("1");
    const body = [Buffer.from("one"), Buffer.from("two")];
    const idempotency = { key: "retry-1", body };
    const funded = await billing.lock(request(payer, { idempotency }));
    await assert.rejects(
      billing.lock(request(payer, { idempotency })),
      refusedWith("in_progress", new RegExp(funded.id)),
    );
    const other = { key: "retry-1", body: [Buffer.from("three")] };
    await assert.rejects(
      billing.lock(request(payer, { idempotency: other })),
      refusedWith("idempotency_mismatch", /./),
    );
    await funded.end(
      { ended: "client_left", dispatched: false, usage: undefined, finishReason: undefined, deliveredBytes: 0 },
      undefined,
      () => undefined,
    );
    const again = await billing.lock(
      request(payer, { idempotency: { key: "retry-1", body: [Buffer.from("onetwo")] } }),
    );
    await again.end(answered, OFFER, () => undefined);
    await assert.rejects(
      billing.lock(request(payer, { idempotency })),
      refusedWith("already_answered", new RegExp(`gen-${again.id} for 0\\.00000005 USDC`)),
    );
  });
});

test("rate limits count requests, tokens and running requests, and give back tokens that were not used", async () => {
  const rates: RateRules = {
    key: { requests: 3, tokens: 2_000, running: 2 },
    wallet: { requests: 1_000, tokens: 100_000, running: 100 },
  };
  const { books, billing, close } = await testBilling(rates);
  try {
    const payer = await books.payer("1");
    const first = await billing.lock(request(payer)); // 764 tokens
    const second = await billing.lock(request(payer)); // 1,528
    await assert.rejects(billing.lock(request(payer)), refusedWith("rate_limited", /may use 2000 tokens per minute/));
    await first.end(answered, OFFER, () => undefined); // 794
    const told: RateUse[] = [];
    await billing.lock(request(payer, { told: (use) => void told.push(use) }));
    assert.deepEqual(told, [{ requests: 3n, tokens: 30n + 764n + 764n }]);
    await assert.rejects(billing.lock(request(payer)), refusedWith("rate_limited", /may use 3 requests per minute/));
    await second.end(answered, OFFER, () => undefined);
  } finally {
    await close();
  }
});

test("a key and a wallet have as many requests at once as they may, over all instances", async () => {
  const rates: RateRules = {
    key: { requests: 1_000, tokens: 10 ** 9, running: 2 },
    wallet: { requests: 1_000, tokens: 10 ** 9, running: 3 },
  };
  const one = await testBilling(rates);
  const two = await testBilling(rates, one.books.url);
  try {
    const payer = await one.books.payer("1");
    const funded = await one.billing.lock(request(payer));
    await two.billing.lock(request(payer));
    await assert.rejects(
      one.billing.lock(request(payer)),
      refusedWith("too_many_concurrent", /This API key has 2 requests/),
    );
    await funded.end(answered, OFFER, () => undefined);
    await two.billing.lock(request(payer));
  } finally {
    await two.close();
    await one.close();
  }
});
