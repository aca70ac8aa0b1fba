// OpenRouter's `provider` object, read: whom a client wants to be asked, in which order, and at what price.
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import type { JsonObject } from "@aimo-network/protocol/json-object";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { parseMicroUsdc } from "@aimo-network/protocol/money";
import { DATA_COLLECTION, OFFER_NAME_PATTERN, QUANTIZATIONS } from "@aimo-network/protocol/wire/offer";
import type { Percentiles } from "../../market/health/offer-health.ts";
import { PROVIDERS_NAMED_MAX } from "../../market/limits.ts";
import { isWallet } from "../../market/model-name.ts";
import type { MaxPrice, NamedProvider, Preferences } from "../../market/preferences.ts";
import { NO_PREFERENCES } from "../../market/preferences.ts";
import { describe } from "../describe-json.ts";
import { JsonNumber, parseWithNumberSources, plainDecimal } from "../json-number.ts";

const FOUND_CHARS_MAX = 60;

function shown(value: unknown): string {
  if (value instanceof JsonNumber) return value.source.slice(0, FOUND_CHARS_MAX);
  // Of a long text no length is told: of a large request's only the beginning has been read.
  if (typeof value === "string" && value.length > FOUND_CHARS_MAX) return `"${value.slice(0, FOUND_CHARS_MAX)}…"`;
  return describe(value);
}

function invalid(param: string, expected: string, value: unknown): AimoError {
  return new AimoError("invalid_request", { param, expected, found: shown(value) });
}

/** A member's reader: it sees neither null nor what is missing, both of which leave the member open. */
type Read<Value> = (value: unknown, param: string) => Value;

function isObject(value: unknown): value is JsonObject {
  return isJsonObject(value) && !(value instanceof JsonNumber);
}

const flag: Read<boolean> = (value, param) => {
  if (typeof value === "boolean") return value;
  throw invalid(param, "true or false", value);
};

function oneOf<const Word extends string>(words: readonly Word[]): Read<Word> {
  return (value, param) => {
    const word = words.find((each) => each === value);
    if (word !== undefined) return word;
    throw invalid(param, words.map((each) => `"${each}"`).join(" or "), value);
  };
}

function listOf<Item>(item: Read<Item>, most: number): Read<readonly Item[]> {
  return (value, param) => {
    if (!Array.isArray(value)) throw invalid(param, "an array", value);
    if (value.length > most) {
      throw new AimoError("invalid_request", { param, expected: `at most ${most}`, found: `${value.length}` });
    }
    return (value as readonly unknown[]).map((each, index) => item(each, `${param}[${index}]`));
  };
}

/** The members of an object that are set; throws for one that is not in `known`. */
function members<const Name extends string>(value: unknown, param: string, known: readonly Name[]): Map<Name, unknown> {
  if (!isObject(value)) throw invalid(param, "an object", value);
  const names: readonly string[] = known;
  for (const name of Object.keys(value)) {
    if (names.includes(name)) continue;
    const expected = `no other members than ${known.map((each) => `\`${each}\``).join(", ")}`;
    throw new AimoError("invalid_request", { param, expected, found: `\`${name.slice(0, FOUND_CHARS_MAX)}\`` });
  }
  return new Map(
    known.map((name) => [name, value[name]] as const).filter(([, each]) => each !== undefined && each !== null),
  );
}

const SLUG = new RegExp(OFFER_NAME_PATTERN, "u");

const provider: Read<NamedProvider> = (value, param) => {
  if (typeof value === "string") {
    const colon = value.indexOf(":");
    const [wallet, slug] = colon === -1 ? [value, undefined] : [value.slice(0, colon), value.slice(colon + 1)];
    if (isWallet(wallet) && (slug === undefined || SLUG.test(slug))) return { wallet, slug: slug?.toLowerCase() };
  }
  throw invalid(param, "a provider's wallet, or `<wallet>:<slug>`: GET /api/v1/providers lists them", value);
};

const providers = listOf(provider, PROVIDERS_NAMED_MAX);
const quantizations = listOf(oneOf(QUANTIZATIONS), QUANTIZATIONS.length);

const SORTS = ["price", "throughput", "latency"] as const;
const sortWord = oneOf(SORTS);

const sort: Read<Pick<Preferences, "sort" | "partition">> = (value, param) => {
  if (!isObject(value)) return { sort: sortWord(value, param), partition: NO_PREFERENCES.partition };
  const set = members(value, param, ["by", "partition"]);
  return {
    sort: set.has("by") ? sortWord(set.get("by"), `${param}.by`) : undefined,
    partition: set.has("partition")
      ? oneOf(["model", "none"])(set.get("partition"), `${param}.partition`)
      : NO_PREFERENCES.partition,
  };
};

