// Amounts of USDC as branded integers; the only file that may make one out of a plain bigint.
import { AimoError } from "./errors.ts";

declare const unit: unique symbol;

/** Nano-USDC (1e-9 USDC), the ledger's unit, 0 … 2^63-1. */
export type NanoUsdc = bigint & { readonly [unit]: "nano" };
/** Micro-USDC (1e-6 USDC), the chain's unit and the unit of prices, 0 … 2^63-1. */
export type MicroUsdc = bigint & { readonly [unit]: "micro" };

const AMOUNT_MAX = 2n ** 63n - 1n; // what a BIGINT column holds
const DECIMALS = { nano: 9, micro: 6 } as const;

function checkRange(amount: bigint, unitName: string): bigint {
  if (amount < 0n || amount > AMOUNT_MAX) {
    throw new AimoError("invalid_amount", {
      expected: `0 to ${AMOUNT_MAX} ${unitName}-USDC`,
      found: amount.toString(),
    });
  }
  return amount;
}

/** Makes an amount of nano-USDC; throws `invalid_amount` outside 0 … 2^63-1. */
export function nanoUsdc(amount: bigint): NanoUsdc {
  return checkRange(amount, "nano") as NanoUsdc;
}

/** Makes an amount of micro-USDC; throws `invalid_amount` outside 0 … 2^63-1. */
export function microUsdc(amount: bigint): MicroUsdc {
  return checkRange(amount, "micro") as MicroUsdc;
}

/** The same amount in the ledger's unit; where that is more than a ledger can hold, the most it can. */
export function microToNanoAtMost(amount: MicroUsdc): NanoUsdc {
  const exact = amount * 1_000n;
  return (exact < AMOUNT_MAX ? exact : AMOUNT_MAX) as NanoUsdc;
}

/** Integer division that says which way it rounds; both operands must not be negative. */
export function divide(numerator: bigint, denominator: bigint, rounding: "up" | "down"): bigint {
  if (numerator < 0n || denominator <= 0n) {
    throw new AimoError("invalid_amount", {
      expected: "a numerator of at least 0 and a denominator above 0",
      found: `${numerator} / ${denominator}`,
    });
  }
  const quotient = numerator / denominator;
  return rounding === "up" && quotient * denominator < numerator ? quotient + 1n : quotient;
}

const DECIMAL = /^(0|[1-9][0-9]{0,12})(?:\.([0-9]{1,30}))?$/;

function parseDecimal(text: string, decimals: number): bigint {
  const match = DECIMAL.exec(text);
  const fraction = (match?.[2] ?? "").replace(/0+$/, "");
  if (match === null || fraction.length > decimals) {
    throw new AimoError("invalid_amount", {
      expected: `a decimal number of USDC with at most ${decimals} decimals, such as 1.50`,
      found: text.slice(0, 60),
    });
  }
  return BigInt(`${match[1]}${fraction.padEnd(decimals, "0")}`);
}

function formatDecimal(amount: bigint, decimals: number): string {
  const digits = amount.toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, -decimals);
  const fraction = digits.slice(-decimals).replace(/0+$/, "");
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

/** Reads USDC as people write it (`"1.50"`); refuses signs, exponents and a digit too many. */
export function parseMicroUsdc(text: string): MicroUsdc {
  return microUsdc(parseDecimal(text, DECIMALS.micro));
}

/** Reads USDC with up to nine decimals; refuses signs, exponents and a digit too many. */
export function parseNanoUsdc(text: string): NanoUsdc {
  return nanoUsdc(parseDecimal(text, DECIMALS.nano));
}

/** Writes an amount as decimal USDC with as many decimals as it needs: the exact inverse of `parseMicroUsdc`. */
export function formatMicroUsdc(amount: MicroUsdc): string {
  return formatDecimal(amount, DECIMALS.micro);
}

/** Writes an amount as decimal USDC with as many decimals as it needs: the exact inverse of `parseNanoUsdc`. */
export function formatNanoUsdc(amount: NanoUsdc): string {
  return formatDecimal(amount, DECIMALS.nano);
}

/** Writes pico-USDC (1e-12 USDC), in which token prices are counted, as decimal USDC. */
export function formatPicoUsdc(amount: bigint): string {
  return formatDecimal(amount, 12);
}

/** Writes an amount as decimal USDC with exactly six decimals, as wallet prompts show it (api-keys.md). */
export function formatMicroUsdcFixed(amount: MicroUsdc): string {
  const digits = amount.toString().padStart(7, "0");
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
