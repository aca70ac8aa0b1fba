// What holds of a router at every moment, for whoever has read its accounts: docs/escrow.md, I1–I3 and I5.
import type { Config } from "./generated/accounts/config.ts";
import type { Escrow } from "./generated/accounts/escrow.ts";
import type { Provider } from "./generated/accounts/provider.ts";

/** All accounts of one router, as of one slot. */
export interface RouterAccounts {
  readonly config: Pick<Config, "totalUser" | "totalProvider" | "feeAccrued">;
  /** What the vault holds. */
  readonly vaultAmount: bigint;
  readonly escrows: readonly Pick<Escrow, "balance" | "depositedTotal" | "withdrawnTotal" | "settledTotal">[];
  readonly providers: readonly Pick<Provider, "earnedTotal" | "withdrawnTotal">[];
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

/** What is in the vault without being owed to anybody: donations. */
export function surplusOf({ config, vaultAmount }: RouterAccounts): bigint {
  return vaultAmount - config.totalUser - config.totalProvider - config.feeAccrued;
}

/** Says of a router's accounts which invariants do not hold; nothing where all do. */
export function findBrokenInvariants(accounts: RouterAccounts): string[] {
  const { config, escrows, providers } = accounts;
  const broken: string[] = [];
  const surplus = surplusOf(accounts);
  if (surplus < 0n) broken.push(`I1: the vault lacks ${-surplus}`);
  const balances = sum(escrows.map(({ balance }) => balance));
  if (config.totalUser !== balances) broken.push(`I2: total_user is ${config.totalUser}, the balances are ${balances}`);
  const claims = sum(providers.map(({ earnedTotal, withdrawnTotal }) => earnedTotal - withdrawnTotal));
  if (config.totalProvider !== claims)
    broken.push(`I3: total_provider is ${config.totalProvider}, claims are ${claims}`);
  for (const { balance, depositedTotal, withdrawnTotal, settledTotal } of escrows) {
    const left = depositedTotal - withdrawnTotal - settledTotal;
    if (balance !== left) broken.push(`I5: a balance is ${balance}, what is left of the deposits is ${left}`);
  }
  return broken;
}
