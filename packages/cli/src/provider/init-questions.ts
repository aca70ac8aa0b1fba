// What `provider init` has to know: each answer is an option, a proposal that --yes takes, or asked.
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { formatMicroUsdc, parseMicroUsdc } from "@aimo-network/protocol/money";
import { safeLine } from "@aimo-network/protocol/safe-line";
import { OFFER_NAME_PATTERN } from "@aimo-network/protocol/wire/offer";
import type { CommandInput } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import type { FaultWords } from "../fault.ts";
import { CommandFault } from "../fault.ts";
import { expected, textOf } from "../keys/option-words.ts";
import { ANSWER_TRIES_MAX } from "../limits.ts";
import type { Router } from "../network/find-router.ts";
import type { SoldModel } from "./config-text.ts";
import type { MarketPrice } from "./market-price.ts";
import { marketPrice } from "./market-price.ts";
import type { UpstreamModel } from "./upstream-models.ts";

type Options = CommandInput["options"];

const NAME = new RegExp(OFFER_NAME_PATTERN, "u");
const NAME_CHARS_MAX = 64; // of OFFER_NAME_PATTERN
const COMMUNITY = "community"; // who the author is where none is said
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,199}$/;
const KEY = /^[\x21-\x26\x28-\x7E]{1,8192}$/; // what a header and a quoted variable may hold
const UPSTREAM_KEY_NAME = "UPSTREAM_API_KEY";

/** An upstream's address as a config takes it. */
export function readUpstreamUrl(text: string): string {
  const url = URL.parse(text);
  const isHttp = url?.protocol === "http:" || url?.protocol === "https:";
  if (url === null || !isHttp || url.username !== "" || url.password !== "" || /[?#\s]/.test(text)) {
    throw expected("--upstream", "the address of an OpenAI-compatible API, such as http://127.0.0.1:8000/v1", text);
  }
  const base = url.origin + url.pathname.replace(/\/+$/, "");
  return base.replace(/\/(?:chat\/completions|models)$/, ""); // what people copy out of an example
}

/** The upstream's key, and the variable that the config names for it. */
export interface UpstreamKey {
  readonly name: string;
  readonly value: string;
}

function checkKey(name: string, value: string): UpstreamKey {
  if (KEY.test(value)) return { name, value };
  throw new CommandFault({
    what: "The upstream's key is none.",
    why: "it has a space, a quote or another character that cannot be in one, or more than 8,192 of them.",
    next: "Copy it again, without the word Bearer.",
    reason: "usage",
  });
}

/** The upstream's key: from a variable, or asked without being shown; undefined where it needs none. */
export async function upstreamKey(context: CommandContext, options: Options): Promise<UpstreamKey | undefined> {
  const { terminal, environment } = context;
  const name = textOf(options["upstreamKeyEnv"]);
  if (name !== undefined) {
    if (!VARIABLE.test(name))
      throw expected("--upstream-key-env", "the name of a variable, not the key itself", "another text");
    const value = environment[name] ?? "";
    if (value !== "") return checkKey(name, value);
    throw new CommandFault({
      what: `--upstream-key-env: the variable ${name} is not set.`,
      next: `Read it without showing it, then try again: read -rs ${name} && export ${name}`,
      reason: "usage",
    });
  }
  if (!terminal.isInteractive || context.options.isConfirmed) return undefined;
  const value = await terminal.ask("The upstream's API key (empty where it needs none)", { isSecret: true });
  return value === "" ? undefined : checkKey(UPSTREAM_KEY_NAME, value.trim());
}

function listOf(option: Options[string]): readonly string[] {
  if (typeof option === "string") return [option];
  return Array.isArray(option) ? (option as readonly string[]) : [];
}

/** The models to sell, of those that the upstream has. */
export async function chosenModels(
  { terminal, options: { isConfirmed } }: CommandContext,
  options: Options,
  models: readonly UpstreamModel[],
): Promise<readonly UpstreamModel[]> {
  const [only] = models;
  if (only === undefined) {
    throw new CommandFault({
      what: "The upstream has no model.",
      next: "Load one there, then try again.",
      reason: "refused",
      code: "no_models",
    });
  }
  const named = listOf(options["model"]);
  if (named.length === 0 && models.length === 1 && isConfirmed) return models;
  const wanted =
    named.length > 0
      ? named
      : await terminal.choose(
          "Which models do you sell?",
          models.map(({ id, contextLength }) => ({
            value: id,
            label: safeLine(id),
            ...(contextLength !== undefined && { hint: `${contextLength} tokens` }),
          })),
          models.length === 1 ? [only.id] : [],
        );
  return [...new Set(wanted)].map((id) => {
    const found = models.find((model) => model.id === id);
    if (found !== undefined) return found;
    const has = models.slice(0, NAMES_SHOWN_MAX).map((model) => safeLine(model.id));
    const more = models.length > has.length ? ", …" : "";
    throw new CommandFault({
      what: `--model: the upstream has no model ${safeLine(id, NAME_SHOWN_CHARS)}.`,
      why: `it has ${has.join(", ")}${more}.`,
      next: "Write the name as the upstream does, with its capitals.",
      reason: "usage",
    });
  });
}

const NAMES_SHOWN_MAX = 20;
const NAME_SHOWN_CHARS = 100;

/** A word of `author/slug` out of a free name. */
function nameFrom(text: string): string {
  return text
    .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, NAME_CHARS_MAX);
}

