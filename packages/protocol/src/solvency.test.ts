// What a router owes as a tree: beside a second implementation, and with sums told otherwise than they are.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { base58, hex } from "@scure/base";
import fc from "fast-check";
import { isAimoError } from "./errors.ts";
import { TREE_LEAVES_MAX } from "./merkle-shape.ts";
import { nanoUsdc, parseNanoUsdc } from "./money.ts";
import type { NanoUsdc } from "./money.ts";
import { inSumOrder, liabilityLeaf, sumTree, verifySumProof } from "./solvency.ts";
import type { SumNode, SumPlace } from "./solvency.ts";
import { makeSolvencyVectors } from "./__fixtures__/solvency-vectors.ts";
import type { SolvencyVectorFile } from "./__fixtures__/solvency-vectors.ts";

const SUM_MAX = 2n ** 63n - 1n;
const vectors = JSON.parse(
  readFileSync(new URL("../../../docs/vectors/solvency.json", import.meta.url), "utf8"),
) as SolvencyVectorFile;
const page = readFileSync(new URL("../../../docs/solvency.md", import.meta.url), "utf8");

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(createHash("sha256").update(Buffer.concat(parts)).digest());
}

/** A number in so many bytes, written by its digits. */
function bigEndian(value: bigint, length: number): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex");
}

/** The tree as docs/solvency.md defines it, from its top down. */
function topDown(leaves: readonly SumNode[]): { hash: Uint8Array; sum: bigint } {
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return only;
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  const [left, right] = [topDown(leaves.slice(0, half)), topDown(leaves.slice(half))];
  const hash = sha256(Buffer.of(1), left.hash, bigEndian(left.sum, 16), right.hash, bigEndian(right.sum, 16));
  return { hash, sum: left.sum + right.sum };
}

const someBalance = fc.oneof(fc.bigInt(0n, 1_000n), fc.bigInt(0n, SUM_MAX >> 8n)).map((amount) => nanoUsdc(amount));
const someUser = fc.record({
  user: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => base58.encode(bytes)),
  balance: someBalance,
  salt: fc.uint8Array({ minLength: 16, maxLength: 16 }),
});
const someUsers = fc.uniqueArray(someUser, { minLength: 1, maxLength: 70, selector: ({ user }) => user });
const someTree = someUsers.map((users) =>
  inSumOrder(users.map(({ salt, ...liability }) => liabilityLeaf(liability, salt))),
);

function leavesOf(count: number): SumNode[] {
  const salt = new Uint8Array(16);
  const users = Array.from({ length: count }, (_, index) => base58.encode(sha256(bigEndian(BigInt(index), 4))));
  return inSumOrder(users.map((user, index) => liabilityLeaf({ user, balance: nanoUsdc(BigInt(index)) }, salt)));
}

test("a leaf is the hash of kind, salt, wallet and balance, and owes the balance", () => {
  fc.assert(
    fc.property(someUser, ({ user, balance, salt }) => {
      const kind = Buffer.from("\0aimo liability v1\0", "latin1");
      const hash = sha256(kind, salt, base58.decode(user), bigEndian(balance, 16));
      assert.deepEqual(liabilityLeaf({ user, balance }, salt), { hash, sum: balance });
    }),
  );
});

test("the root is that of the page's definition, and its total what all are owed", () => {
  fc.assert(
    fc.property(someTree, (leaves) => {
      const { hash, total, size } = sumTree(leaves).root;
      const top = topDown(leaves);
      assert.equal(size, leaves.length);
      assert.equal(
        total,
        leaves.reduce((sum, leaf) => sum + leaf.sum, 0n),
      );
      assert.deepEqual(hash, sha256(Buffer.of(2), bigEndian(BigInt(size), 8), bigEndian(total, 16), top.hash));
    }),
  );
});

test("every user of every small router is counted, at one place", () => {
  for (let size = 1; size <= 20; size += 1) {
    const leaves = leavesOf(size);
    const root = sumTree(leaves).root;
    for (const [place, leaf] of leaves.entries()) {
      const proof = sumTree(leaves).proofOf(place);
      const fitting = leaves.flatMap((_, index) => (verifySumProof({ leaf, index, proof, root }) ? [index] : []));
      assert.deepEqual(fitting, [place], `${place} of ${size}`);
    }
  }
});

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const place = bit % (bytes.length * 8);
  return bytes.map((byte, index) => (index === place >> 3 ? byte ^ (1 << (place & 7)) : byte));
}

