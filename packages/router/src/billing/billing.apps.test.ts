// What a request says it comes from, in the books: on its generation and in its day's sums, and never in the way of its answer.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { systemRandom } from "@aimo-network/protocol/random";
import { base58 } from "@scure/base";
import type { App } from "../ledger/app-numbers.ts";
import { PLAIN_REQUEST, plainUsage, tokenPrice } from "../test-bed/priced-request.ts";
import type { TestBilling } from "../test-bed/test-billing.ts";
import { testBilling } from "../test-bed/test-billing.ts";
import type { Payer } from "./billing.ts";
import type { Ending } from "./charge.ts";
import type { BillableOffer } from "./offer-numbers.ts";

const ANSWERED: Ending = {
  ended: "answered",
  usage: plainUsage(10, 20),
  finishReason: "stop",
  deliveredBytes: 80,
  clientGone: false,
};

function newOffer(): BillableOffer {
  const wallet = base58.encode(systemRandom.bytes(32));
  return { wallet, modelId: "aimo/demo", price: tokenPrice(1_000n, 2_000n), offer: {} };
}

function appOf(name: string, isPublic = false): App {
  return { url: `https://${name}.example.org/`, title: "Chat", isPublic };
}

describe("the app of a request", () => {
  let desk: TestBilling;
  before(async () => {
    desk = await testBilling();
  });
  after(() => desk.close());

  const lock = async (payer: Payer, app: App | undefined, plan = [newOffer()]) => {
    const id = uuidV7(systemClock, systemRandom);
    const size = { ...PLAIN_REQUEST, maxTokens: 100 };
    const asked = { id, payer, model: "aimo/demo", plan, named: false, size, stream: false, idempotency: undefined };
    return await desk.billing.lock({ ...asked, app, told: () => undefined });
  };
  const numberOf = async (text: string, values: readonly unknown[]): Promise<number | undefined> => {
    const [row] = await desk.books.database.query<{ n: number }>(text, values);
    return row?.n;
  };
  const onGeneration = (id: string) => numberOf("SELECT app_id AS n FROM generations WHERE id = $1", [id]);
  const inDay = (payer: Payer) =>
    numberOf("SELECT app_id AS n FROM usage_daily WHERE user_id = $1", [payer.userNumber]);
  const known = (name: string) =>
    numberOf("SELECT a.id AS n FROM apps a JOIN app_sites s ON s.id = a.site_id WHERE s.url = $1", [appOf(name).url]);

  test("is on its generation and in its day's sums from the first on, below 0 where it counts in public", async () => {
    for (const isPublic of [false, true]) {
      const payer = await desk.books.payer("1");
      const funded = await lock(payer, appOf(`first-${isPublic}`, isPublic));
      await funded.end(ANSWERED, undefined, () => undefined);
      const number = await known(`first-${isPublic}`);
      assert.ok(number !== undefined && number > 0);
      assert.equal(await onGeneration(funded.id), isPublic ? -number : number);
      assert.equal(await inDay(payer), isPublic ? -number : number);
    }
  });

  test("stays what it is when another offer answers", async () => {
    const payer = await desk.books.payer("1");
    const [first, second] = [newOffer(), newOffer()];
    const funded = await lock(payer, appOf("retried"), [first, second]);
    await funded.retry(second, 1);
    await funded.end(ANSWERED, second, () => undefined);
    assert.equal(await onGeneration(funded.id), await known("retried"));
  });

  test("is none where none was named", async () => {
    const payer = await desk.books.payer("1");
    const funded = await lock(payer, undefined);
    await funded.end(ANSWERED, undefined, () => undefined);
    assert.equal(await onGeneration(funded.id), 0);
  });

  test("is not even made where the request is refused", async () => {
    const payer = await desk.books.payer("0.000000001");
    await assert.rejects(lock(payer, appOf("refused")), (error) => isAimoError(error, "insufficient_balance"));
    assert.equal(await known("refused"), undefined);
  });

  test("is none where it cannot be had, and the request is answered and charged all the same", async () => {
    const payer = await desk.books.payer("1");
    await desk.books.database.query("ALTER TABLE apps RENAME TO apps_away");
    try {
      const funded = await lock(payer, appOf("away"));
      const { cost } = await funded.end(ANSWERED, undefined, () => undefined);
      assert.equal(cost, 50n);
      assert.equal(await onGeneration(funded.id), 0);
    } finally {
      await desk.books.database.query("ALTER TABLE apps_away RENAME TO apps");
    }
  });
});
