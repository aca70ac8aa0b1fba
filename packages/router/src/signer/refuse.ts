// How the signer says no: under the name of the rule, with what was expected and what was found.
import type { SigningReason } from "@aimo-network/protocol/errors";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import type { Address } from "@solana/kit";
import { isAddress } from "@solana/kit";

/** What was expected and what was found, and whose entries it is about. */
export interface RefusalWords {
  readonly expected: string;
  readonly found: string;
  /** The ledger's numbers. */
  readonly users?: readonly number[];
}

/** The refusal under this rule. */
export function refusal(
  reason: SigningReason,
  words: RefusalWords,
  options?: ErrorOptions,
): AimoError<"signing_refused"> {
  return new AimoError("signing_refused", { reason, ...words }, options);
}

/** Refuses under this rule unless `holds`. */
export function insist(holds: boolean, reason: SigningReason, words: () => RefusalWords): asserts holds {
  if (!holds) throw refusal(reason, words());
}

/** Refuses for those users that a rule does not hold for. */
export function insistForAll(users: readonly number[], reason: SigningReason, words: () => RefusalWords): void {
  const named = [...new Set(users)];
  if (named.length > 0) throw refusal(reason, { ...words(), users: named });
}

/** Builds what the program takes; what it would refuse is refused here under one rule, with its words. */
export async function asTheProgram<Built>(build: () => Promise<Built>): Promise<Built> {
  try {
    return await build();
  } catch (error) {
    if (!isAimoError(error, "escrow_refused")) throw error;
    const { name, expected, found } = error.context;
    throw refusal("program_refuses", { expected: `${expected} (${name})`, found }, { cause: error });
  }
}

/** The address that somebody else wrote. */
export function readAddress(text: string): Address {
  if (isAddress(text)) return text;
  throw new AimoError("invalid_request", { expected: "an address in base58", found: text.slice(0, 60) });
}
