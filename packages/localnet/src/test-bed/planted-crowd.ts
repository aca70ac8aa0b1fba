// Thousands of users with deposits, planted on a localnet's chain: the accounts are as their transactions would leave them,
// which would take the chain an hour. What they deposited is minted into the vault.
import { fetchRouter } from "@aimo-network/escrow/accounts/views";
import { getConfigEncoder } from "@aimo-network/escrow/generated/accounts/config";
import { getEscrowEncoder, getEscrowSize } from "@aimo-network/escrow/generated/accounts/escrow";
import { findEscrowPda } from "@aimo-network/escrow/generated/pdas/escrow";
import { DAY } from "@aimo-network/escrow/program-bounds";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import { getMintToInstruction } from "@solana-program/token";
import { getAddressDecoder, getBase16Decoder } from "@solana/kit";
import type { Address, ReadonlyUint8Array } from "@solana/kit";
import type { FaucetPlace } from "../money/faucet.ts";
import type { FaucetChain } from "../money/faucet-chain.ts";
import { COMMITMENT } from "../money/faucet-chain.ts";

/** How many, and what each of them has deposited. */
export interface PlantedCrowd {
  readonly count: number;
  readonly deposit: MicroUsdc;
}

interface Planting {
  readonly address: Address;
  readonly lamports: bigint;
  readonly data: ReadonlyUint8Array;
}

const PLANTED_PER_CALL = 100; // what the chain's door takes

async function plant(rpcUrl: string, owner: Address, accounts: readonly Planting[]): Promise<void> {
  for (let start = 0; start < accounts.length; start += PLANTED_PER_CALL) {
    const calls = accounts.slice(start, start + PLANTED_PER_CALL).map(({ address, lamports, data }, id) => ({
      jsonrpc: "2.0",
      id,
      method: "surfnet_setAccount",
      params: [address, { lamports: Number(lamports), owner, data: getBase16Decoder().decode(data) }],
    }));
    const headers = { "content-type": "application/json" };
    const response = await fetch(rpcUrl, { method: "POST", headers, body: JSON.stringify(calls) });
    const answers = (await response.json()) as readonly { readonly error?: { readonly message: string } }[];
    const failed = answers.find(({ error }) => error !== undefined);
    if (failed !== undefined) throw new Error(`an account could not be planted: ${failed.error?.message}`);
  }
}

/** Plants users of a router; gives their wallets, whose keys nobody has. */
export async function plantCrowd(
  rpcUrl: string,
  chain: FaucetChain,
  { router, mint }: FaucetPlace,
  { count, deposit }: PlantedCrowd,
): Promise<Address[]> {
  const view = await fetchRouter(chain.rpc, router, { commitment: COMMITMENT });
  if (view === undefined) throw new Error(`the router ${router.address} is not open on this chain`);
  const { data } = view.router;
  const sum = deposit * BigInt(count);
  await chain.send([getMintToInstruction({ mint, token: data.vault, mintAuthority: chain.payer, amount: sum })]);
  const lamports = await chain.rentOf(BigInt(getEscrowSize()));
  const users = Array.from({ length: count }, () => getAddressDecoder().decode(systemRandom.bytes(32)));
  const escrows = await Promise.all(
    users.map(async (user) => {
      const [address, bump] = await findEscrowPda({ config: router.address, user }, router);
      const bytes = getEscrowEncoder().encode({
        ...NOTHING_YET,
        ...{ bump, config: router.address, user, rentPayer: chain.payer.address, openedSlot: view.now.slot },
        ...{ balance: deposit, depositedTotal: deposit, allowTotal: deposit },
        allowExpiresAt: view.now.time + 365n * DAY,
      });
      return { address, lamports, data: bytes };
    }),
  );
  await plant(rpcUrl, router.programAddress, escrows);
  const held = await chain.getAccount(router.address);
  const owed = getConfigEncoder().encode({ ...data, totalUser: data.totalUser + sum });
  await plant(rpcUrl, router.programAddress, [{ address: router.address, lamports: held?.lamports ?? 0n, data: owed }]);
  return users;
}

const NOTHING_YET = {
  withdrawnTotal: 0n,
  settledTotal: 0n,
  pendingAllowTotal: 0n,
  pendingAllowExpiresAt: 0n,
  pendingAllowAt: 0n,
  lastDebitSlot: 0n,
  exitRequestedAt: 0n,
  exitDelay: 0n,
  settleSeq: 0,
  withdrawSeq: 0,
};
