// Receipts of answers: the root of each batch's, and the proof that one of them is below it (docs/receipts.md).
import { createHmac } from "node:crypto";
import { hex } from "@scure/base";
import { LRUCache } from "lru-cache";
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import { uuidTimeMs } from "@aimo-network/protocol/ids";
import { growMerkleTree, isSameHash, SALT_BYTES } from "@aimo-network/protocol/merkle";
import type { MerkleTree } from "@aimo-network/protocol/merkle";
import type { Receipt } from "@aimo-network/protocol/receipt";
import { receiptLeaf } from "@aimo-network/protocol/receipt";
import type { LedgerReceipt, LedgerReceipts, SettledReceipt } from "../../ledger/chain-books/receipts.ts";
import { PROOF_TREES_KEPT_MAX, RECEIPTS_AT_ONCE_MAX } from "../limits.ts";

/** What the receipts of a router are made with. */
export interface ReceiptBookDeps {
  /** Real time, in which other work has its turn. */
  readonly ioClock: Clock;
  readonly receipts: LedgerReceipts;
  readonly routerId: string;
  /** What the salts of leaves follow from; nobody else can guess a receipt by its leaf. */
  readonly receiptSecret: Uint8Array;
}

/** A receipt with all that proves it. */
export interface ProvenReceipt {
  readonly receipt: Receipt;
  readonly salt: Uint8Array;
  /** Undefined until its batch has a root. */
  readonly proof: { readonly index: number; readonly size: number; readonly path: readonly Uint8Array[] } | undefined;
  readonly batch: SettledReceipt["batch"];
}

/** Roots and proofs. */
export interface ReceiptBook {
  /** The root of a batch's receipts; the same whenever it is made. */
  rootOf(batch: bigint): Promise<Uint8Array>;
  /** The receipt of a wallet's own generation, a UUID; undefined where there is none. */
  prove(generation: string, wallet: string): Promise<ProvenReceipt | undefined>;
}

/** The tree below a root, and which place each generation has. */
interface Places {
  readonly tree: MerkleTree;
  readonly places: ReadonlyMap<string, number>;
}

/** Creates the book. */
export function createReceiptBook({ ioClock, receipts, routerId, receiptSecret }: ReceiptBookDeps): ReceiptBook {
  const saltOf = (id: string): Uint8Array =>
    createHmac("sha256", receiptSecret).update(id).digest().subarray(0, SALT_BYTES);
  const whole = ({ ...receipt }: LedgerReceipt): Receipt => ({ ...receipt, routerId });
  // Below one root the leaves never change, and many ask for proofs of the same one; a batch that is split gets another.
  const kept = new LRUCache<string, Places>({ max: PROOF_TREES_KEPT_MAX });
  const turn = (): Promise<void> => sleep(ioClock, 0);
  const treeOf = async (batch: bigint): Promise<Places> => {
    const rows = await receipts.leavesOf(batch);
    const tree = await growMerkleTree(
      rows.map(({ leaf }) => new Uint8Array(leaf)),
      turn,
    );
    return { tree, places: new Map(rows.map(({ id }, place) => [id, place])) };
  };
  const treeBelow = async (batch: bigint, root: Uint8Array): Promise<Places | undefined> => {
    const name = hex.encode(new Uint8Array(root));
    const found = kept.get(name);
    if (found !== undefined) return found;
    const made = await treeOf(batch);
    if (!isSameHash(made.tree.root, new Uint8Array(root))) return undefined; // it is being split just now
    kept.set(name, made);
    return made;
  };
  return {
    async rootOf(batch) {
      // A few at a time: requests have their turn in between.
      for await (const rows of receipts.unmade(batch, RECEIPTS_AT_ONCE_MAX)) {
        await receipts.keepLeaves(
          rows.map(({ entry, ...row }) => ({ id: row.id, entry, leaf: receiptLeaf(whole(row), saltOf(row.id)) })),
        );
      }
      await receipts.finish(batch);
      return (await treeOf(batch)).tree.root;
    },
    async prove(generation, wallet) {
      const day = new Date(uuidTimeMs(generation)).toISOString().slice(0, 10);
      const found = await receipts.find(generation, day, wallet);
      if (found === undefined) return undefined;
      const { receipt, batch } = found;
      const proven = { receipt: whole(receipt), salt: saltOf(receipt.id), batch };
      if (batch?.root === undefined) return { ...proven, proof: undefined };
      const below = await treeBelow(batch.id, batch.root);
      const index = below?.places.get(receipt.id);
      if (below === undefined || index === undefined) return { ...proven, proof: undefined };
      return { ...proven, proof: { index, size: below.tree.size, path: below.tree.proofOf(index) } };
    },
  };
}
