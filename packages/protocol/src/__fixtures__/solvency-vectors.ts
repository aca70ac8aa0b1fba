// Makes the published tree of what a router owes its users; run this file to print docs/vectors/solvency.json anew.
import { hex } from "@scure/base";
import { formatNanoUsdc, nanoUsdc } from "../money.ts";
import { inSumOrder, liabilityLeaf, sumTree } from "../solvency.ts";
import type { SumNode } from "../solvency.ts";
import { addressOf, saltOf } from "./receipt-vectors.ts";

interface NodeJson {
  readonly hash: string;
  readonly sum: string;
}

/** The whole published file. */
export interface SolvencyVectorFile {
  readonly note: string;
  readonly users: readonly {
    readonly user: string;
    readonly balance: string;
    readonly salt: string;
    readonly leaf: string;
    readonly index: number;
    readonly path: readonly NodeJson[];
  }[];
  readonly root: { readonly hash: string; readonly total: string; readonly size: number };
}

const NOTE =
  "The worked example of docs/solvency.md: the users of a router with their balances and salts, each one's leaf, place and path, and the root. Amounts are decimal strings of USDC; hashes and salts are lower-case hex; addresses and salts are made from the SHA-256 of a name.";

const BALANCES = [12_500_000_000n, 1n, 0n, 3_000_000_001n, 999_999_999_999n, 250_000_000n, 40_000_000_000n];

const jsonOf = ({ hash, sum }: SumNode): NodeJson => ({ hash: hex.encode(hash), sum: formatNanoUsdc(sum) });

/** Makes the whole file, always the same. */
export function makeSolvencyVectors(): SolvencyVectorFile {
  const users = BALANCES.map((balance, index) => {
    const liability = { user: addressOf(`user ${index}`), balance: nanoUsdc(balance) };
    const salt = saltOf(`user ${index}`);
    return { liability, salt, leaf: liabilityLeaf(liability, salt) };
  });
  const leaves = inSumOrder(users.map(({ leaf }) => leaf));
  const { hash, total, size } = sumTree(leaves).root;
  return {
    note: NOTE,
    users: users.map(({ liability, salt, leaf }) => {
      const index = leaves.indexOf(leaf);
      return {
        user: liability.user,
        balance: formatNanoUsdc(liability.balance),
        salt: hex.encode(salt),
        leaf: hex.encode(leaf.hash),
        index,
        path: sumTree(leaves).proofOf(index).map(jsonOf),
      };
    }),
    root: { hash: hex.encode(hash), total: formatNanoUsdc(total), size },
  };
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(makeSolvencyVectors(), null, 2)}\n`);
