// Transactions byte by byte, also ones that no wallet would make.
import { base58 } from "@scure/base";
import { MEMO_PROGRAMS } from "../sign-in/memo-transaction.ts";

/** The parts of a legacy transaction; what is left out is that of a plain memo. */
export interface TransactionParts {
  readonly signer: Uint8Array;
  readonly memo: string | Uint8Array;
  readonly header?: readonly number[];
  readonly program?: string;
  readonly furtherAccounts?: readonly Uint8Array[];
  readonly memoAccounts?: readonly number[];
  readonly furtherInstructions?: readonly (readonly number[])[];
}

/** Solana's compact-u16. */
function compact(count: number): number[] {
  if (count < 0x80) return [count];
  return [(count & 0x7f) | 0x80, ...compact(count >> 7)];
}

/** The message of a transaction: what its signer signs. */
export function transactionMessage(parts: TransactionParts): Uint8Array {
  const { signer, header = [1, 0, 1], program = MEMO_PROGRAMS[0] ?? "", furtherAccounts = [] } = parts;
  const { memoAccounts = [0], furtherInstructions = [] } = parts;
  const memo = typeof parts.memo === "string" ? new TextEncoder().encode(parts.memo) : parts.memo;
  const accounts = [signer, base58.decode(program), ...furtherAccounts];
  return Uint8Array.from([
    ...header,
    ...compact(accounts.length),
    ...accounts.flatMap((account) => [...account]),
    ...new Uint8Array(32).fill(9), // a blockhash
    ...compact(1 + furtherInstructions.length),
    1,
    ...compact(memoAccounts.length),
    ...memoAccounts,
    ...compact(memo.length),
    ...memo,
    ...furtherInstructions.flat(),
  ]);
}

/** A whole transaction of one signature. */
export function transactionBytes(message: Uint8Array, signature: Uint8Array): Uint8Array {
  return Uint8Array.from([1, ...signature, ...message]);
}
