// What a batch will do to the books, entry by entry as the program does it, or why it would be refused.
import type { Address } from "@solana/kit";
import { divide, microUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { windowRoom, windowSpent } from "../accounts/config-facts.ts";
import { collectable } from "../accounts/escrow-facts.ts";
import type { LedgerAccounts } from "../accounts/ledger-accounts.ts";
import { insistOfRouter } from "../accounts/read-account.ts";
import type { Held } from "../accounts/read-account.ts";
import type { Config } from "../generated/accounts/config.ts";
import type { Escrow } from "../generated/accounts/escrow.ts";
import type { Provider } from "../generated/accounts/provider.ts";
import { usdcWords } from "../plain-words.ts";
import { BPS } from "../program-bounds.ts";
import { insist } from "../refusal.ts";
import { insistOnAmount, insistOnTotal } from "./requirements.ts";

/** One payment of a batch. */
export interface BatchEntry {
  /** The address of the user's escrow. */
  readonly escrow: Address;
  /** The address of the provider's account. */
  readonly provider: Address;
  readonly amount: MicroUsdc;
  /** The number of the escrow's entries, without gaps; each is consumed once. */
  readonly seq: number;
}

/** What an entry will move; `no_op` where its number is consumed already, nothing where the escrow is closed. */
export type Foreseen = { readonly amount: MicroUsdc; readonly fee: MicroUsdc } | "no_op";

/** A batch's effects, in the order of its entries. */
export interface ForeseenBatch {
  readonly entries: readonly Foreseen[];
  readonly moved: MicroUsdc;
  readonly fees: MicroUsdc;
}

/** What a batch is foreseen from. */
export interface ForeseeInput {
  readonly router: Held<Config>;
  readonly entries: readonly BatchEntry[];
  /** All escrows and providers of the entries; an escrow that is not among them is closed. */
  readonly ledger: LedgerAccounts;
  readonly now: bigint;
}

/** The books as they change while a batch is gone through, and the program that all of them belong to. */
interface Books {
  readonly programAddress: Address;
  readonly escrows: Map<Address, Escrow>;
  readonly providers: Map<Address, Provider>;
}

function settle(router: Held<Config>, books: Books, entry: BatchEntry, now: bigint): Foreseen {
  insistOnAmount(entry.amount);
  const { programAddress } = books;
  const provider = books.providers.get(entry.provider);
  insist(provider !== undefined, "BadOwner", () => ({
    expected: "a registered provider",
    found: `nothing at ${entry.provider}`,
  }));
  insistOfRouter({ programAddress, address: entry.provider, data: provider }, router);
  const escrow = books.escrows.get(entry.escrow);
  if (escrow === undefined) return { amount: microUsdc(0n), fee: microUsdc(0n) };
  insistOfRouter({ programAddress, address: entry.escrow, data: escrow }, router);
  insist(escrow.user !== provider.owner, "SelfDealing", () => ({ found: `${escrow.user} as both` }));
  if (entry.seq <= escrow.settleSeq) return "no_op";
  insist(entry.seq === escrow.settleSeq + 1, "SeqGap", () => ({
    expected: `${escrow.settleSeq + 1} as the next number of ${entry.escrow}`,
    found: `${entry.seq}`,
  }));
  const most = collectable(escrow, router.data, now);
  const amount = entry.amount < most ? entry.amount : most;
  const fee = microUsdc(divide(amount * router.data.params.feeBps, BPS, "down"));
  const earnedTotal = provider.earnedTotal + amount - fee;
  if (amount > 0n) insistOnTotal(earnedTotal);
  const [balance, settledTotal] = [escrow.balance - amount, escrow.settledTotal + amount];
  books.escrows.set(entry.escrow, { ...escrow, settleSeq: entry.seq, balance, settledTotal });
  books.providers.set(entry.provider, { ...provider, earnedTotal });
  return { amount, fee };
}

/** Goes through a batch as the program will; refuses what it would refuse. */
export function foreseeBatch(input: ForeseeInput): ForeseenBatch {
  const { router, ledger, now } = input;
  const { programAddress } = ledger;
  const books: Books = { programAddress, escrows: new Map(ledger.escrows), providers: new Map(ledger.providers) };
  const entries = input.entries.map((entry) => settle(router, books, entry, now));
  let [moved, fees] = [0n, 0n];
  for (const entry of entries) {
    if (entry === "no_op") continue;
    moved += entry.amount;
    fees += entry.fee;
  }
  const spent = windowSpent(router.data, now);
  insist(spent + moved <= router.data.params.settlerWindowCap, "SettlerCap", () => ({
    expected: `at most ${usdcWords(windowRoom(router.data, now))} in what is left of the window`,
    found: usdcWords(moved),
  }));
  insistOnTotal(router.data.totalProvider + moved - fees);
  insistOnTotal(router.data.feeAccrued + fees);
  return { entries, moved: microUsdc(moved), fees: microUsdc(fees) };
}
