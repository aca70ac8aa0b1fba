// Posts what the chain says of its accounts: what their running totals exceed what was posted, once.
import { base58 } from "@scure/base";
import type { MicroUsdc, NanoUsdc } from "@aimo-network/protocol/money";
import { microUsdc } from "@aimo-network/protocol/money";
import type { Database } from "../database/database.ts";

/** Whose accounts are observed, when, and by which leader. */
export interface Posting {
  readonly at: Date;
  readonly fence: bigint;
  /** A UUID version 7 for what the journal says of it. */
  readonly ref: string;
  /** When the chain was so. */
  readonly slot: bigint;
  /** Whether a settlement's log that is not there yet is waited for; without it what was applied is filled in by order. */
  readonly isPatient: boolean;
}

/** A user's escrow, in micro-USDC. */
export interface ObservedEscrow {
  readonly user: number;
  readonly openedSlot: bigint;
  readonly deposited: MicroUsdc;
  readonly settled: MicroUsdc;
  readonly withdrawn: MicroUsdc;
  readonly settleSeq: bigint;
  readonly withdrawSeq: bigint;
  /** The fee of everything settled since the last look; undefined where it may have changed in between. */
  readonly feeBps: number | undefined;
  /** What may be settled since the escrow was opened, in nano-USDC. */
  readonly allowance: NanoUsdc;
  /** From then on nothing is locked any more. */
  readonly stopsAt: Date;
  readonly exitDueAt: Date | undefined;
  /** Leaves, or will allow less: what it owes is settled at once. */
  readonly isUrgent: boolean;
  /** The transaction that is known to have touched it last, or what stands for one. */
  readonly source: string;
}

/** A provider's account, in micro-USDC. */
export interface ObservedProvider {
  readonly provider: number;
  readonly openedSlot: bigint;
  readonly earned: MicroUsdc;
  readonly withdrawn: MicroUsdc;
  readonly withdrawSeq: bigint;
  readonly exitDueAt: Date | undefined;
}

/** posted: nothing is left to post; old: a later state was posted before; waiting: something else must be known or posted first. */
export type PostingOutcome = "posted" | "old" | "waiting";

/** The postings of the chain; only the leader of the watcher's job makes them. */
export interface ChainPosting {
  escrow(posting: Posting, escrow: ObservedEscrow): Promise<PostingOutcome>;
  escrowGone(posting: Posting, user: number): Promise<PostingOutcome>;
  /** `adopts`: whether earnings that no entry of this ledger brought are posted. */
  provider(posting: Posting, provider: ObservedProvider, adopts: boolean): Promise<PostingOutcome>;
  /** The fees that are not collected, after everything else up to the slot; gives what the ledger had more. */
  fees(posting: Posting, accrued: MicroUsdc, adopts: boolean): Promise<bigint>;
  /** Whether nobody may lock anything for now. */
  pause(fence: bigint, isPaused: boolean): Promise<void>;
  /** The wallets whose escrow was open when it was seen last: whoever is missing in a whole scan has closed it. */
  openEscrows(): Promise<readonly { readonly user: number; readonly address: Uint8Array }[]>;
  /** What each provider has earned by what was posted, by its wallet. */
  earned(): Promise<ReadonlyMap<string, MicroUsdc>>;
  /** What all users owe and have locked, in nano-USDC: what settling must be able to collect in time. */
  exposure(): Promise<bigint>;
}

const ESCROW = `SELECT ledger_observe_escrow($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
  AS outcome`;
const GONE = "SELECT ledger_escrow_gone($1, $2, $3, $4, $5, $6) AS outcome";
const PROVIDER = "SELECT ledger_observe_provider($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS outcome";
const FEES = "SELECT ledger_observe_fees($1, $2, $3, $4, $5, $6) AS difference";
const OPEN = `SELECT e.user_id, w.address FROM escrows e JOIN wallets w ON w.id = e.user_id WHERE e.opened_slot > 0`;
const EARNED = "SELECT w.address, a.earned FROM provider_accounts a JOIN wallets w ON w.id = a.provider_id";
const EXPOSURE = "SELECT coalesce(sum(payable + locked), 0)::bigint AS exposure FROM users";

/** Creates the postings on a ledger's database. */
export function createChainPosting({ query }: Pick<Database, "query">): ChainPosting {
  const outcomeOf = async (text: string, values: readonly unknown[]): Promise<PostingOutcome> => {
    const [row] = await query<{ outcome: PostingOutcome }>(text, values);
    return row?.outcome ?? "waiting";
  };
  return {
    escrow: ({ at, fence, ref, slot, isPatient }, escrow) => {
      const { deposited, settled, withdrawn, settleSeq, withdrawSeq, feeBps, allowance, stopsAt, exitDueAt } = escrow;
      const totals = [deposited, settled, withdrawn, settleSeq, withdrawSeq, feeBps ?? null];
      const exit = [exitDueAt !== undefined, exitDueAt ?? null];
      return outcomeOf(ESCROW, [
        ...[at, fence, ref, escrow.user, slot, escrow.openedSlot, ...totals],
        ...[allowance, stopsAt, ...exit, escrow.isUrgent, isPatient, escrow.source],
      ]);
    },
    escrowGone: ({ at, fence, ref, slot, isPatient }, user) => outcomeOf(GONE, [at, fence, ref, user, slot, isPatient]),
    provider: ({ at, fence, ref, slot }, account, adopts) => {
      const { provider, openedSlot, earned, withdrawn, withdrawSeq, exitDueAt } = account;
      const totals = [earned, withdrawn, withdrawSeq, exitDueAt ?? null];
      return outcomeOf(PROVIDER, [at, fence, ref, provider, slot, openedSlot, ...totals, adopts]);
    },
    async fees({ at, fence, ref, slot }, accrued, adopts) {
      const [row] = await query<{ difference: bigint }>(FEES, [at, fence, ref, slot, accrued, adopts]);
      return row?.difference ?? 0n;
    },
    async pause(fence, isPaused) {
      await query("SELECT ledger_set_paused($1, $2)", [fence, isPaused]);
    },
    async openEscrows() {
      const rows = await query<{ user_id: number; address: Uint8Array }>(OPEN);
      return rows.map(({ user_id, address }) => ({ user: user_id, address }));
    },
    async earned() {
      const rows = await query<{ address: Uint8Array; earned: bigint }>(EARNED);
      return new Map(rows.map(({ address, earned }) => [base58.encode(address), microUsdc(earned)]));
    },
    async exposure() {
      const [row] = await query<{ exposure: bigint }>(EXPOSURE);
      return row?.exposure ?? 0n;
    },
  };
}
