// A whole observation in the words of the books: what reconciling and proofs of solvency compare with the ledger.
import type { ChainObservation } from "./observation.ts";
import { escrowStanding, providerStanding } from "./standing.ts";
import type { EscrowStanding, ProviderStanding } from "./standing.ts";

/** Everything the chain says of a router, in micro-USDC. */
export interface ChainSide {
  readonly slot: bigint;
  readonly escrows: readonly EscrowStanding[];
  readonly providers: readonly ProviderStanding[];
  readonly vaultAmount: bigint;
  readonly totalUser: bigint;
  readonly totalProvider: bigint;
  readonly feeAccrued: bigint;
}

/** The chain's side of a whole observation. */
export function chainSideOf({ slot, time, config, escrows, providers, vaultAmount }: ChainObservation): ChainSide {
  const { totalUser, totalProvider, feeAccrued } = config.data;
  return {
    slot,
    escrows: escrows.map(({ data }) => escrowStanding(data, config.data, time)),
    providers: providers.map(({ data }) => providerStanding(data, time)),
    vaultAmount,
    totalUser,
    totalProvider,
    feeAccrued,
  };
}
