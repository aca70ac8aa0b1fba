import assert from "node:assert/strict";
import { test } from "node:test";
import { PRICE_LINES_MAX } from "./limits.ts";
import { axisText, priceLines } from "./price-lines.ts";

const change = (wallet: string, minute: number, prompt: string, completion = "0.000001") => ({
  provider_name: wallet,
  since: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
  pricing: { prompt, completion },
});
const at = (minute: number): number => Date.UTC(2026, 0, 1, 0, minute);

test("a price holds until the next one, and the last one until now", () => {
  const changes = [change("a", 30, "0.000002"), change("a", 10, "0.000001")];
  const { wallets, moments, omitted } = priceLines(changes, "prompt", at(60));
  assert.deepEqual(wallets, ["a"]);
  assert.equal(omitted, 0);
  assert.deepEqual(
    moments.map(({ atMs, texts }) => [atMs, ...texts]),
    [
      [at(10), "1"],
      [at(30), "2"],
      [at(60), "2"],
    ],
  );
});

test("each moment has every line's price of then, and none before its first", () => {
  const changes = [change("b", 20, "0.000001"), change("a", 10, "0.000005"), change("a", 30, "0.000003")];
  const { wallets, moments } = priceLines(changes, "prompt", at(40));
  assert.deepEqual(wallets, ["b", "a"], "the cheapest now is first");
  assert.deepEqual(
    moments.map(({ texts }) => texts),
    [
      [undefined, "5"],
      ["1", "5"],
      ["1", "3"],
      ["1", "3"],
    ],
  );
  assert.deepEqual(moments[2]?.heights, [1, 3]);
});

test("changes at one moment are one moment, and a clock behind the last change does not go back", () => {
  const changes = [change("a", 10, "0.000001"), change("b", 10, "0.000002")];
  const { moments } = priceLines(changes, "prompt", at(5));
  assert.deepEqual(moments, [{ atMs: at(10), texts: ["1", "2"], heights: [1, 2] }]);
});

test("the other price has its own lines, with all digits", () => {
  const changes = [change("a", 10, "0.000001", "0.000000000000123456")];
  assert.equal(priceLines(changes, "completion", at(10)).moments[0]?.texts[0], "0.000000123456");
});

test("there are no more lines than colours: the cheapest have them", () => {
  const changes = Array.from({ length: PRICE_LINES_MAX + 3 }, (_, index) =>
    change(`w${index}`, index, `0.00000${9 - index}`),
  );
  const { wallets, omitted } = priceLines(changes, "prompt", at(60));
  assert.equal(wallets.length, PRICE_LINES_MAX);
  assert.equal(omitted, 3);
  assert.ok(!wallets.includes("w0"), "the dearest has none");
});

test("without a change there is nothing", () => {
  assert.deepEqual(priceLines([], "prompt", at(0)), { wallets: [], moments: [], omitted: 0 });
});

test("the axis tells days, or times where it is short", () => {
  assert.equal(axisText(at(10), 3_600_000), "00:10");
  assert.equal(axisText(at(10), 30 * 86_400_000), "2026-01-01");
});
