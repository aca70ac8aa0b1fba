// Publishes what this router owes its users, hour by hour, and proves to each that his own is counted (docs/solvency.md).
import { LRUCache } from "lru-cache";
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import { SALT_BYTES } from "@aimo-network/protocol/merkle";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { Random } from "@aimo-network/protocol/random";
import { growSumTree, inSumOrder, liabilityLeaf } from "@aimo-network/protocol/solvency";
import type { SumNode, SumTree } from "@aimo-network/protocol/solvency";
import type { Liabilities, LiabilityAssets, LiabilityRoot } from "../../ledger/chain-books/liabilities.ts";
import { LIABILITY_LEAVES_AT_ONCE, LIABILITY_ROOTS_KEPT_MS, PROOF_TREES_KEPT_MAX } from "../limits.ts";

/** What the tree needs. */
export interface LiabilityTreeDeps {
  readonly clock: Clock;
  /** Real time, in which other work has its turn. */
  readonly ioClock: Clock;
  readonly random: Random;
  readonly liabilities: Liabilities;
}

/** A user's place below a root. */
export interface LiabilityProof {
  readonly root: LiabilityRoot;
  readonly wallet: string;
  readonly balance: NanoUsdc;
  readonly salt: Uint8Array;
  readonly index: number;
  readonly path: readonly SumNode[];
}

/** Roots of liabilities, and proofs. */
export interface LiabilityTree {
  /** Makes a root of this moment, beside what the chain says of it. */
  publish(fence: bigint, assets: LiabilityAssets): Promise<void>;
  latest(): Promise<LiabilityRoot | undefined>;
  /** The proof of a wallet below the latest root; undefined where it is not counted. */
  prove(wallet: string): Promise<LiabilityProof | undefined>;
}

/** Creates the tree. */
export function createLiabilityTree({ clock, ioClock, random, liabilities }: LiabilityTreeDeps): LiabilityTree {
  interface Tree {
    readonly places: ReadonlyMap<
      string,
      { readonly index: number; readonly balance: NanoUsdc; readonly salt: Uint8Array }
    >;
    readonly sums: SumTree;
  }
  const kept = new LRUCache<bigint, Promise<Tree>>({ max: PROOF_TREES_KEPT_MAX });
  const turn = (): Promise<void> => sleep(ioClock, 0);
  const read = async (root: bigint): Promise<Tree> => {
    const rows = await liabilities.leavesOf(root);
    const places = new Map(rows.map(({ wallet, balance, salt }, index) => [wallet, { index, balance, salt }]));
    const nodes: SumNode[] = [];
    for (const [index, { wallet, balance, salt }] of rows.entries()) {
      if (index % LIABILITY_LEAVES_AT_ONCE === 0) await turn();
      nodes.push(liabilityLeaf({ user: wallet, balance }, salt));
    }
    return { places, sums: await growSumTree(nodes, turn) };
  };
  // Those who ask while it is read wait for it; one that could not be read is read again.
  const treeOf = async (root: bigint): Promise<Tree> => {
    const reading = kept.get(root) ?? read(root);
    kept.set(root, reading);
    try {
      return await reading;
    } catch (error) {
      kept.delete(root);
      throw error;
    }
  };
  return {
    async publish(fence, assets) {
      const made = [];
      for (const [index, liability] of (await liabilities.all()).entries()) {
        if (index % LIABILITY_LEAVES_AT_ONCE === 0) await turn();
        const salt = random.bytes(SALT_BYTES);
        const node = liabilityLeaf({ user: liability.wallet, balance: liability.balance }, salt);
        made.push({ ...liability, salt, node });
      }
      const byNode = new Map(made.map((leaf) => [leaf.node, leaf]));
      const nodes = inSumOrder(made.map(({ node }) => node));
      const { hash, total } = (await growSumTree(nodes, turn)).root;
      const at = new Date(clock.now());
      const leaves = nodes.flatMap((node) => byNode.get(node) ?? []);
      const keepAfter = new Date(at.getTime() - LIABILITY_ROOTS_KEPT_MS);
      await liabilities.keep(fence, { at, root: hash, total: nanoUsdc(total), ...assets }, leaves, keepAfter);
    },
    latest: () => liabilities.latest(),
    async prove(wallet) {
      const root = await liabilities.latest();
      if (root === undefined) return undefined;
      const { places, sums } = await treeOf(root.id);
      const place = places.get(wallet);
      return place && { root, wallet, ...place, path: sums.proofOf(place.index) };
    },
  };
}
