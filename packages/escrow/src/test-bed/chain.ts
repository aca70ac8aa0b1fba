// A Solana in this process (LiteSVM) with the real program on it; time stands still unless a test moves it.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  appendTransactionMessageInstructions,
  assertIsTransactionWithinSizeLimit,
  compileTransaction,
  compressTransactionMessageUsingAddressLookupTables,
  createNoopSigner,
  createTransactionMessage,
  getAddressDecoder,
  lamports,
  pipe,
  setTransactionMessageFeePayer,
} from "@solana/kit";
import type {
  Address,
  AddressesByLookupTableAddress,
  EncodedAccount,
  Instruction,
  Transaction,
  TransactionMessage,
  TransactionMessageWithBlockhashLifetime,
  TransactionMessageWithFeePayer,
  TransactionSigner,
} from "@solana/kit";
import {
  TOKEN_PROGRAM_ADDRESS,
  getMintEncoder,
  getTokenDecoder,
  getTokenEncoder,
  AccountState,
} from "@solana-program/token";
import { Clock, FailedTransactionMetadata, LiteSVM } from "litesvm";
import { escrowErrorName } from "../error-codes.ts";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "../generated/programs/aimoEscrow.ts";

/** What became of a transaction. */
export interface Outcome {
  readonly isOk: boolean;
  /** The program's name of what it refused, `token 4` for another program's code, or what the runtime said. */
  readonly error: string | undefined;
  /** Compute units of each call of the escrow program. */
  readonly units: readonly bigint[];
  readonly logs: readonly string[];
}

/** The moment every chain of a test begins with. */
export const START_TIME = 1_800_000_000n;
const START_SLOT = 1_000_000n;
const SOL = 1_000_000_000n;
const PROGRAM = join(import.meta.dirname, "../../program/bin/aimo_escrow.so");
const binary = readFileSync(process.env["AIMO_ESCROW_BINARY"] ?? PROGRAM);

/** An address that is the same in every run; nobody has its key, and the runtime here does not ask for signatures. */
export function named(name: string): Address {
  return getAddressDecoder().decode(createHash("sha256").update(name).digest());
}

/** Somebody who signs whatever a test says. */
export function signer(address: Address): TransactionSigner {
  return createNoopSigner(address);
}

function failureOf(failed: FailedTransactionMetadata, ours: Address): string {
  const logs = failed.meta().logs();
  const line = logs.find((log) => / failed: /.test(log));
  const [, program, reason = ""] = /^Program (\S+) failed: (.*)$/.exec(line ?? "") ?? [];
  const code = /^custom program error: 0x([0-9a-f]+)$/.exec(reason)?.[1];
  if (code === undefined) return reason === "" ? String(failed) : reason;
  if (program === ours) return escrowErrorName(Number.parseInt(code, 16)) ?? `unknown ${code}`;
  return program === TOKEN_PROGRAM_ADDRESS ? `token ${Number.parseInt(code, 16)}` : `${program} ${code}`;
}

function unitsOf(logs: readonly string[], ours: Address): bigint[] {
  const consumed = new RegExp(`^Program ${ours} consumed ([0-9]+) of`);
  return logs.flatMap((log) => {
    const units = consumed.exec(log)?.[1];
    return units === undefined ? [] : [BigInt(units)];
  });
}

/** Starts a chain with the program, and accounts as a test plants them. */
export class TestChain {
  readonly svm: LiteSVM;
  readonly payer = named("payer of all fees");
  /** Where the program is deployed. */
  readonly programAddress: Address;

  /** A new chain, or what `svm.toBytes()` kept of another one. */
  constructor(snapshot?: Uint8Array, programAddress: Address = AIMO_ESCROW_PROGRAM_ADDRESS) {
    this.programAddress = programAddress;
    const svm = snapshot === undefined ? new LiteSVM() : LiteSVM.fromBytes(snapshot);
    this.svm = svm.withSigverify(false).withBlockhashCheck(false).withTransactionHistory(0n);
    if (snapshot !== undefined) return;
    this.svm.addProgram(programAddress, binary);
    this.setTime(START_TIME, START_SLOT);
    this.giveSol(this.payer);
  }

