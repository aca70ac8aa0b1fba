// Merkle trees beside a second, recursive implementation, and everything that may be told wrongly about a leaf.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { hex } from "@scure/base";
import fc from "fast-check";
import { isAimoError } from "./errors.ts";
import { TREE_LEAVES_MAX } from "./merkle-shape.ts";
import {
  HASH_BYTES,
  SALT_BYTES,
  growMerkleTree,
  merkleLeaf,
  merkleTree,
  provenRoot,
  saltedLeaf,
  verifyMerkleProof,
} from "./merkle.ts";
import type { MerklePlace } from "./merkle.ts";

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return Uint8Array.from(hash.digest());
}

/** The tree hash of RFC 6962, 2.1, as it is written there: split at the largest power of two below the size. */
function rfcTreeHash(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return only;
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return sha256(Uint8Array.of(1), rfcTreeHash(leaves.slice(0, half)), rfcTreeHash(leaves.slice(half)));
}

/** The path of RFC 6962, 2.1.1. */
function rfcPath(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  if (leaves.length < 2) return [];
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  return index < half
    ? [...rfcPath(left, index), rfcTreeHash(right)]
    : [...rfcPath(right, index - half), rfcTreeHash(left)];
}

function sealed(size: number, top: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(9, 0);
  bytes[0] = 2;
  bytes.writeBigUInt64BE(BigInt(size), 1);
  return sha256(bytes, top);
}

function leavesOf(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => merkleLeaf(Uint8Array.of(index >> 8, index & 0xff)));
}

const someTree = fc.integer({ min: 1, max: 140 }).chain((size) =>
  fc.record({
    leaves: fc.uniqueArray(fc.uint8Array({ minLength: HASH_BYTES, maxLength: HASH_BYTES }), {
      minLength: size,
      maxLength: size,
      selector: (bytes) => hex.encode(bytes),
    }),
    index: fc.nat(size - 1),
  }),
);

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const place = bit % (bytes.length * 8);
  return bytes.map((byte, index) => (index === place >> 3 ? byte ^ (1 << (place & 7)) : byte));
}

test("roots and proofs are those of RFC 6962, sealed with the size", () => {
  fc.assert(
    fc.property(someTree, ({ leaves, index }) => {
      assert.deepEqual(merkleTree(leaves).root, sealed(leaves.length, rfcTreeHash(leaves)));
      assert.deepEqual(merkleTree(leaves).proofOf(index), rfcPath(leaves, index));
    }),
  );
});

test("the well-known tree of Certificate Transparency has its roots below ours", () => {
  const entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
  const roots = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ];
  const leaves = entries.map((entry) => merkleLeaf(hex.decode(entry)));
  for (const [index, root] of roots.entries()) {
    const size = index + 1;
    assert.deepEqual(merkleTree(leaves.slice(0, size)).root, sealed(size, hex.decode(root)), `of ${size}`);
  }
});

test("every leaf of every small tree is proven, at its place and at no other", () => {
  for (let size = 1; size <= 20; size += 1) {
    const leaves = leavesOf(size);
    const root = merkleTree(leaves).root;
    for (const [index, leaf] of leaves.entries()) {
      const proof = merkleTree(leaves).proofOf(index);
      const fitting = leaves.flatMap((_, place) =>
        verifyMerkleProof({ leaf, index: place, size, proof, root }) ? [place] : [],
      );
      assert.deepEqual(fitting, [index], `${index} of ${size}`);
    }
  }
});

test("nothing of a proof can be told otherwise", () => {
  fc.assert(
    fc.property(someTree, fc.nat(), fc.nat(), ({ leaves, index }, bit, pick) => {
      const leaf = leaves[index]!;
      const size = leaves.length;
      const proof = merkleTree(leaves).proofOf(index);
      const root = merkleTree(leaves).root;
      const claim: MerklePlace & { root: Uint8Array } = { leaf, index, size, proof, root };
      assert.ok(verifyMerkleProof(claim));
      const refuse = (changes: Partial<typeof claim>): void =>
        assert.equal(verifyMerkleProof({ ...claim, ...changes }), false, JSON.stringify(Object.keys(changes)));
      refuse({ leaf: flipped(leaf, bit) });
      refuse({ root: flipped(root, bit) });
      for (const other of [index - 1, index + 1, pick]) if (other !== index) refuse({ index: other });
      for (const other of [size - 1, size + 1, pick]) if (other !== size) refuse({ size: other });
      refuse({ proof: [...proof, leaf] });
      refuse({ proof: [leaf, ...proof] });
      if (proof.length === 0) return;
      const at = pick % proof.length;
      refuse({ proof: proof.toSpliced(at, 1) });
      refuse({ proof: proof.with(at, flipped(proof[at]!, bit)) });
      if (proof.length > 1) refuse({ proof: proof.toReversed() });
    }),
  );
});

test("a list with its last leaf repeated has another root", () => {
  for (let size = 1; size <= 33; size += 2) {
    const leaves = leavesOf(size);
    assert.notDeepEqual(merkleTree(leaves).root, merkleTree([...leaves, leaves.at(-1)!]).root, `${size}`);
  }
});

