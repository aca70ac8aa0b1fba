// `aimo withdraw`: money back with the router's agreement, at once; what the router signed is checked before the wallet signs.
import { isAddress } from "@solana/kit";
import { usdcWords } from "@aimo-network/escrow/plain-words";
import { destinationIn } from "@aimo-network/escrow/wish/withdrawal-wish";
import type { MoneyParty } from "@aimo-network/protocol/keys/money-intent";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { microUsdc } from "@aimo-network/protocol/money";
import { safeLine } from "@aimo-network/protocol/safe-line";
import { amountJson, readAmount } from "../chain/amount.ts";
import { readComposed } from "../chain/compose-by-router.ts";
import { confirmTransaction } from "../chain/confirm.ts";
import { placeOfRouter } from "../chain/escrow-place.ts";
import { handIn } from "../chain/hand-in.ts";
import { openChainIfAny } from "../chain/open-chain.ts";
import type { CommandInput, Outcome, RunCommand } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import type { Router } from "../network/find-router.ts";
import { findRouter } from "../network/find-router.ts";
import { openWallet } from "../wallet/open-wallet.ts";
import { openAccount } from "./account-at-router.ts";
import type { ToldWithdrawal, WithdrawalWish } from "./withdrawal-at-router.ts";
import { askWithdrawal, openWithdrawal, withdrawalPath } from "./withdrawal-at-router.ts";
import { wishFor } from "./withdrawal-wish.ts";
import type { Withdrawing } from "./withdrawal-wish.ts";

function readDestination(to: unknown, party: MoneyParty): string | undefined {
  if (to === undefined) return undefined;
  const wrong = (what: string, next: string): CommandFault => new CommandFault({ what, next, reason: "usage" });
  if (party === "provider") {
    throw wrong(
      "--to is not for earnings: they go to the payout account.",
      "aimo provider payout <account> changes it.",
    );
  }
  if (typeof to === "string" && isAddress(to)) return to;
  throw wrong(
    "--to: expected a token account's address, in base58.",
    "Without --to your wallet's own account is paid.",
  );
}

const STATE_CHARS = 60; // of a withdrawal's state, as a router says it

/** The router; where it is gone, the way out is told. */
async function reachRouter(context: CommandContext, party: MoneyParty): Promise<Router> {
  try {
    return await findRouter(context);
  } catch (error) {
    if (!(error instanceof CommandFault) || error.words.reason !== "unreachable") throw error;
    const way = party === "user" ? "aimo exit request" : "aimo provider exit request";
    const next = `${error.words.next ?? ""} Where the router is gone for good: ${way}.`.trim();
    throw new CommandFault({ ...error.words, next }, { cause: error });
  }
}

/** Signs a withdrawal that the router has signed, hands it in, and waits for it. */
async function finish(work: Withdrawing, wish: WithdrawalWish, told: ToldWithdrawal): Promise<Outcome> {
  const { context, router, escrowPlace, wallet } = work;
  const { party, amount } = wish;
  if (told.state !== "router-signed" && told.state !== "submitted") {
    throw new CommandFault({
      what: "The router has not signed the withdrawal: nothing has moved.",
      why: `it is ${safeLine(told.state, STATE_CHARS)} there.`,
      next: "Run the same again in a minute.",
      reason: "unreachable",
    });
  }
  if (told.state === "submitted") {
    context.terminal.warn(
      `This withdrawal of ${usdcWords(amount)} was handed in before: signed again it is the same one.`,
    );
  }
  const bytes = readComposed(told.data);
  const confirmed = await confirmTransaction(context, bytes, await wishFor(work, wish));
  const chain = openChainIfAny(context, escrowPlace);
  const path = withdrawalPath(party, told.id);
  const seen = await handIn(context, wallet, confirmed, { escrowPlace, chain, client: router.client, path });
  const destination = destinationIn(confirmed.description) ?? "";
  const about = { router: router.id, wallet: wallet.address, id: told.id, amount: amountJson(amount), destination };
  const what = `${usdcWords(amount)}${party === "provider" ? " of earnings" : ""}`;
  return { data: { ...about, ...seen }, text: `Withdrew ${what} to ${destination}.` };
}

/** Goes on with the withdrawal that is open already; whoever asked for another one has to agree to that. */
async function continueOpen(work: Withdrawing, wish: WithdrawalWish, refusal: CommandFault): Promise<Outcome> {
  const { context, router, wallet } = work;
  const { terminal } = context;
  const account = await openAccount(context, router, wallet);
  const open = openWithdrawal(await account.withdrawals(wish.party));
  if (open === undefined) throw refusal; // it has just ended
  const what = `A withdrawal of ${usdcWords(open.amount)} is open already`;
  const isElsewhere = wish.party === "user" && open.destination !== wish.destination;
  if (isElsewhere || (open.amount !== wish.amount && !terminal.isInteractive)) {
    const to = open.destination === undefined ? "" : ` --to ${open.destination}`;
    throw new CommandFault({
      what: `${what}, and there is one at a time: nothing was signed.`,
      why: `asked for were ${usdcWords(wish.amount)}${isElsewhere ? " to another account" : ""}.`,
      next: `aimo withdraw ${amountJson(open.amount)}${to} goes on with it; unsigned it ends by itself in a minute or two.`,
      reason: "refused",
      code: "withdrawal_open",
    });
  }
  terminal.warn(`${what}: it goes on with that one.`);
  return await finish(work, { ...wish, amount: open.amount }, open);
}

async function amountOf(
  text: string | undefined,
  { context, router, wallet }: Withdrawing,
  party: MoneyParty,
): Promise<MicroUsdc> {
  if (text !== "all") return readAmount(text, "withdraw");
  const account = await openAccount(context, router, wallet);
  const most = await account.withdrawable(party);
  const amount = microUsdc(most / 1_000n); // the chain knows no smaller parts
  if (amount > 0n) return amount;
  const open = openWithdrawal(await account.withdrawals(party));
  if (open !== undefined) return open.amount;
  throw new CommandFault({
    what: "There is nothing to withdraw.",
    why: "what is charged, or held by running requests, stays until it is settled.",
    next: party === "user" ? "aimo balance shows what there is." : "aimo provider earnings shows what there is.",
    reason: "funds",
    code: "nothing_to_withdraw",
  });
}

/** Withdraws a user's funds or a provider's earnings. */
export async function withdrawOf(context: CommandContext, input: CommandInput, party: MoneyParty): Promise<Outcome> {
  const [text] = input.arguments;
  const destination = readDestination(input.options["to"], party);
  if (text !== "all") readAmount(text, "withdraw"); // before anybody is asked anything
  const wallet = await openWallet(context);
  const router = await reachRouter(context, party);
  const work = { context, router, wallet, escrowPlace: await placeOfRouter(context, router) };
  const wish = { party, amount: await amountOf(text, work, party), destination };
  try {
    return await finish(work, wish, await askWithdrawal(context, router, wallet, wish));
  } catch (error) {
    if (!(error instanceof CommandFault) || error.words.code !== "withdrawal_open") throw error;
    return await continueOpen(work, wish, error);
  }
}

/** `aimo withdraw`. */
export const withdraw: RunCommand = (context, input) =>
  withdrawOf(context, input, input.options["earnings"] === true ? "provider" : "user");
