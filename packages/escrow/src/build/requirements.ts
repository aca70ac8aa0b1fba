// What several instructions ask for: amounts, signers, an open router, a destination that may be paid to.
import type { Address, TransactionSigner } from "@solana/kit";
import type { PauseKind } from "../accounts/config-facts.ts";
import { pauseState } from "../accounts/config-facts.ts";
import type { TokenHolding, TokenReading } from "../accounts/token-account.ts";
import type { EscrowErrorName } from "../error-codes.ts";
import type { Config } from "../generated/accounts/config.ts";
import { momentWords, usdcWords } from "../plain-words.ts";
import { AMOUNT_MAX, NOBODY } from "../program-bounds.ts";
import { insist } from "../refusal.ts";

/** Refuses amounts that nothing can be moved by. */
export function insistOnAmount(amount: bigint): void {
  insist(amount !== 0n, "ZeroAmount", () => ({ found: "0" }));
  insistOnCeiling(amount);
}

/** Refuses numbers outside 0 to 2^53: ceilings of amounts, and moments. */
export function insistOnCeiling(ceiling: bigint): void {
  insist(ceiling >= 0n && ceiling <= AMOUNT_MAX, "AmountTooLarge", () => ({ found: `${ceiling}` }));
}

/** Refuses a sum that no total may reach. */
export function insistOnTotal(total: bigint): void {
  insist(total <= AMOUNT_MAX, "Overflow", () => ({ found: `a total of ${total} micro-USDC` }));
}

/** Refuses a signer that is not the one expected; zeros expect somebody who does not exist. */
export function insistOnSigner(
  signer: TransactionSigner,
  expected: { readonly key: Address; readonly as: string; readonly name: EscrowErrorName },
): void {
  const { key, as, name } = expected;
  insist(signer.address === key && key !== NOBODY, name, () => ({
    expected: key === NOBODY ? `${as}, which nobody is` : `a signature of ${as}, ${key}`,
    found: signer.address,
  }));
}

/** Refuses what the router has paused. */
export function insistNotPaused(config: Config, kind: PauseKind, now: bigint): void {
  const { isPaused, until } = pauseState(config, kind, now);
  insist(!isPaused, "Paused", () => ({ found: `${kind} paused until ${momentWords(until)}` }));
}

/** Refuses everything but initialised token accounts of the mint outside the vault. */
export function insistOnDestination(config: Config, destination: TokenReading): TokenHolding {
  const { address, token } = destination;
  insist(address !== config.vault, "BadDestination", () => ({ found: `the vault ${address}` }));
  insist(token !== undefined, "BadDestination", () => ({ found: `${address}, which is no token account` }));
  insist(token.mint === config.mint, "BadDestination", () => ({
    expected: `a token account of the mint ${config.mint}`,
    found: `${address} of the mint ${token.mint}`,
  }));
  return token;
}

/** Refuses more than there is. */
export function insistWithin(amount: bigint, available: bigint): void {
  insist(amount <= available, "InsufficientBalance", () => ({
    expected: `at most ${usdcWords(available)}`,
    found: usdcWords(amount),
  }));
}
