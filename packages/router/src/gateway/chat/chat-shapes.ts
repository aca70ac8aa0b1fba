// The chat endpoint's request and answer for the OpenAPI document; requests are checked by `chat-request.ts`.
import { Type } from "typebox";

const Open = { additionalProperties: true };

/** OpenAI's request; members not listed here are passed to the provider as they are. */
export const ChatRequestShape = Type.Object(
  {
    model: Type.String({ description: "`author/slug`, a bare `slug`, or `<provider wallet>:<slug>`" }),
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
    model: Type.String(),
    choices: Type.Array(
      Type.Object(
        { index: Type.Integer(), message: Type.Object({ role: Type.String() }, Open), finish_reason: Type.String() },
        Open,
      ),
    ),
    usage: Type.Optional(UsageShape),
  },
  Open,
);
