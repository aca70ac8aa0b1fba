// What was confirmed on its way: signed by the wallet, sent by the node that was named or by the router, and told.
import { clusterOf } from "@aimo-network/escrow/clusters";
import type { CommandContext } from "../context.ts";
import type { RouterClient } from "../network/router-client.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";
import type { LandedJson } from "./carry-out.ts";
import { tellLanded } from "./carry-out.ts";
import type { ConfirmedTransaction } from "./confirm.ts";
import type { EscrowPlace } from "./escrow-place.ts";
import { isNodeNamed } from "./open-chain.ts";
import type { OpenChain } from "./open-chain.ts";
import { submitByRouter } from "./submit-by-router.ts";
import { submitByNode } from "./submit.ts";
import { signConfirmed } from "./wallet-signer.ts";

/** Where it may be handed in. */
export interface HandingIn {
  readonly escrowPlace: EscrowPlace;
  /** Where a node is known; it is taken where it was named, too. */
  readonly chain: OpenChain | undefined;
  readonly client: RouterClient;
  /** The router's own place for it. */
  readonly path: string;
}

/** Signs and hands in; throws `CommandFault` where it does not land, or nobody can tell. */
export async function handIn(
  context: CommandContext,
  wallet: CommandWallet,
  confirmed: ConfirmedTransaction,
  { escrowPlace, chain, client, path }: HandingIn,
): Promise<LandedJson> {
  const signed = await signConfirmed(context, wallet, confirmed);
  const { place, network } = escrowPlace;
  const cluster = chain?.cluster ?? clusterOf(network);
  const landed =
    chain !== undefined && isNodeNamed(context)
      ? await submitByNode(context, { ...chain, programAddress: place.programAddress }, signed)
      : await submitByRouter(context, { client, cluster, path }, signed);
  return tellLanded(context, { ...chain, cluster }, landed);
}
