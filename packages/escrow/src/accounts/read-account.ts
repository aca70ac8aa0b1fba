// Accounts of the program, accepted by owner, size, kind and version as the program accepts them.
import type { Account, Address, EncodedAccount } from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import type { RouterPlace } from "../addresses.ts";
import { decodeConfig, getConfigSize } from "../generated/accounts/config.ts";
import type { Config } from "../generated/accounts/config.ts";
import { decodeEscrow, getEscrowSize } from "../generated/accounts/escrow.ts";
import type { Escrow } from "../generated/accounts/escrow.ts";
import { decodeProvider, getProviderSize } from "../generated/accounts/provider.ts";
import type { Provider } from "../generated/accounts/provider.ts";
import { insist } from "../refusal.ts";

/** What an account holds, where it is, and the program it belonged to when it was read. */
export type Held<State extends object> = Pick<Account<State>, "address" | "data" | "programAddress">;

/** The first byte of each kind of account. */
export const ACCOUNT_KINDS = { config: 1, escrow: 2, provider: 3 } as const;
/** The second byte of the accounts this client reads. */
export const ACCOUNT_VERSION = 1;

/** What was found at an address: kit's maybe-account, whose bytes nobody changes. */
export type AccountReading =
  | { readonly address: Address; readonly exists: false }
  | (EncodedAccount & { readonly exists: true });

/** Whether nothing was opened there: no account, or one that holds only lamports. */
export function isVacant(account: AccountReading): boolean {
  return !account.exists || (account.programAddress === SYSTEM_PROGRAM_ADDRESS && account.data.length === 0);
}

function insistOnOwner(
  { address, programAddress }: Pick<Held<object>, "address" | "programAddress">,
  owner: Address,
): void {
  insist(programAddress === owner, "BadOwner", () => ({
    expected: `an account of the escrow program ${owner}`,
    found: `${address}, which belongs to ${programAddress}`,
  }));
}

function accept(
  account: AccountReading,
  owner: Address,
  { kind, size }: { readonly kind: keyof typeof ACCOUNT_KINDS; readonly size: number },
): EncodedAccount | undefined {
  if (!account.exists || isVacant(account)) return undefined;
  insistOnOwner(account, owner);
  const { address, data } = account;
  const isKind = data.length === size && data[0] === ACCOUNT_KINDS[kind];
  insist(isKind, "BadDiscriminator", () => ({
    expected: `a ${kind} of ${size} bytes`,
    found: `kind ${data[0]} of ${data.length} bytes at ${address}`,
  }));
  insist(data[1] === ACCOUNT_VERSION, "BadVersion", () => ({
    expected: `version ${ACCOUNT_VERSION}`,
    found: `version ${data[1]} at ${address}`,
  }));
  return account;
}

/** Refuses an account of another program or of another router. */
export function insistOfRouter(member: Held<Escrow> | Held<Provider>, router: RouterPlace): void {
  insistOnOwner(member, router.programAddress);
  insist(member.data.config === router.address, "ConfigMismatch", () => ({
    expected: `an account of the router ${router.address}`,
    found: `${member.address} of the router ${member.data.config}`,
  }));
}

/** A router's config; undefined where none was opened. */
export function readConfig(account: AccountReading, programAddress: Address): Account<Config> | undefined {
  const accepted = accept(account, programAddress, { kind: "config", size: getConfigSize() });
  return accepted === undefined ? undefined : decodeConfig(accepted);
}

/** A user's escrow at this router; undefined where none is open. */
export function readEscrow(account: AccountReading, router: RouterPlace): Account<Escrow> | undefined {
  const accepted = accept(account, router.programAddress, { kind: "escrow", size: getEscrowSize() });
  if (accepted === undefined) return undefined;
  const escrow = decodeEscrow(accepted);
  insistOfRouter(escrow, router);
  return escrow;
}

/** A provider's account at this router; undefined where none was registered. */
export function readProvider(account: AccountReading, router: RouterPlace): Account<Provider> | undefined {
  const accepted = accept(account, router.programAddress, { kind: "provider", size: getProviderSize() });
  if (accepted === undefined) return undefined;
  const provider = decodeProvider(accepted);
  insistOfRouter(provider, router);
  return provider;
}
