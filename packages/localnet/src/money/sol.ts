// SOL for those who pay fees and rent.
import { waitUntil } from "../wait-until.ts";
import { getTransferSolInstruction } from "@solana-program/system";
import { lamports } from "@solana/kit";
import type { Address } from "@solana/kit";
import type { FaucetChain } from "./faucet-chain.ts";

const SOL = 1_000_000_000n;
/** What the faucet takes from the chain when it has less than a tenth of it: a hundred wallets' worth. */
const FAUCET_LAMPORTS = 1_000n * SOL;
/** What a wallet has after a start: a settler's batches of a month. */
const WALLET_LAMPORTS = 10n * SOL;
/** With less it is filled again. */
const LOW_LAMPORTS = WALLET_LAMPORTS / 10n;

async function balanceOf(chain: FaucetChain, address: Address): Promise<bigint> {
  return (await chain.getAccount(address))?.lamports ?? 0n;
}

/** Fills the faucet from the chain's own, which every test validator has. */
export async function fillFaucet(chain: FaucetChain, broken: Promise<string>): Promise<void> {
  const { address } = chain.payer;
  const isRich = async (): Promise<boolean> => (await balanceOf(chain, address)) >= FAUCET_LAMPORTS / 10n;
  if (await isRich()) return;
  await chain.rpc.requestAirdrop(address, lamports(FAUCET_LAMPORTS)).send();
  await waitUntil({ clock: chain.clock, broken }, "the faucet's SOL", isRich);
}

/** Fills the wallets that have little, with one transaction for all. */
export async function fillWallets(chain: FaucetChain, wallets: readonly Address[]): Promise<void> {
  const balances = await Promise.all(wallets.map((wallet) => balanceOf(chain, wallet)));
  const transfers = wallets.flatMap((destination, index) => {
    const held = balances[index] ?? 0n;
    if (held >= LOW_LAMPORTS) return [];
    return [getTransferSolInstruction({ source: chain.payer, destination, amount: WALLET_LAMPORTS - held })];
  });
  if (transfers.length > 0) await chain.send(transfers);
}
