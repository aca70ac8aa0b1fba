// Which batches are signed: what stands in the ledger, is owed, and fits what the chain says of every account in it.
import { pauseState, windowSpent } from "@aimo-network/escrow/accounts/config-facts";
import { LOCKED_ACCOUNTS_MAX } from "@aimo-network/escrow/batch/pack";
import type { BatchEntry } from "@aimo-network/escrow/build/foresee-batch";
import { momentWords, usdcWords } from "@aimo-network/escrow/plain-words";
import { ENTRIES_MAX, NOBODY } from "@aimo-network/escrow/program-bounds";
import type { Address } from "@solana/kit";
import type { OpenBatch, SettleEntry } from "../ledger/chain-books/settlement.ts";
import type { ChainView, EscrowsView } from "./chain-view.ts";
import type { BatchView, PairDebt } from "./ledger-view.ts";
import { insist, insistForAll } from "./refuse.ts";
import type { SignedEntry } from "./unseen-entries.ts";
import { isOver } from "./unseen-entries.ts";

/** An entry of the ledger, and where its accounts are on chain. */
export interface PlacedEntry extends SettleEntry {
  readonly escrow: Address;
  readonly provider: Address;
}

const SEQ_MAX = 2n ** 32n - 1n; // the program's numbers are u32

/** What of a batch is to be signed, and what it commits to. */
interface ReadyBatch {
  readonly entries: readonly SettleEntry[];
  readonly root: Uint8Array;
}

/** What of a batch is not posted. Refuses a batch that is not ready. */
export function readyBatch(id: bigint, view: BatchView | undefined): ReadyBatch {
  insist(view !== undefined, "batch_unknown", () => ({ expected: `an open batch ${id} in the ledger`, found: "none" }));
  const { batch, debts } = view;
  const entries = batch.entries.filter(({ isPosted }) => !isPosted);
  insist(entries.length > 0, "nothing_waits", () => ({
    expected: `entries of batch ${id} that are not posted`,
    found: "none",
  }));
  const { root } = batch;
  insist(root?.length === 32, "root_missing", () => ({
    expected: `a root of 32 bytes for batch ${id}`,
    found: root === undefined ? "none" : `${root.length} bytes`,
  }));
  insist(entries.length <= ENTRIES_MAX, "too_large", () => ({
    expected: `at most ${ENTRIES_MAX} entries in batch ${id}`,
    found: `${entries.length}`,
  }));
  insistOwed(batch, entries, debts);
  return { entries, root };
}

function insistOwed({ id }: OpenBatch, entries: readonly SettleEntry[], debts: readonly PairDebt[]): void {
  const isBacked = ({ user, providerWallet }: SettleEntry): boolean => {
    const debt = debts.find((one) => one.user === user && one.providerWallet === providerWallet);
    return debt !== undefined && debt.asked <= debt.inFlight && debt.asked <= debt.owed;
  };
  const unbacked = entries.filter((entry) => !isBacked(entry)).map(({ user }) => user);
  insistForAll(unbacked, "not_owed", () => ({
    expected: `that every entry of batch ${id} asks for what the ledger says is owed and on its way`,
    found: "entries that ask for more",
  }));
}

/** Refuses a router that does not settle, or does not settle with this key. */
export function insistMaySettle({ router, now }: ChainView, settler: Address): void {
  const { data } = router;
  const { settler: named } = data.roles;
  insist(named === settler && settler !== NOBODY, "not_settler", () => ({
    expected: `${settler} as the router's settler on chain (MissingSigner)`,
    found: named,
  }));
  const { isPaused, until } = pauseState(data, "settle", now.time);
  insist(!isPaused, "paused", () => ({
    expected: "that settling is not paused (Paused)",
    found: `a pause until ${momentWords(until)}`,
  }));
}

/** Refuses entries that the escrows and providers on chain are not ready for. */
export function insistAccountsFit(entries: readonly PlacedEntry[], chain: ChainView): void {
  const closed = entries.filter(({ escrow, openedSlot }) => chain.escrow(escrow)?.data.openedSlot !== openedSlot);
  insistForAll(usersOf(closed), "escrow_closed", () => ({
    expected: "escrows that are open since the entries were made",
    found: "some that were closed, or closed and opened again",
  }));
  const unregistered = entries.filter(({ provider }) => chain.provider(provider) === undefined);
  insistForAll(usersOf(unregistered), "provider_unknown", () => ({
    expected: "providers with an account at this router",
    found: `none of ${[...new Set(unregistered.map(({ providerWallet }) => providerWallet))].join(", ")}`,
  }));
  insistForAll(usersOf(outOfOrder(entries, chain)), "seq_gap", () => ({
    expected: "numbers that follow on what each escrow has settled (SeqGap)",
    found: "others",
  }));
}

function usersOf(entries: readonly SettleEntry[]): readonly number[] {
  return entries.map(({ user }) => user);
}

/** Entries whose number is not the next one of their escrow when their turn comes; numbers that are used up do no harm. */
function outOfOrder(entries: readonly PlacedEntry[], chain: ChainView): readonly PlacedEntry[] {
  const last = new Map<Address, bigint>();
  return entries.filter(({ escrow, seq }) => {
    const before = last.get(escrow) ?? BigInt(chain.escrow(escrow)?.data.settleSeq ?? 0);
    if (seq > before) last.set(escrow, seq);
    return seq < 1n || seq > SEQ_MAX || seq > before + 1n;
  });
}

/** What of these entries may still move money. */
export function entriesAlive(entries: readonly PlacedEntry[], chain: ChainView): readonly SignedEntry[] {
  return entries.filter((entry) => !isOver(entry, chain.escrow(entry.escrow)?.data));
}

/** The entries as the program's client takes them. */
export function batchEntries(entries: readonly PlacedEntry[]): readonly BatchEntry[] {
  return entries.map(({ escrow, provider, amount, seq }) => ({ escrow, provider, amount, seq: Number(seq) }));
}

/** Refuses more accounts than a transaction may have, before they are read. */
export function insistFewAccounts(entries: readonly PlacedEntry[]): void {
  const accounts = new Set(entries.flatMap(({ escrow, provider }) => [escrow, provider])).size;
  insist(accounts < LOCKED_ACCOUNTS_MAX, "too_large", () => ({
    expected: `fewer than ${LOCKED_ACCOUNTS_MAX} accounts`,
    found: `${accounts}`,
  }));
}

/** Refuses a sum that does not fit the window: the chain's own, or the signer's where that is smaller. */
export function insistWithinWindow({ router, now }: ChainView, sum: bigint, windowMax: bigint | undefined): void {
  const { settlerWindowCap } = router.data.params;
  const cap = windowMax !== undefined && windowMax < settlerWindowCap ? windowMax : settlerWindowCap;
  const spent = windowSpent(router.data, now.time);
  insist(spent + sum <= cap, "window", () => ({
    expected: `at most ${usdcWords(cap)} in a window (SettlerCap)`,
    found: `${usdcWords(spent)} settled in it, and ${usdcWords(sum)} signed with this batch and not settled`,
  }));
}

/** The escrows of entries as they were looked at. */
export function escrowsOf(entries: readonly PlacedEntry[], chain: ChainView): EscrowsView {
  return { slot: chain.slot, escrows: new Map(entries.map(({ escrow }) => [escrow, chain.escrow(escrow)?.data])) };
}
