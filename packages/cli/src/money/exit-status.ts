// `aimo exit status`: whether a wallet is leaving, and from when on it can be paid out, by the chain alone.
import { openChain } from "../chain/open-chain.ts";
import { readUser } from "../chain/standing.ts";
import type { RunCommand } from "../command-spec.ts";
import { openWallet } from "../wallet/open-wallet.ts";
import { exitFacts } from "./exit-facts.ts";

/** Tells how far it is. */
export const exitStatus: RunCommand = async (context) => {
  const wallet = await openWallet(context);
  const chain = await openChain(context);
  return exitFacts(await readUser(context, chain, wallet), chain, wallet);
};
