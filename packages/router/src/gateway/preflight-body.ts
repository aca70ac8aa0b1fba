// The body of a first-generation preflight: models with prices as JSON numbers, read into offers.
import { isUtf8 } from "node:buffer";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import type { JsonObject } from "@aimo-network/protocol/json-object";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import type { Pricing } from "@aimo-network/protocol/price";
import { formatPricing, parsePricing } from "@aimo-network/protocol/price";
import { plainDisplayName } from "@aimo-network/protocol/wire/display-name";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import { MODALITIES } from "@aimo-network/protocol/wire/offer";
import { PREFLIGHT_MODELS_MAX } from "../limits.ts";
import type { Preflight } from "../providers/preflight.ts";
import { nameOffers, plainName } from "../providers/preflight.ts";
import { checkJsonBounds } from "./json-bounds.ts";
import { JsonNumber, parseWithNumberSources, plainDecimal } from "./json-number.ts";

const NAME_CHARS_MAX = 200; // of a model at its proxy, and of its display name
const AUTHOR_CHARS_MAX = 64; // of an offer's `provider_name`
const CAPABILITIES_MAX = 40;
const CAPABILITY_CHARS_MAX = 40;
const CONTEXT_DIGITS = /^[0-9]{1,9}$/; // of a context length

function invalid(param: string | undefined, expected: string, found: unknown): AimoError {
  const shown = found instanceof JsonNumber ? found.source : (JSON.stringify(found) ?? "nothing");
  return new AimoError("invalid_request", {
    expected,
    found: shown.length > 60 ? `${shown.slice(0, 60)}…` : shown,
    ...(param !== undefined && { param }),
  });
}

/** Whether a value is an object of the text, and not the stand-in for one of its numbers. */
function isObject(value: unknown): value is JsonObject {
  return isJsonObject(value) && !(value instanceof JsonNumber);
}

function parseBody(body: Buffer): JsonObject {
  if (!isUtf8(body)) throw new AimoError("invalid_request", { expected: "JSON in UTF-8", found: "other bytes" });
  const text = body.toString();
  checkJsonBounds(text);
  try {
    const value = parseWithNumberSources(text);
    if (isObject(value)) return value;
  } catch (cause) {
    const context = { expected: "a JSON object", found: "text that is not JSON" };
    throw new AimoError("invalid_request", context, { cause });
  }
  throw new AimoError("invalid_request", { expected: "a JSON object", found: "another JSON value" });
}

function readText(value: unknown, param: string): string {
  if (typeof value !== "string" || value === "" || value.length > NAME_CHARS_MAX) {
    throw invalid(param, `a text of 1 to ${NAME_CHARS_MAX} characters`, value);
  }
  return value;
}

function readPrice(value: unknown, param: string): string {
  if (value instanceof JsonNumber) return plainDecimal(value);
  throw invalid(param, "a number of USDC", value);
}

function readPricing(value: unknown, param: string): Pricing {
  if (!isObject(value)) throw invalid(param, "an object with prices", value);
  const { image } = value;
  const pricing = {
    prompt: readPrice(value["prompt"], `${param}.prompt`),
    completion: readPrice(value["completion"], `${param}.completion`),
    ...(image !== undefined && image !== null && { image: readPrice(image, `${param}.image`) }),
  };
  try {
    return formatPricing(parsePricing(pricing));
  } catch (error) {
    if (!isAimoError(error, "invalid_amount")) throw error;
    throw new AimoError("invalid_request", { ...error.context, param }, { cause: error });
  }
}

function readContextLength(value: unknown, param: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  const digits = value instanceof JsonNumber ? plainDecimal(value) : "";
  if (!CONTEXT_DIGITS.test(digits)) throw invalid(param, "a whole number of tokens, or null", value);
  const tokens = Number(digits); // tokens are counted, not paid with
  return tokens === 0 ? undefined : tokens; // a proxy that says 0 does not know
}

/** The texts of a list; a proxy may leave it out, and what is no text says nothing. */
function readTexts(value: unknown, param: string): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid(param, "an array of texts", value);
  return (value as readonly unknown[]).filter((text) => typeof text === "string");
}

function readModalities(value: unknown, param: string): Offer["input_modalities"] {
  const texts = new Set(readTexts(value, param).map((text) => text.toLowerCase()));
  const known = MODALITIES.filter((modality) => texts.has(modality));
  return known.length === 0 ? ["text"] : known;
}

function readProviderName(value: unknown, param: string): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return plainName(readText(value, param)).slice(0, AUTHOR_CHARS_MAX);
}

function readOffer(model: JsonObject, offerName: string, param: string): Offer {
  const displayName = model["display_name"] === "" ? offerName : model["display_name"];
  const providerName = readProviderName(model["provider_name"], `${param}.provider_name`);
  const contextLength = readContextLength(model["context_length"], `${param}.context_length`);
  const capabilities = readTexts(model["capabilities"], `${param}.capabilities`);
  return {
    name: offerName,
    display_name: plainDisplayName(readText(displayName ?? offerName, `${param}.display_name`)) || offerName,
    ...(providerName !== undefined && { provider_name: providerName }),
    ...(contextLength !== undefined && { context_length: contextLength }),
    input_modalities: readModalities(model["input_modalities"], `${param}.input_modalities`),
    output_modalities: readModalities(model["output_modalities"], `${param}.output_modalities`),
    capabilities: capabilities.filter((text) => text.length <= CAPABILITY_CHARS_MAX).slice(0, CAPABILITIES_MAX),
    endpoints: ["/chat/completions"],
    pricing: readPricing(model["pricing"], `${param}.pricing`),
  };
}

/** Reads a preflight; throws `invalid_request` naming the field, with what was expected and found. */
export function readPreflight(body: Buffer): Preflight {
  const { models } = parseBody(body);
  if (!Array.isArray(models) || models.length > PREFLIGHT_MODELS_MAX) {
    const found = Array.isArray(models) ? `${models.length} models` : models;
    throw invalid("models", `an array of at most ${PREFLIGHT_MODELS_MAX} models`, found);
  }
  const named = (models as readonly unknown[]).map((model, index) => {
    const param = `models[${index}]`;
    if (!isObject(model)) throw invalid(param, "an object", model);
    return { param, members: model, name: readText(model["name"], `${param}.name`) };
  });
  return nameOffers(named).map(({ model: { name, members, param }, offerName }) => ({
    name,
    offer: readOffer(members, offerName, param),
  }));
}
