// The proof that a wallet's balance is in what a router says it owes, checked by this browser (docs/solvency.md).
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import { liabilityLeaf, verifySumProof } from "@aimo-network/protocol/solvency";
import type { SumNode } from "@aimo-network/protocol/solvency";
import { hex } from "@scure/base";

/** A root as a router publishes it: hashes in hex, amounts as decimals in USDC. */
export interface PublishedRoot {
  readonly hash: string;
  readonly total: string;
  /** How many users are counted. */
  readonly size: number;
  readonly at: string;
}

/** A proof as a router gives it. */
export interface LiabilityProof {
  readonly balance: string;
  readonly salt: string;
  readonly index: number;
  readonly path: readonly { readonly hash: string; readonly sum: string }[];
  readonly root: PublishedRoot;
}

/** What the check came to. */
export type LiabilityFinding =
  | { readonly kind: "counted"; readonly balance: string; readonly root: PublishedRoot }
  /** The proof leads to a root, but not to the one that everybody is shown for that moment. */
  | { readonly kind: "other-root"; readonly proven: string; readonly shown: string }
  /** The proof does not prove it. */
  | { readonly kind: "unproven"; readonly why: string };

function isCounted({ balance, salt, index, path, root }: LiabilityProof, user: string): boolean {
  const leaf = liabilityLeaf({ user, balance: parseNanoUsdc(balance) }, hex.decode(salt));
  const proof: SumNode[] = path.map(({ hash, sum }) => ({ hash: hex.decode(hash), sum: parseNanoUsdc(sum) }));
  const sealed = { hash: hex.decode(root.hash), total: parseNanoUsdc(root.total), size: root.size };
  return verifySumProof({ leaf, index, proof, root: sealed });
}

/** Checks a proof for one's own wallet, and that its root is the one that everybody is shown; undefined: none is shown. */
export function checkLiability(
  proof: LiabilityProof,
  user: string,
  shown: PublishedRoot | undefined,
): LiabilityFinding {
  try {
    if (!isCounted(proof, user)) return { kind: "unproven", why: "the path does not lead to the root" };
  } catch (error) {
    return { kind: "unproven", why: error instanceof Error ? error.message : "it cannot be read" };
  }
  const { root, balance } = proof;
  if (shown !== undefined && shown.at === root.at && shown.hash !== root.hash) {
    return { kind: "other-root", proven: root.hash, shown: shown.hash };
  }
  return { kind: "counted", balance, root };
}
