// A chain and the model of it, kept at the same point by doing everything to both.
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Address, EncodedAccount, Instruction as ChainInstruction } from "@solana/kit";
import { lamports } from "@solana/kit";
import { AccountState, getTransferCheckedInstruction } from "@solana-program/token";
import { TestChain, signer } from "./chain.ts";
import type { Outcome } from "./chain.ts";
import { toChainInstruction } from "./escrow-commands.ts";
import { observe } from "./escrow-observer.ts";
import type { RouterScenery, Scenery } from "./escrow-scenery.ts";
import type { Moment } from "./model/draft.ts";
import type { Instruction } from "./model/instruction.ts";
import type { Verdict } from "./model/judge.ts";
import { judge } from "./model/judge.ts";
import { AMOUNT_MAX } from "./model/records.ts";
import type { Account, Key, Token } from "./model/records.ts";

/** Something that happens: an instruction, time, or what other programs and people do. */
export type Act =
  | { readonly do: "send"; readonly instruction: Instruction }
  | { readonly do: "travel"; readonly to: Moment }
  /** A token account is frozen, thawed, closed, given away or filled; undefined: closed. */
  | { readonly do: "plant"; readonly key: Address; readonly token: Omit<Token, "kind" | "lamports"> | undefined }
  /** Somebody gives lamports to an address. */
  | { readonly do: "gift"; readonly key: Address; readonly lamports: bigint }
  | { readonly do: "donate"; readonly router: RouterScenery; readonly source: Address; readonly amount: bigint };

/** An instruction that was sent, and what the chain had and has at the addresses it named. */
export interface Sent {
  readonly instruction: Instruction;
  readonly outcome: Outcome;
  readonly now: Moment;
  readonly before: ReadonlyMap<Key, Account>;
  readonly after: ReadonlyMap<Key, Account>;
}

const SOL = 1_000_000_000n;
const PURSE = 1_000n * SOL;
const POCKET = 1_000_000_000n;
const TOKEN_STATES = {
  uninitialized: AccountState.Uninitialized,
  initialized: AccountState.Initialized,
  frozen: AccountState.Frozen,
} as const;

/** A run's chain and model. */
export class EscrowWorld {
  readonly scenery: Scenery;
  /** Whether everybody is so rich that sums reach 2^53; else only one user is. */
  readonly isRich: boolean;
  readonly chain = new TestChain();
  /** What the model says there is. */
  readonly accounts = new Map<Key, Account>();
  /** What the chain was last seen to have, which the model has agreed with. */
  readonly observed = new Map<Key, Account>();
  readonly #raw = new Map<Key, EncodedAccount | undefined>();
  /** Addresses whose accounts no instruction of the program can change, read by nobody. */
  readonly #unread: ReadonlySet<Key>;

