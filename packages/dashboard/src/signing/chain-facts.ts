// What the router says of its chain, remembered: whoever leaves without the router needs it when the router is gone.
import { answerOf, routerApi } from "../api/router-api.ts";
import { isApiFault } from "../api/api-fault.ts";
import { ConsoleFault } from "../api/fault-words.ts";

const KEPT = "aimo-chain-facts";

/** Where a router is, in texts; the addresses are in base58. */
export interface ChainFacts {
  readonly routerId: string;
  readonly name: string;
  readonly programId: string;
  readonly mint: string;
  readonly vault: string;
  readonly network?: string;
  readonly public_rpc_url?: string;
}

/** What a router answers, as far as it matters here. */
export interface RouterAnswer {
  readonly router_id: string;
  readonly name: string;
  readonly chain?: {
    readonly program_id: string;
    readonly mint: string;
    readonly vault: string;
    readonly network?: string;
    readonly public_rpc_url?: string;
  };
}

/** The facts in a router's answer; undefined where it is on no chain. */
export function factsIn({ router_id: routerId, name, chain }: RouterAnswer): ChainFacts | undefined {
  if (chain === undefined) return undefined;
  const { program_id: programId, mint, vault, network, public_rpc_url: node } = chain;
  const places = { routerId, name, programId, mint, vault };
  return { ...places, ...(network !== undefined && { network }), ...(node !== undefined && { public_rpc_url: node }) };
}

/** Reads what was kept; undefined for anything that was not written here. */
export function readKeptFacts(text: string | null): ChainFacts | undefined {
  if (text === null) return undefined;
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found !== "object" || found === null) return undefined;
    const texts = Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === "string");
    const { routerId, name, programId, mint, vault, network, public_rpc_url: node } = Object.fromEntries(texts);
    if (routerId === undefined || name === undefined) return undefined;
    if (programId === undefined || mint === undefined || vault === undefined) return undefined;
    const places = { routerId, name, programId, mint, vault };
    return {
      ...places,
      ...(network !== undefined && { network }),
      ...(node !== undefined && { public_rpc_url: node }),
    };
  } catch {
    return undefined;
  }
}

/** Asks the router; where it does not answer, takes what it said last time in this browser. */
export async function chainFacts(): Promise<ChainFacts> {
  let answer: RouterAnswer;
  try {
    answer = (await answerOf(routerApi.GET("/api/v1/router"))).data;
  } catch (error) {
    const kept = readKeptFacts(localStorage.getItem(KEPT));
    if (kept === undefined || (isApiFault(error) && error.status < 500)) throw error;
    return kept;
  }
  const facts = factsIn(answer);
  if (facts === undefined) {
    throw new ConsoleFault(
      "This router is on no chain, so there is nothing to pay in or out here.",
      "Ask its operator whether that is meant.",
    );
  }
  localStorage.setItem(KEPT, JSON.stringify(facts));
  return facts;
}
