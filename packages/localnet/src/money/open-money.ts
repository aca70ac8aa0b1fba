// The money of a localnet: a chain, its USDC, the router on it, and a faucet.
import { join } from "node:path";
import { routerPlace } from "@aimo-network/escrow/addresses";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "@aimo-network/escrow/generated/programs/aimoEscrow";
import type { Clock } from "@aimo-network/protocol/clock";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import type { Address } from "@solana/kit";
import type { Programs } from "../programs.ts";
import type { ChainPlace } from "./chain-place.ts";
import { deployToOwnersChain, findOwnersChain, startOwnChain } from "./chain-place.ts";
import type { Faucet } from "./faucet.ts";
import { createFaucet } from "./faucet.ts";
import { connectFaucet } from "./faucet-chain.ts";
import { makeMint } from "./mint.ts";
import { loadMoneyKeys } from "./money-keys.ts";
import { openLocalRouter } from "./router-on-chain.ts";
import { fillFaucet, fillWallets } from "./sol.ts";
import { walletSigner } from "@aimo-network/escrow/wallet-signer";

/** What a localnet's money is opened with. */
export interface MoneyOptions {
  readonly dataDirectory: string;
  /** The RPC port of the localnet's own chain; the next free one when it is busy, 0 for any. */
  readonly rpcPort: number;
  /** The validator to use instead; undefined for a chain of the localnet's own. */
  readonly rpcUrl: string | undefined;
  /** Where the router will be reached. */
  readonly routerUrl: string;
  /** Those who pay fees of their own. */
  readonly wallets: readonly Wallet[];
}

/** Money that is there. */
export interface Money extends ChainPlace {
  readonly programId: Address;
  /** The localnet's USDC. */
  readonly mint: Address;
  readonly faucet: Faucet;
}

/** Starts the chain and makes everything be there that is not there from an earlier start. */
export async function openMoney(programs: Programs, clock: Clock, options: MoneyOptions): Promise<Money> {
  const { dataDirectory, rpcPort, rpcUrl, routerUrl, wallets } = options;
  const starting =
    rpcUrl === undefined ? startOwnChain(programs, rpcPort, join(dataDirectory, "chain")) : findOwnersChain(rpcUrl);
  const [place, keys] = await Promise.all([starting, loadMoneyKeys(dataDirectory)]);
  const chain = connectFaucet(clock, place.rpcUrl, keys.faucet);
  await fillFaucet(chain, programs.broken);
  if (rpcUrl !== undefined) await deployToOwnersChain(chain, keys, programs.broken);
  const programAddress = AIMO_ESCROW_PROGRAM_ADDRESS;
  const payers = [
    keys.settler,
    keys.cosigner,
    keys.operator.address,
    ...wallets.map((one) => walletSigner(one).address),
  ];
  await Promise.all([makeMint(chain, keys.mint), fillWallets(chain, payers)]);
  await openLocalRouter(chain, { programAddress, keys, url: routerUrl });
  const router = await routerPlace({ programAddress, routerId: keys.routerId.address });
  const { address: mint } = keys.mint;
  return { ...place, programId: programAddress, mint, faucet: createFaucet(chain, { router, mint }) };
}