const MICRO_DECIMALS = 6;
const DECIMAL = /^[0-9]{1,13}(?:\.([0-9]{1,30}))?$/;

/** A price in micro-USDC. What is below a micro-USDC is cut: prices are whole ones, so that none lies in between. */
const maxPrice: Read<MicroUsdc> = (value, param) => {
  const text = value instanceof JsonNumber ? plainDecimal(value) : value;
  const match = typeof text === "string" ? DECIMAL.exec(text) : null;
  try {
    if (match !== null) {
      const cut = Math.max(0, (match[1] ?? "").length - MICRO_DECIMALS);
      return parseMicroUsdc(match[0].slice(0, match[0].length - cut));
    }
  } catch (error) {
    if (!isAimoError(error, "invalid_amount")) throw error;
  }
  throw invalid(param, "USDC as a decimal number or its text, such as 0.15", value);
};

/** No offer has a price for audio of its own, so that none is above a bound for it. */
const MAX_PRICES = ["prompt", "completion", "request", "image", "audio"] as const;

const maxPrices: Read<MaxPrice> = (value, param) => {
  const set = members(value, param, MAX_PRICES);
  const read = [...set].map(([name, each]) => [name, maxPrice(each, `${param}.${name}`)] as const);
  return Object.fromEntries(read.filter(([name]) => name !== "audio"));
};

const PERCENTILES = ["p50", "p75", "p90", "p99"] as const;
const THRESHOLD_MAX = 1_000_000; // seconds, or tokens a second: far beyond any

/** One number for p50, or an object of numbers by percentile. */
function thresholds(factor: number): Read<Partial<Percentiles>> {
  const threshold: Read<number> = (value, param) => {
    const found = value instanceof JsonNumber ? Number(value.source) : Number.NaN; // seconds or a speed: no amount
    if (found >= 0 && found <= THRESHOLD_MAX) return found * factor;
    throw invalid(param, `a number from 0 to ${THRESHOLD_MAX}, or an object of such by p50, p75, p90 and p99`, value);
  };
  return (value, param) => {
    if (!isObject(value)) return { p50: threshold(value, param) };
    const set = members(value, param, PERCENTILES);
    return Object.fromEntries([...set].map(([name, each]) => [name, threshold(each, `${param}.${name}`)]));
  };
}

const latency = thresholds(1_000);
const throughput = thresholds(1);

const distillable: Read<undefined> = (value, param) => {
  if (!flag(value, param)) return;
  const advice = "Leave it out: this router does not know whose answers may be distilled.";
  throw new AimoError("unsupported_parameter", { param, advice });
};

const MEMBERS = [
  ...(["order", "only", "ignore", "allow_fallbacks", "require_parameters", "data_collection", "zdr"] as const),
  ...(["enforce_distillable_text", "quantizations", "sort", "max_price"] as const),
  ...(["preferred_max_latency", "preferred_min_throughput"] as const),
] as const;

/** A list or an object without anything in it asks for nothing. */
function nonEmpty<Value extends object>(value: Value | undefined): Value | undefined {
  return value === undefined || Object.keys(value).length === 0 ? undefined : value;
}

/**
 * Reads the JSON text of a request's `provider`; throws `invalid_request` naming the member, with what was expected and
 * found. Prices are read from their digits.
 */
export function readPreferences(json: string): Preferences {
  const set = members(parseWithNumberSources(json), "provider", MEMBERS);
  const get = <Value>(name: (typeof MEMBERS)[number], read: Read<Value>): Value | undefined =>
    set.has(name) ? read(set.get(name), `provider.${name}`) : undefined;
  get("enforce_distillable_text", distillable);
  const wanted = nonEmpty(get("quantizations", quantizations));
  const none = NO_PREFERENCES;
  return {
    order: get("order", providers) ?? none.order,
    only: nonEmpty(get("only", providers)),
    ignore: get("ignore", providers) ?? none.ignore,
    allowFallbacks: get("allow_fallbacks", flag) ?? none.allowFallbacks,
    requireParameters: get("require_parameters", flag) ?? none.requireParameters,
    dataCollection: get("data_collection", oneOf(DATA_COLLECTION)) ?? none.dataCollection,
    zdr: get("zdr", flag) ?? none.zdr,
    quantizations: wanted === undefined ? undefined : new Set(wanted),
    ...(get("sort", sort) ?? { sort: none.sort, partition: none.partition }),
    maxPrice: nonEmpty(get("max_price", maxPrices)),
    maxLatencyMs: nonEmpty(get("preferred_max_latency", latency)),
    minThroughput: nonEmpty(get("preferred_min_throughput", throughput)),
  };
}
