// What a user does with an escrow by the chain alone: sets the allowance, leaves, stays, and is paid out.
import type { Address, TransactionSigner } from "@solana/kit";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { microUsdc } from "@aimo-network/protocol/money";
import { allowanceInForce } from "../accounts/escrow-facts.ts";
import type { ChainMoment } from "../accounts/fetch-accounts.ts";
import type { Held } from "../accounts/read-account.ts";
import { associatedTokenAddress } from "../addresses.ts";
import { buildCancelExit, buildFinalizeExit, buildRequestExit } from "../build/user-exit.ts";
import { buildSetAllowance } from "../build/user-money.ts";
import type { Config } from "../generated/accounts/config.ts";
import type { Escrow } from "../generated/accounts/escrow.ts";
import { durationWords, momentWords, usdcWords } from "../plain-words.ts";
import { DAY } from "../program-bounds.ts";
import type { ChainAct } from "./chain-act.ts";

const ALLOWANCE_LIFE = 365n * DAY; // where nothing is said, and the old end has passed

/** A user who has an escrow at a router, read at one slot. */
export interface ActingUser {
  /** Only its address is used: the steps are signed later, as one transaction. */
  readonly user: TransactionSigner;
  readonly view: { readonly router: Held<Config>; readonly now: ChainMoment };
  readonly escrow: Held<Escrow>;
}

/** What a person says about the allowance; what nothing is said of stays as it is, but for an end that has passed. */
export interface AllowanceAsked {
  readonly total: MicroUsdc | undefined;
  /** In the chain's seconds from now. */
  readonly lasts: bigint | undefined;
}

/** What the allowance is to be. */
export interface AllowanceTarget {
  readonly total: MicroUsdc;
  /** In the chain's seconds. */
  readonly expiresAt: bigint;
  /** It is that already: there is nothing to sign. */
  readonly isInForce: boolean;
}

/** The allowance that was asked for, from what is in force. */
export function allowanceTarget(
  { view, escrow }: Pick<ActingUser, "view" | "escrow">,
  { total, lasts }: AllowanceAsked,
): AllowanceTarget {
  const { time } = view.now;
  const inForce = allowanceInForce(escrow.data, time);
  const kept = inForce.expiresAt > time ? inForce.expiresAt : time + ALLOWANCE_LIFE;
  const target = { total: total ?? inForce.total, expiresAt: lasts === undefined ? kept : time + lasts };
  return { ...target, isInForce: target.total === inForce.total && target.expiresAt === inForce.expiresAt };
}

/** Sets the most that may ever be settled. */
export async function allowanceAct(
  { user, view, escrow }: ActingUser,
  { total, expiresAt }: Pick<AllowanceTarget, "total" | "expiresAt">,
): Promise<ChainAct> {
  const { router, now } = view;
  return {
    question: `Let the router settle at most ${usdcWords(total)} in all, until ${momentWords(expiresAt)}?`,
    mint: router.data.mint,
    steps: await buildSetAllowance({ user, router, escrow, total, expiresAt, now: now.time }),
    instructions: [
      {
        name: "set_allowance",
        accounts: { user: user.address, config: router.address, escrow: escrow.address },
        data: { total, expiresAt },
      },
    ],
  };
}

/** Starts the delay after which everything can be paid out. */
export async function exitRequestAct({ user, view, escrow }: ActingUser): Promise<ChainAct> {
  const { router, now } = view;
  const delay = router.data.params.userExitDelay;
  const due = `about ${momentWords(now.time + delay)}, in ${durationWords(delay)}`;
  return {
    question: `Leave with ${usdcWords(escrow.data.balance)}, due ${due}?`,
    mint: router.data.mint,
    steps: await buildRequestExit({ user, router, escrow }),
    instructions: [
      { name: "request_exit", accounts: { user: user.address, config: router.address, escrow: escrow.address } },
    ],
  };
}

/** Takes the request to leave back. */
export async function exitCancelAct({ user, view, escrow }: ActingUser): Promise<ChainAct> {
  const { router } = view;
  return {
    question: "Cancel the exit and stay?",
    mint: router.data.mint,
    steps: await buildCancelExit({ user, router, escrow }),
    instructions: [
      { name: "cancel_exit", accounts: { user: user.address, config: router.address, escrow: escrow.address } },
    ],
  };
}

/** What is paid by an act, and where to. */
export interface Payment {
  readonly paid: MicroUsdc;
  /** A token account. */
  readonly destination: Address;
}

/** Pays the whole balance to the user's own token account; throws `escrow_refused` where the exit is not due. */
export async function exitFinalizeAct({ user, view, escrow }: ActingUser): Promise<ChainAct & Payment> {
  const { router, now } = view;
  const { mint } = router.data;
  const destination = await associatedTokenAddress({ owner: user.address, mint });
  const paid = microUsdc(escrow.data.balance);
  return {
    paid,
    destination,
    question: `Have ${usdcWords(paid)} paid to ${destination}?`,
    mint,
    mayOpen: [destination],
    steps: await buildFinalizeExit({ payer: user, router, escrow, now: now.time }),
    instructions: [
      {
        name: "finalize_exit",
        accounts: { user: user.address, config: router.address, escrow: escrow.address, mint, destination },
      },
    ],
  };
}
