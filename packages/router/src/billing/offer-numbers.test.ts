import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePricing } from "@aimo-network/protocol/price";
import { plainOffer } from "../test-bed/scripted-provider.ts";
import { knownNumbersOf, numbersOf } from "./offer-numbers.ts";

const PRICE = parsePricing({ prompt: "1", completion: "2" });

test("the numbers of an offer are asked for once, and are those of one ledger", async () => {
  const sold = { wallet: "w", modelId: "a/m", offer: plainOffer("m"), price: PRICE };
  const ledger = (first: number): Parameters<typeof numbersOf>[0] => ({
    wallet: () => Promise.resolve(first),
    model: () => first + 1,
    price: () => first + 2,
  });
  const [one, other] = [ledger(1), ledger(10)];
  assert.equal(knownNumbersOf(one, sold), undefined);
  assert.deepEqual(await numbersOf(one, sold), { provider: 1, model: 2, price: 3 });
  assert.deepEqual(knownNumbersOf(one, sold), { provider: 1, model: 2, price: 3 });
  assert.equal(knownNumbersOf(one, { ...sold }), undefined);
  assert.equal(knownNumbersOf(other, sold), undefined);
  assert.deepEqual(await numbersOf(other, sold), { provider: 10, model: 11, price: 12 });
});

test("the numbers of an offer that nobody could tell are asked for again", async () => {
  const sold = { wallet: "w", modelId: "a/m", offer: plainOffer("m"), price: PRICE };
  let isAway = true;
  const numbers = {
    wallet: () => (isAway ? Promise.reject(new Error("away")) : 1),
    model: () => 2,
    price: () => 3,
  };
  await assert.rejects(numbersOf(numbers, sold), /away/);
  assert.equal(knownNumbersOf(numbers, sold), undefined);
  isAway = false;
  assert.deepEqual(await numbersOf(numbers, sold), { provider: 1, model: 2, price: 3 });
});
