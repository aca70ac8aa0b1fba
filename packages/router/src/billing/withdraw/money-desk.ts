// Where people's money is moved by their own hands: deposits and exits they sign, withdrawals, and proofs of what is owed.
import type { ChainDesk } from "../../chain/submission/chain-desk.ts";
import type { ReceiptBook } from "../settle/receipt-book.ts";
import type { LiabilityTree } from "../solvency/liability-tree.ts";
import { createWithdrawalDesk } from "./withdrawal-desk.ts";
import type { WithdrawalDesk, WithdrawalDeskDeps } from "./withdrawal-desk.ts";
import { createWithdrawalSweep } from "./withdrawal-sweep.ts";
import type { WithdrawalSweep } from "./withdrawal-sweep.ts";

/** What people may do about their money at a router that has a chain. */
export interface MoneyDesk extends Pick<ChainDesk, "composer" | "transactions" | "facts" | "accounts" | "describe"> {
  readonly withdrawals: WithdrawalDesk;
  readonly receipts: Pick<ReceiptBook, "prove">;
  readonly liabilities: Pick<LiabilityTree, "latest" | "prove">;
}

/** What the desk needs. */
export interface MoneyDeskDeps extends Omit<WithdrawalDeskDeps, "chain">, Pick<MoneyDesk, "receipts" | "liabilities"> {
  readonly chain: ChainDesk;
}

/** A desk, and what runs behind it. */
export interface OpenMoneyDesk extends MoneyDesk, WithdrawalSweep {
  close(): void;
}

/** Opens the desk. */
export function openMoneyDesk({ chain, receipts, liabilities, ...deps }: MoneyDeskDeps): OpenMoneyDesk {
  const { composer, transactions, facts, accounts, describe } = chain;
  const withdrawing = { ...deps, chain: chain.withdrawals };
  return {
    ...{ composer, transactions, facts, accounts, describe },
    withdrawals: createWithdrawalDesk(withdrawing),
    receipts,
    liabilities,
    sweep: createWithdrawalSweep(withdrawing).sweep,
    close: () => transactions.close(),
  };
}
