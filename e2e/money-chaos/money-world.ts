// What networks of the money path's chaos share: a chain with short slots, its USDC, and a faucet.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BINARY_PATH } from "@aimo-network/escrow/binary";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "@aimo-network/escrow/generated/programs/aimoEscrow";
import type { Chain } from "@aimo-network/localnet/chain/chain";
import { startChain } from "@aimo-network/localnet/chain/chain";
import { HOST } from "@aimo-network/localnet/chain/rpc-door";
import { findFreePort } from "@aimo-network/localnet/free-port";
import type { FaucetChain } from "@aimo-network/localnet/money/faucet-chain";
import { connectFaucet } from "@aimo-network/localnet/money/faucet-chain";
import { makeMint } from "@aimo-network/localnet/money/mint";
import { fillFaucet } from "@aimo-network/localnet/money/sol";
import { walletSigner } from "@aimo-network/escrow/wallet-signer";
import { systemClock } from "@aimo-network/protocol/clock";
import type { TransactionSigner } from "@solana/kit";
import { newWallet } from "aimo-router/src/test-bed/new-wallet.ts";

/** The world of some networks, one after the other. */
export interface MoneyWorld {
  /** Where everything that networks keep on disk is. */
  readonly directory: string;
  readonly chain: Chain;
  /** A way to the chain that no network's faults touch, whose fees the faucet pays. */
  readonly faucetChain: FaucetChain;
  /** The address of its USDC. */
  readonly mint: TransactionSigner;
  close(): Promise<void>;
}

/** Starts a world whose chain makes a block every `slotMs`: a transaction that has not landed in 150 of them can never land. */
export async function startMoneyWorld(slotMs: number): Promise<MoneyWorld> {
  const directory = mkdtempSync(join(tmpdir(), "aimo-money-"));
  const program = { address: AIMO_ESCROW_PROGRAM_ADDRESS, path: BINARY_PATH };
  const chain = await startChain({
    port: await findFreePort(0, HOST, 2),
    dataDirectory: join(directory, "chain"),
    clock: systemClock,
    slotMs,
    programs: [program],
  });
  const faucetChain = connectFaucet(systemClock, chain.rpcUrl, walletSigner(newWallet()));
  const mint = walletSigner(newWallet());
  await fillFaucet(faucetChain, new Promise<string>(() => undefined));
  await makeMint(faucetChain, mint);
  return {
    directory,
    chain,
    faucetChain,
    mint,
    async close() {
      await chain.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
