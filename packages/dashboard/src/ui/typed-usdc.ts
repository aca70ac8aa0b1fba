// Amounts of USDC as people type them and as the chain can move them.
import { isAimoError } from "@aimo-network/protocol/errors";
import { microUsdc, parseMicroUsdc, parseNanoUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc } from "@aimo-network/protocol/money";

const NANO_IN_MICRO = 1_000n;

/** The amount that a text is; undefined for one with a comma, an exponent, a sign or a seventh decimal. */
export function parsedUsdc(text: string): MicroUsdc | undefined {
  try {
    return parseMicroUsdc(text);
  } catch (error) {
    if (!isAimoError(error)) throw error;
    return undefined;
  }
}

/** The most that can be withdrawn of a decimal amount in USDC: the chain knows no parts below a millionth. */
export function mostWithdrawable(usdc: string): MicroUsdc {
  return microUsdc(parseNanoUsdc(usdc) / NANO_IN_MICRO);
}
