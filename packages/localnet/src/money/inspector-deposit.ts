// The deposit from which the localnet's router examines offers, made for it as its operator would.
import { join } from "node:path";
import { parseMicroUsdc } from "@aimo-network/protocol/money";
import type { FileWallet } from "../wallets.ts";
import { loadWallet } from "../wallets.ts";
import type { Faucet } from "./faucet.ts";
import { walletSigner } from "@aimo-network/escrow/wallet-signer";

/** USDC for examining: a month of what a day may cost. */
const DEPOSIT = parseMicroUsdc("30");

/** The wallet that the router's inspector pays with; its file is made here where the router has not made it yet. */
export function inspectorWallet(dataDirectory: string): FileWallet {
  return loadWallet(join(dataDirectory, "router", "inspector.json"));
}

/** Deposits for the inspector where its escrow is not open; what an earlier start has given is not given again. */
export async function depositForInspector(faucet: Faucet, dataDirectory: string): Promise<void> {
  const wallet = inspectorWallet(dataDirectory);
  const { escrow, tokens } = await faucet.look(walletSigner(wallet).address);
  if (escrow !== undefined) return;
  const has = tokens.token?.amount ?? 0n;
  await faucet.fund(wallet, { ...(has < DEPOSIT && { usdc: DEPOSIT }), deposit: DEPOSIT });
}
