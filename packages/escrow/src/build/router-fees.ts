// Instructions that pay a router: its share of what was settled, and what belongs to nobody.
import type { Instruction, TransactionSigner } from "@solana/kit";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { solvency } from "../accounts/config-facts.ts";
import type { Solvency } from "../accounts/config-facts.ts";
import type { Held } from "../accounts/read-account.ts";
import type { TokenReading } from "../accounts/token-account.ts";
import type { Config } from "../generated/accounts/config.ts";
import { getCollectFeesInstruction } from "../generated/instructions/collectFees.ts";
import { getSweepSurplusInstruction } from "../generated/instructions/sweepSurplus.ts";
import { usdcWords } from "../plain-words.ts";
import { insist } from "../refusal.ts";
import { payeeOf } from "./payee.ts";
import { insistOnAmount, insistOnSigner, insistWithin } from "./requirements.ts";

/** What collecting fees takes. */
export interface CollectFeesInput {
  readonly feeOwner: TransactionSigner;
  readonly router: Held<Config>;
  readonly vault: TokenReading;
  readonly amount: MicroUsdc;
  /** Any token account of the mint; the fee owner's associated one where none is named. */
  readonly destination?: TokenReading;
  /** Pays for the associated account where it is missing; the fee owner where nobody is named. */
  readonly payer?: TransactionSigner;
}

function insistOnFeeOwner(feeOwner: TransactionSigner, config: Config): void {
  insistOnSigner(feeOwner, { key: config.roles.feeOwner, as: "the router's fee owner", name: "MissingSigner" });
}

/** Refuses a vault that holds less than it owes. */
function insistOnSolvency(config: Config, vault: TokenReading): Solvency {
  const { address, token } = vault;
  insist(address === config.vault && token !== undefined, "BadVault", () => ({ found: `no vault at ${address}` }));
  const books = solvency(config, token.amount);
  insist(books.shortfall === 0n, "Insolvent", () => ({
    expected: `at least ${usdcWords(books.owed)} in the vault`,
    found: usdcWords(books.held),
  }));
  return books;
}

/** 15: pays the router its share. */
export async function buildCollectFees(input: CollectFeesInput): Promise<Instruction[]> {
  const { feeOwner, router, vault, amount } = input;
  const config = router.data;
  insistOnAmount(amount);
  insistOnFeeOwner(feeOwner, config);
  insist(config.feeAccrued > 0n, "NothingToWithdraw", () => ({ found: "no fees" }));
  insistWithin(amount, config.feeAccrued);
  const payer = input.payer ?? feeOwner;
  const { destination, preparations } = await payeeOf(payer, config, feeOwner.address, input.destination);
  insistOnSolvency(config, vault);
  const { vaultAuthority, mint } = config;
  const accounts = { feeOwner, config: router.address, vault: config.vault, vaultAuthority, mint, destination };
  return [...preparations, getCollectFeesInstruction({ ...accounts, amount }, router)];
}

/** What taking donations out takes. */
export interface SweepSurplusInput {
  readonly feeOwner: TransactionSigner;
  readonly router: Held<Config>;
  readonly vault: TokenReading;
  readonly destination?: TokenReading;
  readonly payer?: TransactionSigner;
}

/** 22: takes out what was sent to the vault without belonging to anybody. */
export async function buildSweepSurplus(input: SweepSurplusInput): Promise<Instruction[]> {
  const { feeOwner, router, vault } = input;
  const config = router.data;
  insistOnFeeOwner(feeOwner, config);
  const payer = input.payer ?? feeOwner;
  const { destination, preparations } = await payeeOf(payer, config, feeOwner.address, input.destination);
  const { surplus } = insistOnSolvency(config, vault);
  insist(surplus > 0n, "NothingToWithdraw", () => ({ found: "nothing in the vault that belongs to nobody" }));
  const { vaultAuthority, mint } = config;
  const accounts = { feeOwner, config: router.address, vault: config.vault, vaultAuthority, mint, destination };
  return [...preparations, getSweepSurplusInstruction(accounts, router)];
}
