// The transactions of a user's money, and what each is held against before it is signed: the part that needs @solana/kit.
import { address, createNoopSigner, getBase64Decoder } from "@solana/kit";
import type { Address, Instruction } from "@solana/kit";
import type { UserView } from "@aimo-network/escrow/accounts/views";
import { associatedTokenAddress } from "@aimo-network/escrow/addresses";
import { buildDeposit, buildSetAllowance } from "@aimo-network/escrow/build/user-money";
import { recentUnitPrice, unsignedTransaction } from "@aimo-network/escrow/compose-transaction";
import { actWish } from "@aimo-network/escrow/wish/chain-act";
import type { ChainAct } from "@aimo-network/escrow/wish/chain-act";
import { depositWish } from "@aimo-network/escrow/wish/deposit-wish";
import type { TransactionWish } from "@aimo-network/escrow/wish/differences";
import {
  allowanceAct,
  allowanceTarget,
  exitCancelAct,
  exitFinalizeAct,
  exitRequestAct,
} from "@aimo-network/escrow/wish/user-acts";
import type { ActingUser } from "@aimo-network/escrow/wish/user-acts";
import type { WishRouter } from "@aimo-network/escrow/wish/wish-router";
import { withdrawalWish } from "@aimo-network/escrow/wish/withdrawal-wish";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { ConsoleFault } from "../api/fault-words.ts";
import type { MadeTransaction } from "../signing/act.ts";
import type { Chain } from "../signing/chain-place.ts";
import { bytesOfBase64 } from "../selling/withdraw/base64-text.ts";
import type { DepositOrder, MoneyDesk } from "./money-desk.ts";
import { fetchOwnView } from "./read-standing.ts";

/** A deposit, and what becomes of the allowance with it: it rises by the deposit, stays, or is what was typed. */
export interface DepositChoice {
  readonly amount: MicroUsdc;
  readonly allowance: "raise" | "keep" | MicroUsdc;
}

/** What the allowance is to be; what nothing is said of stays. */
export interface AllowanceChoice {
  readonly total: MicroUsdc | undefined;
  readonly days: number | undefined;
}

/** What somebody does about leaving. */
export type ExitStep = "request" | "cancel" | "finalize";

const DAY_S = 86_400n;

/** Base64 of bytes, as a router takes them. */
export function base64Of(bytes: Uint8Array): string {
  return getBase64Decoder().decode(bytes);
}

async function composeOwn(
  { rpc }: Chain,
  wallet: Address,
  steps: readonly Instruction[],
  wish: TransactionWish,
): Promise<MadeTransaction> {
  const { value: lifetime } = await rpc.getLatestBlockhash({ commitment: "confirmed" }).send();
  const unitPrice = await recentUnitPrice(rpc, steps);
  const bytes = unsignedTransaction({ feePayer: wallet, instructions: steps, lifetime, unitPrice });
  return { bytes, wish, lastValidBlockHeight: lifetime.lastValidBlockHeight };
}

function insistOnEscrow(view: UserView, wallet: Address): ActingUser {
  const { escrow } = view;
  if (escrow === undefined) {
    throw new ConsoleFault("This wallet has no escrow at this router.", "A first deposit opens one.");
  }
  return { user: createNoopSigner(wallet), view, escrow };
}

async function composeAct(
  chain: Chain,
  wallet: string,
  act: (acting: ActingUser) => Promise<ChainAct>,
): Promise<MadeTransaction> {
  const user = address(wallet);
  const made = await act(insistOnEscrow(await fetchOwnView(chain, user), user));
  const { place, routerId } = chain;
  const scene = { place, routerId: address(routerId), signer: user };
  return await composeOwn(chain, user, made.steps, actWish(made, scene));
}

