// Requests and offers as billing sees them, plain ones and arbitrary ones.
import { microUsdc } from "@aimo-network/protocol/money";
import type { Price } from "@aimo-network/protocol/price";
import type { Usage } from "@aimo-network/protocol/usage";
import type { End } from "@aimo-network/protocol/wire/messages";
import fc from "fast-check";
import type { PricedOffer, RequestSize } from "../billing/ceiling.ts";

/** A request of 88 bytes in one message without media, which leaves its output open: a prompt bound of 664 tokens. */
export const PLAIN_REQUEST: RequestSize = {
  textBytes: 88,
  messageCount: 1,
  media: { image: 0, audio: 0, video: 0, file: 0 },
  choices: 1,
  maxTokens: undefined,
};

/** A price in pico-USDC per token. */
export function tokenPrice(prompt: bigint, completion: bigint, more: Partial<Price> = {}): Price {
  return { prompt: microUsdc(prompt), completion: microUsdc(completion), ...more };
}

/** A usage of plain tokens. */
export function plainUsage(promptTokens: number, completionTokens: number, more: Partial<Usage> = {}): Usage {
  const details = { cachedTokens: 0, reasoningTokens: 0, promptAudioTokens: 0, completionAudioTokens: 0 };
  return { promptTokens, completionTokens, ...details, ...more };
}

/** The End of a whole answer of ten prompt tokens and twenty others. */
export function plainEnd(attemptId: string, more: Partial<End> = {}): End {
  return {
    attempt_id: attemptId,
    usage: { prompt_tokens: 10, completion_tokens: 20, cached_tokens: 0, reasoning_tokens: 0 },
    finish_reason: "stop",
    body_bytes: 1_000,
    body_sha256: "0".repeat(64),
    upstream_ms: 1_000,
    first_byte_ms: 100,
    cancelled: false,
    ...more,
  };
}

const PRICE_MAX = 10n ** 12n;
const TOKENS_MAX = 1_000_000_000;

const amount = fc
  .oneof(
    { weight: 18, arbitrary: fc.bigInt(0n, 20_000_000n) },
    { weight: 1, arbitrary: fc.bigInt(0n, PRICE_MAX) },
    { weight: 1, arbitrary: fc.constant(PRICE_MAX) },
  )
  .map(microUsdc);
const tokens = fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: TOKENS_MAX }));

/** Any offer that the wire lets through. */
export const anyOffer: fc.Arbitrary<PricedOffer> = fc.record({
  price: fc.record(
    { prompt: amount, completion: amount, inputCacheRead: amount, image: amount, request: amount },
    { requiredKeys: ["prompt", "completion"] },
  ),
  offer: fc.record(
    {
      context_length: tokens,
      max_completion_tokens: tokens,
      max_tokens_per_image: tokens,
      max_tokens_per_audio: tokens,
      max_tokens_per_video: tokens,
      max_tokens_per_file: tokens,
    },
    { requiredKeys: ["max_tokens_per_audio", "max_tokens_per_video", "max_tokens_per_file"] },
  ),
});

const parts = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(0, 0, 0, 1, 5) }, fc.integer({ min: 0, max: 200_000 }));

/** Any request that the door lets in. */
export const anyRequest: fc.Arbitrary<RequestSize> = fc.record({
  textBytes: fc.oneof(fc.integer({ min: 40, max: 5_000 }), fc.integer({ min: 40, max: 32 * 1024 * 1024 })),
  messageCount: fc.integer({ min: 1, max: 100_000 }),
  media: fc.record({ image: parts, audio: parts, video: parts, file: parts }),
  choices: fc.integer({ min: 1, max: 128 }),
  maxTokens: fc.option(fc.integer({ min: 1, max: 2 ** 31 }), { nil: undefined }),
});
