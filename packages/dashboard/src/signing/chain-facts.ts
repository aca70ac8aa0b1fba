// What the router says of its chain, remembered: whoever leaves without the router needs it when the router is gone.
import { answerOf, routerApi } from "../api/router-api.ts";
import { ConsoleFault } from "../api/fault-words.ts";
import { isLoopback } from "./rpc-url.ts";

const KEPT = "aimo-chain-facts";
const SIGNED_FOR = "aimo-chain-signed-for";
const ADDRESS = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;

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

/** Where the router is to be looked for. */
export interface FoundFacts extends ChainFacts {
  /** It says now that it is another router, or elsewhere, than what this browser has signed for: that is what the facts are. */
  readonly isDisputed?: boolean;
}

/** A router's place, as a chain has it. */
type SignedPlace = Pick<ChainFacts, "routerId" | "name" | "mint" | "vault"> & {
  readonly place: { readonly programAddress: string };
};

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
export function factsIn(answer: RouterAnswer | undefined): ChainFacts | undefined {
  const { router_id: routerId = "", name = "", chain } = answer ?? {};
  if (chain === undefined || chain === null) return undefined;
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

/**
 * What the router says now, or what this browser has signed for before where that is another place: whoever takes a
 * router's API over could else have people sign for a program of their own. On this machine a localnet begins anew.
 */
function heldFacts(told: ChainFacts, signedFor: ChainFacts | undefined, hostname: string): FoundFacts {
  if (signedFor === undefined || isLoopback(hostname)) return told;
  const isSame = (["programId", "routerId", "mint"] as const).every((name) => told[name] === signedFor[name]);
  return isSame ? told : { ...told, ...signedFor, isDisputed: true };
}

/** Remembers where the first transaction of this browser has landed; only deleting the site's data forgets it. */
export function noteSignedFor({ routerId, name, place, mint, vault }: SignedPlace): void {
  if (localStorage.getItem(SIGNED_FOR) !== null) return;
  const facts: ChainFacts = { routerId, name, programId: place.programAddress, mint, vault };
  localStorage.setItem(SIGNED_FOR, JSON.stringify(facts));
}

function isSound({ routerId, programId, mint, vault }: ChainFacts): boolean {
  return [routerId, programId, mint, vault].every((text) => ADDRESS.test(text));
}

/** What is known of the router's place, and who has said it. */
interface KnownPlaces {
  /** What it says now; undefined where it says that it is on no chain. */
  readonly told: ChainFacts | undefined;
  /** What it said the last time. */
  readonly kept: ChainFacts | undefined;
  readonly signedFor: ChainFacts | undefined;
  /** Of this page. */
  readonly hostname: string;
}

/** Where the router is to be looked for; undefined where nobody has ever said it. */
export function foundFacts({ told, kept, signedFor, hostname }: KnownPlaces): FoundFacts | undefined {
  if (told !== undefined && isSound(told)) return heldFacts(told, signedFor, hostname);
  const known = isLoopback(hostname) ? undefined : (kept ?? signedFor);
  return known && { ...known, isDisputed: true };
}

let asking: Promise<RouterAnswer> | undefined;

/** What the router says now; a page's parts that want to know at the same time ask once. */
function askRouter(): Promise<RouterAnswer> {
  asking ??= answerOf(routerApi.GET("/api/v1/router"))
    .then(({ data }) => data)
    .finally(() => (asking = undefined));
  return asking;
}

/** Asks the router; where it does not answer, or answers with no place, takes what it said before in this browser. */
export async function chainFacts(): Promise<FoundFacts> {
  const [kept, signedFor] = [KEPT, SIGNED_FOR].map((name) => readKeptFacts(localStorage.getItem(name)));
  let answer: RouterAnswer;
  try {
    answer = await askRouter();
  } catch (error) {
    const known = kept ?? signedFor; // also where something else answers by now in the router's place
    if (known === undefined) throw error;
    return known;
  }
  const told = factsIn(answer);
  const found = foundFacts({ told, kept, signedFor, hostname: location.hostname });
  if (found === undefined) {
    throw new ConsoleFault(
      "This router is on no chain, so there is nothing to pay in or out here.",
      "Ask its operator whether that is meant.",
    );
  }
  if (found.isDisputed !== true) localStorage.setItem(KEPT, JSON.stringify(told));
  return found;
}
