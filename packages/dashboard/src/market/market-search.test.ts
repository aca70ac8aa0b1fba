import assert from "node:assert/strict";
import { test } from "node:test";
import { isPrice, modelsAsked, readMarketSearch, toggled } from "./market-search.ts";

const WALLET = "5GWcEtsiffewj3u49QNsJH4QnMnaDxUuV7xJYJsmW1KB";

test("an address without a search reads as nothing, and asks for the newest first", () => {
  assert.deepEqual(readMarketSearch({}), {});
  assert.deepEqual(modelsAsked({}), { sort: "newest" });
});

test("everything an address can say reaches the router under the router's names", () => {
  const search = readMarketSearch({
    q: "  demo ",
    input: "image,text",
    output: "text",
    author: "Qwen",
    provider: WALLET,
    context: 32_000,
    verified: true,
    max_price: "0.5",
    can: "reasoning,tools",
    sort: "latency-low-to-high",
  });
  assert.deepEqual(modelsAsked(search), {
    q: "demo",
    input_modalities: "text,image",
    output_modalities: "text",
    model_authors: "qwen",
    providers: WALLET,
    context: 32_000,
    max_price: "0.5",
    supported_parameters: "tools,reasoning",
    sort: "latency-low-to-high",
  });
  assert.equal(search.verified, true);
});

test("the order by name is the router's own, which has no word", () => {
  assert.deepEqual(modelsAsked({ sort: "name" }), {});
});

test("what the router would refuse is passed over", () => {
  const search = {
    q: "",
    input: "smell,,image",
    output: "taste",
    author: "no/slash",
    provider: "0OIl",
    context: -1,
    verified: "yes",
    max_price: "1e3",
    can: ["tools"],
    sort: "popularity",
  };
  assert.deepEqual(readMarketSearch(search), { input: "image" });
  assert.deepEqual(readMarketSearch({ context: "32000" }), { context: 32_000 });
  for (const context of [1.5, 2e9, "32e3", "-1", "0", "9999999999", Number.NaN])
    assert.deepEqual(readMarketSearch({ context }), {});
});

test("numbers in the address are texts again where a text is meant", () => {
  assert.deepEqual(readMarketSearch({ q: 4, max_price: 0.5 }), { q: "4", max_price: "0.5" });
  assert.deepEqual(readMarketSearch({ max_price: 0.000_000_1 }), {});
});

test("a long text is cut, so that the router's bound is never met", () => {
  assert.equal(readMarketSearch({ q: "x".repeat(10_000) }).q?.length, 200);
});

test("a name is taken into a list and out of it", () => {
  const once = toggled({ q: "a" }, "can", "tools");
  assert.deepEqual(once, { q: "a", can: "tools" });
  const twice = toggled(once, "can", "reasoning");
  assert.deepEqual(twice, { q: "a", can: "tools,reasoning" });
  assert.deepEqual(toggled(twice, "can", "tools"), { q: "a", can: "reasoning" });
  assert.deepEqual(toggled(once, "can", "tools"), { q: "a" });
});

test("a highest price has at most six decimals", () => {
  for (const text of ["", "0", "0.5", "12", "0.000001"]) assert.ok(isPrice(text), text);
  for (const text of [".5", "1.", "01", "-1", "1e3", "0.0000001", "1,5"]) assert.ok(!isPrice(text), text);
});
