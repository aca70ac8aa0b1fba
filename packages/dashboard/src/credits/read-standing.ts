// Reads a wallet's standing from the chain, by the node of this browser's choice: no router is asked.
import type { Address } from "@solana/kit";
import { address } from "@solana/kit";
import {
  allowanceInForce,
  allowanceLeft,
  pendingAllowance,
  userExitOf,
} from "@aimo-network/escrow/accounts/escrow-facts";
import { fetchUser } from "@aimo-network/escrow/accounts/views";
import type { UserView } from "@aimo-network/escrow/accounts/views";
import { systemClock } from "@aimo-network/protocol/clock";
import { microUsdc } from "@aimo-network/protocol/money";
import { ConsoleFault } from "../api/fault-words.ts";
import type { Chain } from "../signing/chain-place.ts";
import type { Standing, StandingEscrow } from "./standing.ts";

const CONFIRMED = { commitment: "confirmed" } as const;

/** Seconds of the chain, which stay far below what a number holds, in milliseconds. */
function milliseconds(seconds: bigint): number {
  return Number.parseInt(`${seconds}`, 10) * 1_000;
}

/** A wallet at the router, at one slot; throws `ConsoleFault` where the chain has no such router. */
export async function fetchOwnView({ rpc, place, mint }: Chain, wallet: Address): Promise<UserView> {
  const view = await fetchUser(rpc, { router: place, mint, user: wallet }, CONFIRMED);
  if (view !== undefined) return view;
  throw new ConsoleFault(
    "The chain of this Solana node has no such router.",
    "Choose a node of the router’s own chain: “Solana node” in the wallet’s menu.",
  );
}

function escrowOf({ escrow, router, now: { time } }: UserView): StandingEscrow | undefined {
  if (escrow === undefined) return undefined;
  const { data } = escrow;
  const { total, expiresAt } = allowanceInForce(data, time);
  const coming = pendingAllowance(data, time);
  const exit = userExitOf(data, router.data, time);
  return {
    balance: microUsdc(data.balance),
    settled: microUsdc(data.settledTotal),
    allowance: { total, left: allowanceLeft(data, router.data, time), expiresAtMs: milliseconds(expiresAt) },
    coming: coming && {
      total: coming.total,
      expiresAtMs: milliseconds(coming.expiresAt),
      atMs: milliseconds(coming.at),
    },
    exit: exit && { requestedAtMs: milliseconds(exit.requestedAt), dueAtMs: milliseconds(exit.deadline) },
  };
}

/** What a view says, read at `nowMs` of this machine. */
export function standingOf(view: UserView, lamports: bigint, nowMs: number): Standing {
  const { minDeposit, userExitDelay, allowanceNotice } = view.router.data.params;
  return {
    address: view.escrowAddress,
    escrow: escrowOf(view),
    terms: { minDeposit: microUsdc(minDeposit), exitDelayS: userExitDelay, noticeS: allowanceNotice },
    usdc: microUsdc(view.tokens.token?.amount ?? 0n),
    lamports,
    aheadMs: milliseconds(view.now.time) - nowMs,
  };
}

/** Reads it now. */
export async function readStanding(chain: Chain, wallet: string): Promise<Standing> {
  const user = address(wallet);
  const [view, { value: lamports }] = await Promise.all([
    fetchOwnView(chain, user),
    chain.rpc.getBalance(user, CONFIRMED).send(),
  ]);
  return standingOf(view, lamports, systemClock.now());
}