test("a node is no leaf, and the top of a tree no root", () => {
  const leaves = leavesOf(4);
  const [one, two, three, four] = leaves as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const root = merkleTree(leaves).root;
  const left = sha256(Uint8Array.of(1), one, two);
  const right = sha256(Uint8Array.of(1), three, four);
  for (const size of [2, 3, 4])
    assert.equal(verifyMerkleProof({ leaf: left, index: 0, size, proof: [right], root }), false, `${size}`);
  assert.notDeepEqual(merkleLeaf(Buffer.concat([one, two])), left);
  assert.equal(
    verifyMerkleProof({ leaf: one, index: 0, size: 1, proof: [], root: one }),
    false,
    "a leaf is not its own root",
  );
});

test("the empty list has 32 zero bytes for its root, and nothing is proven by it", () => {
  const root = merkleTree([]).root;
  assert.deepEqual(root, new Uint8Array(32));
  const leaf = merkleLeaf(new Uint8Array());
  for (const size of [0, 1]) assert.equal(verifyMerkleProof({ leaf, index: 0, size, proof: [], root }), false);
  for (const zeros of [root, new Uint8Array()])
    assert.equal(verifyMerkleProof({ leaf: zeros, index: 0, size: 0, proof: [], root: zeros }), false);
});

test("places and hashes that are none prove nothing", () => {
  const leaves = leavesOf(3);
  const proof = merkleTree(leaves).proofOf(2);
  const claim = { leaf: leaves[2]!, index: 2, size: 3, proof };
  const unproven = (changes: Partial<MerklePlace>): void =>
    assert.equal(provenRoot({ ...claim, ...changes }), undefined, JSON.stringify(changes));
  for (const index of [-1, 3, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) unproven({ index });
  for (const size of [-3, 2, 2.5, Number.NaN, Number.POSITIVE_INFINITY]) unproven({ size });
  unproven({ leaf: leaves[2]!.subarray(1) });
  unproven({ proof: [proof[0]!.subarray(1)] });
  unproven({ proof: [Uint8Array.of(...proof[0]!, 0)] });
  const root = merkleTree(leaves).root;
  assert.equal(verifyMerkleProof({ ...claim, root: root.subarray(0, 31) }), false);
  assert.equal(verifyMerkleProof({ ...claim, root: new Uint8Array() }), false);
  assert.equal(verifyMerkleProof({ ...claim, root: Uint8Array.of(...root, 0) }), false);
  assert.ok(verifyMerkleProof({ ...claim, root }));
});

test("a tree has at most 2^20 leaves", () => {
  const [leaf] = leavesOf(1) as [Uint8Array];
  const siblings = (count: number): Uint8Array[] => Array.from({ length: count }, () => leaf);
  const place = { leaf, index: 0, size: TREE_LEAVES_MAX, proof: siblings(20) };
  assert.ok(provenRoot(place));
  assert.equal(provenRoot({ ...place, size: TREE_LEAVES_MAX + 1, proof: siblings(21) }), undefined);
  assert.throws(() => merkleTree(siblings(TREE_LEAVES_MAX + 1)).root, /at most 1048576 leaves/);
  assert.throws(() => merkleTree(siblings(TREE_LEAVES_MAX + 1)).proofOf(0), /at most 1048576 leaves/);
});

test("a tree is made of hashes, and proves leaves that it has", () => {
  assert.throws(() => merkleTree([new Uint8Array(31)]).root, /a hash of 32 bytes/);
  for (const index of [-1, 3, 1.5]) assert.throws(() => merkleTree(leavesOf(3)).proofOf(index), /one of the tree's/);
  assert.throws(() => merkleTree([]).proofOf(0), /one of the tree's/);
});

test("a salted leaf is one of its kind, salt and content, whose bounds are certain", () => {
  const salt = new Uint8Array(SALT_BYTES).fill(5);
  const content = new TextEncoder().encode("content");
  const kind = new TextEncoder().encode("kind\0");
  const leaf = saltedLeaf("kind", salt, content);
  assert.deepEqual(leaf, sha256(Uint8Array.of(0), kind, salt, content));
  assert.notDeepEqual(saltedLeaf("kin", salt, content), leaf);
  assert.notDeepEqual(saltedLeaf("kind", flipped(salt, 9), content), leaf);
  for (const length of [0, SALT_BYTES - 1, SALT_BYTES + 1, HASH_BYTES])
    assert.throws(
      () => saltedLeaf("kind", new Uint8Array(length), content),
      (error) => isAimoError(error, "invalid_request"),
    );
});

test("the last of 50,000 leaves is proven by sixteen hashes at most", () => {
  const leaves = leavesOf(50_000);
  const { root, proofOf } = merkleTree(leaves);
  const index = 49_999;
  const proof = proofOf(index);
  assert.ok(verifyMerkleProof({ leaf: leaves[index]!, index, size: 50_000, proof, root }));
  assert.ok(proof.length <= 16);
});

test("a large tree grows in turns, and is the same", async () => {
  const leaves = leavesOf(20_000);
  let turns = 0;
  const grown = await growMerkleTree(leaves, () => {
    turns += 1;
    return Promise.resolve();
  });
  const { root, size, proofOf } = merkleTree(leaves);
  assert.deepEqual([grown.root, grown.size, grown.proofOf(12_345)], [root, size, proofOf(12_345)]);
  assert.equal(turns, 5); // of 20,005 pairs, at each 4,000
  await assert.rejects(
    growMerkleTree([new Uint8Array(31)], () => Promise.resolve()),
    /a hash of 32 bytes/,
  );
});
