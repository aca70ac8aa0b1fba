// What is asked of the list of models: OpenRouter's filters and sorts, read from the query string.
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { parseMicroUsdc } from "@aimo-network/protocol/money";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { MODALITIES } from "@aimo-network/protocol/wire/offer";
import { FILTER_CHARS_MAX, FILTER_NAMES_MAX, LIST_PAGE_MAX } from "./limits.ts";
import { NOT_KNOWN_HERE, OUTPUTS, PARAMETERS, SORTS } from "./model-query-shape.ts";
import type { Sort } from "./model-query-shape.ts";

/** A query string as the framework reads it: what is named twice is a list. */
export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Which models are asked for; undefined stands for what is not asked. */
export interface ModelFilter {
  /** In lower case. */
  readonly text: string | undefined;
  /** All of them. */
  readonly parameters: readonly string[];
  /** All of them. */
  readonly inputs: readonly string[];
  /** One of them. */
  readonly outputs: readonly string[] | undefined;
  readonly authors: readonly string[] | undefined;
  readonly wallets: readonly string[] | undefined;
  readonly zdr: boolean;
  readonly contextMin: number | undefined;
  readonly promptMin: MicroUsdc | undefined;
  readonly promptMax: MicroUsdc | undefined;
  readonly completionMin: MicroUsdc | undefined;
  readonly completionMax: MicroUsdc | undefined;
  readonly ageDaysMin: number | undefined;
  readonly ageDaysMax: number | undefined;
}

/** A part of a list. */
export interface Page {
  readonly offset: number;
  readonly limit: number;
}

/** What is asked of the list. */
export interface ModelQuery {
  readonly filter: ModelFilter;
  readonly sort: Sort | undefined;
  /** Undefined for the whole list. */
  readonly page: Page | undefined;
}

function refuse(param: string, expected: string, found: string): never {
  throw new AimoError("invalid_request", { param, expected, found: found.slice(0, 100) });
}

/** A member that is there and says something. */
function read(query: RawQuery, param: string): string | undefined {
  const value = query[param];
  if (value === undefined || value === "") return undefined;
  if (typeof value !== "string") return refuse(param, "one value; several names have commas between", "several values");
  if (value.length > FILTER_CHARS_MAX)
    return refuse(param, `at most ${FILTER_CHARS_MAX} characters`, `${value.length}`);
  return value;
}

function readNames(query: RawQuery, param: string, known?: readonly string[]): readonly string[] | undefined {
  const text = read(query, param);
  if (text === undefined) return undefined;
  const names = [...new Set(text.split(",").map((name) => name.trim()))].filter((name) => name !== "");
  if (names.length > FILTER_NAMES_MAX) refuse(param, `at most ${FILTER_NAMES_MAX} names`, `${names.length}`);
  const unknown = known && names.find((name) => !known.includes(name));
  if (unknown !== undefined) refuse(param, `any of ${known?.join(", ")}`, unknown);
  return names.length === 0 ? undefined : names;
}

const WALLET = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;

function readWallets(query: RawQuery): readonly string[] | undefined {
  const wallets = readNames(query, "providers");
  const other = wallets?.find((wallet) => !WALLET.test(wallet));
  if (other !== undefined) refuse("providers", "wallets of providers, as GET /providers lists them", other);
  return wallets;
}

const COUNT = /^[0-9]{1,9}$/;

function readCount(query: RawQuery, param: string, least: number, most = 1_000_000_000): number | undefined {
  const text = read(query, param);
  if (text === undefined) return undefined;
  const count = COUNT.test(text) ? Number.parseInt(text, 10) : Number.NaN;
  return count >= least && count <= most ? count : refuse(param, `a whole number from ${least} to ${most}`, text);
}

function readPrice(query: RawQuery, param: string): MicroUsdc | undefined {
  const text = read(query, param);
  if (text === undefined) return undefined;
  try {
    return parseMicroUsdc(text);
  } catch (error) {
    if (!isAimoError(error, "invalid_amount")) throw error;
    return refuse(param, "USDC per million tokens as a decimal with at most 6 decimals, such as 0.5", text);
  }
}

function readFlag(query: RawQuery, param: string): boolean {
  const text = read(query, param);
  if (text === undefined) return false;
  return text === "true" ? true : refuse(param, "true, or nothing", text);
}

function readSort(query: RawQuery): Sort | undefined {
  const text = read(query, "sort");
  if (text === undefined) return undefined;
  return SORTS.find((sort) => sort === text) ?? refuse("sort", `any of ${SORTS.join(", ")}`, text);
}

function readPage(query: RawQuery): Page | undefined {
  const offset = readCount(query, "offset", 0);
  const limit = readCount(query, "limit", 1, LIST_PAGE_MAX);
  if (offset === undefined && limit === undefined) return undefined;
  return { offset: offset ?? 0, limit: limit ?? LIST_PAGE_MAX / 2 };
}

/** Reads the filters; throws for a value nobody knows, and for filters that this router could only pass over. */
export function readModelFilter(query: RawQuery): ModelFilter {
  for (const [param, advice] of NOT_KNOWN_HERE) {
    const text = read(query, param);
    if (text !== undefined && text !== "false") throw new AimoError("unsupported_parameter", { param, advice });
  }
  const outputs = readNames(query, "output_modalities", OUTPUTS);
  return {
    text: read(query, "q")?.trim().toLowerCase(),
    parameters: readNames(query, "supported_parameters", PARAMETERS) ?? [],
    inputs: readNames(query, "input_modalities", MODALITIES) ?? [],
    outputs: outputs?.includes("all") === true ? undefined : outputs,
    authors: readNames(query, "model_authors")?.map((author) => author.toLowerCase()),
    wallets: readWallets(query),
    zdr: readFlag(query, "zdr"),
    contextMin: readCount(query, "context", 1),
    promptMin: readPrice(query, "min_price"),
    promptMax: readPrice(query, "max_price"),
    completionMin: readPrice(query, "min_output_price"),
    completionMax: readPrice(query, "max_output_price"),
    ageDaysMin: readCount(query, "min_age_days", 0),
    ageDaysMax: readCount(query, "max_age_days", 0),
  };
}

/** Reads the whole query of the list. */
export function readModelQuery(query: RawQuery): ModelQuery {
  return { filter: readModelFilter(query), sort: readSort(query), page: readPage(query) };
}
