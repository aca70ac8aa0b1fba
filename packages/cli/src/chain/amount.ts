// Amounts of USDC as people type them for a command.
import { formatMicroUsdc, parseMicroUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { isAimoError } from "@aimo-network/protocol/errors";
import { CommandFault } from "../fault.ts";
import { typedText } from "../terminal/typed-text.ts";

/** Reads an amount that is going to be moved; throws `CommandFault` for a digit too many, and for nothing. */
export function readAmount(text: string | undefined, what: string): MicroUsdc {
  const wrong = (why: string, cause?: unknown): CommandFault =>
    new CommandFault(
      {
        what: `${what}: expected an amount of USDC above 0 with at most six decimals, such as 5 or 0.25.`,
        why,
        next: "Nothing was done: write the amount again.",
        reason: "usage",
        code: "invalid_amount",
      },
      { cause },
    );
  if (text === undefined) throw wrong("none was given.");
  try {
    const amount = parseMicroUsdc(text);
    if (amount === 0n) throw wrong("found 0.");
    return amount;
  } catch (error) {
    throw isAimoError(error, "invalid_amount") ? wrong(`found ${typedText(text)}.`, error) : error;
  }
}

/** An amount as --json has it: decimal USDC. */
export function amountJson(amount: MicroUsdc): string {
  return formatMicroUsdc(amount);
}
