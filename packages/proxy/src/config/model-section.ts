// A `[[models]]` section: what is offered, at what price, and how its upstream is reached.
import type { Offer } from "@aimo-network/protocol/wire/offer";
import { CAPABILITIES, DATA_COLLECTION, ENDPOINTS, MODALITIES, QUANTIZATIONS } from "@aimo-network/protocol/wire/offer";
import { displayName } from "./display-name.ts";
import { isLocalHost } from "./network-address.ts";
import { placeOfKey, refuse } from "./reading.ts";
import { price } from "./price-reader.ts";
import type { Secret } from "./secret.ts";
import { upstreamHeaders, upstreamKey } from "./secret-readers.ts";
import type { SectionView, Values } from "./section-table.ts";
import { optional, required, section, withDefault } from "./section-table.ts";
import type { Timeouts } from "./timeouts-section.ts";
import { TIMEOUT_OVERRIDE_KEYS, timeoutsOf } from "./timeouts-section.ts";
import { upstreamBase } from "./url-readers.ts";
import { choice, flag, list, name, text, unique, wholeNumber } from "./value-readers.ts";

/** A model as the proxy sells it: what routers are told, and what they are not. */
export interface SoldModel {
  readonly offer: Offer;
  readonly upstream: Upstream;
  readonly timeouts: Timeouts;
}

/** How to reach the API behind an offer. */
export interface Upstream {
  /** The upstream's own name of the model. */
  readonly model: string;
  /** Without a slash at its end. */
  readonly apiBase: string;
  /** Sent as `Authorization: Bearer`; servers on the own machine often need none. */
  readonly apiKey?: Secret;
  /** Extra headers by their names in lower case. */
  readonly headers: Readonly<Record<string, Secret>>;
}

const TEXT_CHARACTERS_MAX = 200; // of OfferSchema
const TOKENS = { min: 1, max: 1_000_000_000 }; // of OfferSchema
const CONCURRENCY = { min: 1, max: 100_000 }; // of OfferSchema

/** Prices in USDC. */
const PRICING_KEYS = {
  prompt: required(price("prompt", "per million tokens"), "prompt = 2.5"),
  completion: required(price("completion", "per million tokens"), "completion = 10.0"),
  input_cache_read: optional(price("input_cache_read", "per million tokens"), "input_cache_read = 1.25"),
  image: optional(price("image", "per image"), "image = 0.001"),
  request: optional(price("request", "per request"), "request = 0.0005"),
};

const PARAMS_KEYS = {
  model: required(text("the upstream's name of the model", TEXT_CHARACTERS_MAX), 'model = "gpt-4o"'),
  api_base: required(upstreamBase, 'api_base = "https://api.openai.com/v1"'),
  api_key: optional(upstreamKey, 'api_key = "std::env::OPENAI_API_KEY"'),
  allow_plain_http: withDefault(flag, false, "allow_plain_http = true"),
  headers: withDefault(upstreamHeaders, {}, 'headers = { x-title = "AiMo" }'),
  timeouts: withDefault(section("[models.params.timeouts]", TIMEOUT_OVERRIDE_KEYS), {}, "[models.params.timeouts]"),
};

const MODEL_KEYS = {
  name: required(unique(name("a name"), "model name"), 'name = "gpt-4o"'),
  display_name: required(displayName, 'display_name = "OpenAI: GPT-4o"'),
  provider_name: optional(name("an author's name"), 'provider_name = "openai"'),
  context_length: optional(wholeNumber("tokens", TOKENS), "context_length = 128_000"),
  max_completion_tokens: optional(wholeNumber("tokens", TOKENS), "max_completion_tokens = 16_384"),
  input_modalities: withDefault(modalities(), ["text"], 'input_modalities = ["text", "image"]'),
  output_modalities: withDefault(modalities(), ["text"], 'output_modalities = ["text"]'),
  capabilities: withDefault(
    list(choice(CAPABILITIES), { min: 0, max: CAPABILITIES.length }),
    [],
    'capabilities = ["tools", "json_schema"]',
  ),
  quantization: optional(choice(QUANTIZATIONS), 'quantization = "fp8"'),
  data_policy: optional(text("a data policy", TEXT_CHARACTERS_MAX), 'data_policy = "prompts are not stored"'),
  data_collection: optional(choice(DATA_COLLECTION), 'data_collection = "deny"'),
  zdr: optional(flag, "zdr = true"),
  hedge: optional(flag, "hedge = true"),
  max_tokens_per_image: optional(wholeNumber("tokens", TOKENS), "max_tokens_per_image = 1_600"),
  max_tokens_per_audio: optional(wholeNumber("tokens", TOKENS), "max_tokens_per_audio = 20_000"),
  max_tokens_per_video: optional(wholeNumber("tokens", TOKENS), "max_tokens_per_video = 200_000"),
  max_tokens_per_file: optional(wholeNumber("tokens", TOKENS), "max_tokens_per_file = 100_000"),
  max_concurrency: optional(wholeNumber("requests", CONCURRENCY), "max_concurrency = 8"),
  pricing: required(section("[models.pricing]", PRICING_KEYS), "[models.pricing]"),
  params: required(section("[models.params]", PARAMS_KEYS, checkParams), "[models.params]"),
};

function modalities() {
  return list(choice(MODALITIES), { min: 1, max: MODALITIES.length });
}

/** Reads one `[[models]]` section. */
export const modelSection = section("[[models]]", MODEL_KEYS);

function checkParams(params: Partial<Values<typeof PARAMS_KEYS>>, view: SectionView<typeof PARAMS_KEYS>): void {
  const base = params.api_base === undefined ? undefined : new URL(params.api_base);
  if (base?.protocol === "http:" && params.allow_plain_http !== true && !isLocalHost(base.hostname)) {
    refuse(
      view.place("api_base"),
      "expected https:// for a host on the public internet, found http:// (key and prompts would travel in clear text; allow_plain_http = true permits it)",
    );
  }
  const headers = view.written("headers");
  if (headers?.kind !== "table" || view.written("api_key") === undefined) return;
  for (const [header, { at }] of headers.entries) {
    if (header.toLowerCase() !== "authorization") continue;
    refuse(
      placeOfKey(view.place("headers"), header, at, view.place("api_key").example),
      "expected either api_key or an authorization header, found both",
    );
  }
}

/** The shape the program works with. */
export function soldModel(model: Values<typeof MODEL_KEYS>, defaults: Timeouts): SoldModel {
  const { params, ...offer } = model;
  return {
    offer: {
      ...offer,
      input_modalities: [...offer.input_modalities],
      output_modalities: [...offer.output_modalities],
      capabilities: [...offer.capabilities],
      endpoints: [...ENDPOINTS],
    },
    upstream: {
      model: params.model,
      apiBase: params.api_base,
      ...(params.api_key !== undefined && { apiKey: params.api_key }),
      headers: params.headers,
    },
    timeouts: timeoutsOf(params.timeouts, defaults),
  };
}
