// What a receipt says by itself, beside what was asked for and what the router's record says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { generationId } from "@aimo-network/protocol/ids";
import { nanoUsdc } from "@aimo-network/protocol/money";
import { BEN } from "../test-bed/cast.ts";
import { ReceiptScene } from "../test-bed/receipt-scene.ts";
import { toldProof, toldRecord } from "../test-bed/told-proof.ts";
import { leafText, ownSteps } from "./own-steps.ts";
import { readProof } from "./read-proof.ts";

const { evidence } = await (await ReceiptScene.open()).settled();
const read = readProof({ data: toldProof(evidence) });
assert.ok(!("wrong" in read));
const proof = read;
const { receipt } = proof;
const ASKED = { id: generationId(receipt.id), routerId: receipt.routerId, wallet: receipt.user };
const record = (changes: object = {}): unknown => ({ data: { ...toldRecord(evidence), ...changes } });

const lastOf = (...of: Parameters<typeof ownSteps>): string => {
  const last = ownSteps(...of).at(-1);
  return `${last?.step} ${last?.result}: ${last?.words}`;
};

test("one that is right says what it is, that the record tells the same, and what its tokens come to", () => {
  const steps = ownSteps(proof, ASKED, record());
  assert.deepEqual(
    steps.map(({ step, result }) => [step, result]),
    [
      ["receipt", "right"],
      ["record", "right"],
      ["cost", "right"],
    ],
  );
  assert.match(steps[0]?.words ?? "", /^qwen\/qwen3-32b, 2000 \+ 900 tokens, 0\.00084 USDC, answered by /);
  assert.match(leafText(proof), /^[0-9a-f]{64}$/);
});

test("the first thing that is wrong is the last that is told", () => {
  const id = "gen-019c0000-0001-7000-8000-000000000000";
  assert.match(lastOf(proof, { ...ASKED, id }, record()), /^receipt wrong: expected one of the answer gen-019c/);
  assert.match(lastOf(proof, { ...ASKED, routerId: BEN }, record()), /^receipt wrong: expected one of the router/);
  assert.match(lastOf(proof, { ...ASKED, wallet: BEN }, record()), /^receipt wrong: expected one of the wallet/);
  assert.match(
    lastOf(proof, { ...ASKED, wallet: undefined }, record()),
    /^cost right/,
    "a key need not say whose it is",
  );
  const cost = lastOf(proof, ASKED, record({ cost: "0.5" }));
  assert.match(cost, /^record wrong: the receipt has the cost 0\.00084, the record 0\.5$/);
  const name = lastOf(proof, ASKED, record({ model: "a\u202Eb" }));
  assert.match(name, /the record a b$/, "nothing that turns text around is shown");
  const dear = { ...proof, receipt: { ...receipt, cost: nanoUsdc(receipt.cost + 1n) } };
  const words = lastOf(dear, ASKED, record({ cost: "0.000840001" }));
  assert.match(words, /^cost wrong: 0\.000840001 USDC, where its tokens and prices come to at most 0\.00084 USDC$/);
  const cheap = { ...proof, receipt: { ...receipt, cost: nanoUsdc(receipt.cost - 1n) } };
  assert.match(lastOf(cheap, ASKED, record({ cost: "0.000839999" })), /^cost right: .* less than what its tokens come/);
});
