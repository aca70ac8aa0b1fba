// A ledger and the small chain it follows, and everything that may happen to either: what is done to one is done to it alone.
import assert from "node:assert/strict";
import { microUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import type { LoggedEntry, OpenBatch } from "../ledger/chain-books/settlement.ts";
import type { ChargeCommand, LockCommand } from "../ledger/commands.ts";
import type { DatabaseConnection } from "../ledger/database/database.ts";
import { LEDGER_CHECKS } from "../ledger/ledger-checks.ts";
import { BOOK_FAULTS } from "./book-faults.ts";
import type { ChainBooks } from "./chain-books-bed.ts";
import { openChainBooks } from "./chain-books-bed.ts";
import type { ChainEntry, EntryLog } from "./chain-books-chain.ts";
import { SmallChain } from "./chain-books-chain.ts";
import type { LedgerUser } from "./ledger-bed.ts";

/** How many users there are, and how many providers. */
export const PARTIES = 3;

/** A transaction that settles a batch. */
export interface SentBatch {
  readonly entries: readonly (ChainEntry & { readonly id: bigint })[];
  /** What it logged; undefined while it has not landed. */
  logs: readonly EntryLog[] | undefined;
}

/** What became of a withdrawal's transaction. */
export type WithdrawalFate = "landed" | "dead";

/** Both, and what is between them. */
export interface MoneyWorld {
  readonly books: ChainBooks;
  readonly chain: SmallChain;
  readonly users: readonly LedgerUser[];
  readonly providers: readonly number[];
  readonly locks: LockCommand[];
  /** By the number of the batch. */
  readonly sent: Map<bigint, SentBatch>;
  readonly fates: Map<string, WithdrawalFate>;
  /** The slot of each user's last look that was posted whole. */
  readonly postedSlots: bigint[];
  readonly looking: DatabaseConnection;
}

const FAULTS = [
  ...LEDGER_CHECKS.map(
    ({ name, text }) => `SELECT '${name.replaceAll("'", "''")}: ' || account AS fault FROM (${text}) t`,
  ),
  BOOK_FAULTS,
].join(" UNION ALL ");
const FEE_BPS = 250n;
const FAR = new Date("2100-01-01T00:00:00Z");

/** Opens a world in which nothing has happened. */
export async function openMoneyWorld(t: Parameters<typeof openChainBooks>[0]): Promise<MoneyWorld> {
  const books = await openChainBooks(t);
  const users: LedgerUser[] = [];
  const providers: number[] = [];
  for (let place = 0; place < PARTIES; place += 1) {
    users.push(await books.addUser(0n));
    providers.push(await books.addWallet());
  }
  const looking = await books.database.connect();
  t.after(() => looking.end());
  await looking.query({ text: "SET plan_cache_mode = force_generic_plan; SET jit = off" });
  return {
    ...{ books, users, providers, looking },
    ...{ locks: [], sent: new Map(), fates: new Map(), postedSlots: users.map(() => 0n) },
    chain: new SmallChain(PARTIES, PARTIES, FEE_BPS),
  };
}

/** Everything that must hold of the books whatever was posted and what was not. */
export async function insistOnBooks({ looking }: MoneyWorld): Promise<void> {
  assert.deepEqual(await looking.query<object>({ name: "faults", text: FAULTS }), []);
}

const at = <Item>(items: readonly Item[], index: number): Item => items[index % items.length] as Item;

/** Locks so many nano-USDC; a refusal changes nothing. */
export async function lock({ books, users, providers, locks }: MoneyWorld, user: number, full: bigint): Promise<void> {
  const deadlineMs = books.clock.now() + (full % 3n === 0n ? 500 : 1_000_000);
  const command = books.lockOf(at(users, user), full, { provider: at(providers, user), deadlineMs });
  const { granted } = await books.ledger.lock(command);
  if (granted !== undefined) locks.push(command);
}

/** Ends a lock of the latest ones, whatever became of it. */
export async function endLock(
  { books, locks, providers }: MoneyWorld,
  { back, amount, provider, kind }: { back: number; amount: bigint; provider: number; kind: ChargeCommand["kind"] },
): Promise<void> {
  const command = locks.at(-1 - (back % Math.max(1, Math.min(locks.length, 12))));
  if (command === undefined) return;
  await books.ledger.charge(books.chargeOf(command, amount, { kind, provider: at(providers, provider) }));
}

/** Time goes on, and locks expire. */
export async function passTime({ books }: MoneyWorld, ms: number): Promise<void> {
  books.clock.advance(ms);
  await books.row("SELECT ledger_expire($1, 1000)", [books.now()]);
}

/** Cuts a batch from whatever these users owe. */
export async function cut(
  { books, users, providers }: MoneyWorld,
  who: readonly number[],
  most: bigint,
): Promise<void> {
  // Each user's providers in another order: whoever posts them one after the other could meet others in a ring.
  const pairs = who.flatMap((user) =>
    providers.map((_, turn): [number, number] => [at(users, user).user, at(providers, user + turn)]),
  );
  await books.cut(pairs, most);
}

async function openBatch(world: MoneyWorld, which: number): Promise<OpenBatch | undefined> {
  const open = await world.books.settlement.open(1_000);
  return open.length === 0 ? undefined : at(open, which);
}

/** Signs and sends a batch that is queued. */
export async function send(world: MoneyWorld, which: number): Promise<void> {
  const batch = await openBatch(world, which);
  if (batch?.state !== "queued") return;
  const { books, users, providers, sent } = world;
  const entries = batch.entries.filter(({ isPosted }) => !isPosted);
  const wallets = await books.database.query<{ id: bigint; user_id: number; provider_id: number }>(
    "SELECT id, user_id, provider_id FROM settle_entries WHERE batch_id = $1",
    [batch.id],
  );
  const wallet = new Map(wallets.map((row) => [row.id, row]));
  sent.set(batch.id, {
    entries: entries.map(({ id, amount, seq }) => {
      const row = wallet.get(id);
      const user = users.findIndex((one) => one.user === row?.user_id);
      return { id, amount, seq, user, provider: providers.indexOf(row?.provider_id ?? 0) };
    }),
    logs: undefined,
  });
  await books.send(batch.id);
}

function logsOf({ entries, logs = [] }: SentBatch): LoggedEntry[] {
  return entries.flatMap(({ id }, place) => {
    const said = logs[place];
    if (said === undefined || said === "noop") return [];
    return [{ id, applied: microUsdc(said.applied), fee: microUsdc(said.fee) }];
  });
}

/** Lets a batch that was sent land, once; `isTold`: its log is known at once. One that the program refuses is queued again. */
export async function land(world: MoneyWorld, which: number, isTold: boolean): Promise<void> {
  const { books, chain, sent } = world;
  const batch = await openBatch(world, which);
  if (batch?.state !== "sent") return;
  const flight = sent.get(batch.id);
  assert.ok(flight);
  if (flight.logs === undefined) {
    flight.logs = chain.settle(flight.entries);
    if (flight.logs === undefined) return await books.settlement.again(books.settler, batch.id, "SeqGap", books.now());
  }
  if (isTold) await books.settlement.logged(books.settler, batch.id, chain.state.slot, logsOf(flight));
}

/** A batch that never lands is queued again; maybe a user of it goes into a batch of its own. */
export async function fail(world: MoneyWorld, which: number, splitOff: number | undefined): Promise<void> {
  const { books, sent, users } = world;
  const batch = await openBatch(world, which);
  if (batch === undefined || (batch.state === "sent" && sent.get(batch.id)?.logs !== undefined)) return;
  await books.settlement.again(books.settler, batch.id, "expired", books.now());
  if (splitOff === undefined) return;
  await books.settlement.split(books.settler, books.now(), batch.id, books.id(), [at(users, splitOff).user]);
}

/** Asks for a withdrawal, in whole micro-USDC. */
export async function request(
  world: MoneyWorld,
  party: "user" | "provider",
  who: number,
  amount: bigint,
): Promise<void> {
  const { books, users, providers } = world;
  const outcome = await books.ask(party, party === "user" ? at(users, who).user : at(providers, who), amount);
  if (outcome.code !== "requested") return;
  await books.withdrawals.signed(outcome.id, "AA==", 9n);
  await books.withdrawals.submitted(outcome.id, "AA==", "signature");
}

/** Lets an open withdrawal land, or makes sure that it never does. */
export async function finish(world: MoneyWorld, which: number, fate: WithdrawalFate): Promise<void> {
  const { books, chain, users, providers, fates } = world;
  const open = await books.withdrawals.open(100);
  if (open.length === 0) return;
  const withdrawal = at(open, which);
  const { id, party, walletNumber } = withdrawal;
  if (fates.has(id)) return;
  if (fate === "dead") {
    fates.set(id, fate);
    await books.withdrawals.expire(books.watcher, books.now(), id, "expired");
  } else if (party === "user") {
    if (
      chain.withdrawUser(
        users.findIndex(({ user }) => user === walletNumber),
        withdrawal,
      )
    )
      fates.set(id, fate);
  } else if (chain.withdrawProvider(providers.indexOf(walletNumber), withdrawal)) {
    fates.set(id, fate);
  }
}

/** How the chain is looked at. */
export interface Look {
  readonly ago: number;
  readonly isPatient: boolean;
  readonly adopts: boolean;
}

/** Posts a user's escrow as it was. */
export async function lookAtUser(
  { books, chain, users, postedSlots }: MoneyWorld,
  place: number,
  look: Look,
): Promise<void> {
  const { slot, escrows } = chain.ago(look.ago);
  const { user } = at(users, place);
  const posting = { at: books.now(), fence: books.watcher, ref: books.id(), slot, isPatient: look.isPatient };
  const escrow = escrows[place];
  if (escrow === undefined) {
    const outcome = await books.posting.escrowGone(posting, user);
    if (outcome === "posted") postedSlots[place] = slot;
    return;
  }
  const feeBps = chain.feeBetween(postedSlots[place] ?? 0n, slot);
  const outcome = await books.posting.escrow(posting, {
    ...escrow,
    user,
    deposited: microUsdc(escrow.deposited),
    settled: microUsdc(escrow.settled),
    withdrawn: microUsdc(escrow.withdrawn),
    feeBps: feeBps === undefined ? undefined : Number(feeBps), // basis points, not money
    allowance: nanoUsdc(escrow.allowance * 1000n),
    stopsAt: FAR,
    exitDueAt: escrow.isExiting ? FAR : undefined,
    isUrgent: escrow.isExiting,
    source: `slot ${slot}`,
  });
  if (outcome === "posted") postedSlots[place] = slot;
}

/** Posts a provider's account as it was. */
export async function lookAtProvider(
  { books, chain, providers }: MoneyWorld,
  place: number,
  look: Look,
): Promise<void> {
  const { slot, providers: accounts } = chain.ago(look.ago);
  const { earned, withdrawn, withdrawSeq } = at(accounts, place);
  const totals = { earned: microUsdc(earned), withdrawn: microUsdc(withdrawn), withdrawSeq };
  await books.posting.provider(
    { at: books.now(), fence: books.watcher, ref: books.id(), slot, isPatient: look.isPatient },
    { ...totals, provider: at(providers, place), openedSlot: 1n, exitDueAt: undefined },
    look.adopts,
  );
}

/** Posts the fees as they were. */
export async function lookAtFees({ books, chain }: MoneyWorld, { ago, adopts }: Look): Promise<void> {
  const { slot, feeAccrued } = chain.ago(ago);
  await books.observeFees(feeAccrued, { slot, adopts });
}

/** Posts all accounts as they are now. */
export async function lookAtAll(world: MoneyWorld, isPatient: boolean): Promise<void> {
  const look = { ago: 0, isPatient, adopts: true };
  for (let place = 0; place < PARTIES; place += 1) await lookAtUser(world, place, look);
  for (let place = 0; place < PARTIES; place += 1) await lookAtProvider(world, place, look);
  await lookAtFees(world, look);
}