/** How a model is called on the market: the upstream's `author/slug` where its name is that, else the end of its name. */
export function marketName(id: string): { readonly slug: string; readonly author: string | undefined } {
  const parts = id
    .split("/")
    .map(nameFrom)
    .filter((part) => part !== "");
  const [author, slug] = parts;
  // Of longer paths, such as accounts/x/models/y, nobody can tell which part is the author.
  return parts.length === 2 && slug !== undefined
    ? { slug, author }
    : { slug: parts.at(-1) ?? "model", author: undefined };
}

/** What is wrong with an answer: it was asked for by a question, so the option that could say it is left out. */
function wordsToAnswer({ what, why = "" }: FaultWords): string {
  const told = what.replace(/^--[a-z-]+: /, "");
  return `${told.charAt(0).toUpperCase()}${told.slice(1)} ${why.charAt(0).toUpperCase()}${why.slice(1)}`.trim();
}

/** Asks until what is answered can be read, a few times at most. */
export async function askUntil<Value>(
  { terminal }: CommandContext,
  question: string,
  fallback: string | undefined,
  read: (text: string) => Value,
): Promise<Value> {
  for (let tried = 1; ; tried += 1) {
    const text = await terminal.ask(question, { ...(fallback !== undefined && { fallback }) });
    try {
      return read(text.trim());
    } catch (error) {
      if (!(error instanceof CommandFault) || tried >= ANSWER_TRIES_MAX) throw error;
      terminal.warn(wordsToAnswer(error.words));
    }
  }
}

function readPrice(option: string): (text: string) => MicroUsdc {
  return (text) => {
    try {
      return parseMicroUsdc(text);
    } catch {
      throw expected(option, "USDC per million tokens with at most 6 decimals, such as 0.15", text);
    }
  };
}

function readAuthor(text: string): string | undefined {
  if (!NAME.test(text)) throw expected("--author", "1 to 64 letters, digits, dots, dashes or underscores", text);
  return text.toLowerCase() === COMMUNITY ? undefined : text;
}

async function authorOf(
  context: CommandContext,
  options: Options,
  model: { readonly id: string; readonly author: string | undefined },
): Promise<string | undefined> {
  const given = textOf(options["author"]);
  if (given !== undefined) return readAuthor(given);
  if (context.options.isConfirmed || !context.terminal.isInteractive) return model.author;
  return await askUntil(
    context,
    `Who made ${safeLine(model.id)}, such as meta: users ask for author/model`,
    model.author ?? COMMUNITY,
    readAuthor,
  );
}

interface PriceQuestion {
  readonly option: "--prompt-price" | "--completion-price";
  readonly given: string | undefined;
  readonly words: string;
  readonly proposal: MicroUsdc | undefined;
}

async function priceOf(context: CommandContext, { option, given, words, proposal }: PriceQuestion): Promise<MicroUsdc> {
  const read = readPrice(option);
  if (given !== undefined) return read(given);
  if (proposal !== undefined && context.options.isConfirmed) return proposal;
  if (!context.terminal.isInteractive) {
    throw new CommandFault({
      what: `${words}?`,
      why:
        proposal === undefined
          ? "nobody sells this model at this router, so there is no price to propose."
          : `the market's median is ${formatMicroUsdc(proposal)}, which --yes takes.`,
      next: `Add ${option} <usdc>${proposal === undefined ? "" : ", or --yes"}.`,
      reason: "usage",
      code: "price_missing",
    });
  }
  return await askUntil(context, words, proposal === undefined ? undefined : formatMicroUsdc(proposal), read);
}

function tellMarket({ terminal }: CommandContext, slug: string, market: MarketPrice | undefined): void {
  terminal.note(
    market === undefined
      ? `Nobody sells ${slug} at this router yet: there is no price to go by.`
      : `${slug} is sold ${market.offers} ${market.offers === 1 ? "time" : "times"} here; the median is ${formatMicroUsdc(market.prompt)} / ${formatMicroUsdc(market.completion)} USDC per million tokens.`,
  );
}

/** Everything about one model that the upstream does not say. */
export async function soldModel(
  context: CommandContext,
  options: Options,
  router: Router,
  model: UpstreamModel,
): Promise<SoldModel> {
  const { slug, author } = marketName(model.id);
  const [prompt, completion] = [textOf(options["promptPrice"]), textOf(options["completionPrice"])];
  const needsMarket = prompt === undefined || completion === undefined;
  const market = needsMarket ? await marketPrice(router, slug) : undefined;
  if (needsMarket) tellMarket(context, slug, market);
  const price = (question: Omit<PriceQuestion, "words">, what: string): Promise<MicroUsdc> =>
    priceOf(context, { ...question, words: `USDC per million ${what} of ${slug}` });
  return {
    upstreamName: model.id,
    slug,
    author: await authorOf(context, options, { id: model.id, author }),
    contextLength: model.contextLength,
    prompt: await price({ option: "--prompt-price", given: prompt, proposal: market?.prompt }, "prompt tokens"),
    completion: await price(
      { option: "--completion-price", given: completion, proposal: market?.completion },
      "completion tokens",
    ),
  };
}
