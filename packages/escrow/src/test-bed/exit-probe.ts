// I7: asks, without doing it, whether who leaves would be paid now, by a stranger, from the most hostile of routers.
import assert from "node:assert/strict";
import {
  appendTransactionMessageInstruction,
  compileTransaction,
  createTransactionMessage,
  pipe,
  setTransactionMessageFeePayer,
} from "@solana/kit";
import type { Address, EncodedAccount } from "@solana/kit";
import { getTokenDecoder } from "@solana-program/token";
import { FailedTransactionMetadata } from "litesvm";
import { toChainInstruction } from "./escrow-commands.ts";
import type { EscrowWorld } from "./escrow-world.ts";
import type { Instruction } from "./model/instruction.ts";
import type { Account, Config, Escrow, Key, Provider } from "./model/records.ts";

// Offsets of docs/escrow.md: nobody has a role, and everything is paused for ever.
const HOSTILE = [
  { from: 136, to: 328, byte: 0 }, // admin, pending_admin, roles
  { from: 592, to: 616, byte: 0x7f }, // pause_until
] as const;

/** Who waits for a payment that is due: the instruction that makes it, where to, and how much. */
interface DueExit {
  readonly instruction: Instruction;
  readonly config: Address;
  readonly vault: Key;
  readonly mint: Address;
  readonly destination: Address;
  readonly owner: Key;
  readonly amount: bigint;
}

function dueExitOf(world: EscrowWorld, key: Key, account: Escrow | Provider): DueExit | undefined {
  const { exitRequestedAt, exitDelay } = account;
  const { time } = world.now;
  if (exitRequestedAt === 0n || time < exitRequestedAt + exitDelay) return undefined;
  const config = world.observed.get(account.config) as Config;
  const { vault, vaultAuthority, mint } = config;
  const tokenProgram = world.scenery.programs.token;
  const payment = { config: account.config, vault, vaultAuthority, mint, tokenProgram };
  const router = { config: account.config as Address, vault, mint: mint as Address };
  const signers: ReadonlySet<Key> = new Set();
  if (account.kind === "escrow") {
    const { user, balance } = account;
    const destination = world.scenery.surroundings.derive.associated(user, mint) as Address;
    const accounts = { ...payment, user, escrow: key, destination };
    const instruction = { name: "finalize_exit", accounts, arguments: {}, signers } as const;
    return { ...router, instruction, destination, owner: user, amount: balance };
  }
  const isDue = account.pendingPayoutAt !== 0n && time >= account.pendingPayoutAt;
  const destination = (isDue ? account.pendingPayout : account.payout) as Address;
  const claim = account.earnedTotal - account.withdrawnTotal;
  const accounts = { ...payment, provider: key, payout: destination };
  const instruction = { name: "provider_finalize_exit", accounts, arguments: {}, signers } as const;
  const amount = claim < account.exitAmount ? claim : account.exitAmount;
  return { ...router, instruction, destination, owner: account.owner, amount };
}

function hostile(account: EncodedAccount): EncodedAccount {
  const data = Uint8Array.from(account.data);
  for (const { from, to, byte } of HOSTILE) data.fill(byte, from, to);
  return { ...account, data };
}

/** Puts accounts as they are wanted, and afterwards as they were. */
function withAccounts(world: EscrowWorld, keys: readonly Address[], change: () => void, probe: () => void): void {
  const { chain, scenery } = world;
  const standing = keys.map((key) => [key, chain.account(key)] as const);
  change();
  try {
    probe();
  } finally {
    for (const [address, account] of standing) {
      if (account === undefined) {
        chain.plant(address, scenery.programs.system, new Uint8Array());
        chain.svm.setAccount({ ...chain.account(address)!, lamports: 0n as EncodedAccount["lamports"] });
      } else chain.svm.setAccount(account);
    }
  }
}

function assertWouldBePaid(world: EscrowWorld, due: DueExit): void {
  const { instruction, config, mint, destination, owner, amount } = due;
  const { chain } = world;
  const token = world.token(destination);
  const had = token?.amount ?? 0n;
  const change = (): void => {
    chain.svm.setAccount(hostile(chain.account(config)!));
    // A user's own account is the user's care: it is there, not frozen, and still theirs.
    chain.plantToken(destination, mint, owner as Address, had);
  };
  withAccounts(world, [config, destination], change, () => {
    const message = pipe(
      createTransactionMessage({ version: 0 }),
      (draft) => setTransactionMessageFeePayer(chain.payer, draft),
      (draft) => chain.svm.setTransactionMessageLifetimeUsingLatestBlockhash(draft),
      (draft) => appendTransactionMessageInstruction(toChainInstruction(instruction), draft),
    );
    const answer = chain.svm.simulateTransaction(compileTransaction(message));
    const who = `I7: ${world.scenery.labels.get(owner)}`;
    if (answer instanceof FailedTransactionMetadata) {
      assert.fail(`${who} is not paid: ${answer.meta().logs().join("\n")}`);
    }
    if (amount === 0n) return;
    const paid = answer.postAccounts().find(({ address }) => address === destination);
    assert.ok(paid !== undefined);
    assert.equal(getTokenDecoder().decode(paid.data).amount, had + amount, `${who} is paid all`);
  });
}

/** Asks in one run about everybody whose exit is due, at every moment at which the answer could be another. */
export class ExitProbe {
  readonly #world: EscrowWorld;
  /** What the last answer about somebody followed from. */
  readonly #asked = new Map<Key, readonly (Account | undefined)[]>();

  constructor(world: EscrowWorld) {
    this.#world = world;
  }

  /** Fails unless everybody whose exit is due would be paid; gives how many were asked for. */
  assertDueExitsArePaid(): number {
    const { observed } = this.#world;
    let asked = 0;
    for (const [key, account] of observed) {
      if (account.kind !== "escrow" && account.kind !== "provider") continue;
      const due = dueExitOf(this.#world, key, account);
      if (due === undefined) {
        this.#asked.delete(key);
        continue;
      }
      const from = [account, observed.get(due.config), observed.get(due.vault)];
      const known = this.#asked.get(key);
      if (known?.every((one, place) => one === from[place]) === true) continue;
      this.#asked.set(key, from);
      assertWouldBePaid(this.#world, due);
      asked += 1;
    }
    return asked;
  }
}
