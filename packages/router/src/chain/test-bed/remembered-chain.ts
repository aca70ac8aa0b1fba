// A chain in this process that remembers its transactions and what accounts were at every slot, as nodes do.
import { createHash } from "node:crypto";
import { CLOCK_ADDRESS } from "@aimo-network/escrow/accounts/fetch-accounts";
import { TestChain } from "@aimo-network/escrow/test-bed/chain";
import type { Outcome } from "@aimo-network/escrow/test-bed/chain";
import {
  AccountRole,
  getBase58Decoder,
  getBase64Encoder,
  getCompiledTransactionMessageDecoder,
  getSignatureFromTransaction,
  getTransactionDecoder,
  isSignerRole,
  isWritableRole,
  mergeRoles,
} from "@solana/kit";
import type {
  Address,
  AddressesByLookupTableAddress,
  Base64EncodedWireTransaction,
  EncodedAccount,
  Instruction,
  Signature,
} from "@solana/kit";

/** A transaction that was executed. */
export interface RememberedTransaction {
  readonly signature: Signature;
  readonly slot: bigint;
  /** As a node tells it; null where it succeeded. */
  readonly error: unknown;
  readonly logs: readonly string[];
  readonly accountKeys: readonly Address[];
  readonly header: {
    readonly numRequiredSignatures: number;
    readonly numReadonlySignedAccounts: number;
    readonly numReadonlyUnsignedAccounts: number;
  };
  readonly lookedUp: readonly Address[];
}

type Accounts = Pick<RememberedTransaction, "accountKeys" | "header" | "lookedUp">;

interface Version {
  readonly slot: bigint;
  readonly account: EncodedAccount | undefined;
}

/** The accounts of a message as it is compiled: signers first, and of both kinds first those that may be written. */
function accountsOf(
  payer: Address,
  instructions: readonly Instruction[],
  tables: AddressesByLookupTableAddress,
): Accounts {
  const roles = new Map<Address, AccountRole>([[payer, AccountRole.WRITABLE_SIGNER]]);
  for (const { programAddress, accounts = [] } of instructions) {
    roles.set(programAddress, roles.get(programAddress) ?? AccountRole.READONLY);
    for (const { address, role } of accounts)
      roles.set(address, mergeRoles(roles.get(address) ?? AccountRole.READONLY, role));
  }
  const inTables = new Set(Object.values(tables).flat());
  const lookedUp = [...roles].filter(([address, role]) => inTables.has(address) && role === AccountRole.WRITABLE);
  for (const [address] of lookedUp) roles.delete(address);
  const accountKeys = [...roles].toSorted(([, one], [, other]) => other - one).map(([address]) => address);
  const count = (isCounted: (role: AccountRole) => boolean): number => [...roles.values()].filter(isCounted).length;
  return {
    accountKeys,
    header: {
      numRequiredSignatures: count(isSignerRole),
      numReadonlySignedAccounts: count((role) => isSignerRole(role) && !isWritableRole(role)),
      numReadonlyUnsignedAccounts: count((role) => !isSignerRole(role) && !isWritableRole(role)),
    },
    lookedUp: lookedUp.map(([address]) => address),
  };
}

/** The error of a transaction as nodes write it; the instruction is the last one, which is what tests send. */
function errorOf({ logs }: Pick<Outcome, "logs">, instructions: number): unknown {
  const code = /custom program error: 0x([0-9a-f]+)$/.exec(logs.find((log) => / failed: /.test(log)) ?? "")?.[1];
  const reason = code === undefined ? "ProgramFailedToComplete" : { Custom: Number.parseInt(code, 16) };
  return { InstructionError: [instructions - 1, reason] };
}

/** A chain with a memory; every transaction has a slot of its own. */
export class RememberedChain extends TestChain {
  /** The oldest first. */
  readonly transactions: RememberedTransaction[] = [];
  readonly #versions = new Map<Address, Version[]>();
  readonly #times: { readonly slot: bigint; readonly time: bigint }[] = [];

  override send(...instructions: readonly Instruction[]): Outcome {
    this.pass(1n);
    return this.#note(super.send(...instructions), instructions, {});
  }

