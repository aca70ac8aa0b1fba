// Before anybody signs: what a transaction does, from its own bytes, held against what was asked for.
import { describeTransaction } from "../describe/describe-transaction.ts";
import type { TransactionDescription, UnreadableTransaction } from "../describe/description.ts";
import { differences } from "./differences.ts";
import type { TransactionWish } from "./differences.ts";

/** What bytes were found to be; only where they are `as_wished` may they be signed. */
export type TransactionCheck =
  | { readonly kind: "as_wished"; readonly description: TransactionDescription }
  | {
      readonly kind: "different";
      readonly description: TransactionDescription;
      /** In sentences; the first says enough. */
      readonly differences: readonly string[];
    }
  | UnreadableTransaction;

/** What bytes do, told to who wished for it. */
export function describeWished(
  bytes: Uint8Array,
  wish: TransactionWish,
): Promise<TransactionDescription | UnreadableTransaction> {
  const [feePayer] = wish.signers;
  return describeTransaction(bytes, {
    programAddress: wish.programAddress,
    people: [...wish.signers, ...(wish.people ?? [])],
    ...(wish.router !== undefined && { router: wish.router }),
    ...(wish.mint !== undefined && { mint: wish.mint }),
    ...(feePayer !== undefined && { feePayer }),
  });
}

/** Reads bytes that anybody made, and says whether they do what was wished and nothing else. */
export async function checkTransaction(bytes: Uint8Array, wish: TransactionWish): Promise<TransactionCheck> {
  const description = await describeWished(bytes, wish);
  if (description.kind === "unreadable") return description;
  const found = differences(bytes, description, wish);
  return found.length === 0
    ? { kind: "as_wished", description }
    : { kind: "different", description, differences: found };
}
