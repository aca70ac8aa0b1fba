// A chain, its nodes and a signer that do to settlement batches what a test tells them; the ledger beside them is real.
import { base58 } from "@scure/base";
import { AimoError } from "@aimo-network/protocol/errors";
import { microUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import { pino } from "pino";
import type { BatchCourse, BatchCourseDeps } from "../billing/settle/batch-course.ts";
import { createBatchCourse } from "../billing/settle/batch-course.ts";
import type { SettleSigner } from "../billing/settle/settle-signer.ts";
import type { BatchFate, BatchLog, SettleChain, SettleRoom } from "../chain/settle-chain.ts";
import type { OpenBatch, SettleEntry } from "../ledger/chain-books/settlement.ts";
import type { ChainBooks } from "./chain-books-bed.ts";
import { openChainBooks } from "./chain-books-bed.ts";
import type { EntryLog } from "./chain-books-chain.ts";
import { SmallChain } from "./chain-books-chain.ts";
import type { LedgerUser } from "./ledger-bed.ts";
import { makeReceipts } from "./made-receipts.ts";

/** A transaction that was signed. */
export interface ScriptedTransaction {
  readonly signature: string;
  readonly wire: string;
  readonly entries: readonly SettleEntry[];
  readonly lastValidBlockHeight: bigint;
  fate: BatchFate;
  /** How often a node was given it. */
  sent: number;
  logs: readonly EntryLog[] | undefined;
}

const PLACES = 300;
const FEE_BPS = 250n;
const MUCH = 10n ** 12n;
/** Blocks in which a transaction may land. */
export const LIFE_BLOCKS = 150n;

/** Batches under test: a small chain, and what became of every transaction. */
export class ScriptedSettling {
  readonly books: ChainBooks;
  readonly chain = new SmallChain(PLACES, PLACES, FEE_BPS);
  readonly transactions: ScriptedTransaction[] = [];
  /** Whatever was against the rule that no entry is in two transactions that may both land. */
  readonly violations: string[] = [];
  /** Every submission: the bytes, and by which moment of the clock. */
  readonly submissions: { readonly wire: string; readonly atMs: number }[] = [];
  readonly logged: string[] = [];
  /** Users that were looked at, each time. */
  readonly looks: (readonly number[])[] = [];
  /** Blocks that are final on every node. */
  height = 100n;
  /** What nodes say of bytes; they may have taken them all the same. */
  refusal: Error | undefined;
  signerRefusal: Error | undefined;
  /** What a log says, in place of the truth. */
  retold: (logs: readonly EntryLog[]) => readonly EntryLog[] | undefined = (logs) => logs;
  /** The fee as whoever looks knows it; undefined as after a restart. */
  knownFee: number | undefined = Number(FEE_BPS);
  room: SettleRoom | undefined = { windowRoom: microUsdc(MUCH), windowCap: microUsdc(MUCH), isPaused: false };
  packSize = 50;
  /** Providers whose accounts were asked for. */
  readonly registrations: (readonly string[])[] = [];
  readonly #users = new Map<string, { place: number; user: number }>();

  private constructor(books: ChainBooks) {
    this.books = books;
  }

  static async open(t: { after(close: () => Promise<void>): void }): Promise<ScriptedSettling> {
    return new ScriptedSettling(await openChainBooks(t));
  }

  /** A user with so many micro-USDC in an escrow. */
  async payer(deposit: bigint, allowance = MUCH): Promise<LedgerUser & { readonly wallet: string }> {
    const { books, chain } = this;
    const who = await books.addUser(0n);
    const wallet = await this.walletOf(who.user);
    const place = this.#users.size;
    this.#users.set(wallet, { place, user: who.user });
    chain.deposit(place, deposit, allowance);
    await this.observe(wallet);
    return { ...who, wallet };
  }

  /** A provider, with an account on chain that was seen unless `isRegistered` is false. */
  async provider(isRegistered = true): Promise<number> {
    const number = await this.books.addWallet();
    if (isRegistered) await this.books.observeProvider(number, { openedSlot: 1n });
    return number;
  }

  async walletOf(number: number): Promise<string> {
    const { address } = await this.books.row("SELECT address FROM wallets WHERE id = $1", [number]);
    return base58.encode(address as Uint8Array);
  }

  /** Posts an escrow as it is. */
  async observe(wallet: string): Promise<void> {
    const { place, user } = this.#users.get(wallet)!;
    const escrow = this.chain.state.escrows[place];
    if (escrow === undefined) {
      await this.books.gone(user);
      return;
    }
    const { openedSlot, deposited, settled, withdrawn, settleSeq, withdrawSeq, allowance } = escrow;
    const totals = { openedSlot, deposited, settled, withdrawn, settleSeq, withdrawSeq, feeBps: this.knownFee };
    await this.books.observe(user, { ...totals, allowance: allowance * 1_000n });
  }

  placeOf(wallet: string): number {
    return this.#users.get(wallet)!.place;
  }

  /** Executes a transaction; one with a gap in its numbers fails. */
  land(transaction: ScriptedTransaction): void {
    const logs = this.chain.settle(
      transaction.entries.map(({ userWallet, amount, seq }) => ({
        user: this.placeOf(userWallet),
        provider: 0,
        amount,
        seq,
      })),
    );
    transaction.logs = logs;
    transaction.fate =
      logs === undefined
        ? { kind: "failed", reason: "The escrow program refuses this (SeqGap)" }
        : { kind: "landed", slot: this.chain.state.slot };
  }

  /** The transaction that was signed last. */
  get latest(): ScriptedTransaction {
    return this.transactions.at(-1)!;
  }

  /** A batch of what these owe to these, just cut. */
  async cut(...pairs: readonly (readonly [LedgerUser, number])[]): Promise<bigint> {
    const id = await this.books.cut(pairs.map(([{ user }, provider]) => [user, provider]));
    return id!;
  }

  /** Lets everybody owe an amount, and cuts a batch of it. */
  async bill(amount: bigint, ...pairs: readonly (readonly [LedgerUser, number])[]): Promise<bigint> {
    for (const [who, provider] of pairs) await this.books.owe(who, provider, amount);
    return await this.cut(...pairs);
  }

  /** The state of a batch, whether it is open or not. */
  async stateOf(batch: bigint): Promise<string> {
    return (await this.books.row("SELECT state FROM settle_batches WHERE id = $1", [batch]))["state"] as string;
  }

  /** A course over this ledger and chain, as a process that has just started has it. */
  course(more: Partial<BatchCourseDeps> = {}): BatchCourse {
    const log = pino({ level: "debug" }, { write: (line: string) => void this.logged.push(line) });
    return createBatchCourse({
      clock: this.books.clock,
      random: systemRandom,
      log,
      settlement: this.books.settlement,
      chain: this.settleChain,
      signer: this.signer,
      rootOf: async (batch) => {
        await makeReceipts(this.books.database, batch);
        return rootFor(batch);
      },
      ...more,
    });
  }

  /** Brings a batch on by one step, as the ledger has it now. */
  async advance(course: BatchCourse, id: bigint, fence = this.books.settler): Promise<void> {
    await course.advance(fence, await this.books.batch(id));
  }

  /** All batches that are open. */
  open(): Promise<readonly OpenBatch[]> {
    return this.books.settlement.open(1_000);
  }

  readonly signer: SettleSigner = {
    signBatch: async (id) => {
      if (this.signerRefusal !== undefined) throw this.signerRefusal;
      const batch = (await this.open()).find((one) => one.id === id);
      if (batch?.root === undefined) {
        throw new AimoError("signing_refused", { reason: "batch_unknown", expected: "a batch", found: "none" });
      }
      const number = this.transactions.length + 1;
      const transaction: ScriptedTransaction = {
        signature: `signature ${number}`,
        wire: `wire ${number}`,
        entries: batch.entries.filter(({ isPosted }) => !isPosted),
        lastValidBlockHeight: this.height + LIFE_BLOCKS,
        fate: { kind: "unknown" },
        sent: 0,
        logs: undefined,
      };
      this.transactions.push(transaction);
      return transaction;
    },
    signRegistration: async (providers) => {
      if (this.signerRefusal !== undefined) throw this.signerRefusal;
      this.registrations.push(providers);
      return { signature: "registration", wire: "registration", lastValidBlockHeight: this.height };
    },
  };

  readonly settleChain: SettleChain = {
    room: () => this.room,
    pack: async (pairs) =>
      Array.from({ length: Math.ceil(pairs.length / this.packSize) }, (_, batch) =>
        pairs.flatMap((__, place) => (Math.floor(place / this.packSize) === batch ? [place] : [])),
      ),
    submit: async (wire) => {
      this.submissions.push({ wire, atMs: this.books.clock.monotonic() });
      const transaction = this.transactions.find((one) => one.wire === wire);
      if (transaction !== undefined) {
        this.#judge(transaction);
        transaction.sent += 1;
      }
      if (this.refusal !== undefined) throw this.refusal;
    },
    fate: async (signature) =>
      this.transactions.find((one) => one.signature === signature)?.fate ?? { kind: "unknown" },
    isDead: async (lastValidBlockHeight) => this.height > lastValidBlockHeight,
    areUnapplied: async (entries) =>
      entries.every(({ userWallet, openedSlot, seq }) => {
        const escrow = this.chain.state.escrows[this.placeOf(userWallet)];
        return escrow?.openedSlot === openedSlot && escrow.settleSeq < seq;
      }),
    log: async (signature) => {
      const found = this.transactions.find((one) => one.signature === signature);
      const lines = found?.logs === undefined ? undefined : this.retold(found.logs);
      return lines && logOf(lines, this.chain.state.slot);
    },
    look: async (wallets) => {
      const users = [...new Set(wallets.map(({ userWallet }) => userWallet))];
      this.looks.push(users.map((wallet) => this.#users.get(wallet)!.user));
      for (const wallet of users) await this.observe(wallet);
    },
  };

  #judge(transaction: ScriptedTransaction): void {
    if (!this.#mayHaveLanded(transaction)) return; // dead bytes do no harm, whoever repeats them
    for (const other of this.transactions) {
      if (other === transaction || other.sent === 0 || !this.#mayHaveLanded(other)) continue;
      const shared = other.entries.filter(({ id }) => transaction.entries.some((entry) => entry.id === id));
      if (shared.length === 0) continue;
      this.violations.push(
        `${transaction.wire} was sent while ${other.wire}, ${other.fate.kind}, has the same entries`,
      );
    }
  }

  #mayHaveLanded({ fate, lastValidBlockHeight, logs }: ScriptedTransaction): boolean {
    if (logs !== undefined) return true; // it has, also where no node remembers it
    if (fate.kind === "failed") return false;
    return fate.kind !== "unknown" || this.height <= lastValidBlockHeight;
  }
}

function logOf(lines: readonly EntryLog[], slot: bigint): BatchLog {
  const amounts = lines.map((line) =>
    line === "noop" ? line : { applied: microUsdc(line.applied), fee: microUsdc(line.fee) },
  );
  return { slot, entries: amounts };
}

/** The root that stands for a batch's receipts in these tests. */
export function rootFor(batch: bigint): Uint8Array {
  return new Uint8Array(32).fill(Number(batch % 255n) + 1);
}
