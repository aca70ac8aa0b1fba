// Routers that share a ledger and disagree about the time: a limit counts once, and no window or minute runs backwards.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { manualClock, systemClock } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { microUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import type { TestBooks } from "../test-bed/test-books.ts";
import { testBooks } from "../test-bed/test-books.ts";
import type { ChargeCommand, LockResult } from "./commands.ts";
import type { Ledger } from "./ledger.ts";
import { NO_USAGE } from "./pipeline.ts";

type Payer = Awaited<ReturnType<TestBooks["payer"]>>;

const MIDNIGHT = Date.UTC(2026, 10, 26);
const LIMIT = 100n;
const BODY = Buffer.alloc(32, 1);

let ahead: TestBooks; // past midnight
let behind: TestBooks; // before it
let provider: number;
let model: number;
let price: number;
before(async () => {
  ahead = await testBooks({ clock: manualClock(MIDNIGHT + 500) });
  behind = await testBooks({ clock: manualClock(MIDNIGHT - 500), url: ahead.url });
  const { numbers } = ahead.ledger;
  provider = await numbers.wallet("11111111111111111111111111111111");
  model = await numbers.model("aimo/demo");
  price = await numbers.price({ prompt: microUsdc(1n), completion: microUsdc(1n) });
});
after(async () => {
  await behind.close();
  await ahead.close();
});

/** A wallet with a key that may spend 100 nano-USDC a day. */
async function dailyPayer(): Promise<Payer> {
  const payer = await ahead.payer("1");
  await ahead.database.query(
    "UPDATE keys SET spending_limit = $2, limit_reset = 'daily', secret_hash = $3 WHERE id = $1",
    [payer.keyNumber, LIMIT, systemRandom.bytes(32)],
  );
  return payer;
}

interface Locked {
  readonly id: string;
  readonly result: LockResult;
}

/** Locks by the way of whole users, or, with an idempotency key, by the one of single requests. */
async function lock(ledger: Ledger, payer: Payer, amount: bigint, single: boolean): Promise<Locked> {
  const id = uuidV7(systemClock, systemRandom);
  const result = await ledger.lock({
    id,
    user: payer.userNumber,
    key: payer.keyNumber,
    provider,
    model,
    price,
    full: nanoUsdc(amount),
    least: nanoUsdc(amount),
    tokens: 1,
    promptTokensMax: 1,
    outputTokensMax: 1,
    imageCount: 0,
    stream: false,
    deadlineMs: MIDNIGHT + 600_000,
    idempotency: single ? { keyHash: Buffer.from(systemRandom.bytes(32)), bodyHash: BODY } : undefined,
  });
  return { id, result };
}

function end(ledger: Ledger, payer: Payer, { id }: Locked, amount: bigint) {
  const command: ChargeCommand = {
    id,
    user: payer.userNumber,
    kind: amount === 0n ? "released" : "charged",
    amount: nanoUsdc(amount),
    provider,
    model,
    price,
    usage: NO_USAGE,
    firstOutputMs: undefined,
    durationMs: 0,
    imageCount: 0,
    flags: 0,
    finishReason: "stop",
    unpaid: undefined,
  };
  return ledger.charge(command);
}

for (const single of [false, true]) {
  describe(`a daily limit at midnight, ${single ? "request by request" : "batch by batch"},`, () => {
    test("is spent once a day, whoever has the earlier clock", async () => {
      const payer = await dailyPayer();
      assert.equal((await lock(ahead.ledger, payer, 60n, single)).result.granted, 60n);
      assert.equal((await lock(behind.ledger, payer, 40n, single)).result.granted, 40n);
      const { result } = await lock(ahead.ledger, payer, 1n, single);
      assert.equal(result.refusal?.reason, "key_limit_exceeded");
      assert.equal((await lock(behind.ledger, payer, 1n, single)).result.refusal?.reason, "key_limit_exceeded");
    });

    test("takes back what a lock held, whoever locked in between", async () => {
      const payer = await dailyPayer();
      const first = await lock(ahead.ledger, payer, 60n, single);
      const second = await lock(behind.ledger, payer, 10n, single);
      const third = await lock(ahead.ledger, payer, 10n, single);
      assert.deepEqual(await end(ahead.ledger, payer, first, 50n), { outcome: "posted", cost: 50n });
      assert.deepEqual(await end(behind.ledger, payer, second, 0n), { outcome: "posted", cost: 0n });
      assert.deepEqual(await end(behind.ledger, payer, third, 5n), { outcome: "posted", cost: 5n });
      const rows = await ahead.database.query("SELECT window_spent FROM keys WHERE id = $1", [payer.keyNumber]);
      assert.deepEqual(rows, [{ window_spent: 55n }]);
    });
  });
}
