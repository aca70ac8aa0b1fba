// What the transaction of a deposit may hold: the deposit, and what opens the escrow or raises the allowance by as much.
import type { Address } from "@solana/kit";
import { allowanceInForce, pendingAllowance } from "@aimo-network/escrow/accounts/escrow-facts";
import type { UserView } from "@aimo-network/escrow/accounts/views";
import { associatedTokenAddress, escrowAddress } from "@aimo-network/escrow/addresses";
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import { DAY } from "@aimo-network/escrow/program-bounds";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import type { WishedInstruction } from "../chain/differences.ts";
import { ALLOWANCE_END_SLACK_S } from "../limits.ts";

const ALLOWANCE_LIFE = 365n * DAY; // what routers give where nothing is said

/** A deposit, and what the chain says of its user; without the chain's word the allowance is the router's word, which is shown. */
export interface DepositWish {
  readonly amount: MicroUsdc;
  readonly view: UserView | undefined;
}

type Own = Readonly<Record<"config" | "escrow" | "user", Address>>;

/** Opens the escrow, whose allowance is the deposit. */
function opening(own: Own, amount: MicroUsdc, endMost: bigint | undefined): WishedInstruction {
  return {
    name: "open_escrow",
    isOptional: endMost === undefined, // then nobody knows whether there is an escrow
    accounts: { ...own, payer: own.user },
    data: { allowTotal: amount },
    ...(endMost !== undefined && { dataMost: { allowExpiresAt: endMost } }),
  };
}

/** What may be done about the allowance before the deposit. */
function preparations(own: Own, { amount, view }: DepositWish): WishedInstruction[] {
  const raising = { name: "set_allowance", isOptional: true, accounts: own };
  if (view === undefined) return [opening(own, amount, undefined), raising];
  const { escrow, now } = view;
  const inAYear = now.time + ALLOWANCE_LIFE + ALLOWANCE_END_SLACK_S;
  if (escrow === undefined) return [opening(own, amount, inAYear)];
  // While the person lowers the allowance a deposit leaves it alone: raising it would take that back.
  if (pendingAllowance(escrow.data, now.time) !== undefined) return [];
  const { total, expiresAt } = allowanceInForce(escrow.data, now.time);
  return [
    {
      ...raising,
      data: { total: total + amount },
      dataMost: { expiresAt: expiresAt > inAYear ? expiresAt : inAYear },
    },
  ];
}

/** What a user's own deposit at a router may be made of. */
export async function depositWish(
  { place, mint }: { readonly place: RouterPlace; readonly mint: Address },
  user: Address,
  wish: DepositWish,
): Promise<WishedInstruction[]> {
  const { address: config } = place;
  const [escrow, source] = [await escrowAddress(place, user), await associatedTokenAddress({ owner: user, mint })];
  return [
    ...preparations({ config, escrow, user }, wish),
    { name: "deposit", accounts: { funder: user, source, config, escrow, mint }, data: { amount: wish.amount } },
  ];
}
