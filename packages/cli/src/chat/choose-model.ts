// Which model is meant: the one that is named, or one that a person picks from the market.
import { safeLine } from "@aimo-network/protocol/safe-line";
import { listIn, objectIn, textIn } from "@aimo-network/protocol/told-members";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { perMillion } from "../models/price-text.ts";
import type { RouterClient } from "../network/router-client.ts";
import type { Choice } from "../terminal/terminal.ts";

const NAME_CHARS = 80; // of a model's name, in a line of the choice

function choiceOf(model: unknown): Choice | undefined {
  const value = textIn(model, "id");
  if (value === undefined) return undefined;
  const pricing = objectIn(model, "pricing");
  const [prompt, completion] = [perMillion(textIn(pricing, "prompt")), perMillion(textIn(pricing, "completion"))];
  const label = safeLine(value, NAME_CHARS);
  if (prompt === undefined || completion === undefined) return { value, label };
  return { value, label, hint: `${prompt} in, ${completion} out, USDC per million tokens` };
}

/** Lets a person pick a model that writes text. Throws `CommandFault` where there is nobody to ask, or nothing on sale. */
export async function pickModel({ terminal }: Pick<CommandContext, "terminal">, client: RouterClient): Promise<string> {
  const query = { output_modalities: "text" };
  const list = await client.call("/api/v1/models", { query, what: "Cannot list the models." });
  const choices = (listIn(list, "data") ?? []).flatMap((model) => choiceOf(model) ?? []);
  if (choices.length > 0) return await terminal.pick("Which model?", choices);
  throw new CommandFault({
    what: "There is no model to talk to.",
    why: "nobody sells one at this router at the moment.",
    next: "See `aimo routers` for others.",
    reason: "refused",
  });
}

/** The model that is named, else the one that is picked. Throws `CommandFault` where none is named and nobody can be asked. */
export async function chooseModel(
  context: Pick<CommandContext, "terminal" | "options">,
  client: RouterClient,
  named: string | undefined,
): Promise<string> {
  if (named !== undefined) return named;
  if (context.terminal.isInteractive && !context.options.isJson) return await pickModel(context, client);
  throw new CommandFault({
    what: "Which model?",
    why: "none is named, and nobody can be asked here.",
    next: "Name one, as author/slug: `aimo models` lists them.",
    reason: "usage",
  });
}
