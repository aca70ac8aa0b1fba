// What the chain says of a wallet beside its balance at a router: the allowance, an exit, and what is still on the wallet.
import { solText, solWords } from "@aimo-network/escrow/describe/foreign-text";
import type { Address } from "@solana/kit";
import {
  allowanceInForce,
  allowanceLeft,
  pendingAllowance,
  userExitOf,
} from "@aimo-network/escrow/accounts/escrow-facts";
import type { UserView } from "@aimo-network/escrow/accounts/views";
import { momentWords } from "@aimo-network/escrow/plain-words";
import { formatMicroUsdc, microUsdc } from "@aimo-network/protocol/money";
import { placeOfRouter } from "../chain/escrow-place.ts";
import { momentJson } from "../chain/moments.ts";
import { isNodeNamed, openChainIfAny } from "../chain/open-chain.ts";
import { askNode } from "../chain/solana-node.ts";
import { readUser } from "../chain/standing.ts";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { allowanceFacts } from "../money/allowance-facts.ts";
import type { Router } from "../network/find-router.ts";
import type { Style } from "../terminal/style.ts";

/** A wallet by the chain's word. */
export interface ChainBalance {
  readonly view: UserView;
  readonly lamports: bigint;
}

/** A line of the balance. */
export type BalanceLine = readonly [name: string, words: string];

/** Reads it; undefined, and said why, where there is no chain, no node, or one that nobody has named and that does not answer. */
export async function readChainBalance(
  context: CommandContext,
  router: Router,
  address: string,
): Promise<ChainBalance | undefined> {
  if (router.facts.chain === undefined) return undefined;
  const chain = openChainIfAny(context, await placeOfRouter(context, router));
  if (chain === undefined) {
    context.terminal.note("Allowance and wallet are not shown: no Solana node is known. --rpc-url names one.");
    return undefined;
  }
  try {
    const balance = chain.node.rpc.getBalance(address as Address, { commitment: "confirmed" }).send();
    const [view, { value }] = await Promise.all([readUser(context, chain, { address }), askNode(chain.node, balance)]);
    return { view, lamports: value };
  } catch (error) {
    const isAway = error instanceof CommandFault && error.words.reason === "unreachable";
    if (!isAway || isNodeNamed(context)) throw error;
    context.terminal.note(`Allowance and wallet are not shown. ${error.words.what}`);
    return undefined;
  }
}

function tokensOf({ tokens }: UserView): string {
  return formatMicroUsdc(microUsdc(tokens.token?.amount ?? 0n));
}

function escrowLines({ escrow, router, now }: UserView, style: Style): BalanceLine[] {
  if (escrow === undefined) return [["allowance", "none: no escrow is open here; aimo topup 5 opens one"]];
  const { total, expiresAt } = allowanceInForce(escrow.data, now.time);
  const left = allowanceLeft(escrow.data, router.data, now.time);
  const pending = pendingAllowance(escrow.data, now.time);
  const exit = userExitOf(escrow.data, router.data, now.time);
  const words = `left of ${formatMicroUsdc(total)} in all, until ${momentWords(expiresAt)}`;
  const lines: BalanceLine[] = [
    ["allowance", `${formatMicroUsdc(left)} USDC  ${left === 0n ? style.bad(words) : style.faint(words)}`],
  ];
  if (pending !== undefined) {
    lines.push(["", style.doubtful(`${formatMicroUsdc(pending.total)} in all from ${momentWords(pending.at)} on`)]);
  }
  if (exit !== undefined) {
    lines.push([
      "leaving",
      style.doubtful(exit.isDue ? "now: aimo exit finalize" : `at ${momentWords(exit.deadline)}`),
    ]);
  }
  return lines;
}

/** The lines for a person. */
export function chainLines({ view, lamports }: ChainBalance, style: Style): readonly BalanceLine[] {
  return [...escrowLines(view, style), ["on the wallet", `${tokensOf(view)} USDC, ${solWords(lamports)}`]];
}

/** The same as JSON. */
export function chainJson(found: ChainBalance | undefined): object {
  if (found === undefined) return { allowance: null, leaving_at: null, on_wallet: null };
  const { view, lamports } = found;
  const { escrow, router, now } = view;
  const exit = escrow && userExitOf(escrow.data, router.data, now.time);
  return {
    allowance: escrow === undefined ? null : allowanceFacts(view, escrow).data,
    leaving_at: exit === undefined ? null : momentJson(exit.deadline),
    on_wallet: { usdc: tokensOf(view), sol: solText(lamports) },
  };
}