/** Sets the allowance, by the chain alone. */
export async function makeAllowance(
  chain: Chain,
  wallet: string,
  { total, days }: AllowanceChoice,
): Promise<MadeTransaction> {
  return await composeAct(chain, wallet, async (acting) => {
    const lasts = days === undefined ? undefined : BigInt(days) * DAY_S;
    const target = allowanceTarget(acting, { total, lasts });
    if (target.isInForce) throw new ConsoleFault("The allowance is that already: there is nothing to sign.");
    return await allowanceAct(acting, target);
  });
}

/** Leaves, stays, or is paid out, by the chain alone: no router is asked. */
export async function makeExit(chain: Chain, wallet: string, step: ExitStep): Promise<MadeTransaction> {
  const acts = { request: exitRequestAct, cancel: exitCancelAct, finalize: exitFinalizeAct };
  return await composeAct(chain, wallet, acts[step]);
}

/** The router as wishes name it. */
function chainRouter({ place, mint, routerId, url }: Chain): WishRouter {
  return { place, mint, routerId, url };
}

/** The wish for a deposit whose allowance is not the usual one. */
function withAllowance(wish: TransactionWish, allowance: "keep" | MicroUsdc): TransactionWish {
  const instructions = wish.instructions.flatMap((instruction) => {
    if (instruction.name === "set_allowance") return [];
    if (instruction.name !== "open_escrow" || allowance === "keep") return [instruction];
    return [{ ...instruction, data: { allowTotal: allowance } }];
  });
  return { ...wish, instructions };
}

/** A deposit into an open escrow whose allowance becomes what was typed: routers compose none, so it is composed here. */
async function composeDeposit(
  chain: Chain,
  acting: ActingUser & { readonly view: UserView },
  { amount, total }: { readonly amount: MicroUsdc; readonly total: MicroUsdc },
  wish: TransactionWish,
): Promise<MadeTransaction> {
  const { user, view, escrow } = acting;
  const { router, vault, now } = view;
  const { expiresAt } = allowanceTarget(acting, { total, lasts: undefined });
  const source = await associatedTokenAddress({ owner: user.address, mint: router.data.mint });
  const steps = [
    ...(await buildSetAllowance({ user, router, escrow, total, expiresAt, now: now.time })),
    ...(await buildDeposit({ funder: user, source, router, escrow, amount, now: now.time, vault })),
  ];
  const accounts = { user: user.address, config: router.address, escrow: escrow.address };
  const allowance = { name: "set_allowance", accounts, data: { total, expiresAt } };
  const wished = { ...wish, instructions: [allowance, ...withAllowance(wish, total).instructions] };
  return await composeOwn(chain, user.address, steps, wished);
}

/** Has a deposit composed; the escrow is opened with the first one. */
export async function makeDeposit(
  chain: Chain,
  wallet: string,
  { amount, allowance }: DepositChoice,
  desk: Pick<MoneyDesk, "deposit">,
): Promise<MadeTransaction> {
  const user = address(wallet);
  const view = await fetchOwnView(chain, user);
  const wish = await depositWish(chainRouter(chain), user, { amount, view });
  if (typeof allowance === "bigint" && view.escrow !== undefined) {
    const acting = { user: createNoopSigner(user), view, escrow: view.escrow };
    return await composeDeposit(chain, acting, { amount, total: allowance }, wish);
  }
  const order: DepositOrder = {
    amount: formatMicroUsdc(amount),
    ...(typeof allowance === "bigint" && { openWith: formatMicroUsdc(allowance) }),
    ...(allowance === "keep" && view.escrow !== undefined && { keepsAllowance: true }),
  };
  const bytes = bytesOfBase64(await desk.deposit(order));
  return { bytes, wish: allowance === "raise" ? wish : withAllowance(wish, allowance) };
}

/** What is held against a withdrawal that the router has signed: the amount, to the wallet's own account, and nothing else. */
export async function heldWithdrawal(
  chain: Chain,
  wallet: string,
  { amount, transaction }: { readonly amount: MicroUsdc; readonly transaction: string },
): Promise<MadeTransaction> {
  const wish = await withdrawalWish(chainRouter(chain), address(wallet), { party: "user", amount });
  return { bytes: bytesOfBase64(transaction), wish };
}
