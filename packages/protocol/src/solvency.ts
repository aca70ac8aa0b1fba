// What a router owes its users as a tree of hashes and sums: each user can see that the total counts them (docs/solvency.md).
import { sha256 } from "@noble/hashes/sha2.js";
import { assert } from "./assert.ts";
import { joinPieces } from "./byte-pieces.ts";
import { AimoError } from "./errors.ts";
import { HASH_BYTES, isSameHash, saltedLeaf } from "./merkle.ts";
import { TREE_LEAVES_MAX, climb, isSize, makeTree, makeTreeInTurns } from "./merkle-shape.ts";
import type { Tree, TreeParts } from "./merkle-shape.ts";
import { nanoUsdc } from "./money.ts";
import type { NanoUsdc } from "./money.ts";
import { readAddress } from "./sign-in/sign-in-message.ts";

/** What a router owes one user: available, locked, withdrawing and payable together. */
export interface Liability {
  /** The user's wallet in base58. */
  readonly user: string;
  readonly balance: NanoUsdc;
}

/** A leaf or a node: a hash, and what the users below it are owed. */
export interface SumNode {
  readonly hash: Uint8Array;
  readonly sum: NanoUsdc;
}

/** What a router publishes: it owes its users no more and no less than this. */
export interface SumRoot {
  readonly hash: Uint8Array;
  readonly total: NanoUsdc;
  /** How many users are counted. */
  readonly size: number;
}

const LEAF_KIND = "aimo liability v1";
const NODE = 1;
const ROOT = 2;
const SUM_BYTES = 16;
const SUM_MAX = 2n ** 63n - 1n; // what an amount can be (money.ts)

function isSum(sum: bigint): boolean {
  return sum >= 0n && sum <= SUM_MAX;
}

/** A sum in 16 bytes, the most significant first. */
function sumBytes(sum: NanoUsdc): Uint8Array {
  const bytes = new Uint8Array(SUM_BYTES);
  new DataView(bytes.buffer).setBigUint64(8, sum);
  return bytes;
}

/** The leaf of a user; whoever does not know the salt cannot guess whose it is. */
export function liabilityLeaf({ user, balance }: Liability, salt: Uint8Array): SumNode {
  const wallet = readAddress(user);
  if (wallet === undefined) {
    throw new AimoError("invalid_request", { expected: "a wallet in base58", found: user.slice(0, 60), param: "user" });
  }
  const sum = nanoUsdc(balance);
  return { hash: saltedLeaf(LEAF_KIND, salt, joinPieces([wallet, sumBytes(sum)])), sum };
}

/** Both sums are hashed, not theirs alone: else one of them could be told smaller and nobody would see it. */
function join(left: SumNode, right: SumNode): SumNode {
  const sum = nanoUsdc(left.sum + right.sum);
  const bytes = joinPieces([Uint8Array.of(NODE), left.hash, sumBytes(left.sum), right.hash, sumBytes(right.sum)]);
  return { hash: sha256(bytes), sum };
}

/** The root's hash stands for everything that is published. */
function seal(size: number, { hash, sum }: SumNode): SumRoot {
  const head = new Uint8Array(9);
  head[0] = ROOT;
  new DataView(head.buffer).setBigUint64(1, BigInt(size));
  return { hash: sha256(joinPieces([head, sumBytes(sum), hash])), total: sum, size };
}

function compareHashes(one: Uint8Array, other: Uint8Array): number {
  const at = one.findIndex((byte, index) => byte !== other[index]);
  return at === -1 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}

/** Leaves in the order in which a tree has them: by their hashes, so that a place says nothing about who has it. */
export function inSumOrder(leaves: readonly SumNode[]): SumNode[] {
  return leaves.toSorted((one, other) => compareHashes(one.hash, other.hash));
}

/** A tree over leaves in their order. */
export type SumTree = Tree<SumNode, SumRoot>;

function partsOf(leaves: readonly SumNode[]): TreeParts<SumNode, SumRoot> {
  assert(isSize(leaves.length), `a tree has at most ${TREE_LEAVES_MAX} leaves`);
  assert(
    leaves.every(({ hash, sum }) => hash.length === HASH_BYTES && isSum(sum)),
    "a leaf is a hash and an amount",
  );
  const [, ...later] = leaves;
  const isOrdered = later.every(({ hash }, index) => compareHashes(leaves[index]?.hash ?? hash, hash) < 0);
  assert(isOrdered, "leaves come in the order of their hashes, each once");
  const nobody = { hash: new Uint8Array(HASH_BYTES), total: nanoUsdc(0n), size: 0 };
  return { leaves, join, seal: (top) => (top === undefined ? nobody : seal(leaves.length, top)) };
}

/** The tree over leaves in their order; throws `invalid_amount` where they are more than an amount can hold. */
export function sumTree(leaves: readonly SumNode[]): SumTree {
  return makeTree(partsOf(leaves));
}

/** The same; a large one takes a second, in which it awaits a turn of other work now and then. */
export async function growSumTree(leaves: readonly SumNode[], turn: () => Promise<void>): Promise<SumTree> {
  return await makeTreeInTurns(partsOf(leaves), turn);
}

/** That a leaf has a place below a root, and the nodes that lead there. */
export interface SumPlace {
  readonly leaf: SumNode;
  /** Counted from 0. */
  readonly index: number;
  readonly proof: readonly SumNode[];
  readonly root: SumRoot;
}

/** Whether a leaf is counted at this place of the tree with this root, and nothing on its way there was taken off. */
export function verifySumProof({ leaf, index, proof, root }: SumPlace): boolean {
  const nodes = [leaf, ...proof];
  if (!nodes.every(({ hash, sum }) => hash.length === HASH_BYTES && isSum(sum))) return false;
  const total = nodes.reduce((sum, node) => sum + node.sum, 0n); // what the path comes to, and no part of it is more
  if (!isSum(total) || total !== root.total) return false;
  const top = climb({ leaf, index, size: root.size, siblings: proof }, join);
  return top !== undefined && isSameHash(seal(root.size, top).hash, root.hash);
}
