// Receipts of answers: the root of each batch's, and the proof that one of them is below it (docs/receipts.md).
import { createHmac } from "node:crypto";
import { hex } from "@scure/base";
import { LRUCache } from "lru-cache";
import { uuidTimeMs } from "@aimo-network/protocol/ids";
import { isSameHash, merkleProof, merkleRoot, SALT_BYTES } from "@aimo-network/protocol/merkle";
import type { Receipt } from "@aimo-network/protocol/receipt";
import { receiptLeaf } from "@aimo-network/protocol/receipt";
import type { LedgerReceipt, LedgerReceipts, ReceiptPlace, SettledReceipt } from "../../ledger/chain-books/receipts.ts";
import { PROOF_TREES_KEPT_MAX, RECEIPTS_AT_ONCE_MAX } from "../limits.ts";

/** What the receipts of a router are made with. */
export interface ReceiptBookDeps {
  readonly receipts: LedgerReceipts;
  readonly routerId: string;
  /** What the salts of leaves follow from; nobody else can guess a receipt by its leaf. */
  readonly secret: Uint8Array;
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

/** The leaves below a root, and which place each generation has. */
interface Tree {
  readonly places: ReadonlyMap<string, number>;
  readonly leaves: readonly Uint8Array[];
}

/** Creates the book. */
export function createReceiptBook({ receipts, routerId, secret }: ReceiptBookDeps): ReceiptBook {
  const saltOf = (id: string): Uint8Array => createHmac("sha256", secret).update(id).digest().subarray(0, SALT_BYTES);
  const whole = ({ ...receipt }: LedgerReceipt): Receipt => ({ ...receipt, routerId });
  // Below one root the leaves never change, and many ask for proofs of the same one; a batch that is split gets another.
  const kept = new LRUCache<string, Tree>({ max: PROOF_TREES_KEPT_MAX });
  const treeOf = async (batch: bigint, root: Uint8Array): Promise<Tree | undefined> => {
    const name = hex.encode(new Uint8Array(root));
    const found = kept.get(name);
    if (found !== undefined) return found;
    const rows = await receipts.leavesOf(batch);
    const leaves = rows.map(({ leaf }) => new Uint8Array(leaf));
    if (!isSameHash(merkleRoot(leaves), new Uint8Array(root))) return undefined; // it is being split just now
    const tree = { places: new Map(rows.map(({ id }, place) => [id, place])), leaves };
    kept.set(name, tree);
    return tree;
  };
  return {
    async rootOf(batch) {
      let after: ReceiptPlace | undefined;
      // A few at a time: requests have their turn in between.
      for (;;) {
        const rows = await receipts.withoutLeaf(batch, after, RECEIPTS_AT_ONCE_MAX);
        const last = rows.at(-1);
        if (last === undefined) break;
        await receipts.keepLeaves(rows.map((row) => ({ id: row.id, leaf: receiptLeaf(whole(row), saltOf(row.id)) })));
        after = { entry: last.entry, generation: last.id };
      }
      const leaves = await receipts.leavesOf(batch);
      return merkleRoot(leaves.map(({ leaf }) => new Uint8Array(leaf)));
    },
    async prove(generation, wallet) {
      const day = new Date(uuidTimeMs(generation)).toISOString().slice(0, 10);
      const found = await receipts.find(generation, day, wallet);
      if (found === undefined) return undefined;
      const { receipt, batch } = found;
      const proven = { receipt: whole(receipt), salt: saltOf(receipt.id), batch };
      if (batch?.root === undefined) return { ...proven, proof: undefined };
      const { places, leaves = [] } = (await treeOf(batch.id, batch.root)) ?? {};
      const index = places?.get(receipt.id);
      if (index === undefined) return { ...proven, proof: undefined };
      return { ...proven, proof: { index, size: leaves.length, path: merkleProof(leaves, index) } };
    },
  };
}