  constructor(scenery: Scenery, isRich: boolean) {
    this.scenery = scenery;
    this.isRich = isRich;
    const { programs, mints, oddMints, impostors } = scenery;
    this.#unread = new Set([
      ...Object.values(programs),
      ...Object.values(oddMints),
      ...mints,
      ...impostors.map(({ key }) => key),
    ]);
    this.#plantMints();
    this.#plantPeople();
    for (const { key, record, programAddress, data } of scenery.impostors) {
      this.chain.plant(key, programAddress, data);
      this.accounts.set(key, { ...record, lamports: 0n });
    }
    for (const key of [...this.accounts.keys(), ...scenery.bumps.keys()]) this.#read(key);
  }

  get now(): Moment {
    return { time: this.chain.time, slot: this.chain.slot };
  }

  account(key: Key): Account {
    return this.accounts.get(key) ?? { kind: "wallet", lamports: 0n };
  }

  token(key: Key): Token | undefined {
    const found = this.account(key);
    return found.kind === "token" ? found : undefined;
  }

  /** What the model says an instruction would be refused with; undefined: it would be carried out. */
  predict(instruction: Instruction): string | undefined {
    return judge(this.accounts, instruction, this.now, this.scenery.surroundings).error;
  }

  #plantMints(): void {
    const { mints, oddMints } = this.scenery;
    const { nineDecimals, ofToken2022, token2022 } = oddMints;
    for (const mint of mints) this.chain.plantMint(mint);
    for (const mint of mints) {
      this.accounts.set(mint, { kind: "mint", lamports: 0n, decimals: 6, isOfSplToken: true });
    }
    this.chain.plantMint(nineDecimals, 9);
    this.accounts.set(nineDecimals, { kind: "mint", lamports: 0n, decimals: 9, isOfSplToken: true });
    this.chain.plant(ofToken2022, token2022, Uint8Array.from(this.chain.account(mints[0]!)!.data));
    this.accounts.set(ofToken2022, { kind: "mint", lamports: 0n, decimals: 6, isOfSplToken: false });
  }

  #plantPeople(): void {
    const { users, owners, sponsors, stranger, mints, spares, surroundings } = this.scenery;
    const everybody = new Set([...users, ...owners, ...sponsors, stranger]);
    for (const person of everybody) this.perform({ do: "gift", key: person, lamports: PURSE });
    for (const mint of mints) {
      for (const owner of new Set([...users, ...owners])) {
        const key = surroundings.derive.associated(owner, mint) as Address;
        const amount = this.isRich || owner === users[3] ? 4n * AMOUNT_MAX : POCKET;
        this.perform({ do: "plant", key, token: { mint, owner, amount, state: "initialized" } });
      }
    }
    for (const [key, { mint, owner, isInitialized }] of spares) {
      const state = isInitialized ? "initialized" : "uninitialized";
      this.perform({ do: "plant", key: key as Address, token: { mint, owner, amount: 0n, state } });
    }
  }

  /** Reads an address of the chain; whether anything there is another than when it was read last. */
  #read(key: Key): boolean {
    if (this.#unread.has(key)) return false;
    const found = this.chain.account(key as Address);
    const known = this.#raw.get(key);
    this.#raw.set(key, found);
    if (found === known || (found !== undefined && known !== undefined && isSame(found, known))) return false;
    this.observed.set(key, observe(found, this.scenery.bumps));
    return true;
  }

  /** Does something to both, and fails unless they agree on what came of it. */
  perform(act: Act): Sent | undefined {
    switch (act.do) {
      case "send":
        return this.#send(act.instruction);
      case "travel":
        this.chain.setTime(act.to.time, act.to.slot);
        return undefined;
      case "plant":
        this.#plant(act.key, act.token);
        return undefined;
      case "gift":
        this.#gift(act.key, act.lamports);
        return undefined;
      case "donate":
        this.#donate(act);
        return undefined;
    }
  }

  #plant(key: Address, token: Omit<Token, "kind" | "lamports"> | undefined): void {
    if (token === undefined) {
      this.chain.plant(key, this.scenery.programs.system, new Uint8Array());
      this.#setLamports(key, 0n);
      this.accounts.set(key, { kind: "wallet", lamports: 0n });
    } else {
      const { mint, owner, amount } = token;
      const state = TOKEN_STATES[token.state];
      this.chain.plantToken(key, mint as Address, owner as Address, amount, { state });
      const rent = this.scenery.surroundings.rent(165n);
      this.accounts.set(key, { kind: "token", lamports: rent, ...token });
    }
    this.#read(key);
    this.#compare([key]);
  }

  #setLamports(key: Address, amount: bigint): void {
    const { programs } = this.scenery;
    const empty = { address: key, programAddress: programs.system, data: new Uint8Array(), space: 0n };
    const standing = this.chain.account(key) ?? { ...empty, executable: false };
    this.chain.svm.setAccount({ ...standing, lamports: lamports(amount) });
  }

  #gift(key: Address, amount: bigint): void {
    const standing = this.account(key);
    const total = standing.lamports + amount;
    this.#setLamports(key, total);
    this.accounts.set(key, { ...standing, lamports: total });
    this.#read(key);
    this.#compare([key]);
  }

  #donate({ router, source, amount }: Extract<Act, { do: "donate" }>): void {
    const [from, vault] = [this.token(source), this.token(router.vault)];
    assert.ok(from !== undefined && vault !== undefined && from.amount >= amount);
    const accounts = { source, mint: router.mint, destination: router.vault, authority: signer(from.owner as Address) };
    this.#mustLand(getTransferCheckedInstruction({ ...accounts, amount, decimals: 6 }));
    this.accounts.set(source, { ...from, amount: from.amount - amount });
    this.accounts.set(router.vault, { ...vault, amount: vault.amount + amount });
    for (const key of [source, router.vault]) this.#read(key);
    this.#compare([source, router.vault]);
  }

  #mustLand(instruction: ChainInstruction): void {
    const { isOk, error } = this.chain.send(instruction);
    assert.ok(isOk, `a transfer between people: ${error}`);
  }

  #send(instruction: Instruction): Sent {
    const { now } = this;
    const verdict = judge(this.accounts, instruction, now, this.scenery.surroundings);
    const chainInstruction = toChainInstruction(instruction);
    const outcome = this.chain.send(chainInstruction);
    assert.equal(outcome.error, verdict.error, `${instruction.name}: the program (first) and the model`);
    const touched = new Set((chainInstruction.accounts ?? []).map(({ address }): Key => address));
    for (const key of verdict.changes.keys()) touched.add(key);
    const before = this.#observedAt(touched);
    const changed = [...touched].filter((key) => this.#read(key));
    if (verdict.error !== undefined) assert.deepEqual(changed, [], "a refused instruction changes nothing");
    for (const [key, account] of verdict.changes) this.accounts.set(key, account);
    this.#compare(new Set([...changed, ...verdict.changes.keys()]));
    assertLogged(outcome, verdict);
    return { instruction, outcome, now, before, after: this.#observedAt(touched) };
  }

  #observedAt(keys: Iterable<Key>): ReadonlyMap<Key, Account> {
    const found = new Map<Key, Account>();
    for (const key of keys) {
      const account = this.observed.get(key);
      if (account !== undefined) found.set(key, account);
    }
    return found;
  }

  #compare(keys: Iterable<Key>): void {
    for (const key of keys) {
      const [seen, expected] = [this.observed.get(key) ?? { kind: "wallet", lamports: 0n }, this.account(key)];
      if (isDeepStrictEqual(seen, expected)) continue;
      assert.deepEqual(seen, expected, `${this.scenery.labels.get(key) ?? key}: the chain (first) and the model`);
    }
  }

  /** Reads everything again: no instruction reached an account it did not name. */
  audit(): void {
    const keys = [...this.observed.keys()];
    for (const key of keys) assert.ok(!this.#read(key), `${this.scenery.labels.get(key)} changed behind our back`);
    this.#compare(keys);
  }
}

