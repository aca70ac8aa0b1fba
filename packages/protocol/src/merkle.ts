// Merkle trees: 32 bytes that commit to a list, and short proofs of what is in it (docs/receipts.md).
import { sha256 } from "@noble/hashes/sha2.js";
import { assert } from "./assert.ts";
import { joinPieces } from "./byte-pieces.ts";
import { AimoError } from "./errors.ts";
import { TREE_LEAVES_MAX, climb, isSize, makeTree, makeTreeInTurns } from "./merkle-shape.ts";
import type { Tree, TreeParts } from "./merkle-shape.ts";

/** Bytes of every leaf, node and root. */
export const HASH_BYTES = 32;
/** Bytes of the salt of a leaf: nobody tries so many to find out what a leaf stands for. */
export const SALT_BYTES = 16;

// What is hashed begins with what it is, so that no leaf can be passed off as a node, nor a node as a root.
const LEAF = 0;
const NODE = 1;
const ROOT = 2;

/** The leaf that stands for some bytes: SHA-256 over 0 and them. */
export function merkleLeaf(content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + content.length);
  bytes[0] = LEAF;
  bytes.set(content, 1);
  return sha256(bytes);
}

/**
 * The leaf that stands for some bytes of a kind and does not give them away: who is shown it beside a leaf of their own
 * cannot guess what it stands for without its salt.
 */
export function saltedLeaf(kind: string, salt: Uint8Array, content: Uint8Array): Uint8Array {
  if (salt.length !== SALT_BYTES) {
    const found = `${salt.length} bytes`;
    throw new AimoError("invalid_request", { expected: `${SALT_BYTES} bytes`, found, param: "salt" });
  }
  return merkleLeaf(joinPieces([new TextEncoder().encode(`${kind}\0`), salt, content]));
}

function join(left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + 2 * HASH_BYTES);
  bytes[0] = NODE;
  bytes.set(left, 1);
  bytes.set(right, 1 + HASH_BYTES);
  return sha256(bytes);
}

/** The root names the size: the same path can fit trees of several sizes. */
function seal(size: number, top: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(9 + HASH_BYTES);
  bytes[0] = ROOT;
  new DataView(bytes.buffer).setBigUint64(1, BigInt(size));
  bytes.set(top, 9);
  return sha256(bytes);
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === HASH_BYTES;
}

/** A tree over a list of leaves, in their order; its root is 32 zero bytes where there are none. */
export type MerkleTree = Tree<Uint8Array, Uint8Array>;

function partsOf(leaves: readonly Uint8Array[]): TreeParts<Uint8Array, Uint8Array> {
  assert(isSize(leaves.length), `a tree has at most ${TREE_LEAVES_MAX} leaves`);
  assert(leaves.every(isHash), `a leaf is a hash of ${HASH_BYTES} bytes`);
  return {
    leaves,
    join,
    seal: (top) => (top === undefined ? new Uint8Array(HASH_BYTES) : seal(leaves.length, top)),
  };
}

/** The tree over a list of leaves. */
export function merkleTree(leaves: readonly Uint8Array[]): MerkleTree {
  return makeTree(partsOf(leaves));
}

/** The same; a large one takes a second, in which it awaits a turn of other work now and then. */
export async function growMerkleTree(leaves: readonly Uint8Array[], turn: () => Promise<void>): Promise<MerkleTree> {
  return await makeTreeInTurns(partsOf(leaves), turn);
}

/** That a leaf has a place in a tree of this size, and the hashes that lead from it to the root. */
export interface MerklePlace {
  readonly leaf: Uint8Array;
  /** Counted from 0. */
  readonly index: number;
  readonly size: number;
  readonly proof: readonly Uint8Array[];
}

/** The root that a leaf leads to; undefined where its proof fits no tree of that size. */
export function provenRoot({ leaf, index, size, proof }: MerklePlace): Uint8Array | undefined {
  if (!isHash(leaf) || !proof.every(isHash)) return undefined;
  const top = climb({ leaf, index, size, siblings: proof }, join);
  return top === undefined ? undefined : seal(size, top);
}

/** Whether two hashes are the same. */
export function isSameHash(one: Uint8Array, other: Uint8Array): boolean {
  return isHash(one) && isHash(other) && one.every((byte, index) => byte === other[index]);
}

/** Whether a leaf is at this place of the tree of this size with this root. */
export function verifyMerkleProof({ root, ...place }: MerklePlace & { readonly root: Uint8Array }): boolean {
  const proven = provenRoot(place);
  return proven !== undefined && isSameHash(proven, root);
}
