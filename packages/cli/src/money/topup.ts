// `aimo topup 5`: a deposit from the wallet to its escrow, which the router composes and this program checks.
import type { Address } from "@solana/kit";
import type { UserView } from "@aimo-network/escrow/accounts/views";
import { usdcWords } from "@aimo-network/escrow/plain-words";
import { depositWish } from "@aimo-network/escrow/wish/deposit-wish";
import { amountJson, readAmount } from "../chain/amount.ts";
import { composeByRouter } from "../chain/compose-by-router.ts";
import { confirmTransaction } from "../chain/confirm.ts";
import { placeOfRouter } from "../chain/escrow-place.ts";
import { handIn } from "../chain/hand-in.ts";
import { askIfAny, openChainIfAny } from "../chain/open-chain.ts";
import type { OpenChain } from "../chain/open-chain.ts";
import { readUser } from "../chain/standing.ts";
import type { RunCommand } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { findRouter } from "../network/find-router.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";
import { openWallet } from "../wallet/open-wallet.ts";
import { openAccount } from "./account-at-router.ts";
import { insistOnTokens } from "./insist-on-tokens.ts";

/** The user by the chain's word; undefined where no node can be asked. */
async function lookFirst(
  context: CommandContext,
  chain: OpenChain | undefined,
  wallet: CommandWallet,
): Promise<UserView | undefined> {
  if (chain !== undefined) return await askIfAny(context, () => readUser(context, chain, wallet));
  context.terminal.note(
    "No Solana node is known here: the allowance is by the router's word. --rpc-url has it checked.",
  );
  return undefined;
}

/** Deposits, and waits until the money can be spent. */
export const topup: RunCommand = async (context, { arguments: [text] }) => {
  const amount = readAmount(text, "topup");
  const wallet = await openWallet(context);
  const router = await findRouter(context);
  const escrowPlace = await placeOfRouter(context, router);
  const { place } = escrowPlace;
  const chain = openChainIfAny(context, escrowPlace);
  const view = await lookFirst(context, chain, wallet);
  if (view !== undefined) insistOnTokens(view, wallet, amount);
  const mint = view?.router.data.mint ?? escrowPlace.mint;
  const account = await openAccount(context, router, wallet);
  const before = await account.balance();
  const what = "The router does not prepare the deposit: nothing was signed.";
  const body = { amount: amountJson(amount), wallet: wallet.address };
  const bytes = await composeByRouter(router.client, "/api/v1/account/deposit", { body, what });
  const at = { place, mint, routerId: router.id, url: router.client.url };
  const wish = await depositWish(at, wallet.address as Address, { amount, view });
  const confirmed = await confirmTransaction(context, bytes, wish);
  const desk = { escrowPlace, chain, client: router.client, path: "/api/v1/account/transactions" };
  const seen = await handIn(context, wallet, confirmed, desk);
  const balance = await account.credited(before, amount);
  const about = { router: router.id, wallet: wallet.address, amount: amountJson(amount), ...seen };
  return balance === undefined
    ? {
        data: { ...about, credited: false, balance: null },
        text: `Deposited ${usdcWords(amount)}: it is in your escrow, and the router has not counted it yet. Look again: aimo balance`,
        reason: "unsettled",
      }
    : {
        data: {
          ...about,
          credited: true,
          balance: balance.available,
          lockable: balance.lockable,
          deposited: balance.deposited,
        },
        text: `Deposited ${usdcWords(amount)}. You can spend ${balance.lockable} USDC now.`,
      };
};
