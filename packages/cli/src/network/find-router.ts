// The router that is meant: by its URL, or by its id, which the on-chain directory leads to a URL.
import { safeLine } from "@aimo-network/protocol/safe-line";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import type { FaultWords } from "../fault.ts";
import { variable } from "../settings/environment.ts";
import { knownRoutersFile } from "../settings/places.ts";
import { readKnownRouters, rememberRouter } from "./known-routers.ts";
import { RouterClient } from "./router-client.ts";
import type { RouterFacts } from "./router-facts.ts";
import { fetchRouterFacts } from "./router-facts.ts";
import { isPrivateUrl, isThisMachine, routerUrl } from "./router-url.ts";

/** A router that has answered, and is who was asked for. */
export interface Router {
  readonly client: RouterClient;
  readonly id: string;
  readonly facts: RouterFacts;
}

const ID_CHARS = 44; // of a router id, in base58
const ROUTER_ID = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/; // no name of a host is like this: it has no dot

/** What was asked for: an option, a variable, or the router that was used last; undefined where none of them says one. */
export function wantedRouter({ options, environment }: CommandContext): string | undefined {
  const [last] = readKnownRouters(knownRoutersFile(environment));
  return options.router ?? variable(environment, "AIMO_ROUTER") ?? last?.url;
}

/** What is said where nothing names a router. */
export function noRouter(): CommandFault {
  return new CommandFault({
    what: "Which router?",
    why: "neither --router nor AIMO_ROUTER names one, and none was used before.",
    next: "Add --router https://router.example: whoever runs a router tells its URL. `export AIMO_ROUTER=https://router.example` says it for all commands.",
    reason: "usage",
  });
}

/** The URL that was typed for a router; throws `CommandFault` for what is none. */
export function readRouterUrl(text: string): string {
  const url = routerUrl(text);
  if (url !== undefined) return url;
  throw new CommandFault({
    what: "--router: expected a URL such as https://router.example, or a router id.",
    why: "what was given is neither.",
    next: "See `aimo routers`.",
    reason: "usage",
  });
}

function wrongRouter(wanted: string, facts: RouterFacts, url: string): CommandFault {
  return new CommandFault({
    what: `${url} is not the router ${wanted}.`,
    why: `it says that it is ${facts.router_id}.`,
    next: "Do not use it with this id: ask its operator, or look at `aimo routers`.",
    reason: "refused",
    code: "wrong_router",
  });
}

/** Opens the router at a URL; `id` is who it has to be. */
async function openAt(context: CommandContext, url: string, id?: string): Promise<Router> {
  const client = new RouterClient(url, context);
  const facts = await fetchRouterFacts(client);
  if (id !== undefined && facts.router_id !== id) throw wrongRouter(id, facts, client.url);
  return { client, id: facts.router_id, facts };
}

/** Opens the router with this id where it was last, or else where the chain says that it is. */
async function openById(context: CommandContext, id: string): Promise<Router> {
  const { lookUpRouter } = await import("./directory.ts"); // Solana's client, which a remembered router does without
  return await openAt(context, await lookUpRouter(context, id), id);
}

/** Where the chain says that a router is; undefined where no node is known, or it is away. */
async function findOnChain(context: CommandContext, id: string): Promise<string | undefined> {
  const { lookUpRouter } = await import("./directory.ts");
  try {
    return await lookUpRouter(context, id);
  } catch (error) {
    if (error instanceof CommandFault) return undefined;
    throw error;
  }
}

/** As `openById`, where the router was used before: its operator may have moved it since. */
async function openKnown(context: CommandContext, id: string, url: string): Promise<Router> {
  try {
    return await openAt(context, url, id);
  } catch (error) {
    if (!(error instanceof CommandFault) || context.interrupted.aborted) throw error;
    const now = await findOnChain(context, id);
    if (now === undefined || now === url) throw error;
    context.terminal.note(`The router ${id} is not at ${url} any more: the chain says ${now}.`);
    return await openAt(context, now, id);
  }
}

/** The fault of a router at a URL, with the way out for whoever knows that it is right. */
function doubtful(context: CommandContext, words: Pick<FaultWords, "what" | "why" | "code">, id: string): CommandFault {
  const file = knownRoutersFile(context.environment);
  const next = `Ask its operator. If it is right: --router ${id} finds it by the chain, or take what was known of it out of ${file}.`;
  return new CommandFault({ ...words, next, reason: "refused" });
}

/**
 * Refuses a router at a URL that was another router before, and one that says it is a router which was elsewhere: its
 * keys and its deposits would be somebody else's. A router cannot prove its id; on this machine there is nobody else.
 */
async function insistSameRouter(context: CommandContext, { client: { url }, id }: Router): Promise<void> {
  const known = readKnownRouters(knownRoutersFile(context.environment));
  if (isThisMachine(url) || known.some((each) => each.url === url && each.id === id)) return;
  const before = known.find((each) => each.url === url);
  if (before !== undefined) {
    const what = `${url} is another router than before.`;
    const why = `it was ${safeLine(before.id, ID_CHARS)}, and says now that it is ${id}.`;
    throw doubtful(context, { what, why, code: "router_changed" }, id);
  }
  const elsewhere = known.find((each) => each.id === id && !isThisMachine(each.url));
  if (elsewhere === undefined || (await findOnChain(context, id)) === url) return;
  const what = `${url} is not known to be the router ${id}, which it says it is.`;
  const why = `that one was at ${routerUrl(elsewhere.url) ?? "another place"}, and the chain does not say that it has moved here.`;
  throw doubtful(context, { what, why, code: "router_elsewhere" }, id);
}

async function openWanted(context: CommandContext, wanted: string): Promise<Router> {
  if (!ROUTER_ID.test(wanted)) {
    const router = await openAt(context, readRouterUrl(wanted));
    await insistSameRouter(context, router);
    return router;
  }
  const known = readKnownRouters(knownRoutersFile(context.environment)).find(({ id }) => id === wanted);
  return known === undefined || context.options.rpcUrl !== undefined
    ? await openById(context, wanted)
    : await openKnown(context, wanted, known.url);
}

/** Remembers a router. Where its money is stays as it was seen first: a router that names another place later is found out by that. */
function remember({ environment, terminal }: CommandContext, { client, id, facts }: Router): void {
  const file = knownRoutersFile(environment);
  const known = readKnownRouters(file);
  const there = known.find(({ url }) => url === client.url);
  if (there !== undefined && there.id !== id) {
    terminal.warn(`${client.url} was the router ${there.id} before, and says now that it is ${id}.`);
  }
  const { chain } = facts;
  const seen = known.find((each) => each.id === id);
  const money = seen?.programId === undefined && chain && { programId: chain.program_id, mint: chain.mint };
  const network = seen?.network === undefined && chain?.network !== undefined && { network: chain.network };
  try {
    rememberRouter(file, { url: client.url, id, ...money, ...network });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    terminal.note(`The router is not remembered: ${file} cannot be written${code}.`);
  }
}

/** Finds the router that is meant and checks that it is it. Throws `CommandFault`. */
export async function findRouter(context: CommandContext): Promise<Router> {
  const wanted = wantedRouter(context);
  if (wanted === undefined) throw noRouter();
  const router = await openWanted(context, wanted);
  if (!isPrivateUrl(router.client.url)) {
    context.terminal.warn(`${router.client.url} is not encrypted: whoever is on the way can read keys and answers.`);
  }
  remember(context, router);
  return router;
}
