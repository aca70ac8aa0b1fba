// Withdrawals with two signatures, from being asked for to having landed or never landing (docs/accounting.md).
import { base58 } from "@scure/base";
import type { MicroUsdc, NanoUsdc } from "@aimo-network/protocol/money";
import { microUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import type { Database, Query } from "../database/database.ts";

/** Whose account money is withdrawn from. */
export type WithdrawalParty = "user" | "provider";

/** How far a withdrawal has come; the last two are for good. */
export type WithdrawalState = "requested" | "router-signed" | "submitted" | "confirmed" | "expired";

/** A withdrawal. */
export interface Withdrawal {
  readonly id: string;
  readonly party: WithdrawalParty;
  readonly wallet: string;
  readonly walletNumber: number;
  readonly amount: MicroUsdc;
  /** A token account; undefined for a user's associated one, or a provider's payout account. */
  readonly destination: string | undefined;
  readonly openedSlot: bigint;
  readonly withdrawSeq: bigint;
  readonly state: WithdrawalState;
  /** In base64, with the router's signature, and the owner's too since it was handed in. */
  readonly wire: string | undefined;
  readonly signature: string | undefined;
  readonly lastValidBlockHeight: bigint | undefined;
  readonly failure: string | undefined;
  readonly requestedAt: Date;
  readonly endedAt: Date | undefined;
}

/** Where an account stands on chain, as far as it was posted. */
export interface WithdrawalStanding {
  /** 0 where there is no account. */
  readonly openedSlot: bigint;
  readonly withdrawSeq: bigint;
}

/** What is asked for. */
export interface WithdrawalRequest extends WithdrawalStanding {
  readonly at: Date;
  readonly id: string;
  readonly party: WithdrawalParty;
  readonly wallet: number;
  readonly amount: MicroUsdc;
  /** A token account's 32 bytes. */
  readonly destination: Uint8Array | undefined;
}

/** requested: held from now on; again: the same one is open already; open: another one is; short: only `free` is there. */
export type RequestOutcome =
  | { readonly code: "requested" | "again" | "open"; readonly id: string }
  | { readonly code: "short"; readonly free: NanoUsdc };

/** The withdrawals of a ledger. */
export interface Withdrawals {
  standing(party: WithdrawalParty, wallet: number): Promise<WithdrawalStanding>;
  request(request: WithdrawalRequest): Promise<RequestOutcome>;
  find(id: string): Promise<Withdrawal | undefined>;
  /** The latest withdrawals of an account, newest first, ids before `before`. */
  list(party: WithdrawalParty, wallet: number, most: number, before?: string): Promise<readonly Withdrawal[]>;
  /** All that have not ended, oldest first. */
  open(most: number): Promise<readonly Withdrawal[]>;
  /** Keeps what the router signed before anybody has it; false where it was signed or has ended already. */
  signed(id: string, wire: string, lastValidBlockHeight: bigint): Promise<boolean>;
  /** Keeps what the owner signed before it is sent; false where it has ended. */
  submitted(id: string, wire: string, signature: string): Promise<boolean>;
  /** Gives back what can never land any more, of the leader of the watcher's job; false where it has ended or landed. */
  expire(fence: bigint, at: Date, id: string, failure: string): Promise<boolean>;
}

const COLUMNS = `SELECT w.id, w.party, a.address, w.wallet_id, w.amount, w.destination, w.opened_slot, w.withdraw_seq, w.state, w.wire,
  w.signature, w.last_valid_height, w.failure, w.requested_at, w.ended_at FROM withdrawals w JOIN wallets a ON a.id = w.wallet_id`;
const STANDING: Readonly<Record<WithdrawalParty, string>> = {
  user: "SELECT opened_slot, withdraw_seq FROM escrows WHERE user_id = $1",
  provider: "SELECT opened_slot, withdraw_seq FROM provider_accounts WHERE provider_id = $1",
};
const LIST = `${COLUMNS} WHERE w.party = $1 AND w.wallet_id = $2 AND ($4::uuid IS NULL OR w.id < $4) ORDER BY w.id DESC LIMIT $3`;
const SIGNED = `UPDATE withdrawals SET state = 'router-signed', wire = $2, last_valid_height = $3
  WHERE id = $1 AND state = 'requested' RETURNING id`;
const SUBMITTED = `UPDATE withdrawals SET state = 'submitted', wire = $2, signature = $3
  WHERE id = $1 AND state IN ('router-signed', 'submitted') RETURNING id`;

interface Row {
  readonly id: string;
  readonly party: WithdrawalParty;
  readonly address: Uint8Array;
  readonly wallet_id: number;
  readonly amount: bigint;
  readonly destination: Uint8Array | null;
  readonly opened_slot: bigint;
  readonly withdraw_seq: bigint;
  readonly state: WithdrawalState;
  readonly wire: string | null;
  readonly signature: string | null;
  readonly last_valid_height: bigint | null;
  readonly failure: string | null;
  readonly requested_at: Date;
  readonly ended_at: Date | null;
}

function withdrawalOf(row: Row): Withdrawal {
  return {
    id: row.id,
    party: row.party,
    wallet: base58.encode(row.address),
    walletNumber: row.wallet_id,
    amount: microUsdc(row.amount),
    destination: row.destination === null ? undefined : base58.encode(row.destination),
    openedSlot: row.opened_slot,
    withdrawSeq: row.withdraw_seq,
    state: row.state,
    wire: row.wire ?? undefined,
    signature: row.signature ?? undefined,
    lastValidBlockHeight: row.last_valid_height ?? undefined,
    failure: row.failure ?? undefined,
    requestedAt: row.requested_at,
    endedAt: row.ended_at ?? undefined,
  };
}

/** One withdrawal, whoever reads it. */
export async function readWithdrawal(query: Query, id: string): Promise<Withdrawal | undefined> {
  const [row] = await query<Row>(`${COLUMNS} WHERE w.id = $1`, [id]);
  return row && withdrawalOf(row);
}

/** Opens the withdrawals of a ledger's database. */
export function createWithdrawals({ query }: Pick<Database, "query">): Withdrawals {
  return {
    async standing(party, wallet) {
      const [row] = await query<Pick<Row, "opened_slot" | "withdraw_seq">>(STANDING[party], [wallet]);
      return { openedSlot: row?.opened_slot ?? 0n, withdrawSeq: row?.withdraw_seq ?? 0n };
    },
    async request({ at, id, party, wallet, amount, destination, openedSlot, withdrawSeq }) {
      const values = [at, id, party, wallet, amount, destination ?? null, openedSlot, withdrawSeq];
      const [row] = await query<{ code: "requested" | "again" | "open" | "short"; id: string; free: bigint }>(
        "SELECT * FROM ledger_request_withdrawal($1, $2, $3, $4, $5, $6, $7, $8)",
        values,
      );
      if (row === undefined || row.code === "short") return { code: "short", free: nanoUsdc(row?.free ?? 0n) };
      return { code: row.code, id: row.id };
    },
    find: (id) => readWithdrawal(query, id),
    list: async (party, wallet, most, before) =>
      (await query<Row>(LIST, [party, wallet, most, before ?? null])).map(withdrawalOf),
    open: async (most) =>
      (await query<Row>(`${COLUMNS} WHERE w.ended_at IS NULL ORDER BY w.id LIMIT $1`, [most])).map(withdrawalOf),
    signed: async (id, wire, lastValid) => (await query(SIGNED, [id, wire, lastValid])).length > 0,
    submitted: async (id, wire, signature) => (await query(SUBMITTED, [id, wire, signature])).length > 0,
    async expire(fence, at, id, failure) {
      const [row] = await query<{ expired: boolean }>("SELECT ledger_expire_withdrawal($1, $2, $3, $4) AS expired", [
        at,
        fence,
        id,
        failure,
      ]);
      return row?.expired === true;
    },
  };
}
