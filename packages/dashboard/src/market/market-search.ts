// What the market's address says: so that a search can be sent to somebody.
import { SEARCH_CHARS_MAX } from "./limits.ts";

/** The orders of the list, as the router names them, and `name`, which is its own order. */
export const SORTS = [
  ["newest", "Newest"],
  ["name", "Name"],
  ["pricing-low-to-high", "Price, lowest first"],
  ["pricing-high-to-low", "Price, highest first"],
  ["context-high-to-low", "Longest context"],
  ["throughput-high-to-low", "Highest throughput"],
  ["latency-low-to-high", "Lowest latency"],
] as const;
/** One of them. */
export type Sort = (typeof SORTS)[number][0];

/** What models take and give. */
export const MODALITIES = ["text", "image", "audio", "video", "file"] as const;

/** Abilities worth choosing by: the router's word, and ours. */
export const ABILITIES = [
  ["tools", "Tools"],
  ["structured_outputs", "Structured outputs"],
  ["reasoning", "Reasoning"],
  ["logprobs", "Log probabilities"],
  ["seed", "Seed"],
] as const;

/** The least contexts that can be chosen, in tokens. */
export const CONTEXTS = [8_000, 32_000, 128_000, 200_000, 1_000_000] as const;

/** The search, its filters and its order; several names have commas between. */
export interface MarketSearch {
  readonly q?: string | undefined;
  readonly input?: string | undefined;
  readonly output?: string | undefined;
  readonly author?: string | undefined;
  /** The wallet of a provider. */
  readonly provider?: string | undefined;
  readonly context?: number | undefined;
  readonly verified?: true | undefined;
  /** USDC per million prompt tokens, as a decimal. */
  readonly max_price?: string | undefined;
  readonly can?: string | undefined;
  readonly sort?: Sort | undefined;
}

const PRICE = /^(?:0|[1-9][0-9]{0,12})(?:\.[0-9]{1,6})?$/; // as the router reads it
const AUTHOR = /^[a-z0-9._-]{1,64}$/;
const WALLET = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;
const CONTEXT_MAX = 1_000_000_000;

/** A word of the address as text. */
function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function matching(value: unknown, pattern: RegExp): string | undefined {
  const text = textOf(value);
  return text !== undefined && pattern.test(text) ? text : undefined;
}

/** Those of the names with commas between that are known, each once; undefined where none is. */
function namesOf(value: unknown, known: readonly string[]): string | undefined {
  const names = new Set(textOf(value)?.split(","));
  const kept = known.filter((name) => names.has(name));
  return kept.length === 0 ? undefined : kept.join(",");
}

/** The address has it as text; links of the page itself as a number. */
function contextOf(value: unknown): number | undefined {
  const tokens = typeof value === "string" && /^[1-9]\d{0,9}$/.test(value) ? Number(value) : value;
  if (typeof tokens !== "number" || !Number.isInteger(tokens)) return undefined;
  return tokens > 0 && tokens <= CONTEXT_MAX ? tokens : undefined;
}

/** The search without members that say nothing. */
function compact(search: MarketSearch): MarketSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== ""));
}

/** Reads it leniently: what is not understood is not there. */
export function readMarketSearch(search: Record<string, unknown>): MarketSearch {
  const isTrue = search["verified"] === true || search["verified"] === "true";
  return compact({
    q: textOf(search["q"])?.slice(0, SEARCH_CHARS_MAX),
    input: namesOf(search["input"], MODALITIES),
    output: namesOf(search["output"], MODALITIES),
    author: matching(textOf(search["author"])?.toLowerCase(), AUTHOR),
    provider: matching(search["provider"], WALLET),
    context: contextOf(search["context"]),
    verified: isTrue ? true : undefined,
    max_price: matching(search["max_price"], PRICE),
    can: namesOf(
      search["can"],
      ABILITIES.map(([name]) => name),
    ),
    sort: SORTS.find(([name]) => name === search["sort"])?.[0],
  });
}

/** Whether a text can be a highest price; nothing at all can. */
export function isPrice(text: string): boolean {
  return text === "" || PRICE.test(text);
}

/** What the router is asked; `verified` is not among its filters. */
export interface ModelsAsked {
  readonly q?: string;
  readonly input_modalities?: string;
  readonly output_modalities?: string;
  readonly model_authors?: string;
  readonly providers?: string;
  readonly context?: number;
  readonly max_price?: string;
  readonly supported_parameters?: string;
  readonly sort?: Exclude<Sort, "name">;
}

/** The order where the address names none. */
export const SORT_USUAL: Sort = "newest";

/** The query for the router's list. */
export function modelsAsked(search: MarketSearch): ModelsAsked {
  const { q, input, output, author, provider, context, max_price: price, can, sort = SORT_USUAL } = search;
  const words = q?.trim() ?? "";
  return {
    ...(words !== "" && { q: words }),
    ...(input !== undefined && { input_modalities: input }),
    ...(output !== undefined && { output_modalities: output }),
    ...(author !== undefined && { model_authors: author }),
    ...(provider !== undefined && { providers: provider }),
    ...(context !== undefined && { context }),
    ...(price !== undefined && { max_price: price }),
    ...(can !== undefined && { supported_parameters: can }),
    ...(sort !== "name" && { sort }),
  };
}

/** The search with a name taken into one of its lists, or out of it. */
export function toggled(search: MarketSearch, list: "input" | "output" | "can", name: string): MarketSearch {
  const names = search[list]?.split(",") ?? [];
  const next = names.includes(name) ? names.filter((other) => other !== name) : [...names, name];
  return compact({ ...search, [list]: next.join(",") });
}
