// Receipts beside batches that the real program settled, and everything that could be told wrongly about them.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { merkleTree } from "@aimo-network/protocol/merkle";
import { microUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import { RECEIPT_FLAGS } from "@aimo-network/protocol/receipt-cost";
import { formatReceipt, parseReceipt } from "@aimo-network/protocol/receipt-json";
import type { Receipt } from "@aimo-network/protocol/receipt";
import { BEN, QUINN } from "./test-bed/cast.ts";
import { named } from "./test-bed/chain.ts";
import { ReceiptScene } from "./test-bed/receipt-scene.ts";
import { verifyReceipt } from "./verify-receipt.ts";
import type { ReceiptEvidence, ReceiptVerdict } from "./verify-receipt.ts";

const FULL: ReceiptVerdict = { ok: true, charged: "in_full" };

/** Where a receipt fails, and in which words. */
function failure(evidence: ReceiptEvidence): { step: string; expected: string; found: string } {
  const verdict = verifyReceipt(evidence);
  assert.ok(!verdict.ok, "the receipt holds");
  const { step, expected, found } = verdict;
  return { step, expected, found };
}

function stepOf(evidence: ReceiptEvidence): string | undefined {
  const verdict = verifyReceipt(evidence);
  return verdict.ok ? undefined : verdict.step;
}

test("a receipt holds that is in the batch that the program settled", async () => {
  const { evidence } = await (await ReceiptScene.open()).settled();
  assert.deepEqual(verifyReceipt(evidence), FULL);
  const { signature: _, ...unnamed } = evidence.batch;
  assert.deepEqual(verifyReceipt({ ...evidence, batch: unnamed }), FULL, "without the transaction's name");
  const read = parseReceipt(JSON.parse(JSON.stringify(formatReceipt(evidence.receipt))));
  assert.deepEqual(verifyReceipt({ ...evidence, receipt: read }), FULL, "as it was read from JSON");
});

test("a receipt holds that is the only one of its batch", async () => {
  const { evidence } = await (await ReceiptScene.open(1)).settled();
  assert.deepEqual(evidence.proof, { index: 0, size: 1, path: [] });
  assert.deepEqual(verifyReceipt(evidence), FULL);
});

const { evidence: honest } = await (await ReceiptScene.open()).settled();

/** One change of a receipt that says something else. */
const someChange: fc.Arbitrary<Partial<Receipt>> = fc.oneof(
  fc.constantFrom<Partial<Receipt>>(
    { user: BEN },
    { provider: QUINN },
    { model: "qwen/qwen3-8b" },
    { finishReason: "length" },
    { finishReason: "" },
    { id: "019c0000-0001-7000-8000-000000000000" },
    { price: { ...honest.receipt.price, inputCacheRead: honest.receipt.price.prompt } },
  ),
  fc.integer({ min: 1, max: 1_000 }).map((more) => ({ promptTokens: honest.receipt.promptTokens + more })),
  fc.integer({ min: 1, max: 1_000 }).map((more) => ({ completionTokens: honest.receipt.completionTokens + more })),
  fc.integer({ min: 1, max: 2_000 }).map((cachedTokens) => ({ cachedTokens })),
  fc.integer({ min: 101, max: 900 }).map((reasoningTokens) => ({ reasoningTokens })),
  fc.integer({ min: 1, max: 9 }).map((imageCount) => ({ imageCount })),
  fc.constantFrom(0, 2, 3, 5, 65).map((flags) => ({ flags })),
  fc.bigInt(0n, honest.receipt.cost - 1n).map((cost) => ({ cost: nanoUsdc(cost) })),
  fc.bigInt(1n, 1_000n).map((more) => ({
    price: { ...honest.receipt.price, completion: microUsdc(honest.receipt.price.completion + more) },
  })),
);

test("a receipt that says anything else is not in the batch", () => {
  fc.assert(
    fc.property(someChange, (change) => {
      const receipt = { ...honest.receipt, ...change };
      assert.equal(stepOf({ ...honest, receipt }), "root", JSON.stringify(Object.keys(change)));
    }),
  );
});

test("salt, place, path and root cannot be told otherwise", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 0, max: 7 }), (pick, bit) => {
      const { proof, batch, salt } = honest;
      const flip = (bytes: Uint8Array): Uint8Array => {
        const at = pick % bytes.length;
        return bytes.with(at, bytes[at]! ^ (1 << bit));
      };
      const at = pick % proof.path.length;
      assert.equal(stepOf({ ...honest, salt: flip(salt) }), "root");
      assert.equal(stepOf({ ...honest, batch: { ...batch, root: flip(Uint8Array.from(batch.root)) } }), "root");
      const path = proof.path.with(at, flip(proof.path[at]!));
      assert.equal(stepOf({ ...honest, proof: { ...proof, path } }), "root");
      const shorter = { ...proof, path: proof.path.toSpliced(at, 1) };
      assert.equal(stepOf({ ...honest, proof: shorter }), "leaf");
      const index = 1 + (pick % 6);
      assert.ok(["leaf", "root"].includes(stepOf({ ...honest, proof: { ...proof, index } }) ?? ""));
      for (const size of [6, 8]) assert.equal(stepOf({ ...honest, proof: { ...proof, size } }), "root");
    }),
  );
});

