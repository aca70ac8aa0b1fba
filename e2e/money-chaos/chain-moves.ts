// What people do on the chain without asking the router: allow less, and leave with what they earned.
import { fetchProvider, fetchUser } from "@aimo-network/escrow/accounts/views";
import { buildSetAllowance } from "@aimo-network/escrow/build/user-money";
import { buildProviderFinalizeExit, buildProviderRequestExit } from "@aimo-network/escrow/build/provider-payments";
import { COMMITMENT } from "@aimo-network/localnet/money/faucet-chain";
import { walletSigner } from "@aimo-network/escrow/wallet-signer";
import { sleep, systemClock } from "@aimo-network/protocol/clock";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { microUsdc } from "@aimo-network/protocol/money";
import { waitFor } from "../network.ts";
import type { MoneyNetwork } from "./money-network.ts";

const EXIT_LOOK_MS = 50;

/** A user allows so much of its allowance from now on. */
export async function lowerAllowance({ world, place }: MoneyNetwork, wallet: Wallet, percent: number): Promise<void> {
  const { faucetChain: chain, mint } = world;
  const user = walletSigner(wallet);
  const who = { router: place, mint: mint.address, user: user.address };
  const view = await fetchUser(chain.rpc, who, { commitment: COMMITMENT });
  if (view?.escrow === undefined) throw new Error("expected a user's escrow, found none");
  const { router, escrow, now } = view;
  const { allowTotal, allowExpiresAt } = escrow.data;
  const total = microUsdc((allowTotal * BigInt(percent)) / 100n);
  await chain.send(await buildSetAllowance({ user, router, escrow, total, expiresAt: allowExpiresAt, now: now.time }));
}

/** A provider takes part of its earnings without the router. */
export async function leaveWith({ world, place }: MoneyNetwork, wallet: Wallet, percent: number): Promise<void> {
  const { faucetChain: chain } = world;
  const owner = walletSigner(wallet);
  const look = async () => {
    const view = await fetchProvider(chain.rpc, { router: place, owner: owner.address }, { commitment: COMMITMENT });
    if (view?.provider === undefined) throw new Error("expected a provider's account, found none");
    return { ...view, provider: view.provider };
  };
  const { router, provider } = await look();
  const { earnedTotal, withdrawnTotal } = provider.data;
  const amount = microUsdc(((earnedTotal - withdrawnTotal) * BigInt(percent)) / 100n);
  if (amount === 0n) return;
  await chain.send(await buildProviderRequestExit({ owner, router, provider, amount }));
  await waitFor("a provider's exit to be due", async () => {
    const seen = await look();
    const input = { payer: chain.payer, router: seen.router, provider: seen.provider, now: seen.now.time };
    const isDue = seen.now.time >= seen.provider.data.exitRequestedAt + seen.provider.data.exitDelay;
    if (!isDue) await sleep(systemClock, EXIT_LOOK_MS);
    else await chain.send(await buildProviderFinalizeExit(input));
    return isDue || undefined;
  });
}