  get time(): bigint {
    return this.svm.getClock().unixTimestamp;
  }

  get slot(): bigint {
    return this.svm.getClock().slot;
  }

  setTime(time: bigint, slot: bigint = this.slot): void {
    this.svm.setClock(new Clock(slot, time, 0n, 0n, time));
  }

  /** Lets time go by, with a slot for every 400 ms of it. */
  advance(seconds: bigint): void {
    this.setTime(this.time + seconds, this.slot + (seconds * 5n) / 2n);
  }

  giveSol(address: Address): void {
    this.svm.airdrop(address, lamports(1_000n * SOL));
  }

  /** Sends one transaction; whoever its instructions want to sign has signed. */
  send(...instructions: readonly Instruction[]): Outcome {
    return this.#deliver(compileTransaction(this.#messageOf(instructions)));
  }

  /** As `send`, within a packet's size, with the addresses that these lookup tables hold named by them. */
  sendWithTables(tables: AddressesByLookupTableAddress, ...instructions: readonly Instruction[]): Outcome {
    const message = compressTransactionMessageUsingAddressLookupTables(this.#messageOf(instructions), tables);
    const transaction = compileTransaction(message);
    assertIsTransactionWithinSizeLimit(transaction);
    return this.#deliver(transaction);
  }

  #messageOf(
    instructions: readonly Instruction[],
  ): Extract<TransactionMessage, { version: 0 }> &
    TransactionMessageWithFeePayer &
    TransactionMessageWithBlockhashLifetime {
    return pipe(
      createTransactionMessage({ version: 0 }),
      (draft) => setTransactionMessageFeePayer(this.payer, draft),
      (draft) => this.svm.setTransactionMessageLifetimeUsingLatestBlockhash(draft),
      (draft) => appendTransactionMessageInstructions(instructions, draft),
    );
  }

  #deliver(transaction: Transaction): Outcome {
    const result = this.svm.sendTransaction(transaction);
    const isFailed = result instanceof FailedTransactionMetadata;
    const logs = (isFailed ? result.meta() : result).logs();
    const error = isFailed ? failureOf(result, this.programAddress) : undefined;
    return { isOk: !isFailed, error, units: unitsOf(logs, this.programAddress), logs };
  }

  account(address: Address): EncodedAccount | undefined {
    const found = this.svm.getAccount(address);
    return found.exists ? found : undefined;
  }

  /** Puts an account there, whatever was there before. */
  plant(address: Address, programAddress: Address, data: Uint8Array): void {
    const space = BigInt(data.length);
    const rent = lamports(this.svm.minimumBalanceForRentExemption(space));
    this.svm.setAccount({ address, programAddress, data, lamports: rent, executable: false, space });
  }

  plantMint(mint: Address, decimals = 6): void {
    const state = {
      mintAuthority: this.payer,
      supply: 2n ** 60n,
      decimals,
      isInitialized: true,
      freezeAuthority: null,
    };
    this.plant(mint, TOKEN_PROGRAM_ADDRESS, Uint8Array.from(getMintEncoder().encode(state)));
  }

  /** Puts a token account there; `changes` makes it an odd one. */
  plantToken(address: Address, mint: Address, owner: Address, amount: bigint, changes: Partial<TokenState> = {}): void {
    const state: TokenState = { ...PLAIN_TOKEN, ...changes, mint, owner, amount };
    this.plant(address, TOKEN_PROGRAM_ADDRESS, Uint8Array.from(getTokenEncoder().encode(state)));
  }

  /** What a token account holds; 0 where there is none. */
  tokens(address: Address): bigint {
    const data = this.account(address)?.data;
    return data === undefined || data.length === 0 ? 0n : getTokenDecoder().decode(data).amount;
  }
}

type TokenState = Parameters<ReturnType<typeof getTokenEncoder>["encode"]>[0];

const PLAIN_TOKEN = {
  delegate: null,
  state: AccountState.Initialized,
  isNative: null,
  delegatedAmount: 0n,
  closeAuthority: null,
};