test("another root that the receipt leads to was not settled", () => {
  const lone = { index: 0, size: 1, path: [] };
  const words = failure({ ...honest, proof: lone });
  assert.equal(words.step, "root");
  const root = Uint8Array.from(Buffer.from(words.found.slice(0, 64), "hex"));
  const { step, expected, found } = failure({ ...honest, proof: lone, batch: { ...honest.batch, root } });
  assert.equal(step, "transaction");
  assert.match(expected, new RegExp(`^batch 41 with the root ${words.found.slice(0, 64)}, settled for the router at `));
  assert.equal(found, `batch 41 with the root ${Buffer.from(honest.batch.root).toString("hex")}`);
});

test("what is no receipt of the router fails as its leaf, in words", () => {
  const other = named("another router");
  assert.deepEqual(failure({ ...honest, routerId: other }), {
    step: "leaf",
    expected: `a receipt of the router ${other}`,
    found: `one of ${honest.routerId}`,
  });
  assert.deepEqual(failure({ ...honest, salt: honest.salt.subarray(1) }), {
    step: "leaf",
    expected: "a receipt of version 1 and its salt",
    found: "another thing. `salt`: expected 16 bytes, found 15 bytes.",
  });
  const odd = { ...honest.receipt, cachedTokens: honest.receipt.promptTokens + 1 };
  assert.match(failure({ ...honest, receipt: odd }).found, /`cached_tokens`: expected a whole number of at most 2000/);
  for (const index of [-1, 7, 0.5]) {
    const { step, found } = failure({ ...honest, proof: { ...honest.proof, index } });
    assert.deepEqual([step, found], ["leaf", `3 hashes for the place ${index} of 7`]);
  }
});

test("a cost above what tokens and prices come to is found, even where it was settled", async () => {
  const owed = honest.receipt.cost;
  const settled = async (changes: Partial<Receipt>) => (await (await ReceiptScene.open(3, changes)).settled()).evidence;
  assert.deepEqual(failure(await settled({ cost: nanoUsdc(owed + 1n) })), {
    step: "cost",
    expected: "at most 0.00084 USDC, which its tokens come to at its prices",
    found: "0.000840001 USDC",
  });
  const free = [
    [{ flags: RECEIPT_FLAGS.interrupted }, "no charge, since the provider broke the answer off"],
    [{ flags: RECEIPT_FLAGS.noUsage }, "no charge, since the provider reported no usage"],
    [{ finishReason: "error" }, "no charge, since the answer ended with an error"],
  ] as const;
  for (const [changes, expected] of free) {
    const words = failure(await settled({ ...changes, cost: nanoUsdc(1n) }));
    assert.deepEqual(words, { step: "cost", expected, found: "0.000000001 USDC" });
    assert.deepEqual(verifyReceipt(await settled({ ...changes, cost: nanoUsdc(0n) })), FULL, expected);
  }
});

test("less than is owed holds, and is told: the lock, or what was left, was less", async () => {
  for (const changes of [{ flags: RECEIPT_FLAGS.replayed }, {}]) {
    const { evidence } = await (await ReceiptScene.open(3, { ...changes, cost: nanoUsdc(5n) })).settled();
    assert.deepEqual(verifyReceipt(evidence), { ok: true, charged: "in_part" });
  }
});

test("a batch of no receipts proves none", async () => {
  const scene = await ReceiptScene.open(1);
  const { evidence } = await scene.settled();
  const root = merkleTree([]).root;
  assert.equal(stepOf({ ...evidence, batch: { ...evidence.batch, root } }), "root");
  assert.equal(stepOf({ ...evidence, proof: { index: 0, size: 0, path: [] } }), "leaf");
});
