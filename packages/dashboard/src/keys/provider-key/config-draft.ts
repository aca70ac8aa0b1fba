// What a provider types about the model it sells, and the plan of a config that comes of it.
import { isAimoError } from "@aimo-network/protocol/errors";
import { formatMicroUsdc, parseMicroUsdc } from "@aimo-network/protocol/money";
import { parsePricing } from "@aimo-network/protocol/price";
import { OFFER_NAME_PATTERN } from "@aimo-network/protocol/wire/offer";
import { UPSTREAM_MODEL_CHARS_MAX } from "../limits.ts";
import type { SoldModel } from "./config-text.ts";
import { readUpstreamAddress } from "./upstream-address.ts";

/** What is typed. */
export interface ModelDraft {
  readonly upstreamUrl: string;
  /** The upstream's own name of the model. */
  readonly upstreamModel: string;
  /** Whether the upstream wants an API key. */
  readonly wantsKey: boolean;
  readonly author: string;
  readonly slug: string;
  /** Tokens; empty where it is not said. */
  readonly contextLength: string;
  /** USDC per million tokens. */
  readonly prompt: string;
  readonly completion: string;
}

/** The model of the provider guide. */
export const EXAMPLE_MODEL: ModelDraft = {
  upstreamUrl: "http://localhost:11434/v1",
  upstreamModel: "llama3.2",
  wantsKey: false,
  author: "meta",
  slug: "llama3.2",
  contextLength: "128000",
  prompt: "0.05",
  completion: "0.10",
};

/** What is wrong with a draft, by field; for people. */
export type ModelFaults = { readonly [Field in Exclude<keyof ModelDraft, "wantsKey">]?: string };

/** A draft that was read. */
export type ReadModel =
  | { readonly kind: "good"; readonly model: SoldModel }
  | { readonly kind: "faulty"; readonly faults: ModelFaults };

const NAME = new RegExp(OFFER_NAME_PATTERN, "u");
const NAME_CHARS_MAX = 64; // of OFFER_NAME_PATTERN
const NAME_FAULT = `Expected 1 to ${NAME_CHARS_MAX} letters, digits, dots, dashes or underscores.`;
const PRICE_FAULT = "Expected USDC per million tokens with at most 6 decimals, such as 0.15.";
const TOKENS_MAX = 1_000_000_000; // of an offer

function priceOf(field: "prompt" | "completion", text: string): string | undefined {
  try {
    const price = formatMicroUsdc(parseMicroUsdc(text.trim()));
    parsePricing({ prompt: "0", completion: "0", [field]: price });
    return price;
  } catch (error) {
    if (!isAimoError(error, "invalid_amount")) throw error;
    return undefined;
  }
}

function tokensOf(text: string): string | undefined {
  const digits = text.trim();
  if (digits === "") return "";
  return /^[1-9][0-9]{0,9}$/.test(digits) && Number.parseInt(digits, 10) <= TOKENS_MAX ? digits : undefined;
}

function isUpstreamName(text: string): boolean {
  return text.trim() !== "" && text.length <= UPSTREAM_MODEL_CHARS_MAX && !/\p{Cc}/u.test(text) && text.isWellFormed();
}

/** Reads a draft into the model that a config sells. */
export function readModel(draft: ModelDraft): ReadModel {
  const address = readUpstreamAddress(draft.upstreamUrl);
  const [author, slug] = [draft.author.trim(), draft.slug.trim()];
  const prompt = priceOf("prompt", draft.prompt);
  const completion = priceOf("completion", draft.completion);
  const contextLength = tokensOf(draft.contextLength);
  const upstreamModel = draft.upstreamModel.trim();
  const faults: ModelFaults = {
    ...(address.kind === "faulty" && { upstreamUrl: address.fault }),
    ...(!isUpstreamName(upstreamModel) && {
      upstreamModel: `Expected 1 to ${UPSTREAM_MODEL_CHARS_MAX} characters, as the API lists it.`,
    }),
    ...(author !== "" && !NAME.test(author) && { author: NAME_FAULT }),
    ...(!NAME.test(slug) && { slug: NAME_FAULT }),
    ...(contextLength === undefined && { contextLength: `Expected whole tokens from 1 to 1,000,000,000, or nothing.` }),
    ...(prompt === undefined && { prompt: PRICE_FAULT }),
    ...(completion === undefined && { completion: PRICE_FAULT }),
  };
  if (address.kind === "faulty" || prompt === undefined || completion === undefined || Object.keys(faults).length > 0) {
    return { kind: "faulty", faults };
  }
  const model: SoldModel = {
    ...{ upstreamUrl: address.address, upstreamModel, wantsKey: draft.wantsKey, slug, prompt, completion },
    ...(author !== "" && { author }),
    ...(contextLength !== undefined && contextLength !== "" && { contextLength }),
  };
  return { kind: "good", model };
}

function nameFrom(text: string): string {
  return text
    .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, NAME_CHARS_MAX);
}

/** The draft after its upstream's name was typed: what followed from the name before, or was the example's, follows again. */
export function withUpstreamModel(draft: ModelDraft, upstreamModel: string): ModelDraft {
  const before = marketName(draft.upstreamModel);
  const after = marketName(upstreamModel);
  const isAuthorTyped = draft.author !== (before.author ?? EXAMPLE_MODEL.author);
  const isLengthTyped = draft.contextLength !== EXAMPLE_MODEL.contextLength;
  return {
    ...draft,
    upstreamModel,
    slug: draft.slug === before.slug ? after.slug : draft.slug,
    author: after.author ?? (isAuthorTyped ? draft.author : ""),
    contextLength: isLengthTyped ? draft.contextLength : "", // the example's would be a promise about another model
  };
}

function marketName(id: string): { readonly slug: string; readonly author: string | undefined } {
  const parts = id
    .split("/")
    .map(nameFrom)
    .filter((part) => part !== "");
  const [author, slug] = parts;
  // Of longer paths, such as accounts/x/models/y, nobody can tell which part is the author.
  return parts.length === 2 && slug !== undefined ? { slug, author } : { slug: parts.at(-1) ?? "", author: undefined };
}
