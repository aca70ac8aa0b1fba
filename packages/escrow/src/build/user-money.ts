// Instructions about what a user has at a router: opening an escrow, paying in, saying how much may be settled.
import type { Address, Instruction, TransactionSigner } from "@solana/kit";
import { assert } from "@aimo-network/protocol/assert";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { allowanceInForce, pendingAllowance } from "../accounts/escrow-facts.ts";
import { insistOfRouter, isVacant } from "../accounts/read-account.ts";
import type { AccountReading, Held } from "../accounts/read-account.ts";
import type { TokenReading } from "../accounts/token-account.ts";
import { escrowAddress } from "../addresses.ts";
import type { Config } from "../generated/accounts/config.ts";
import type { Escrow } from "../generated/accounts/escrow.ts";
import { getDepositInstruction } from "../generated/instructions/deposit.ts";
import { getOpenEscrowInstruction } from "../generated/instructions/openEscrow.ts";
import { getSetAllowanceInstruction } from "../generated/instructions/setAllowance.ts";
import { momentWords, usdcWords } from "../plain-words.ts";
import { insist } from "../refusal.ts";
import { insistNotPaused, insistOnAmount, insistOnCeiling, insistOnSigner, insistOnTotal } from "./requirements.ts";

/** What opening an escrow takes. */
export interface OpenEscrowInput {
  /** Pays the rent and gets it back; may be a sponsor. */
  readonly payer: TransactionSigner;
  readonly user: TransactionSigner;
  readonly router: Held<Config>;
  readonly allowTotal: MicroUsdc;
  /** In the chain's seconds. */
  readonly allowExpiresAt: bigint;
  /** What is at the escrow's address, where that was looked at. */
  readonly found?: AccountReading;
}

/** 1: opens a user's escrow with a finite allowance. */
export async function buildOpenEscrow(input: OpenEscrowInput): Promise<Instruction[]> {
  const { payer, user, router, allowTotal, allowExpiresAt, found } = input;
  insistOnCeiling(allowTotal);
  insistOnCeiling(allowExpiresAt);
  const escrow = await escrowAddress(router, user.address);
  if (found !== undefined) insistVacant(found, escrow);
  return [
    getOpenEscrowInstruction({ payer, user, config: router.address, escrow, allowTotal, allowExpiresAt }, router),
  ];
}

/** Refuses to open what is open already. */
export function insistVacant(found: AccountReading, expectedAddress: Address): void {
  assert(found.address === expectedAddress, "what was found is at the address that is to be opened");
  insist(isVacant(found), "AlreadyInitialized", () => ({ found: `data at ${found.address}` }));
}

/** What a deposit takes. */
export interface DepositInput {
  /** Owns the tokens; anybody may pay for any user. */
  readonly funder: TransactionSigner;
  /** The token account they come from. */
  readonly source: Address;
  readonly router: Held<Config>;
  readonly escrow: Held<Escrow>;
  readonly amount: MicroUsdc;
  readonly now: bigint;
  /** The vault, where it was looked at. */
  readonly vault?: TokenReading;
}

/** 2: moves tokens into the vault for a user. */
export async function buildDeposit(input: DepositInput): Promise<Instruction[]> {
  const { funder, source, router, escrow, amount, now } = input;
  const config = router.data;
  insistOnAmount(amount);
  insistOfRouter(escrow, router);
  insist(amount >= config.params.minDeposit, "BelowMinDeposit", () => ({
    expected: `at least ${usdcWords(config.params.minDeposit)}`,
    found: usdcWords(amount),
  }));
  insistNotPaused(config, "deposit", now);
  insist(escrow.data.exitRequestedAt === 0n, "ExitPending", () => ({
    found: `an exit since ${momentWords(escrow.data.exitRequestedAt)}`,
  }));
  if (input.vault !== undefined) insistOnVault(config, input.vault);
  insist(source !== config.vault, "BadVault", () => ({ found: "the vault as the source" }));
  for (const total of [escrow.data.balance, escrow.data.depositedTotal, config.totalUser]) {
    insistOnTotal(total + amount);
  }
  const { vault, mint } = config;
  return [
    getDepositInstruction(
      { funder, source, config: router.address, escrow: escrow.address, vault, mint, amount },
      router,
    ),
  ];
}

/** Refuses a vault that somebody else could take from. */
function insistOnVault(config: Config, vault: TokenReading): void {
  const { address, token } = vault;
  insist(address === config.vault && token !== undefined, "BadVault", () => ({ found: `no vault at ${address}` }));
  const isOurs = token.owner === config.vaultAuthority && !token.hasDelegate && !token.hasCloseAuthority;
  insist(isOurs, "BadVault", () => ({ found: "a vault with another owner, a delegate or a close authority" }));
}

/** What changing an allowance takes. */
export interface SetAllowanceInput {
  readonly user: TransactionSigner;
  readonly router: Held<Config>;
  readonly escrow: Held<Escrow>;
  /** The most that may ever be settled, what was settled before included. */
  readonly total: MicroUsdc;
  readonly expiresAt: bigint;
  readonly now: bigint;
}

/** 3: raises an allowance at once, or lowers it after the router's notice. */
export async function buildSetAllowance(input: SetAllowanceInput): Promise<Instruction[]> {
  const { user, router, escrow, total, expiresAt, now } = input;
  insistOnCeiling(total);
  insistOnCeiling(expiresAt);
  insistOfRouter(escrow, router);
  insistOnSigner(user, { key: escrow.data.user, as: "the escrow's user", name: "MissingSigner" });
  const inForce = allowanceInForce(escrow.data, now);
  const pending = pendingAllowance(escrow.data, now);
  const falls = total < inForce.total || expiresAt < inForce.expiresAt;
  insist(!falls || pending === undefined, "NoticePending", () => ({
    found: `one that comes into force at ${momentWords(pending?.at ?? 0n)}`,
  }));
  return [
    getSetAllowanceInstruction({ user, config: router.address, escrow: escrow.address, total, expiresAt }, router),
  ];
}
