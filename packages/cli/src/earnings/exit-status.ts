// `aimo provider exit status`: what a provider can be paid without the router, and from when on.
import { openChain } from "../chain/open-chain.ts";
import { readEarner } from "../chain/standing.ts";
import type { RunCommand } from "../command-spec.ts";
import { openWallet } from "../wallet/open-wallet.ts";
import { earnerFacts } from "./exit-facts.ts";

/** Tells how far it is. */
export const providerExitStatus: RunCommand = async (context) => {
  const wallet = await openWallet(context);
  const chain = await openChain(context);
  return earnerFacts(await readEarner(context, chain, wallet), chain, wallet);
};