/** An amount that no constructor lets through, as a hostile program could claim it. */
function claimed(amount: bigint): NanoUsdc {
  return amount as NanoUsdc;
}

test("nothing of a proof can be told otherwise", () => {
  fc.assert(
    fc.property(someTree, fc.nat(), fc.nat(), fc.bigInt(1n, 1_000n), (leaves, pick, bit, off) => {
      const index = pick % leaves.length;
      const leaf = leaves[index]!;
      const root = sumTree(leaves).root;
      const proof = sumTree(leaves).proofOf(index);
      const claim = { leaf, index, proof, root };
      assert.ok(verifySumProof(claim));
      const refuse = (changes: Partial<SumPlace>): void =>
        assert.equal(verifySumProof({ ...claim, ...changes }), false);
      refuse({ leaf: { ...leaf, hash: flipped(leaf.hash, bit) } });
      refuse({ root: { ...root, hash: flipped(root.hash, bit) } });
      for (const size of [root.size - 1, root.size + 1, bit])
        if (size !== root.size) refuse({ root: { ...root, size } });
      for (const other of [index - 1, index + 1, bit]) if (other !== index) refuse({ index: other });
      for (const change of [off, -off]) {
        const total = claimed(root.total + change);
        refuse({ root: { ...root, total } });
        refuse({ leaf: { ...leaf, sum: claimed(leaf.sum + change) } });
        refuse({ leaf: { ...leaf, sum: claimed(leaf.sum + change) }, root: { ...root, total } });
      }
      if (proof.length === 0) return;
      const at = pick % proof.length;
      const sibling = proof[at]!;
      refuse({ proof: proof.toSpliced(at, 1) });
      refuse({ proof: [...proof, { ...sibling, sum: nanoUsdc(0n) }] });
      refuse({ proof: proof.with(at, { ...sibling, hash: flipped(sibling.hash, bit) }) });
      // What is taken off one node is given to another, so that the total stays.
      const moved = { ...sibling, sum: claimed(sibling.sum + off) };
      refuse({ proof: proof.with(at, moved), leaf: { ...leaf, sum: claimed(leaf.sum - off) } });
      refuse({ proof: proof.with(at, moved), root: { ...root, total: claimed(root.total + off) } });
    }),
  );
});

/** A tree of two made without any check, as a hostile router would make it. */
function forged(one: SumNode, other: SumNode, total: bigint): SumPlace["root"] {
  const bytes = (sum: bigint): Buffer => bigEndian(BigInt.asUintN(128, sum), 16);
  const top = sha256(Buffer.of(1), one.hash, bytes(one.sum), other.hash, bytes(other.sum));
  return { hash: sha256(Buffer.of(2), bigEndian(2n, 8), bytes(total), top), total: claimed(total), size: 2 };
}

test("a negative sum, and one that is more than an amount can be, hide nothing", () => {
  const [leaf, other] = leavesOf(2) as [SumNode, SumNode];
  const honest = { leaf: { ...leaf, sum: nanoUsdc(100n) }, index: 0 };
  const check = (sum: bigint, total = 100n + sum): boolean => {
    const sibling = { hash: other.hash, sum: claimed(sum) };
    return verifySumProof({ ...honest, proof: [sibling], root: forged(honest.leaf, sibling, total) });
  };
  assert.equal(check(50n), true, "the forger makes sound trees where the sums are sound");
  assert.equal(check(SUM_MAX - 100n), true);
  assert.equal(check(-40n), false);
  assert.equal(check(-100n), false);
  assert.equal(check(SUM_MAX - 99n), false);
  assert.equal(check(2n ** 64n - 40n), false);
  assert.equal(check(2n ** 128n - 40n, 60n), false);
  assert.equal(check(50n, 149n), false, "a total that is not the sum");
  const wrapped = { ...honest.leaf, sum: claimed(-1n) };
  const owed = { hash: other.hash, sum: nanoUsdc(10n) };
  assert.equal(verifySumProof({ leaf: wrapped, index: 0, proof: [owed], root: forged(wrapped, owed, 9n) }), false);
});

