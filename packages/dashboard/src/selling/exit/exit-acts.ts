// What a provider does without the router: leaves with its earnings, is paid out, and names where it is paid.
import type { Address } from "@solana/kit";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import type { TokenReading } from "@aimo-network/escrow/accounts/token-account";
import type { ChainAct } from "@aimo-network/escrow/wish/chain-act";
import type { ActingProvider } from "@aimo-network/escrow/wish/provider-acts";
import { ConsoleFault } from "../../api/fault-words.ts";
import type { Chain } from "../../signing/chain-place.ts";
import type { Act, MadeTransaction } from "../../signing/act.ts";
import { readProviderView } from "./provider-on-chain.ts";

const NOT_REGISTERED = new ConsoleFault(
  "This wallet has no earnings on the chain yet.",
  "A router registers a provider with the first settlement that pays it.",
);

/** Loads all the code that acts need while the router still answers: it is the router that serves it. */
export async function preloadExitActs(): Promise<void> {
  await Promise.all([
    import("@solana/kit"),
    import("@aimo-network/escrow/accounts/fetch-accounts"),
    import("@aimo-network/escrow/accounts/token-account"),
    import("@aimo-network/escrow/accounts/views"),
    import("@aimo-network/escrow/compose-transaction"),
    import("@aimo-network/escrow/wish/chain-act"),
    import("@aimo-network/escrow/wish/provider-acts"),
  ]);
}

async function readActing(chain: Chain, wallet: string): Promise<ActingProvider> {
  const [view, { createNoopSigner }] = await Promise.all([readProviderView(chain, wallet), import("@solana/kit")]);
  const { provider } = view;
  if (provider === undefined) throw NOT_REGISTERED;
  return { owner: createNoopSigner(wallet as Address), view, provider };
}

/** One transaction of an act's steps, to be signed by the wallet alone. */
async function composed(chain: Chain, wallet: string, act: ChainAct): Promise<MadeTransaction> {
  const [{ recentUnitPrice, unsignedTransaction }, { actWish }] = await Promise.all([
    import("@aimo-network/escrow/compose-transaction"),
    import("@aimo-network/escrow/wish/chain-act"),
  ]);
  const { rpc, place, routerId } = chain;
  const signer = wallet as Address;
  const [{ value: lifetime }, unitPrice] = await Promise.all([
    rpc.getLatestBlockhash({ commitment: "confirmed" }).send(),
    recentUnitPrice(rpc, act.steps),
  ]);
  return {
    bytes: unsignedTransaction({ feePayer: signer, instructions: act.steps, lifetime, unitPrice }),
    wish: actWish(act, { place, routerId, signer }),
    lastValidBlockHeight: lifetime.lastValidBlockHeight,
  };
}

/** Starts the delay after which `amount` is paid. */
export function requestExitAct(wallet: string, amount: MicroUsdc): Act {
  return {
    title: `Request the exit of ${formatMicroUsdc(amount)} USDC`,
    async make(chain) {
      const { earningsExitRequestAct } = await import("@aimo-network/escrow/wish/provider-acts");
      return await composed(chain, wallet, await earningsExitRequestAct(await readActing(chain, wallet), amount));
    },
  };
}

/** Has an exit that is due paid to the payout account. */
export function finalizeExitAct(wallet: string, amount: MicroUsdc): Act {
  return {
    title: `Have ${formatMicroUsdc(amount)} USDC paid out`,
    async make(chain) {
      const { earningsExitFinalizeAct } = await import("@aimo-network/escrow/wish/provider-acts");
      return await composed(chain, wallet, await earningsExitFinalizeAct(await readActing(chain, wallet)));
    },
  };
}

/** What is at a token account's address that can be paid to; throws `ConsoleFault` with what is wrong with it. */
async function insistOnAccount({ rpc, mint }: Chain, account: Address): Promise<TokenReading> {
  const [{ fetchSnapshot }, { readTokenAccount }] = await Promise.all([
    import("@aimo-network/escrow/accounts/fetch-accounts"),
    import("@aimo-network/escrow/accounts/token-account"),
  ]);
  const { accounts } = await fetchSnapshot(rpc, [account], { commitment: "confirmed" });
  const [found] = accounts;
  const reading = found && readTokenAccount(found);
  if (reading?.token?.mint === mint) return reading;
  if (reading?.token !== undefined) {
    throw new ConsoleFault(
      `${account} is an account of another token.`,
      "Name a USDC account: the address that an explorer shows below the wallet's tokens.",
    );
  }
  throw new ConsoleFault(
    `There is no token account at ${account}.`,
    "A wallet's own address is none: name the address of its USDC account, which has to be open already.",
  );
}

/** Names the account that is paid after the router's delay; the one in force takes a change back. */
export function payoutAccountAct(wallet: string, { account, own }: { account: Address; own: Address }): Act {
  return {
    title: "Change where earnings are paid",
    async make(chain) {
      const [{ payoutAct }, acting] = await Promise.all([
        import("@aimo-network/escrow/wish/provider-acts"),
        readActing(chain, wallet),
      ]);
      const reading = account === own ? undefined : await insistOnAccount(chain, account);
      return await composed(chain, wallet, await payoutAct(acting, { account, reading }));
    },
  };
}
