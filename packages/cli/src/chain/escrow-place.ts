// Where a router's money is: by the router's own word, held against what was seen of it before, or by memory alone.
import { isAddress } from "@solana/kit";
import type { Address } from "@solana/kit";
import { routerPlace } from "@aimo-network/escrow/addresses";
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import { isRouterId } from "@aimo-network/protocol/keys/key-message";
import { safeLine } from "@aimo-network/protocol/safe-line";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import type { Router } from "../network/find-router.ts";
import { findRouter, noRouter, readRouterUrl, wantedRouter } from "../network/find-router.ts";
import type { KnownRouter } from "../network/known-routers.ts";
import { readKnownRouters } from "../network/known-routers.ts";
import { variable } from "../settings/environment.ts";
import { knownRoutersFile } from "../settings/places.ts";

/** A router's place on the chain. */
export interface EscrowPlace {
  readonly routerId: Address;
  /** Its config, derived from its id and the program: never taken from the router. */
  readonly place: RouterPlace;
  /** The mint as the router has said it; the chain's own word counts where a node is asked. */
  readonly mint: Address | undefined;
  /** Which Solana, in CAIP-2. */
  readonly network: string | undefined;
  /** Where the router was reached last. */
  readonly url: string | undefined;
  /** The node that was last used for it. */
  readonly rpcUrl: string | undefined;
}

const PROGRAM_OPTION = "--program";

/** The program that was asked for; undefined where nobody has. */
function wantedProgram({ options, environment }: CommandContext): Address | undefined {
  const text = options.programId ?? variable(environment, "AIMO_PROGRAM_ID");
  if (text === undefined || isAddress(text)) return text;
  throw new CommandFault({
    what: `${PROGRAM_OPTION}: expected a program's address, in base58.`,
    why: "what was given is none.",
    next: "The router's operator knows it; docs/escrow.md has more.",
    reason: "usage",
  });
}

function addressOf(text: string | undefined): Address | undefined {
  return text !== undefined && isAddress(text) ? text : undefined;
}

/** Refuses a router that names another program or mint than the one it is expected to have: either could take what is signed for. */
function insistSame(what: "program" | "mint", expected: string | undefined, found: string): void {
  if (expected === undefined || expected === found) return;
  throw new CommandFault({
    what: `Nothing was signed: the router names another ${what} than expected.`,
    why: `expected ${expected}, found ${safeLine(found, 60)}.`,
    next:
      what === "program"
        ? `Ask its operator. If it has really moved: ${PROGRAM_OPTION} <address>.`
        : "Ask its operator: a router's mint never changes.",
    reason: "refused",
    code: `${what}_changed`,
  });
}

/** The place of a router that has answered, and says its mint. */
export interface AnsweredPlace extends EscrowPlace {
  readonly mint: Address;
}

/** The place of a router that has answered. Throws `CommandFault` where it has none, or another than it had before. */
export async function placeOfRouter(context: CommandContext, router: Router): Promise<AnsweredPlace> {
  const { id, facts, client } = router;
  const { chain } = facts;
  const [program, mint] = [addressOf(chain?.program_id), addressOf(chain?.mint)];
  if (chain === undefined || program === undefined || mint === undefined || !isAddress(id)) {
    throw new CommandFault({
      what: "This router has no chain: no money moves there.",
      why: "its /.well-known/aimo.json names no addresses on one, or its node has not answered yet.",
      next: "Try again in a moment, or ask its operator.",
      reason: "refused",
      code: "chain_absent",
    });
  }
  const known = knownOf(context, (each) => each.id === id);
  const programAddress = wantedProgram(context) ?? addressOf(known?.programId) ?? program;
  insistSame("program", programAddress, program);
  if (known?.programId === program) insistSame("mint", known.mint, mint);
  return {
    routerId: id,
    place: await routerPlace({ programAddress, routerId: id }),
    mint,
    network: known?.network ?? chain.network, // whoever names another Solana is not looked for where it really is
    url: client.url,
    rpcUrl: known?.rpcUrl,
  };
}

function knownOf({ environment }: CommandContext, isIt: (known: KnownRouter) => boolean): KnownRouter | undefined {
  return readKnownRouters(knownRoutersFile(environment)).find(isIt);
}

function programUnknown(): CommandFault {
  return new CommandFault({
    what: "Which escrow program?",
    why: "this router was never used from here, and neither --program nor AIMO_PROGRAM_ID names one.",
    next: "Add --program <address>: the router's operator, or anybody who uses it, knows it.",
    reason: "usage",
  });
}

/**
 * The place of a router that need not answer: by its id, or as it is remembered. One of which neither says the program is
 * asked, where it can be. Throws `CommandFault`.
 */
export async function placeWithoutRouter(context: CommandContext): Promise<EscrowPlace> {
  const wanted = wantedRouter(context);
  if (wanted === undefined) throw noRouter();
  const url = isRouterId(wanted) ? undefined : readRouterUrl(wanted);
  const known = knownOf(context, (each) => (url === undefined ? each.id === wanted : each.url === url));
  const programAddress = wantedProgram(context) ?? addressOf(known?.programId);
  const routerId = (known?.id ?? (url === undefined ? wanted : undefined)) as Address | undefined;
  if (programAddress === undefined || routerId === undefined) {
    if (url === undefined && known === undefined) throw programUnknown();
    return await placeOfRouter(context, await findRouter(context));
  }
  return {
    routerId,
    place: await routerPlace({ programAddress, routerId }),
    mint: addressOf(known?.mint),
    network: known?.network,
    url: known?.url,
    rpcUrl: known?.rpcUrl,
  };
}