test("more than an amount can hold is owed by nobody", () => {
  const half = nanoUsdc((SUM_MAX + 1n) / 2n);
  const [one, two] = leavesOf(2) as [SumNode, SumNode];
  const root = sumTree([
    { ...one, sum: half },
    { ...two, sum: nanoUsdc(half - 1n) },
  ]).root;
  assert.equal(root.total, SUM_MAX);
  const over = [one, two].map((leaf) => ({ ...leaf, sum: half }));
  assert.throws(
    () => sumTree(over).root,
    (error) => isAimoError(error, "invalid_amount"),
  );
});

test("leaves are ordered by their hashes, each once", () => {
  const leaves = leavesOf(9);
  const texts = leaves.map(({ hash }) => hex.encode(hash));
  assert.deepEqual(texts, texts.toSorted());
  assert.deepEqual(inSumOrder(leaves.toReversed()), leaves);
  for (const wrong of [leaves.toReversed(), leaves.with(4, leaves[3]!), leaves.with(0, leaves[8]!)]) {
    assert.throws(() => sumTree(wrong).root, /in the order of their hashes/);
    assert.throws(() => sumTree(wrong).proofOf(0), /in the order of their hashes/);
  }
});

test("nobody is owed nothing, and nothing is proven by it", () => {
  const root = sumTree([]).root;
  assert.deepEqual(root, { hash: new Uint8Array(32), total: 0n, size: 0 });
  const leaf = { hash: new Uint8Array(32), sum: nanoUsdc(0n) };
  assert.equal(verifySumProof({ leaf, index: 0, proof: [], root }), false);
  assert.throws(() => sumTree([]).proofOf(0), /one of the tree's/);
});

test("a wallet that is none, a salt of another length and a tree that is too large are refused", () => {
  const salt = new Uint8Array(16);
  const [leaf] = leavesOf(1) as [SumNode];
  const [good, balance] = [base58.encode(leaf.hash), nanoUsdc(1n)];
  for (const user of ["", "not base58!", base58.encode(new Uint8Array(31).fill(9)), "1".repeat(60)])
    assert.throws(
      () => liabilityLeaf({ user, balance }, salt),
      (error) => isAimoError(error, "invalid_request"),
    );
  assert.throws(
    () => liabilityLeaf({ user: good, balance }, new Uint8Array(15)),
    (error) => isAimoError(error, "invalid_request"),
  );
  for (const amount of [-1n, SUM_MAX + 1n])
    assert.throws(
      () => liabilityLeaf({ user: good, balance: claimed(amount) }, salt),
      (error) => isAimoError(error, "invalid_amount"),
    );
  assert.throws(() => sumTree(Array.from({ length: TREE_LEAVES_MAX + 1 }, () => leaf)).root, /at most 1048576 leaves/);
  assert.throws(() => sumTree([{ ...leaf, hash: leaf.hash.subarray(1) }]).root, /a hash and an amount/);
  assert.throws(() => sumTree([{ ...leaf, sum: claimed(-1n) }]).root, /a hash and an amount/);
  const [one, other] = leavesOf(2) as [SumNode, SumNode];
  const root = sumTree([one, other]).root;
  const short = { ...other, hash: other.hash.subarray(1) };
  assert.equal(verifySumProof({ leaf: one, index: 0, proof: [short], root }), false);
});

test("the published tree is the one that its maker makes, and proves what it says", () => {
  assert.deepEqual(vectors, makeSolvencyVectors());
  const node = ({ hash, sum }: { hash: string; sum: string }): SumNode => ({
    hash: hex.decode(hash),
    sum: parseNanoUsdc(sum),
  });
  const { hash, total, size } = vectors.root;
  const root = { hash: hex.decode(hash), total: parseNanoUsdc(total), size };
  for (const { user, balance, salt, leaf, index, path } of vectors.users) {
    const own = liabilityLeaf({ user, balance: parseNanoUsdc(balance) }, hex.decode(salt));
    assert.equal(hex.encode(own.hash), leaf);
    assert.ok(verifySumProof({ leaf: own, index, proof: path.map(node), root }), user);
  }
});

test("the page's worked example is in the published tree", () => {
  const { users, root } = vectors;
  const [first] = users;
  assert.ok(first !== undefined);
  const { user, balance, salt, leaf, path } = first;
  for (const text of [
    user,
    balance,
    salt,
    leaf,
    ...path.flatMap(({ hash, sum }) => [hash, sum]),
    root.hash,
    root.total,
  ])
    assert.ok(page.includes(text), text);
});
