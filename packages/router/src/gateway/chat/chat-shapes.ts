// The chat endpoint's request and answer for the OpenAPI document; requests are checked by `chat-request.ts`.
import { Type } from "typebox";
import { MODELS_OF_REQUEST_MAX } from "../../market/limits.ts";
import { AttributionHeadersShape } from "../attribution/attribution-shapes.ts";
import { ExplanationShape } from "./explanation.ts";
import { ProviderPreferencesShape } from "./provider-shape.ts";

const Open = { additionalProperties: true };

const NAMES = "`author/slug`, a bare `slug`, or `<provider wallet>:<slug>`";
const SUFFIXES = "`:floor` behind it asks the cheapest providers first, `:nitro` the fastest";

/** OpenAI's request with OpenRouter's members; those not listed here are passed to the provider as they are. */
export const ChatRequestShape = Type.Object(
  {
    model: Type.Optional(
      Type.Union([Type.String(), Type.Null()], {
        description: `${NAMES}; ${SUFFIXES}. Without it the first of \`models\` is asked`,
      }),
    ),
    models: Type.Optional(
      Type.Union([Type.Array(Type.String(), { maxItems: MODELS_OF_REQUEST_MAX }), Type.Null()], {
        description: "Models that may answer where those before them cannot, in this order",
      }),
    ),
    route: Type.Optional(Type.Union([Type.Literal("fallback"), Type.Null()])),
    provider: Type.Optional(Type.Union([ProviderPreferencesShape, Type.Null()])),
    messages: Type.Array(Type.Object({ role: Type.String() }, Open), { minItems: 1 }),
    stream: Type.Optional(Type.Boolean({ default: false })),
    max_tokens: Type.Optional(Type.Integer({ minimum: 1 })),
    max_completion_tokens: Type.Optional(Type.Integer({ minimum: 1 })),
    n: Type.Optional(Type.Integer({ minimum: 1, maximum: 128 })),
    temperature: Type.Optional(Type.Number()),
    top_p: Type.Optional(Type.Number()),
    stop: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])),
    tools: Type.Optional(Type.Array(Type.Object({ type: Type.String() }, Open))),
    tool_choice: Type.Optional(Type.Union([Type.String(), Type.Object({}, Open)])),
    response_format: Type.Optional(Type.Object({ type: Type.String() }, Open)),
  },
  Open,
);

/** The headers that say something about a request to the router. */
export const ChatHeadersShape = Type.Object({
  ...AttributionHeadersShape.properties,
  "x-aimo-explain": Type.Optional(
    Type.String({ description: "`1`: `aimo_metadata` says of every offer why it has its place, or none" }),
  ),
});

const Tokens = Type.Integer({ minimum: 0 });

/** Tokens of an answer, and its cost in USDC; the number is written from the exact amount. */
const UsageShape = Type.Object({
  prompt_tokens: Tokens,
  completion_tokens: Tokens,
  total_tokens: Tokens,
  prompt_tokens_details: Type.Object({ cached_tokens: Tokens, audio_tokens: Tokens }),
  completion_tokens_details: Type.Object({ reasoning_tokens: Tokens, audio_tokens: Tokens }),
  cost: Type.Number({ description: "USDC, up to nine decimals" }),
});

/** OpenAI's answer with the router's id, model and cost. */
export const ChatAnswerShape = Type.Object(
  {
    id: Type.String({ description: "The generation's id, also in `x-generation-id`" }),
    object: Type.Literal("chat.completion"),
    created: Type.Integer(),
    model: Type.String({ description: "The model that answered, which may be one of `models`" }),
    provider: Type.String({ description: "The wallet of the provider that answered" }),
    choices: Type.Array(
      Type.Object(
        {
          index: Type.Integer(),
          message: Type.Object({ role: Type.String() }, Open),
          finish_reason: Type.Enum(["stop", "length", "tool_calls", "content_filter", "error"]),
          native_finish_reason: Type.String({ description: "The provider's own word for it" }),
        },
        Open,
      ),
    ),
    usage: Type.Optional(UsageShape),
    aimo_metadata: Type.Optional(ExplanationShape),
  },
  Open,
);
