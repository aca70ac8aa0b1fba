// What must hold of a router on the chain, by the chain alone.
import type { ChainObservation } from "aimo-router/src/chain/observation.ts";

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

/** The rules of the chain that do not hold. */
export function brokenChainRules({ config, vaultAmount, escrows, providers }: ChainObservation): string[] {
  const { totalUser, totalProvider, feeAccrued } = config.data;
  const rules: readonly (readonly [string, bigint, bigint])[] = [
    ["the vault holds what is owed", vaultAmount, totalUser + totalProvider + feeAccrued],
    ["users are owed their balances", totalUser, sum(escrows.map(({ data }) => data.balance))],
    [
      "providers are owed what they earned and were not paid",
      totalProvider,
      sum(providers.map(({ data }) => data.earnedTotal - data.withdrawnTotal)),
    ],
    [
      "what was settled was earned, or is the router's",
      sum(escrows.map(({ data }) => data.settledTotal)),
      sum(providers.map(({ data }) => data.earnedTotal)) + feeAccrued,
    ],
    ...escrows.map(
      ({ data }) =>
        [
          `what ${data.user} deposited was paid back, settled, or is there`,
          data.depositedTotal,
          data.withdrawnTotal + data.settledTotal + data.balance,
        ] as const,
    ),
  ];
  return rules.flatMap(([rule, one, other]) => (one === other ? [] : [`not so: ${rule}: ${one} and ${other}`]));
}
