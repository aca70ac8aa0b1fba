// Holds I1–I6, I8 and I10 to every step, by what the chain has before and after it; knows nothing of the model's rules.
import assert from "node:assert/strict";
import { getSettleEventDecoder } from "../generated/types/settleEvent.ts";
import { findBrokenInvariants, surplusOf } from "../invariants.ts";
import type { RouterAccounts } from "../invariants.ts";
import type { EscrowWorld, Sent } from "./escrow-world.ts";
import type { Instruction, InstructionName } from "./model/instruction.ts";
import type { Account, Config, Escrow, Key, Provider } from "./model/records.ts";

const NO_OP = 2n ** 64n - 1n;

/** The only instructions that lower the vault (I8). */
const PAYING: ReadonlySet<InstructionName> = new Set([
  "withdraw_user",
  "finalize_exit",
  "withdraw_provider",
  "provider_finalize_exit",
  "collect_fees",
  "sweep_surplus",
]);

type Settled = Extract<Instruction, { name: "settle_batch" }>;

interface Window {
  readonly start: bigint;
  readonly spent: bigint;
}

function changedOf<Kind extends Account["kind"]>(
  { before, after }: Sent,
  kind: Kind,
): [key: Key, old: Extract<Account, { kind: Kind }>, now: Extract<Account, { kind: Kind }>][] {
  type Wanted = Extract<Account, { kind: Kind }>;
  const found: [Key, Wanted, Wanted][] = [];
  for (const [key, old] of before) {
    const now = after.get(key);
    if (old.kind === kind && now?.kind === kind && old !== now) found.push([key, old as Wanted, now as Wanted]);
  }
  return found;
}

/** Watches one run. */
export class InvariantWatch {
  readonly #world: EscrowWorld;
  readonly #donated = new Map<Key, bigint>();
  readonly #windows = new Map<Key, Window>();
  /** What of each incarnation of an escrow moved without its user's signature, other than back to the user. */
  readonly #taken = new Map<string, bigint>();

  constructor(world: EscrowWorld) {
    this.#world = world;
  }

  /** Learns of tokens that came to a vault without belonging to anybody. */
  donated(config: Key, amount: bigint): void {
    this.#donated.set(config, (this.#donated.get(config) ?? 0n) + amount);
  }

  /** Looks at an instruction that was carried out. */
  observe(sent: Sent): void {
    const { instruction } = sent;
    this.#assertVaultIsLowered(sent);
    for (const [, old, now] of changedOf(sent, "escrow")) assertNothingFalls(old, now);
    for (const [, old, now] of changedOf(sent, "provider")) assertNothingFalls(old, now);
    if (instruction.name === "settle_batch") {
      assertEntriesAddUp(sent, instruction);
      this.#assertWindow(sent, instruction);
    }
    this.#assertAllowances(sent);
    if (instruction.name === "finalize_exit") this.#assertUserIsPaid(sent);
    this.assertTotals();
  }

  /** I1, I2, I3, I5 of all routers; the vault has exactly the donations more than it owes. */
  assertTotals(): void {
    for (const [key, config] of this.#world.observed) {
      if (config.kind !== "config") continue;
      const accounts = this.#accountsOf(key, config);
      assert.deepEqual(findBrokenInvariants(accounts), []);
      assert.equal(surplusOf(accounts), this.#donated.get(key) ?? 0n, "I1: the vault has only donations more");
    }
  }

  #accountsOf(key: Key, config: Config): RouterAccounts {
    const escrows: Escrow[] = [];
    const providers: Provider[] = [];
    for (const account of this.#world.observed.values()) {
      if (account.kind === "escrow" && account.config === key) escrows.push(account);
      if (account.kind === "provider" && account.config === key) providers.push(account);
    }
    const vault = this.#world.observed.get(config.vault);
    assert.ok(vault?.kind === "token");
    return { config, vaultAmount: vault.amount, escrows, providers };
  }

