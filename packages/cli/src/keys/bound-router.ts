// The router a key is made for: the one that was named, never one that was only used before.
import { isRouterId } from "@aimo-network/protocol/keys/key-message";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import type { Router } from "../network/find-router.ts";
import { findRouter } from "../network/find-router.ts";
import { variable } from "../settings/environment.ts";

/** What --router or AIMO_ROUTER says. */
function namedRouter({ options, environment }: CommandContext): string | undefined {
  return options.router ?? variable(environment, "AIMO_ROUTER");
}

/** The id of the router that was named, which needs no network; a URL is asked for its id. Undefined where none was. */
export async function boundRouterId(context: CommandContext): Promise<string | undefined> {
  const named = namedRouter(context);
  if (named === undefined || isRouterId(named)) return named;
  return (await findRouter(context)).id;
}

/** A router that was named: its id where that is known, and itself where it answers. */
export interface NamedRouter {
  readonly id?: string;
  readonly router?: Router;
}

/** The router that was named, asked who it is; one that cannot be asked is told as a warning, since a key can be read without it. */
export async function askedRouter(context: CommandContext): Promise<NamedRouter> {
  const named = namedRouter(context);
  if (named === undefined) return {};
  try {
    const router = await findRouter(context);
    return { id: router.id, router };
  } catch (error) {
    if (!(error instanceof CommandFault)) throw error;
    const { what, why = "" } = error.words;
    context.terminal.warn(
      `${context.terminal.noteStyle.doubtful("!")} The router was not asked. ${what} ${why}`.trim(),
    );
    return isRouterId(named) ? { id: named } : {};
  }
}
