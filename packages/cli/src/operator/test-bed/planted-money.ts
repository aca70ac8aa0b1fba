// Money of a router that no transaction has moved: totals in its config, tokens in its vault, a user's escrow.
import { getConfigDecoder, getConfigEncoder } from "@aimo-network/escrow/generated/accounts/config";
import type { Config } from "@aimo-network/escrow/generated/accounts/config";
import { getEscrowEncoder } from "@aimo-network/escrow/generated/accounts/escrow";
import { escrowAddress, routerPlace } from "@aimo-network/escrow/addresses";
import { lamports } from "@solana/kit";
import type { Address } from "@solana/kit";
import type { OperatorBed } from "./operator-bed.ts";

/** In micro-USDC. */
export interface PlantedMoney {
  readonly users: bigint;
  readonly providers: bigint;
  readonly fees: bigint;
  readonly vault: bigint;
}

const AMOUNT_OFFSET = 64; // of a token account's amount

function replace({ chain }: OperatorBed, address: Address, change: (data: Uint8Array) => Uint8Array): void {
  const found = chain.svm.getAccount(address);
  if (!found.exists) throw new Error(`${address}: nothing to change`);
  chain.svm.setAccount({ ...found, data: change(Uint8Array.from(found.data)) });
}

/** The config of a router. */
export async function configOf({ chain, program }: OperatorBed, routerId: Address): Promise<Config> {
  const { address } = await routerPlace({ programAddress: program, routerId });
  const account = await chain.getAccount(address);
  return getConfigDecoder().decode(account?.data ?? new Uint8Array());
}

/** Writes the totals and the vault's amount. */
export async function plantMoney(bed: OperatorBed, routerId: Address, money: PlantedMoney): Promise<void> {
  const { address } = await routerPlace({ programAddress: bed.program, routerId });
  const config = await configOf(bed, routerId);
  const totals = { totalUser: money.users, totalProvider: money.providers, feeAccrued: money.fees };
  replace(bed, address, () => Uint8Array.from(getConfigEncoder().encode({ ...config, ...totals })));
  replace(bed, config.vault, (data) => {
    new DataView(data.buffer).setBigUint64(AMOUNT_OFFSET, money.vault, true);
    return data;
  });
}

/** Writes a user's escrow. */
export async function plantEscrow(bed: OperatorBed, routerId: Address, user: Address, balance: bigint): Promise<void> {
  const place = await routerPlace({ programAddress: bed.program, routerId });
  const address = await escrowAddress(place, user);
  const record = {
    ...{ config: place.address, user, rentPayer: user, bump: 255, balance, depositedTotal: balance },
    ...{ openedSlot: 1n, withdrawnTotal: 0n, settledTotal: 0n, settleSeq: 0, lastDebitSlot: 0n, withdrawSeq: 0 },
    ...{
      allowTotal: balance,
      allowExpiresAt: 0n,
      pendingAllowTotal: 0n,
      pendingAllowExpiresAt: 0n,
      pendingAllowAt: 0n,
    },
    ...{ exitRequestedAt: 0n, exitDelay: 0n },
  };
  const data = Uint8Array.from(getEscrowEncoder().encode(record));
  bed.chain.svm.setAccount({
    ...{ address, programAddress: bed.program, data, executable: false, space: BigInt(data.length) },
    lamports: lamports(bed.chain.svm.minimumBalanceForRentExemption(BigInt(data.length))),
  });
}
