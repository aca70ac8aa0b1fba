// What a transaction does, before anybody signs it: from its bytes alone, in words and types, and what is odd about it.
import { getPublicKeyFromAddress, getU32Decoder, getU64Decoder, signatureBytes, verifySignature } from "@solana/kit";
import type { AccountMeta, Address, AddressesByLookupTableAddress } from "@solana/kit";
import { COMPUTE_BUDGET_PROGRAM_ADDRESS } from "@solana-program/compute-budget";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { divide } from "@aimo-network/protocol/money";
import type {
  Action,
  Flag,
  RequiredSigner,
  SignatureState,
  TransactionDescription,
  TransactionFee,
  UnreadableTransaction,
} from "./description.ts";
import { escrowAction, escrowInstructionName } from "./escrow-action.ts";
import { solWords } from "./foreign-text.ts";
import { Onlooker } from "./onlooker.ts";
import type { Expectations } from "./onlooker.ts";
import { otherAction } from "./other-action.ts";
import { readWireTransaction } from "./wire-transaction.ts";
import type { WireInstruction, WireTransaction } from "./wire-transaction.ts";

/** What a transaction is described with. */
export interface DescribeOptions extends Expectations {
  /** The addresses of the lookup tables that it may use. */
  readonly tables?: AddressesByLookupTableAddress;
}

const LAMPORTS_PER_SIGNATURE = 5_000n;
const UNITS_PER_INSTRUCTION = 200_000n; // what the chain grants where nothing is asked for
const UNITS_MAX = 1_400_000n;
const MICRO_PER_LAMPORT = 1_000_000n;
// Twice what a settlement pays on a crowded day; more than that is a mistake, or somebody's way to empty the payer.
const FEE_LAMPORTS_MAX = 10_000_000n;
const ADVANCE_NONCE = 4;

async function stateOf(address: Address, bytes: Uint8Array, message: Uint8Array): Promise<SignatureState> {
  if (bytes.every((byte) => byte === 0)) return "missing";
  try {
    const isValid = await verifySignature(await getPublicKeyFromAddress(address), signatureBytes(bytes), message);
    return isValid ? "valid" : "invalid";
  } catch {
    return "unchecked"; // a runtime without Ed25519: it says so instead of calling a signature good or bad
  }
}

function isNamed(accounts: WireInstruction["accounts"]): accounts is readonly AccountMeta[] {
  return accounts.every(({ address }) => address !== undefined);
}

async function actionOf(instruction: WireInstruction, onlooker: Onlooker): Promise<Action> {
  const { programAddress, accounts, data } = instruction;
  const isOurs = programAddress === onlooker.programAddress;
  if (isNamed(accounts)) {
    return isOurs ? escrowAction(accounts, data, onlooker) : otherAction(programAddress, accounts, data, onlooker);
  }
  const tables = new Set(
    accounts.flatMap(({ address, lookup }) => (address === undefined ? [lookup?.table ?? ""] : [])),
  );
  onlooker.flag(
    "unresolved_lookup",
    `Some accounts are in lookup tables that are not known: ${[...tables].join(", ")}.`,
  );
  const name = isOurs ? escrowInstructionName(data) : undefined;
  const what = name === undefined ? "" : `${name} of `;
  const words = `Calls ${what}${isOurs ? "the escrow program" : programAddress} with accounts that are not known here.`;
  return { program: isOurs ? "escrow" : "unknown", programAddress, name, words };
}

/** What the budget's instructions ask for; the last one of a kind counts, although the chain refuses a second one. */
function feeOf({ signatures, instructions }: WireTransaction, payer: Address): TransactionFee {
  const others = instructions.filter(({ programAddress }) => programAddress !== COMPUTE_BUDGET_PROGRAM_ADDRESS);
  let units = UNITS_PER_INSTRUCTION * BigInt(others.length);
  let price = 0n;
  for (const { programAddress, data } of instructions) {
    if (programAddress !== COMPUTE_BUDGET_PROGRAM_ADDRESS) continue;
    if (data[0] === 2 && data.length === 5) units = BigInt(getU32Decoder().decode(data, 1));
    if (data[0] === 3 && data.length === 9) price = getU64Decoder().decode(data, 1);
  }
  const unitsMax = units < UNITS_MAX ? units : UNITS_MAX;
  const priorityLamportsMax = divide(price * unitsMax, MICRO_PER_LAMPORT, "up");
  return { payer, baseLamports: LAMPORTS_PER_SIGNATURE * BigInt(signatures.length), priorityLamportsMax };
}

