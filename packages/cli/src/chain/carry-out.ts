// A command's own instructions from the wish to the chain, by a node alone: composed, shown, agreed to, signed, landed.
import { transactionUrl } from "@aimo-network/escrow/clusters";
import { actWish } from "@aimo-network/escrow/wish/chain-act";
import type { ChainAct } from "@aimo-network/escrow/wish/chain-act";
import type { Outcome } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";
import { composeTransaction } from "./compose.ts";
import { confirmTransaction } from "./confirm.ts";
import type { Landed } from "./landing.ts";
import { tellLanding } from "./landing-words.ts";
import type { OpenChain } from "./open-chain.ts";
import { submitByNode } from "./submit.ts";
import { signConfirmed, walletSigner } from "./wallet-signer.ts";

/** A transaction that has landed, as results show it. */
export interface LandedJson {
  readonly signature: string;
  readonly status: Landed["status"];
  readonly explorer_url: string | null;
}

/** Carries it out; throws `CommandFault` where anything of that does not happen. */
export async function carryOut(
  context: CommandContext,
  chain: OpenChain,
  wallet: CommandWallet,
  act: ChainAct,
): Promise<LandedJson> {
  const { node, place, cluster, routerId } = chain;
  const { programAddress } = place;
  const { address } = walletSigner(wallet);
  const { bytes, lastValidBlockHeight } = await composeTransaction(node, address, act.steps);
  const confirmed = await confirmTransaction(context, bytes, actWish(act, { place, routerId, signer: address }));
  const signed = await signConfirmed(context, wallet, confirmed);
  const landed = await submitByNode(context, { node, programAddress, cluster }, { ...signed, lastValidBlockHeight });
  return tellLanded(context, chain, landed);
}

/**
 * The result of what has landed, with what is there by now. A node that is away by then, or Ctrl-C, takes nothing back:
 * whoever is told of a failure does it again.
 */
export async function afterLanding(
  { routerId }: Pick<OpenChain, "routerId">,
  { address }: Pick<CommandWallet, "address">,
  landed: LandedJson,
  look: () => Promise<{ readonly data: object; readonly text: string }>,
): Promise<Outcome> {
  try {
    const { data, text } = await look();
    return { data: { ...data, ...landed }, text };
  } catch (error) {
    if (!(error instanceof CommandFault)) throw error;
    return {
      data: { router: routerId, wallet: address, ...landed },
      text: `Done: the transaction ${landed.signature} has landed. How it is now could not be read: ${error.words.what}`,
    };
  }
}

/** Tells a person that it has landed, and gives what the result says of it. */
export function tellLanded(
  context: Pick<CommandContext, "terminal">,
  { node, cluster }: Partial<Pick<OpenChain, "node" | "cluster">>,
  landed: Landed,
): LandedJson {
  const link = transactionUrl(landed.signature, cluster, node);
  tellLanding(context, landed, link);
  return { signature: landed.signature, status: landed.status, explorer_url: link ?? null };
}
