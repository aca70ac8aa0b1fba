// A transaction held against what was asked for: everything that it does beyond that, or otherwise, is a difference.
import type { Address } from "@solana/kit";
import type { Action, FlagCode, TransactionDescription } from "../describe/description.ts";
import { momentWords, usdcWords } from "../plain-words.ts";
import { readWireTransaction } from "../describe/wire-transaction.ts";

/** An instruction of the escrow program that was asked for. What is not named here may be as it is. */
export interface WishedInstruction {
  /** As docs/escrow.md has it: `deposit`. */
  readonly name: string;
  /** It may be missing. */
  readonly isOptional?: boolean;
  /** Accounts by the names of the generated client. */
  readonly accounts: Readonly<Record<string, Address>>;
  /** Arguments by the names of the generated client. */
  readonly data?: Readonly<Record<string, bigint | number>>;
  /** Arguments that may be lower, but not higher. */
  readonly dataMost?: Readonly<Record<string, bigint>>;
  /** Arguments that may be higher, but not lower. */
  readonly dataLeast?: Readonly<Record<string, bigint>>;
}

/** What somebody wants signed. */
export interface TransactionWish {
  /** Put to the person: `Deposit 5.00 USDC?` */
  readonly question: string;
  /** The escrow program. */
  readonly programAddress: Address;
  /** Who is going to sign, the fee payer first; everybody else has to have signed. */
  readonly signers: readonly Address[];
  /** The config of the router that it is about. */
  readonly router?: Address;
  readonly mint?: Address | undefined;
  /** Whose escrows and token accounts are known, beside those of the signers. */
  readonly people?: readonly Address[];
  readonly instructions: readonly WishedInstruction[];
  /** What addresses are called when the transaction is shown; the fee payer is the person's wallet. */
  readonly names?: Readonly<Record<string, string>>;
  /** Associated token accounts that may be opened, for which the fee payer pays the rent. */
  readonly mayOpen?: readonly Address[];
  /** The instructions name where the money goes, or the program pins it: it need not be a usual place. */
  readonly isAnyDestination?: boolean;
}

const AMOUNTS: ReadonlySet<string> = new Set(["amount", "total", "allowTotal"]);
const AMOUNT_END = 1n << 63n; // no amount is larger, and what is asks to be shown as it stands
const MOMENTS: ReadonlySet<string> = new Set(["expiresAt", "allowExpiresAt"]);

/** A value as it is compared: an account by its address. */
function bareValue(value: unknown): string {
  return typeof value === "object" && value !== null && "address" in value ? String(value.address) : String(value);
}

/** A value as people read it, by the name that the generated client has for it; words are never compared. */
function valueWords(name: string, value: unknown): string {
  if (typeof value === "bigint" && AMOUNTS.has(name)) return value < AMOUNT_END ? usdcWords(value) : String(value);
  if (typeof value === "bigint" && MOMENTS.has(name)) return momentWords(value);
  return bareValue(value);
}

function* namedParts(
  title: string,
  wished: Readonly<Record<string, Address | bigint | number>>,
  found: Readonly<Record<string, unknown>>,
): Iterable<string> {
  for (const [name, expected] of Object.entries(wished)) {
    const value = found[name];
    if (bareValue(value) === bareValue(expected)) continue;
    yield `${title}: expected ${valueWords(name, expected)} as ${name}, found ${valueWords(name, value)}.`;
  }
}

function* instructionParts(wished: WishedInstruction, { escrow }: Action): Iterable<string> {
  const { name, accounts, data = {}, dataMost = {}, dataLeast = {} } = wished;
  if (escrow === undefined) {
    yield `${name} is malformed.`;
    return;
  }
  const found: Readonly<Record<string, unknown>> = { ...escrow.data };
  yield* namedParts(name, accounts, { ...escrow.accounts });
  yield* namedParts(name, data, found);
  const bounds = [
    ["at most", dataMost, (value: bigint, bound: bigint) => value <= bound],
    ["at least", dataLeast, (value: bigint, bound: bigint) => value >= bound],
  ] as const;
  for (const [what, named, isWithin] of bounds) {
    for (const [argument, bound] of Object.entries(named)) {
      const value = found[argument];
      if (typeof value === "bigint" && isWithin(value, bound)) continue;
      const [wanted, words] = [valueWords(argument, bound), valueWords(argument, value)];
      yield `${name}: expected ${what} ${wanted} as ${argument}, found ${words}.`;
    }
  }
}

/** Which account each instruction names second: of one that opens a token account, that account. */
function secondAccounts(bytes: Uint8Array): readonly (Address | undefined)[] {
  const transaction = readWireTransaction(bytes);
  return "reason" in transaction ? [] : transaction.instructions.map(({ accounts }) => accounts[1]?.address);
}

function* actionParts(bytes: Uint8Array, actions: readonly Action[], wish: TransactionWish): Iterable<string> {
  const opened = secondAccounts(bytes);
  const left = [...wish.instructions];
  for (const [index, action] of actions.entries()) {
    if (action.program === "compute_budget") continue;
    if (action.program === "associated_token" && action.name === "create_idempotent") {
      const account = opened[index];
      if (account === undefined || wish.mayOpen?.includes(account) !== true) yield `Not asked for: ${action.words}`;
      continue;
    }
    const place = action.program === "escrow" ? left.findIndex(({ name }) => name === action.name) : -1;
    const [wished] = place < 0 ? [] : left.splice(place, 1);
    if (wished === undefined) yield `Not asked for: ${action.words}`;
    else yield* instructionParts(wished, action);
  }
  for (const { name } of left.filter(({ isOptional }) => isOptional !== true)) yield `It has no ${name}.`;
}

/** All that a transaction does beyond what was asked for, or otherwise; nothing where it may be signed. */
export function differences(bytes: Uint8Array, described: TransactionDescription, wish: TransactionWish): string[] {
  const { actions, flags, signers } = described;
  const found = [...actionParts(bytes, actions, wish)];
  const borne: readonly FlagCode[] = wish.isAnyDestination === true ? ["foreign_destination"] : [];
  found.push(...flags.filter(({ code }) => !borne.includes(code)).map(({ words }) => words));
  for (const { address, signature } of signers) {
    if (signature !== "valid" && !wish.signers.includes(address)) found.push(`The signature of ${address} is missing.`);
  }
  for (const signer of wish.signers) {
    if (!signers.some(({ address }) => address === signer)) found.push(`It does not want the signature of ${signer}.`);
  }
  return found;
}