  /** I8, and that a sweep takes no more than donations. */
  #assertVaultIsLowered(sent: Sent): void {
    const { name } = sent.instruction;
    for (const { config, vault } of this.#world.scenery.routers) {
      const [old, now] = [sent.before.get(vault), sent.after.get(vault)];
      if (old?.kind !== "token" || now?.kind !== "token" || now.amount >= old.amount) continue;
      assert.ok(PAYING.has(name), `I8: ${name} lowers the vault`);
      if (name === "sweep_surplus") this.donated(config, now.amount - old.amount);
    }
  }

  /** I6 and I10: what is taken without the user's signature stays within what the user allowed at that moment. */
  #assertAllowances(sent: Sent): void {
    const { instruction, now: moment } = sent;
    for (const [key, old, now] of changedOf(sent, "escrow")) {
      if (now.balance >= old.balance || instruction.signers.has(old.user)) continue;
      if (instruction.name === "finalize_exit") continue; // goes to the user: asserted there
      const incarnation = `${key} ${old.openedSlot}`;
      const taken = (this.#taken.get(incarnation) ?? 0n) + old.balance - now.balance;
      this.#taken.set(incarnation, taken);
      const isLowered = old.pendingAllowAt !== 0n && moment.time >= old.pendingAllowAt;
      const total = isLowered ? old.pendingAllowTotal : old.allowTotal;
      const expiresAt = isLowered ? old.pendingAllowExpiresAt : old.allowExpiresAt;
      assert.equal(instruction.name, "settle_batch", "I10: only a batch takes from a user who did not sign");
      assert.ok(now.settledTotal <= total, "I6: no more is settled than is allowed");
      assert.ok(taken <= total, "I10: the router took no more of a user than is allowed");
      assert.ok(moment.time < expiresAt, "I6: nothing is settled from the expiry on");
      const isGone = old.exitRequestedAt !== 0n && moment.time >= old.exitRequestedAt + old.exitDelay;
      assert.ok(!isGone, "I6: nothing is settled from the end of an exit on");
    }
  }

  /** I10: windows do not overlap, and none moves more than its cap. */
  #assertWindow(sent: Sent, { accounts }: Settled): void {
    const moved = sumOf(changedOf(sent, "escrow").map(([, old, now]) => old.balance - now.balance));
    const [old, now] = [sent.before.get(accounts.config), sent.after.get(accounts.config)];
    assert.ok(old?.kind === "config" && now?.kind === "config");
    const window = this.#windows.get(accounts.config);
    const isNew = window === undefined || now.windowStart !== window.start;
    const spent = (isNew ? 0n : window.spent) + moved;
    if (isNew && window !== undefined) {
      const isOver = sent.now.time >= window.start + old.params.settlerWindow;
      assert.ok(isOver && now.windowStart === sent.now.time, "I10: a window begins when the one before is over");
    }
    assert.ok(spent <= old.params.settlerWindowCap, "I10: a window moves at most its cap");
    this.#windows.set(accounts.config, { start: now.windowStart, spent });
  }

  /** What leaves an escrow without its user's signature by an exit is all on the user's own account. */
  #assertUserIsPaid({ instruction, before, after }: Sent): void {
    if (instruction.name !== "finalize_exit") return;
    const { user, escrow, destination, mint } = instruction.accounts;
    const [old, now] = [before.get(escrow), after.get(escrow)];
    assert.ok(old?.kind === "escrow" && now?.kind === "escrow");
    assert.deepEqual([now.balance, now.exitRequestedAt], [0n, 0n]);
    if (old.balance === 0n) return;
    const [had, has] = [before.get(destination), after.get(destination)];
    assert.ok(had?.kind === "token" && has?.kind === "token");
    assert.equal(has.amount - had.amount, old.balance, "who leaves is paid all");
    if (instruction.signers.has(user)) return;
    assert.equal(destination, this.#world.scenery.surroundings.derive.associated(user, mint));
    assert.equal(had.owner, user);
  }
}

const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

/** I6: what only rises, of one incarnation. */
function assertNothingFalls(old: Escrow | Provider, now: Escrow | Provider): void {
  assert.equal(old.openedSlot, now.openedSlot);
  assert.ok(now.withdrawSeq >= old.withdrawSeq && now.withdrawnTotal >= old.withdrawnTotal, "I6: withdrawals");
  if (old.kind === "escrow" && now.kind === "escrow") {
    assert.ok(now.settleSeq >= old.settleSeq && now.settledTotal >= old.settledTotal, "I6: settlements");
    assert.ok(now.depositedTotal >= old.depositedTotal, "I6: deposits");
  }
  if (old.kind === "provider" && now.kind === "provider") assert.ok(now.earnedTotal >= old.earnedTotal, "I6: earnings");
}

/** I4: by the event and the accounts, every entry is the provider's share and the fee, and nothing else moved. */
function assertEntriesAddUp(sent: Sent, { accounts, arguments: told }: Settled): void {
  const logged = sent.outcome.logs.flatMap((log) => /^Program data: (\S+)$/.exec(log)?.[1] ?? []);
  assert.equal(logged.length, 1);
  const event = getSettleEventDecoder().decode(Buffer.from(logged[0]!, "base64"));
  assert.equal(event.applied.length, told.entries.length);
  const [settled, earned] = [new Map<Key, bigint>(), new Map<Key, bigint>()];
  let fees = 0n;
  for (const [place, entry] of told.entries.entries()) {
    const amount = event.applied[place]!;
    const applied = amount === NO_OP ? 0n : amount;
    assert.ok(applied <= entry.amount, "no entry applies more than it says");
    const fee = (applied * BigInt(event.feeBps)) / 10_000n;
    const [escrow, provider] = [told.ledgerAccounts[entry.escrow]!, told.ledgerAccounts[entry.provider]!];
    settled.set(escrow, (settled.get(escrow) ?? 0n) + applied);
    earned.set(provider, (earned.get(provider) ?? 0n) + applied - fee);
    fees += fee;
  }
  for (const [key, old] of sent.before) {
    const now = sent.after.get(key);
    if (old.kind === "escrow" && now?.kind === "escrow") {
      const taken = settled.get(key) ?? 0n;
      assert.deepEqual([now.settledTotal, now.balance], [old.settledTotal + taken, old.balance - taken], "I4: a user");
    }
    if (old.kind === "provider" && now?.kind === "provider") {
      assert.equal(now.earnedTotal - old.earnedTotal, earned.get(key) ?? 0n, "I4: a provider's share");
    }
    if (old.kind === "config" && now?.kind === "config") {
      assert.equal(now.feeAccrued - old.feeAccrued, key === accounts.config ? fees : 0n, "I4: the fees");
    }
  }
}
