// What the program looks at in accounts and mints of SPL Token.
import type { Address } from "@solana/kit";
import { isSome } from "@solana/kit";
import {
  AccountState,
  TOKEN_PROGRAM_ADDRESS,
  getMintDecoder,
  getMintSize,
  getTokenDecoder,
  getTokenSize,
} from "@solana-program/token";
import { DECIMALS } from "../program-bounds.ts";
import { insist } from "../refusal.ts";
import type { AccountReading } from "./read-account.ts";

/** An initialised token account of SPL Token. */
export interface TokenHolding {
  readonly mint: Address;
  readonly owner: Address;
  readonly amount: bigint;
  readonly hasDelegate: boolean;
  readonly hasCloseAuthority: boolean;
}

/** What was found at an address where a token account may be. */
export interface TokenReading {
  readonly address: Address;
  /** Undefined where there is no initialised token account of SPL Token. */
  readonly token: TokenHolding | undefined;
}

/** Reads an account as the program reads sources, destinations and vaults. */
export function readTokenAccount(account: AccountReading): TokenReading {
  const { address } = account;
  const isToken =
    account.exists && account.programAddress === TOKEN_PROGRAM_ADDRESS && account.data.length === getTokenSize();
  if (!isToken) return { address, token: undefined };
  const { mint, owner, amount, state, delegate, closeAuthority } = getTokenDecoder().decode(account.data);
  if (state === AccountState.Uninitialized) return { address, token: undefined };
  const hasDelegate = isSome(delegate);
  return { address, token: { mint, owner, amount, hasDelegate, hasCloseAuthority: isSome(closeAuthority) } };
}

/** Refuses what is no initialised mint of SPL Token with six decimals. */
export function insistOnMint(mint: AccountReading): void {
  const owner = mint.exists ? mint.programAddress : undefined;
  insist(mint.exists && owner === TOKEN_PROGRAM_ADDRESS, "BadTokenProgram", () => ({
    found: `${mint.address}, which belongs to ${owner ?? "nobody"}`,
  }));
  const state = mint.data.length === getMintSize() ? getMintDecoder().decode(mint.data) : undefined;
  insist(state !== undefined && state.isInitialized && state.decimals === DECIMALS, "BadMint", () => ({
    found: state === undefined ? `no mint at ${mint.address}` : `${state.decimals} decimals at ${mint.address}`,
  }));
}
