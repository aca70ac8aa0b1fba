// Amounts of USDC as people type them: read strictly, and what is wrong is said with what was expected.
import { formatMicroUsdc, microUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { parsedUsdc } from "../ui/typed-usdc.ts";

/** An amount, or what is wrong with what was typed. */
export type TypedAmount =
  | { readonly amount: MicroUsdc; readonly fault?: undefined }
  | { readonly amount?: undefined; readonly fault: string };

/** What an amount has to be. */
export interface AmountBounds {
  /** At least; and above nothing in any case. */
  readonly least?: bigint | undefined;
  /** At most; undefined where nobody knows. */
  readonly most?: bigint | undefined;
  /** What the most is: `in your wallet`. */
  readonly mostIs?: string;
  readonly mayBeZero?: boolean;
}

const FOUND_CHARS = 30;

function usdc(amount: bigint): string {
  return `${formatMicroUsdc(microUsdc(amount))} USDC`;
}

/** Reads `1.50`; a comma, an exponent, a sign or a seventh decimal is a fault. */
export function readTypedAmount(typed: string, bounds: AmountBounds = {}): TypedAmount {
  const text = typed.trim();
  const { least = 0n, most, mostIs = "there", mayBeZero = false } = bounds;
  const amount = parsedUsdc(text);
  if (amount === undefined) {
    const found = text === "" ? "nothing" : `“${text.slice(0, FOUND_CHARS)}”`;
    return { fault: `Expected an amount such as 1.50, with at most six decimals; found ${found}.` };
  }
  if (amount === 0n && !mayBeZero) return { fault: "Expected more than 0 USDC." };
  if (amount < least) return { fault: `Expected at least ${usdc(least)}, found ${usdc(amount)}.` };
  if (most !== undefined && amount > most) {
    return { fault: `Expected at most ${usdc(most)}, which is all that is ${mostIs}; found ${usdc(amount)}.` };
  }
  return { amount };
}

/** Days as people type them: a whole number from 1; undefined for anything else. */
export function readTypedDays(typed: string, most: number): number | undefined {
  const text = typed.trim();
  if (!/^[1-9]\d{0,4}$/.test(text)) return undefined;
  const days = Number.parseInt(text, 10);
  return days <= most ? days : undefined;
}
