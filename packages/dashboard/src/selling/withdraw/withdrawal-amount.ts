// How much a provider wants to withdraw: as it is typed, held against what is settled.
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import { parsedUsdc } from "../../ui/typed-usdc.ts";

/** An amount that can be asked for, or what is wrong with it; neither while nothing is typed. */
export interface TypedAmount {
  readonly amount?: MicroUsdc;
  readonly fault?: string;
}

/** Reads what was typed; a fault says what was expected, what was found, and what to do. */
export function readAmount(text: string, most: MicroUsdc): TypedAmount {
  const typed = text.trim();
  if (typed === "") return {};
  const amount = parsedUsdc(typed);
  if (amount === undefined) {
    return {
      fault: `Expected USDC with at most six decimals and a point, such as 1.50; found “${typed.slice(0, 30)}”.`,
    };
  }
  if (amount === 0n) return { fault: "Expected more than 0 USDC." };
  if (amount > most) {
    return { fault: `${formatMicroUsdc(most)} USDC can be withdrawn now; type that much or less.` };
  }
  return { amount };
}
