// Which Solana node this browser asks: the person's own choice, or the one that the router names.
import { clusterOf } from "@aimo-network/escrow/clusters";
import { useQuery } from "@tanstack/react-query";
import { routerQuery } from "../router/router-query.ts";
import { RPC_CHOICE_LIFE_S } from "./limits.ts";
import { chosenUrl, cookieValue, readRpcUrl } from "./rpc-url.ts";

const COOKIE = "aimo_rpc";
const KEPT = "aimo-rpc";
const UNTRIED = "aimo-rpc-untried";

/** What a router says of its chain that is of use here. */
export interface NodeFacts {
  /** In CAIP-2: `solana:` and the first characters of the genesis hash. */
  readonly network?: string;
  readonly public_rpc_url?: string;
}

/** The node that the person chose for this browser; undefined where they did not. */
export function chosenRpcUrl(): string | undefined {
  return chosenUrl(cookieValue(document.cookie, COOKIE), localStorage.getItem(KEPT));
}

/** The node that a router names, or everybody's of its cluster. */
export function routersRpcUrl(facts: NodeFacts | undefined): string | undefined {
  const named = facts?.public_rpc_url;
  const isUrl = named !== undefined && "url" in readRpcUrl(named);
  return isUrl ? named : clusterOf(facts?.network)?.nodeUrl;
}

/** The URL of the node that is asked; undefined while none is known. */
export function useRpcUrl(): string | undefined {
  const { data } = useQuery(routerQuery);
  return chosenRpcUrl() ?? routersRpcUrl(data?.chain);
}

/** Keeps another node for this browser, or the router's again; the page has to be loaded anew to be allowed to ask it. */
export function chooseRpcUrl(url: string | undefined): void {
  const secure = location.protocol === "https:" ? "; secure" : "";
  const life = url === undefined ? 0 : RPC_CHOICE_LIFE_S;
  const value = url === undefined ? "" : encodeURIComponent(new URL(url).origin);
  // The Cookie Store API is not in every browser yet.
  document.cookie = `${COOKIE}=${value}; path=/; samesite=strict; max-age=${life}${secure}`;
  if (url === undefined) localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, url);
}

/** Whether the node was chosen just before the page was loaded, and has not been tried yet. */
export function isNodeUntried(): boolean {
  return sessionStorage.getItem(UNTRIED) !== null;
}

/** Remembers, until the page is left, whether the chosen node has still to be tried. */
export function noteNodeUntried(isUntried: boolean): void {
  if (isUntried) sessionStorage.setItem(UNTRIED, "yes");
  else sessionStorage.removeItem(UNTRIED);
}
