// What the transaction of a deposit may hold: the deposit, and what opens the escrow or raises the allowance by as much.
import type { Address } from "@solana/kit";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { allowanceInForce, pendingAllowance } from "../accounts/escrow-facts.ts";
import type { UserView } from "../accounts/views.ts";
import { associatedTokenAddress, escrowAddress } from "../addresses.ts";
import { ALLOWANCE_END_SLACK_S } from "../limits.ts";
import { usdcWords } from "../plain-words.ts";
import { DAY } from "../program-bounds.ts";
import type { TransactionWish, WishedInstruction } from "./differences.ts";
import { aboutRouter } from "./wish-router.ts";
import type { WishRouter } from "./wish-router.ts";

const ALLOWANCE_LIFE = 365n * DAY; // what routers give where nothing is said

/** A deposit, and what the chain says of its user; without the chain's word the allowance is the router's word, which is shown. */
export interface DepositWish {
  readonly amount: MicroUsdc;
  readonly view: UserView | undefined;
}

type Own = Readonly<Record<"config" | "escrow" | "user", Address>>;

/** Opens the escrow, whose allowance is the deposit, for about a year from `now`. */
function opening(own: Own, amount: MicroUsdc, now: bigint | undefined): WishedInstruction {
  const inAYear = now === undefined ? undefined : now + ALLOWANCE_LIFE;
  return {
    name: "open_escrow",
    isOptional: inAYear === undefined, // then nobody knows whether there is an escrow
    accounts: { ...own, payer: own.user },
    data: { allowTotal: amount },
    ...(inAYear !== undefined && {
      dataMost: { allowExpiresAt: inAYear + ALLOWANCE_END_SLACK_S },
      dataLeast: { allowExpiresAt: inAYear - ALLOWANCE_END_SLACK_S },
    }),
  };
}

/** What may be done about the allowance before the deposit. */
function preparations(own: Own, { amount, view }: DepositWish): WishedInstruction[] {
  const raising = { name: "set_allowance", isOptional: true, accounts: own };
  if (view === undefined) return [opening(own, amount, undefined), raising];
  const { escrow, now } = view;
  const inAYear = now.time + ALLOWANCE_LIFE + ALLOWANCE_END_SLACK_S;
  if (escrow === undefined) return [opening(own, amount, now.time)];
  // While the person lowers the allowance a deposit leaves it alone: raising it would take that back.
  if (pendingAllowance(escrow.data, now.time) !== undefined) return [];
  const { total, expiresAt } = allowanceInForce(escrow.data, now.time);
  return [
    {
      ...raising,
      data: { total: total + amount },
      dataMost: { expiresAt: expiresAt > inAYear ? expiresAt : inAYear },
      // An earlier end would make a lowering of it, which waits for the router's notice and keeps every other change off.
      dataLeast: { expiresAt },
    },
  ];
}

/** A user's own deposit at a router, which the router composes. */
export async function depositWish(router: WishRouter, user: Address, wish: DepositWish): Promise<TransactionWish> {
  const { place, mint, url } = router;
  const { address: config } = place;
  const [escrow, source] = [await escrowAddress(place, user), await associatedTokenAddress({ owner: user, mint })];
  return {
    ...aboutRouter(router, user),
    question: `Deposit ${usdcWords(wish.amount)} at ${url}?`,
    instructions: [
      ...preparations({ config, escrow, user }, wish),
      { name: "deposit", accounts: { funder: user, source, config, escrow, mint }, data: { amount: wish.amount } },
    ],
  };
}
