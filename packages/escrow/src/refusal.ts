// What the program would refuse is refused here first, in its words and under its names.
import { AimoError } from "@aimo-network/protocol/errors";
import { ESCROW_ERROR_CODES } from "./error-codes.ts";
import type { EscrowErrorName } from "./error-codes.ts";
import { getAimoEscrowErrorMessage } from "./generated/errors/aimoEscrow.ts";

/** What was found, and what was expected where that can be said more exactly than for every case of the name. */
export interface RefusalWords {
  readonly found: string;
  readonly expected?: string;
}

/** The refusal of this name, with the advice of the program's interface description. */
export function refusal(name: EscrowErrorName, words: RefusalWords): AimoError<"escrow_refused"> {
  const message = getAimoEscrowErrorMessage(ESCROW_ERROR_CODES[name]);
  const [, expected = message, advice = ""] = /^Expected (.*?); (.*)$/.exec(message) ?? [];
  return new AimoError("escrow_refused", { name, expected: words.expected ?? expected, found: words.found, advice });
}

/** Refuses under this name unless `holds`. */
export function insist(holds: boolean, name: EscrowErrorName, words: () => RefusalWords): asserts holds {
  if (!holds) throw refusal(name, words());
}
