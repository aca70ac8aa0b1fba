// Models and endpoints in OpenRouter's shapes, with OpenAI's `object` fields beside them.
import type { Static } from "typebox";
import { Type } from "typebox";
import { formatPerToken } from "@aimo-network/protocol/price";
import { formatMicroUsdc, microUsdc } from "@aimo-network/protocol/money";
import type { LiveOffer } from "../../market/offer-book.ts";

const PricingShape = Type.Object({
  prompt: Type.String({ description: "USDC per prompt token" }),
  completion: Type.String({ description: "USDC per completion token" }),
  request: Type.String({ description: "USDC per request" }),
  image: Type.String({ description: "USDC per image input" }),
  input_cache_read: Type.Optional(Type.String({ description: "USDC per cached prompt token" })),
});

const ArchitectureShape = Type.Object({
  modality: Type.String(),
  input_modalities: Type.Array(Type.String()),
  output_modalities: Type.Array(Type.String()),
  tokenizer: Type.String(),
  instruct_type: Type.Null(),
});

const Tokens = Type.Union([Type.Integer(), Type.Null()]);

/** One model, with the price of its cheapest offer. */
export const ModelShape = Type.Object({
  id: Type.String(),
  canonical_slug: Type.String(),
  name: Type.String(),
  object: Type.Literal("model"),
  owned_by: Type.String(),
  created: Type.Integer({ description: "Seconds since 1970 when its first present offer came" }),
  description: Type.String(),
  context_length: Tokens,
  architecture: ArchitectureShape,
  pricing: PricingShape,
  top_provider: Type.Object({ is_moderated: Type.Boolean(), context_length: Tokens, max_completion_tokens: Tokens }),
  per_request_limits: Type.Null(),
  supported_parameters: Type.Array(Type.String()),
  default_parameters: Type.Null(),
  supported_voices: Type.Null(),
  links: Type.Object({ details: Type.String() }),
});

/** What clients of OpenRouter expect of every endpoint; null says that nothing has been measured. */
const UnmeasuredShape = Type.Object({
  uptime_last_5m: Type.Null(),
  uptime_last_30m: Type.Null(),
  uptime_last_1d: Type.Null(),
  latency_last_30m: Type.Null(),
  throughput_last_30m: Type.Null(),
});

/** One provider's offer of a model. */
export const EndpointShape = Type.Object({
  name: Type.String(),
  model_id: Type.String(),
  model_name: Type.String(),
  provider_name: Type.String({ description: "The provider's wallet" }),
  tag: Type.String({ description: "How to ask for this offer: `<wallet>:<slug>`" }),
  context_length: Tokens,
  max_completion_tokens: Tokens,
  max_prompt_tokens: Tokens,
  pricing: PricingShape,
  quantization: Type.Union([Type.String(), Type.Null()]),
  supported_parameters: Type.Array(Type.String()),
  status: Type.Integer({ description: "0: healthy, -1: in outage" }),
  supports_implicit_caching: Type.Boolean(),
  ...UnmeasuredShape.properties,
});

const PARAMETERS = ["max_tokens", "temperature", "top_p", "stop", "seed", "frequency_penalty", "presence_penalty"];
const PARAMETERS_OF: Readonly<Record<string, readonly string[]>> = {
  tools: ["tools", "tool_choice"],
  json_schema: ["response_format", "structured_outputs"],
  json_object: ["response_format"],
  reasoning: ["reasoning", "include_reasoning"],
};

function parameters(offer: LiveOffer): string[] {
  const more = offer.offer.capabilities.flatMap((capability) => PARAMETERS_OF[capability] ?? []);
  return [...new Set([...PARAMETERS, ...more])];
}

function pricing({ price }: LiveOffer): Static<typeof PricingShape> {
  const zero = microUsdc(0n);
  return {
    prompt: formatPerToken(price.prompt),
    completion: formatPerToken(price.completion),
    request: formatMicroUsdc(price.request ?? zero),
    image: formatMicroUsdc(price.image ?? zero),
    ...(price.inputCacheRead !== undefined && { input_cache_read: formatPerToken(price.inputCacheRead) }),
  };
}

function architecture({ offer }: LiveOffer): Static<typeof ArchitectureShape> {
  const { input_modalities: input, output_modalities: output } = offer;
  return {
    modality: `${input.join("+")}->${output.join("+")}`,
    input_modalities: input,
    output_modalities: output,
    tokenizer: "Other",
    instruct_type: null,
  };
}

/** The cheapest of a model's offers, which stands for the model in lists. */
function cheapest(offers: readonly LiveOffer[]): LiveOffer | undefined {
  return offers.toSorted((one, other) => (one.weight > other.weight ? -1 : 1))[0];
}

/** A model as lists show it; undefined when nobody offers it any more. */
export function toModel(id: string, offers: readonly LiveOffer[]): Static<typeof ModelShape> | undefined {
  const shown = cheapest(offers);
  if (shown === undefined) return undefined;
  const { offer } = shown;
  const contextLength = offer.context_length ?? null;
  return {
    id,
    canonical_slug: id,
    name: offer.display_name,
    object: "model",
    owned_by: id.slice(0, id.indexOf("/")),
    created: Math.floor(Math.min(...offers.map(({ sinceMs }) => sinceMs)) / 1000),
    description: "",
    context_length: contextLength,
    architecture: architecture(shown),
    pricing: pricing(shown),
    top_provider: {
      is_moderated: false,
      context_length: contextLength,
      max_completion_tokens: offer.max_completion_tokens ?? null,
    },
    per_request_limits: null,
    supported_parameters: parameters(shown),
    default_parameters: null,
    supported_voices: null,
    links: { details: `/api/v1/models/${id}/endpoints` },
  };
}

/** One offer as the endpoints of a model show it. */
export function toEndpoint(live: LiveOffer, isHealthy: boolean): Static<typeof EndpointShape> {
  const { offer } = live;
  const contextLength = offer.context_length ?? null;
  return {
    name: `${offer.display_name} | ${live.wallet}`,
    model_id: live.modelId,
    model_name: offer.display_name,
    provider_name: live.wallet,
    tag: `${live.wallet}:${offer.name}`,
    context_length: contextLength,
    max_completion_tokens: offer.max_completion_tokens ?? null,
    max_prompt_tokens: contextLength,
    pricing: pricing(live),
    quantization: offer.quantization ?? null,
    supported_parameters: parameters(live),
    status: isHealthy ? 0 : -1,
    supports_implicit_caching: live.price.inputCacheRead !== undefined,
    uptime_last_5m: null,
    uptime_last_30m: null,
    uptime_last_1d: null,
    latency_last_30m: null,
    throughput_last_30m: null,
  };
}
