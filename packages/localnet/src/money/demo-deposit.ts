// The demo user's deposit: made once, on the chain, and waited for until the router has credited it.
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { parseMicroUsdc, parseNanoUsdc } from "@aimo-network/protocol/money";
import type { WaitDeps } from "../wait-until.ts";
import { waitUntil } from "../wait-until.ts";
import type { Faucet } from "./faucet.ts";
import { walletSigner } from "@aimo-network/escrow/wallet-signer";

/** USDC that the demo user deposits: enough for a month of playing. */
export const DEPOSIT_USDC = "100";
const DEPOSIT = parseMicroUsdc(DEPOSIT_USDC);
/** USDC that the faucet gives the demo user, to deposit more of by hand. */
const WALLET_USDC = parseMicroUsdc("1000");

/** Deposits for a user whose escrow is not open; what an earlier start has given is not given again. */
export async function depositOnce(faucet: Faucet, user: Wallet): Promise<void> {
  const { escrow, tokens } = await faucet.look(walletSigner(user).address);
  if (escrow !== undefined) return;
  const has = tokens.token?.amount ?? 0n;
  await faucet.fund(user, { ...(has < DEPOSIT && { usdc: WALLET_USDC }), deposit: DEPOSIT });
}

/** Waits until the router has credited what the demo user deposited. */
export async function waitForCredit(deps: WaitDeps, routerUrl: string, userKey: string): Promise<void> {
  const isCredited = async (): Promise<boolean> => {
    const response = await fetch(`${routerUrl}/api/v1/account/balance`, {
      headers: { authorization: `Bearer ${userKey}` },
    });
    const body = await response.text();
    if (response.status >= 500) return false; // it is only starting
    if (!response.ok) throw new Error(`the router refused to tell the demo user's balance: ${body}`);
    const { data } = JSON.parse(body) as { data: { deposited: string } };
    return parseNanoUsdc(data.deposited) >= parseNanoUsdc(DEPOSIT_USDC);
  };
  await waitUntil(deps, "the router to credit the demo user's deposit", isCredited);
}
