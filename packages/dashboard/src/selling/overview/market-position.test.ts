import assert from "node:assert/strict";
import { test } from "node:test";
import { comparedPrice, picoOf, positionOf, positionWords } from "./market-position.ts";

const offer = (wallet: string, prompt: string, completion: string, status = 0) => ({
  provider_name: wallet,
  status,
  pricing: { prompt, completion },
});

test("a price is read to its last digit, and what is none is not taken for one", () => {
  assert.equal(picoOf("0.0000001"), 100_000n);
  assert.equal(picoOf("0.000000000001"), 1n);
  assert.equal(picoOf("1"), 1_000_000_000_000n);
  for (const text of ["", "-1", "1e-7", "1.", "abc", "0.0000000000001"]) assert.equal(picoOf(text), undefined, text);
});

test("a fee per request counts as the router counts it", () => {
  assert.equal(comparedPrice({ prompt: "0.000001", completion: "0.000002" }), 3_000_000_000_000n);
  assert.equal(comparedPrice({ prompt: "0", completion: "0", request: "0.001" }), 1_000_000_000_000n);
  assert.equal(comparedPrice({ prompt: "free", completion: "0" }), undefined);
});

test("the position counts other wallets only, and not what is got by its tag alone", () => {
  const own = offer("me", "0.000002", "0");
  const found = positionOf(own, [
    own,
    offer("me", "0.000001", "0"),
    offer("a", "0.000001", "0"),
    offer("b", "0.000003", "0"),
    offer("c", "0.0000001", "0", -3),
  ]);
  assert.deepEqual(found, { others: 2, rank: 2, abovePercent: 0n });
});

test("equal prices share a rank", () => {
  const own = offer("me", "0.000001", "0");
  assert.equal(positionOf(own, [own, offer("a", "0.000001", "0"), offer("b", "0.000002", "0")])?.rank, 1);
});

test("the median of the others says how much dearer one is, and nothing where there are none or they are free", () => {
  const own = offer("me", "0.000003", "0");
  const others = ["0.000001", "0.000002", "0.000005"].map((price, index) => offer(`${index}`, price, "0"));
  assert.equal(positionOf(own, others)?.abovePercent, 50n);
  assert.equal(positionOf(own, [])?.abovePercent, undefined);
  assert.equal(positionOf(own, [offer("free", "0", "0")])?.abovePercent, undefined);
  assert.equal(positionOf(offer("me", "?", "0"), others), undefined);
});

test("a position in words names both ends and the place between", () => {
  const words = (others: number, rank: number) => positionWords({ others, rank, abovePercent: undefined });
  assert.equal(words(0, 1), "the only offer");
  assert.equal(words(3, 1), "cheapest of 4");
  assert.equal(words(3, 2), "2nd cheapest of 4");
  assert.equal(words(3, 4), "dearest of 4");
  assert.equal(words(9, 5), "5th cheapest of 10");
});