function isSame(a: EncodedAccount, b: EncodedAccount): boolean {
  return (
    a.lamports === b.lamports && a.programAddress === b.programAddress && Buffer.compare(bytesOf(a), bytesOf(b)) === 0
  );
}

function bytesOf({ data }: EncodedAccount): Uint8Array {
  return data as Uint8Array;
}

/** The event of a batch, as docs/escrow.md writes it down byte for byte. */
function assertLogged({ logs }: Outcome, { event, error }: Verdict): void {
  const logged = logs.flatMap((log) => /^Program data: (\S+)$/.exec(log)?.[1] ?? []);
  if (error !== undefined) return;
  if (event === undefined) {
    assert.deepEqual(logged, []);
    return;
  }
  const numbers = new Uint8Array(2 + event.applied.length * 8);
  const view = new DataView(numbers.buffer);
  view.setUint16(0, Number(event.feeBps), true);
  for (const [place, applied] of event.applied.entries()) view.setBigUint64(2 + place * 8, applied, true);
  const batchId = new Uint8Array(8);
  new DataView(batchId.buffer).setBigUint64(0, event.batchId, true);
  const expected = Buffer.concat([Uint8Array.of(1), batchId, Buffer.from(event.root, "hex"), numbers]);
  assert.deepEqual(logged, [expected.toString("base64")], "the event of a batch");
}