function usesNonce({ instructions }: WireTransaction): boolean {
  const [first] = instructions;
  if (first?.programAddress !== SYSTEM_PROGRAM_ADDRESS || first.data.length < 4) return false;
  return getU32Decoder().decode(first.data) === ADVANCE_NONCE;
}

function transactionFlags(
  transaction: WireTransaction,
  about: { readonly fee: TransactionFee; readonly signers: readonly RequiredSigner[]; readonly expected: Expectations },
): Flag[] {
  const { fee, signers, expected } = about;
  const flags: Flag[] = [];
  if (usesNonce(transaction)) {
    flags.push({ code: "durable_nonce", words: "It does not expire: once signed it may be sent at any time." });
  }
  if (expected.feePayer !== undefined && expected.feePayer !== fee.payer) {
    flags.push({ code: "other_fee_payer", words: `The fee payer is ${fee.payer}, not ${expected.feePayer}.` });
  }
  const total = fee.baseLamports + fee.priorityLamportsMax;
  if (total > (expected.feeLamportsMax ?? FEE_LAMPORTS_MAX)) {
    flags.push({ code: "high_fee", words: `The fee may be as much as ${solWords(total)}.` });
  }
  for (const { address, signature } of signers) {
    if (signature === "invalid") flags.push({ code: "invalid_signature", words: `${address} has not signed this.` });
  }
  return flags;
}

const SIGNATURE_WORDS: Readonly<Record<SignatureState, (address: Address) => string>> = {
  valid: (address) => `${address} has signed.`,
  missing: (address) => `The signature of ${address} is missing.`,
  invalid: (address) => `What stands for the signature of ${address} is not one.`,
  unchecked: (address) => `What stands for the signature of ${address} cannot be checked here.`,
};

async function describe(transaction: WireTransaction, options: DescribeOptions): Promise<TransactionDescription> {
  const { version, message, signatures, instructions } = transaction;
  const signers: RequiredSigner[] = [];
  for (const { address, bytes } of signatures)
    signers.push({ address, signature: await stateOf(address, bytes, message) });
  const people = signers.map(({ address }) => address);
  const [payer] = people;
  if (payer === undefined) throw new TypeError("a transaction that was read has a fee payer");
  const fee = feeOf(transaction, payer);
  const actions: Action[] = [];
  const flags = transactionFlags(transaction, { fee, signers, expected: options });
  for (const [index, instruction] of instructions.entries()) {
    const onlooker = new Onlooker(options, people, index);
    actions.push(await actionOf(instruction, onlooker));
    flags.push(...onlooker.flags);
  }
  const words = [
    ...actions.map((action) => action.words),
    `${payer} pays the fee, at most ${solWords(fee.baseLamports + fee.priorityLamportsMax)}.`,
    ...signers.map(({ address, signature }) => SIGNATURE_WORDS[signature](address)),
    ...flags.map((flag) => `Attention: ${flag.words}`),
  ];
  return { kind: "transaction", version, fee, signers, actions, flags, words };
}

/**
 * Describes a transaction from its wire bytes. Whatever the bytes are, it answers: with `unreadable` and a reason where
 * they are no transaction that the chain would take.
 */
export async function describeTransaction(
  bytes: Uint8Array,
  options: DescribeOptions,
): Promise<TransactionDescription | UnreadableTransaction> {
  const transaction = readWireTransaction(bytes, options.tables);
  return "reason" in transaction ? { kind: "unreadable", reason: transaction.reason } : describe(transaction, options);
}
