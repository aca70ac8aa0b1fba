// A ledger that follows a chain of a test's own telling: accounts as somebody saw them, batches and withdrawals.
import { microUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import { createChainPosting } from "../ledger/chain-books/chain-posting.ts";
import type {
  ChainPosting,
  ObservedEscrow,
  ObservedProvider,
  Posting,
  PostingOutcome,
} from "../ledger/chain-books/chain-posting.ts";
import { createSettlement } from "../ledger/chain-books/settlement.ts";
import type { OpenBatch, Settlement } from "../ledger/chain-books/settlement.ts";
import { createWithdrawals } from "../ledger/chain-books/withdrawals.ts";
import type { RequestOutcome, WithdrawalParty, Withdrawals } from "../ledger/chain-books/withdrawals.ts";
import { checkLedger } from "../ledger/check-ledger.ts";
import type { LedgerBed, LedgerUser } from "./ledger-bed.ts";
import { openLedgerBed } from "./ledger-bed.ts";

/** What an escrow was seen to be; what is left out is as it was before. Amounts in micro-USDC. */
export interface SeenEscrow {
  readonly slot?: bigint;
  readonly openedSlot?: bigint;
  readonly deposited?: bigint;
  readonly settled?: bigint;
  readonly withdrawn?: bigint;
  readonly settleSeq?: bigint;
  readonly withdrawSeq?: bigint;
  readonly feeBps?: number | undefined;
  readonly allowance?: bigint;
  readonly stopsAt?: Date;
  readonly exitDueAt?: Date | undefined;
  readonly isUrgent?: boolean;
  readonly isPatient?: boolean;
}

/** What a provider's account was seen to be. */
export interface SeenProvider {
  readonly slot?: bigint;
  readonly openedSlot?: bigint;
  readonly earned?: bigint;
  readonly withdrawn?: bigint;
  readonly withdrawSeq?: bigint;
  readonly adopts?: boolean;
}

/** What is asked for with a withdrawal; standing where nothing else is said. */
export interface AskedWithdrawal {
  readonly id?: string;
  readonly destination?: Uint8Array;
  readonly openedSlot?: bigint;
  readonly withdrawSeq?: bigint;
}

/** A user's balances, in nano-USDC. */
export interface UserBalances {
  readonly available: bigint;
  readonly locked: bigint;
  readonly withdrawing: bigint;
  readonly payable: bigint;
}

/** A ledger with its chain postings; this test leads both jobs. */
export interface ChainBooks extends LedgerBed {
  readonly posting: ChainPosting;
  readonly settlement: Settlement;
  readonly withdrawals: Withdrawals;
  readonly watcher: bigint;
  readonly settler: bigint;
  now(): Date;
  /** The next slot. */
  slot(): bigint;
  lead(job: "watcher" | "settler"): Promise<bigint>;
  observe(user: number, seen?: SeenEscrow): Promise<PostingOutcome>;
  gone(user: number, how?: Pick<SeenEscrow, "slot" | "isPatient">): Promise<PostingOutcome>;
  observeProvider(provider: number, seen?: SeenProvider): Promise<PostingOutcome>;
  observeFees(accrued: bigint, how?: Pick<SeenProvider, "slot" | "adopts">): Promise<bigint>;
  /** A user whose escrow with so much in it, in micro-USDC, was seen. */
  addDepositor(deposit: bigint): Promise<LedgerUser>;
  /** Locks and charges so many micro-USDC and nano-USDC besides, by the pipeline; gives the generation's id. */
  owe(who: LedgerUser, provider: number, micro: bigint, dust?: bigint): Promise<string>;
  /** Cuts a batch from pairs of user and provider; gives its number. */
  cut(pairs: readonly (readonly [number, number])[], most?: bigint, receiptsFrom?: string): Promise<bigint | undefined>;
  /** Everything of a batch up to its having been sent. */
  send(batch: bigint): Promise<void>;
  /** A batch that is open. */
  batch(id: bigint | undefined): Promise<OpenBatch>;
  ask(party: WithdrawalParty, wallet: number, amount: bigint, more?: AskedWithdrawal): Promise<RequestOutcome>;
  balances(user: number): Promise<UserBalances>;
  earnings(provider: number): Promise<{ claimable: bigint; withdrawing: bigint }>;
  router(): Promise<{ vault: bigint; fees: bigint }>;
}

/** Of generations before it no receipts are made any more: of none. */
const ALL_RECEIPTS = "00000000-0000-0000-0000-000000000000";
const FAR = new Date("2100-01-01T00:00:00Z");
const MUCH = 10n ** 12n;

const FRESH_ESCROW = {
  openedSlot: 1n,
  deposited: microUsdc(0n),
  settled: microUsdc(0n),
  withdrawn: microUsdc(0n),
  settleSeq: 0n,
  withdrawSeq: 0n,
  feeBps: 250 as number | undefined,
  allowance: nanoUsdc(MUCH),
  stopsAt: FAR,
  exitDueAt: undefined as Date | undefined,
  isUrgent: false,
};
const FRESH_PROVIDER = { openedSlot: 1n, earned: microUsdc(0n), withdrawn: microUsdc(0n), withdrawSeq: 0n };

function seenEscrow(user: number, before: object, seen: SeenEscrow): ObservedEscrow {
  const { slot: _, isPatient: __, ...rest } = seen;
  // The brands of amounts are given here: tests write plain numbers.
  return { ...FRESH_ESCROW, ...before, ...(rest as Partial<ObservedEscrow>), user, source: "test" };
}

/** Opens one; it closes with the test. */
export async function openChainBooks(
  t: { after(close: () => Promise<void>): void },
  startMs?: number,
  url?: string,
): Promise<ChainBooks> {
  const bed = await openLedgerBed(t, undefined, startMs, url);
  const { database, clock } = bed;
  const posting = createChainPosting(database);
  const settlement = createSettlement(database);
  const withdrawals = createWithdrawals(database);
  const now = (): Date => new Date(clock.now());
  const lead = async (job: "watcher" | "settler"): Promise<bigint> =>
    (await bed.row("SELECT ledger_lead($1, $2, $3) AS fence", [now(), job, bed.instance]))["fence"] as bigint;
  const [watcher, settler] = [await lead("watcher"), await lead("settler")];
  const escrows = new Map<number, ObservedEscrow>();
  const providers = new Map<number, ObservedProvider>();
  let last = 100n;
  const slot = (): bigint => (last += 1n);
  const postingOf = (how: { readonly slot?: bigint; readonly isPatient?: boolean }): Posting => {
    const at = how.slot ?? slot();
    if (at > last) last = at; // the next one comes after it
    return { at: now(), fence: watcher, ref: bed.id(), slot: at, isPatient: how.isPatient ?? true };
  };

  async function observe(user: number, seen: SeenEscrow = {}): Promise<PostingOutcome> {
    const escrow = seenEscrow(user, escrows.get(user) ?? {}, seen);
    escrows.set(user, escrow);
    return await posting.escrow(postingOf(seen), escrow);
  }

  async function send(batch: bigint): Promise<void> {
    await settlement.setRoot(settler, batch, new Uint8Array(32).fill(7));
    await settlement.signed(settler, batch, { signature: `of ${batch}`, wire: "AA==", lastValidBlockHeight: 9n });
    await settlement.sent(settler, batch);
  }

  return {
    ...bed,
    ...{ posting, settlement, withdrawals, watcher, settler, now, slot, lead, observe, send },
    gone: (user, how = {}) => posting.escrowGone(postingOf(how), user),
    async observeProvider(provider, { adopts = false, ...seen } = {}) {
      const { slot: _, ...totals } = seen;
      const before = providers.get(provider) ?? { ...FRESH_PROVIDER, provider, exitDueAt: undefined };
      const account = { ...before, ...(totals as Partial<ObservedProvider>) };
      providers.set(provider, account);
      return await posting.provider(postingOf(seen), account, adopts);
    },
    observeFees: (accrued, how = {}) => posting.fees(postingOf(how), microUsdc(accrued), how.adopts ?? false),
    async addDepositor(deposit) {
      const who = await bed.addUser(0n);
      await observe(who.user, { deposited: deposit });
      return who;
    },
    async owe(who, provider, micro, dust = 0n) {
      const lock = bed.lockOf(who, micro * 1000n + dust, { provider });
      await bed.ledger.lock(lock);
      await bed.ledger.charge(bed.chargeOf(lock, micro * 1000n + dust));
      return lock.id;
    },
    cut: (pairs, most = MUCH, receiptsFrom = ALL_RECEIPTS) =>
      settlement.cut(settler, {
        at: now(),
        ref: bed.id(),
        pairs: pairs.map(([user, provider]) => ({ user, provider })),
        most: microUsdc(most),
        receiptsFrom,
      }),
    async batch(id) {
      const found = (await settlement.open(1000)).find((batch) => batch.id === id);
      if (found === undefined) throw new Error(`no batch ${id} is open`);
      return found;
    },
    async ask(party, wallet, amount, { id = bed.id(), destination, ...at } = {}) {
      const standing = { ...(await withdrawals.standing(party, wallet)), ...at };
      return await withdrawals.request({
        ...standing,
        at: now(),
        id,
        party,
        wallet,
        amount: microUsdc(amount),
        destination,
      });
    },
    balances: async (user) =>
      (await bed.row("SELECT available, locked, withdrawing, payable FROM users WHERE id = $1", [
        user,
      ])) as unknown as UserBalances,
    earnings: async (provider) =>
      (await bed.row("SELECT claimable, withdrawing FROM providers WHERE id = $1", [provider])) as {
        claimable: bigint;
        withdrawing: bigint;
      },
    router: async () => (await bed.row("SELECT vault, fees FROM router_accounts")) as { vault: bigint; fees: bigint },
    async faults() {
      const { differences } = await checkLedger(database);
      const lines = differences.map(
        ({ check, account, expected, found }) => `${check}: ${account} ${expected} ${found}`,
      );
      return [...(await bed.faults()), ...lines];
    },
  };
}
