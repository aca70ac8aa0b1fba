// Which node of the chain everybody may be told: never an operator's own, whose URL may hold a secret.
import { clusterOf } from "@aimo-network/escrow/clusters";
import type { ChainSettings } from "./chain-settings.ts";

const THIS_MACHINE = /^(?:localhost|127(?:\.\d{1,3}){3})$/;

/** Whether a URL leads to this machine and has nothing in it that could be a secret. */
function isOpenHere(url: string): boolean {
  const { hostname, username, password, pathname, search } = new URL(url);
  return THIS_MACHINE.test(hostname) && `${username}${password}${search}` === "" && pathname === "/";
}

/**
 * The node that the operator names, or the public one of the router's cluster, or a node of this machine: on a chain that
 * has no public one whoever uses the router is there too. Undefined where there is none of them.
 */
export function publicRpcUrlOf(
  { publicRpcUrl, rpcUrls }: Pick<ChainSettings, "publicRpcUrl" | "rpcUrls">,
  network: string | undefined,
): string | undefined {
  return publicRpcUrl ?? clusterOf(network)?.nodeUrl ?? rpcUrls.find(isOpenHere);
}
