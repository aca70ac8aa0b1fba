// Numbers that no column holds: one request with them fails nobody else's batch, and is charged all the same.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { systemRandom } from "@aimo-network/protocol/random";
import { base58 } from "@scure/base";
import { MEDIA_PARTS_MAX } from "../limits.ts";
import { PLAIN_REQUEST, plainUsage, tokenPrice } from "../test-bed/priced-request.ts";
import type { TestBilling } from "../test-bed/test-billing.ts";
import { testBilling } from "../test-bed/test-billing.ts";
import type { BillableRequest, Payer } from "./billing.ts";
import type { Ending } from "./charge.ts";
import type { BillableOffer } from "./offer-numbers.ts";

const FREE: BillableOffer = {
  wallet: base58.encode(systemRandom.bytes(32)),
  modelId: "aimo/free",
  price: tokenPrice(0n, 0n),
  offer: { max_tokens_per_image: 1_000_000_000, max_tokens_per_audio: 1_000_000_000 },
};

function request(payer: Payer, more: Partial<BillableRequest<BillableOffer>> = {}): BillableRequest<BillableOffer> {
  return {
    id: uuidV7(systemClock, systemRandom),
    payer,
    model: "aimo/free",
    plan: [FREE],
    named: false,
    size: PLAIN_REQUEST,
    stream: true,
    idempotency: undefined,
    told: () => undefined,
    ...more,
  };
}

describe("no batch is refused for", () => {
  let desk: TestBilling;
  before(async () => {
    desk = await testBilling();
  });
  after(() => desk.close());

  const images = (image: number) => ({ ...PLAIN_REQUEST, media: { image, audio: 3, video: 0, file: 0 } });
  const left: Ending = {
    ended: "client_left",
    dispatched: true,
    usage: undefined,
    finishReason: undefined,
    deliveredBytes: 9,
  };
  const answered: Ending = {
    ended: "answered",
    usage: plainUsage(1_000_000_000, 1_000_000_000, { cachedTokens: 1_000_000_000 }),
    finishReason: `\u0000\\"'{},NULL\ud800 🙂`.repeat(9),
    deliveredBytes: 2 ** 40,
    clientGone: false,
  };

  for (const [name, size, ending] of [
    ["as many images as a request may have", images(MEDIA_PARTS_MAX), answered],
    ["an estimate of as many, each of a thousand million tokens", images(MEDIA_PARTS_MAX), left],
    ["a choice that may have all the output there is", { ...images(1), maxTokens: 2 ** 31, choices: 128 }, answered],
  ] as const) {
    test(name, async () => {
      const { books, billing } = desk;
      const payer = await books.payer("1");
      const funded = await billing.lock(request(payer, { size }));
      const told: boolean[] = [];
      const { cost } = await funded.end(ending, FREE, (charged) => told.push(charged));
      assert.deepEqual({ cost, told }, { cost: 0n, told: [false] });
      const locks = await books.database.query("SELECT state FROM locks WHERE id = $1", [funded.id]);
      assert.deepEqual(locks, [{ state: "c" }]);
      assert.deepEqual(books.refused, []);
    });
  }

  test("a stream of more bytes than a column counts", async () => {
    const { books, billing } = desk;
    const payer = await books.payer("1");
    const funded = await billing.lock(request(payer));
    await books.ledger.checkpoint([{ id: funded.id, deliveredBytes: 2 ** 40 }]);
    const locks = await books.database.query("SELECT delivered_bytes FROM locks WHERE id = $1", [funded.id]);
    assert.deepEqual(locks, [{ delivered_bytes: 2 ** 31 - 1 }]);
  });
});
