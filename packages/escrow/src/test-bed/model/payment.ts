// How tokens move: into the vault by a deposit, out of it by what pays, and by anybody's own transfers.
import type { Draft } from "./draft.ts";
import { require } from "./draft.ts";
import type { Config, Key, Token } from "./records.ts";

/** The accounts that every payment out of the vault names. */
export interface PaymentAccounts {
  readonly vault: Key;
  readonly vaultAuthority: Key;
  readonly mint: Key;
  readonly tokenProgram: Key;
}

/** Refuses accounts of a payment that are not the router's. */
export function checkPayment(draft: Draft, config: Config, accounts: PaymentAccounts): void {
  const isVault = accounts.vault === config.vault && accounts.vaultAuthority === config.vaultAuthority;
  require(isVault, "BadVault");
  require(accounts.mint === config.mint, "BadMint");
  require(accounts.tokenProgram === draft.surroundings.tokenProgram, "BadTokenProgram");
}

/** Refuses all but initialised token accounts of the mint outside the vault. */
export function checkDestination(draft: Draft, config: Config, destination: Key): Token {
  require(destination !== config.vault, "BadDestination");
  const token = draft.token(destination);
  require(token?.mint === config.mint, "BadDestination");
  return token;
}

/** What the vault owes to everybody. */
export function liabilitiesOf({ totalUser, totalProvider, feeAccrued }: Config): bigint {
  return totalUser + totalProvider + feeAccrued;
}

/** A transfer as SPL Token makes it, with its refusals in its order; `isAllowed`: the source's owner signed. */
export function transfer(draft: Draft, from: Key, to: Key, amount: bigint, isAllowed: boolean): void {
  const [source, destination] = [draft.token(from), draft.token(to)];
  require(source !== undefined && destination !== undefined, "invalid account data for instruction");
  require(source.state !== "frozen" && destination.state !== "frozen", "token 17");
  require(source.amount >= amount, "token 1");
  require(source.mint === destination.mint, "token 3");
  require(isAllowed, "token 4");
  draft.put(from, { ...source, amount: source.amount - amount });
  const arrived = draft.token(to) ?? destination; // from and to may be one account
  draft.put(to, { ...arrived, amount: arrived.amount + amount });
}

/** Pays out of the vault to a destination that was checked. */
export function pay(draft: Draft, config: Config, destination: Key, amount: bigint): void {
  transfer(draft, config.vault, destination, amount, true);
}