  override sendWithTables(tables: AddressesByLookupTableAddress, ...instructions: readonly Instruction[]): Outcome {
    this.pass(1n);
    return this.#note(super.sendWithTables(tables, ...instructions), instructions, tables);
  }

  /** Executes what somebody signed; what was executed before is not executed again. */
  sendWire(wire: Base64EncodedWireTransaction): RememberedTransaction {
    const transaction = getTransactionDecoder().decode(getBase64Encoder().encode(wire));
    const signature = getSignatureFromTransaction(transaction);
    const known = this.find(signature);
    if (known !== undefined) return known;
    this.pass(1n);
    const message = getCompiledTransactionMessageDecoder().decode(transaction.messageBytes);
    const result = this.svm.sendTransaction(transaction);
    const logs = ("err" in result ? result.meta() : result).logs();
    const { staticAccounts: accountKeys, header } = message;
    const accounts: Accounts = {
      accountKeys,
      header: {
        numRequiredSignatures: header.numSignerAccounts,
        numReadonlySignedAccounts: header.numReadonlySignerAccounts,
        numReadonlyUnsignedAccounts: header.numReadonlyNonSignerAccounts,
      },
      lookedUp: [],
    };
    const error = "err" in result ? errorOf({ logs }, message.version === 1 ? 1 : message.instructions.length) : null;
    return this.#remember(signature, { error, logs, accounts });
  }

  /** A transaction that was executed. */
  find(signature: Signature): RememberedTransaction | undefined {
    return this.transactions.find((transaction) => transaction.signature === signature);
  }

  /** Lets slots go by. */
  pass(slots: bigint, seconds = 0n): void {
    this.setTime(this.time + seconds, this.slot + slots);
    this.#times.push({ slot: this.slot, time: this.time });
  }

  /** Forgets what an account was: it always was as it is now, as a test has planted it. */
  forget(address: Address): void {
    this.#versions.delete(address);
  }

  /** An account as it was at a slot. */
  accountAt(address: Address, slot: bigint): EncodedAccount | undefined {
    if (address === CLOCK_ADDRESS) return this.#clockAt(slot);
    const versions = this.#versions.get(address);
    if (versions === undefined) return this.account(address);
    return versions.findLast((version) => version.slot <= slot)?.account;
  }

  /** A program's accounts as they were at a slot. */
  programAccountsAt(program: Address, slot: bigint): EncodedAccount[] {
    const found = [...this.#versions.keys()].map((address) => this.accountAt(address, slot));
    return found.filter((account) => account !== undefined && account.programAddress === program) as EncodedAccount[];
  }

  #clockAt(slot: bigint): EncodedAccount | undefined {
    const found = this.account(CLOCK_ADDRESS);
    if (found === undefined) return undefined;
    const time = slot === this.slot ? this.time : this.#times.findLast((moment) => moment.slot <= slot)?.time;
    const data = Buffer.from(found.data);
    data.writeBigUInt64LE(slot, 0);
    data.writeBigInt64LE(time ?? this.time, 32);
    return { ...found, data: Uint8Array.from(data) };
  }

  #note(outcome: Outcome, instructions: readonly Instruction[], tables: AddressesByLookupTableAddress): Outcome {
    const hash = createHash("sha512").update(`transaction ${this.transactions.length}`).digest();
    const accounts = accountsOf(this.payer, instructions, tables);
    const error = outcome.isOk ? null : errorOf(outcome, instructions.length);
    this.#remember(getBase58Decoder().decode(hash) as Signature, { error, logs: outcome.logs, accounts });
    return outcome;
  }

  #remember(
    signature: Signature,
    { error, logs, accounts }: { error: unknown; logs: readonly string[]; accounts: Accounts },
  ): RememberedTransaction {
    const { slot } = this;
    const transaction = { signature, slot, error, logs, ...accounts };
    this.transactions.push(transaction);
    for (const address of [...accounts.accountKeys, ...accounts.lookedUp]) {
      const versions = this.#versions.get(address) ?? [];
      versions.push({ slot, account: this.account(address) });
      this.#versions.set(address, versions);
    }
    return transaction;
  }
}
