// Receipts in JSON: read back as they were written, and refused where they are none.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { hex } from "@scure/base";
import fc from "fast-check";
import { isAimoError } from "./errors.ts";
import { merkleTree, verifyMerkleProof } from "./merkle.ts";
import { owedFor } from "./receipt-cost.ts";
import { ReceiptSchema, formatReceipt, parseReceipt } from "./receipt-json.ts";
import { encodeReceipt, receiptLeaf } from "./receipt.ts";
import { makeReceiptVectors } from "./__fixtures__/receipt-vectors.ts";
import type { ReceiptVectorFile } from "./__fixtures__/receipt-vectors.ts";
import { someReceipt } from "./test-bed/some-receipt.ts";

const vectors = JSON.parse(
  readFileSync(new URL("../../../docs/vectors/receipts.json", import.meta.url), "utf8"),
) as ReceiptVectorFile;
const page = readFileSync(new URL("../../../docs/receipts.md", import.meta.url), "utf8");

function isRefusal(error: unknown): boolean {
  return isAimoError(error, "invalid_request") || isAimoError(error, "invalid_amount");
}

test("a receipt survives its JSON", () => {
  fc.assert(
    fc.property(someReceipt, (receipt) => {
      const text = JSON.stringify(formatReceipt(receipt));
      const read = parseReceipt(JSON.parse(text));
      assert.deepEqual(read, receipt);
      assert.equal(JSON.stringify(formatReceipt(read)), text);
    }),
  );
});

test("images and requests without a price are read as free", () => {
  fc.assert(
    fc.property(someReceipt, (receipt) => {
      const json = formatReceipt(receipt);
      const { image: _, request: __, ...pricing } = json.pricing;
      const free = { ...json, pricing: { ...pricing, image: "0", request: "0" } };
      assert.deepEqual(parseReceipt({ ...json, pricing }), parseReceipt(free));
    }),
  );
});

test("anything else is refused as no receipt, or has bytes", () => {
  const changed = fc
    .tuple(someReceipt, fc.constantFrom(...Object.keys(ReceiptSchema.properties)), fc.jsonValue())
    .map(([receipt, name, value]) => ({ ...formatReceipt(receipt), [name]: value }));
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), changed), (json) => {
      try {
        assert.ok(encodeReceipt(parseReceipt(json)).length > 0);
      } catch (error) {
        assert.ok(isRefusal(error), String(error));
      }
    }),
  );
});

test("every member is needed", () => {
  const [vector] = vectors.receipts;
  assert.ok(vector !== undefined);
  for (const name of Object.keys(vector.receipt)) {
    const { [name]: _, ...rest } = vector.receipt as Record<string, unknown>;
    assert.throws(() => parseReceipt(rest), isRefusal, name);
  }
});

test("the published receipts are the ones that their maker makes", () => {
  assert.deepEqual(vectors, JSON.parse(JSON.stringify(makeReceiptVectors())));
});

for (const vector of vectors.receipts) {
  test(`the published receipt "${vector.name}" has its bytes, its leaf and its place`, () => {
    const receipt = parseReceipt(vector.receipt);
    assert.deepEqual(formatReceipt(receipt), vector.receipt);
    assert.equal(hex.encode(encodeReceipt(receipt)), vector.bytes);
    assert.equal(`${owedFor(receipt).nano}`, vector.owed_nano_usdc);
    const leaf = receiptLeaf(receipt, hex.decode(vector.salt));
    assert.equal(hex.encode(leaf), vector.leaf);
    const { index, size, path } = vector.proof;
    const proof = path.map((hash) => hex.decode(hash));
    assert.ok(verifyMerkleProof({ leaf, index, size, proof, root: hex.decode(vectors.root) }));
  });
}

test("the published roots are those of the first so many leaves", () => {
  const leaves = vectors.receipts.map(({ leaf }) => hex.decode(leaf));
  assert.equal(vectors.roots.length, leaves.length + 1);
  for (const { size, root } of vectors.roots) assert.equal(hex.encode(merkleTree(leaves.slice(0, size)).root), root);
});

for (const { name, receipt } of vectors.reject) {
  test(`published as no receipt: ${name}`, () => {
    assert.throws(() => parseReceipt(receipt), isRefusal);
  });
}

test("the page's worked example is the first published receipt", () => {
  const [vector] = vectors.receipts;
  assert.ok(vector !== undefined);
  const { id, router, user, provider, cost } = vector.receipt;
  const { salt, leaf, proof, owed_nano_usdc: owed } = vector;
  const plain = page.replaceAll(/[\s,]/g, "");
  for (const text of [id, router, user, provider, cost, owed, salt, leaf, vectors.root, ...proof.path, vector.bytes])
    assert.ok(plain.includes(text), text);
});
