// Withdrawals as a router keeps them: asked for with the wallet's word, and found again where one is open already.
import { base58 } from "@scure/base";
import { isAddress } from "@solana/kit";
import { withdrawalMessage } from "@aimo-network/protocol/keys/money-intent";
import type { MoneyParty } from "@aimo-network/protocol/keys/money-intent";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { parseMicroUsdc } from "@aimo-network/protocol/money";
import { listIn, objectIn, textIn } from "@aimo-network/protocol/told-members";
import { amountJson } from "../chain/amount.ts";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import type { Router } from "../network/find-router.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";

/** What is asked for. */
export interface WithdrawalWish {
  readonly party: MoneyParty;
  readonly amount: MicroUsdc;
  /** A token account; the usual place where none is named. */
  readonly destination: string | undefined;
}

/** A withdrawal that the router has written down. */
export interface ToldWithdrawal {
  readonly id: string;
  readonly state: string;
  readonly amount: MicroUsdc;
  readonly destination: string | undefined;
  /** As it was answered, with the transaction in it. */
  readonly data: unknown;
}

const PATHS: Readonly<Record<MoneyParty, string>> = {
  user: "/api/v1/account/withdraw",
  provider: "/api/v1/provider/withdrawals",
};
const OPEN_STATES = ["requested", "router-signed", "submitted"];
const ID = /^[0-9a-f-]{36}$/; // it becomes part of a path

/** Where withdrawals of a party are. */
export function withdrawalPath(party: MoneyParty, id: string): string {
  return `/api/v1/${party === "user" ? "account" : "provider"}/withdrawals/${id}/submit`;
}

function readWithdrawal(data: unknown): ToldWithdrawal {
  const [id = "", state = ""] = [textIn(data, "id"), textIn(data, "state")];
  const destination = textIn(data, "destination");
  try {
    if (!ID.test(id)) throw new Error("no id");
    // A person is told to type it.
    if (destination !== undefined && !isAddress(destination)) throw new Error("no destination");
    return { id, state, amount: parseMicroUsdc(textIn(data, "amount") ?? ""), destination, data };
  } catch (cause) {
    throw new CommandFault(
      { what: "The router's answer is no withdrawal.", next: "Try again, or tell its operator.", reason: "refused" },
      { cause },
    );
  }
}

/** Asks for one by the wallet's signature over a text, which moves nothing by itself. Asked again for the same, it is the same one. */
export async function askWithdrawal(
  { clock }: Pick<CommandContext, "clock">,
  { client, id: routerId }: Router,
  { wallet, address }: CommandWallet,
  { party, amount, destination }: WithdrawalWish,
): Promise<ToldWithdrawal> {
  const dateMs = clock.now();
  const text = withdrawalMessage({ party, amount, destination, routerId, dateMs });
  const signature = base58.encode(await wallet.sign(new TextEncoder().encode(text)));
  const body = {
    amount: amountJson(amount),
    ...(destination !== undefined && { destination }),
    wallet: address,
    date: new Date(dateMs).toISOString(),
    signature,
  };
  const what = "The router does not agree to the withdrawal: nothing has moved.";
  return readWithdrawal(objectIn(await client.call(PATHS[party], { body, what }), "data"));
}

/** The one that is open, of a router's list of the newest. */
export function openWithdrawal(list: unknown): ToldWithdrawal | undefined {
  const open = (listIn(list, "data") ?? []).find((each) => OPEN_STATES.includes(textIn(each, "state") ?? ""));
  return open === undefined ? undefined : readWithdrawal(open);
}
