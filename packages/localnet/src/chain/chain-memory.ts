// Writes down what transactions changed before anybody can see it, so that a chain that is killed forgets nothing it told.
import type { Clock } from "@aimo-network/protocol/clock";
import { getBase64Encoder } from "@solana/kit";
import type { ChainJournal, StoredAccount } from "./chain-journal.ts";
import { callRpc } from "./rpc-call.ts";
import type { SentTransaction } from "./touched-accounts.ts";
import { readLookups, readTransaction } from "./touched-accounts.ts";

interface AccountAnswer {
  readonly value: readonly ({ lamports: number; owner: string; data: [string, string]; executable: boolean } | null)[];
}

const ADDRESSES_PER_CALL = 100; // what the method takes
const FORGET_MS = 120_000; // a blockhash lives for 150 slots of 400 ms
const LOADER = "BPFLoaderUpgradeab1e11111111111111111111111"; // programs are deployed anew by every process
const SYSVAR_OWNER = "Sysvar1111111111111111111111111111111111111";

/** Follows transactions from when they are sent to when their accounts are on disk. */
export class ChainMemory {
  readonly #rpcUrl: string;
  readonly #journal: ChainJournal;
  readonly #clock: Clock;
  readonly #executedBefore: ReadonlySet<string>;
  readonly #pending = new Map<string, { transaction: SentTransaction; sinceMs: number }>();
  readonly #given = new Set<string>();
  #flushing: Promise<void> | undefined;

  constructor(rpcUrl: string, journal: ChainJournal, clock: Clock, executedBefore: ReadonlySet<string>) {
    this.#rpcUrl = rpcUrl;
    this.#journal = journal;
    this.#clock = clock;
    this.#executedBefore = executedBefore;
  }

  /** Whether an earlier process of this chain executed it; the engine itself cannot know. */
  wasExecuted(signature: string): boolean {
    return this.#executedBefore.has(signature);
  }

  /** Notes a transaction that the engine accepted, as base64. */
  noteSent(wire: string): void {
    const transaction = readTransaction(wire);
    if (transaction === undefined) return;
    this.#pending.set(transaction.signature, { transaction, sinceMs: this.#clock.monotonic() });
  }

  /** Notes an account that was changed without a transaction. */
  noteGiven(address: string): void {
    this.#given.add(address);
  }

  /** Writes down what is executed by now; whoever calls while that happens waits for the same. */
  flush(): Promise<void> {
    if (this.#pending.size === 0 && this.#given.size === 0) return this.#flushing ?? Promise.resolve();
    this.#flushing ??= this.#write().finally(() => (this.#flushing = undefined));
    return this.#flushing;
  }

  async #write(): Promise<void> {
    const executed = await this.#findExecuted();
    const given = [...this.#given];
    const tables = new Map<string, Uint8Array>();
    const addresses = new Set<string>(given);
    for (const { writable, lookups } of executed) {
      for (const address of writable) addresses.add(address);
      for (const { table, indexes } of lookups) {
        const data = tables.get(table) ?? (await this.#tableData(table));
        tables.set(table, data);
        for (const address of readLookups(data, indexes)) addresses.add(address);
      }
    }
    const lines = await this.#readAccounts([...addresses]);
    this.#journal.write([...lines, ...executed.map(({ signature }) => ({ signature }))]);
    for (const { signature } of executed) this.#pending.delete(signature);
    for (const address of given) this.#given.delete(address);
  }

  async #findExecuted(): Promise<SentTransaction[]> {
    const nowMs = this.#clock.monotonic();
    const waiting = [...this.#pending.values()];
    const found: SentTransaction[] = [];
    for (let start = 0; start < waiting.length; start += ADDRESSES_PER_CALL) {
      const part = waiting.slice(start, start + ADDRESSES_PER_CALL);
      const signatures = part.map(({ transaction }) => transaction.signature);
      const { value } = await callRpc<{ value: readonly unknown[] }>(this.#rpcUrl, "getSignatureStatuses", [
        signatures,
      ]);
      for (const [index, { transaction, sinceMs }] of part.entries()) {
        if (value[index] !== null) found.push(transaction);
        else if (nowMs - sinceMs > FORGET_MS) this.#pending.delete(transaction.signature);
      }
    }
    return found;
  }

  async #tableData(table: string): Promise<Uint8Array> {
    const { value } = await callRpc<{ value: { data: [string, string] } | null }>(this.#rpcUrl, "getAccountInfo", [
      table,
      { encoding: "base64" },
    ]);
    return value === null ? new Uint8Array() : Uint8Array.from(getBase64Encoder().encode(value.data[0]));
  }

  async #readAccounts(addresses: readonly string[]): Promise<{ address: string; account: StoredAccount | null }[]> {
    const lines: { address: string; account: StoredAccount | null }[] = [];
    for (let start = 0; start < addresses.length; start += ADDRESSES_PER_CALL) {
      const part = addresses.slice(start, start + ADDRESSES_PER_CALL);
      const options = { encoding: "base64", commitment: "processed" };
      const { value } = await callRpc<AccountAnswer>(this.#rpcUrl, "getMultipleAccounts", [part, options]);
      for (const [index, address] of part.entries()) {
        const found = value[index] ?? null;
        if (found !== null && (found.executable || found.owner === LOADER || found.owner === SYSVAR_OWNER)) continue;
        const account = found && { lamports: String(found.lamports), owner: found.owner, data: found.data[0] };
        lines.push({ address, account: account?.lamports === "0" ? null : account });
      }
    }
    return lines;
  }
}
