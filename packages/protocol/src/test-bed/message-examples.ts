// One valid message of every kind, for tests.
import type { MessageName, Messages } from "../wire/messages.ts";

const ATTEMPT_ID = "0123456789abcdef0123456789abcdef";

const END: Messages["response-end"] = {
  attempt_id: ATTEMPT_ID,
  usage: { prompt_tokens: 12, completion_tokens: 34, cached_tokens: 0, reasoning_tokens: 5 },
  finish_reason: "stop",
  body_bytes: 1_234,
  body_sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  upstream_ms: 1_500,
  first_byte_ms: 120,
  cancelled: false,
};

/** A message of each kind as a well-behaved peer sends it. */
export const MESSAGE_EXAMPLES: { readonly [Name in MessageName]: Messages[Name] } = {
  hello: { software: "aimo-proxy", version: "0.1.0", max_concurrency: 64 },
  welcome: {
    router_id: "router-1",
    link_id: "link-1",
    heartbeat_ms: 15_000,
    limits: { streams_max: 4_096, offers_max: 10_000 },
    message: "Hello.",
  },
  offers: {
    offers: [
      {
        name: "gpt-oss-20b",
        display_name: "GPT OSS 20B",
        context_length: 131_072,
        input_modalities: ["text"],
        output_modalities: ["text"],
        capabilities: ["tools"],
        endpoints: ["/chat/completions"],
        quantization: "mxfp4",
        pricing: { prompt: "0.1", completion: "1.2" },
      },
    ],
    more: false,
  },
  drain: { reason: "restart", deadline_ms: 30_000 },
  notice: { code: "usage_missing", message: "This answer had no usage.", offer: "gpt-oss-20b" },
  "request-head": {
    attempt_id: ATTEMPT_ID,
    endpoint: "/chat/completions",
    model: "gpt-oss-20b",
    headers: { accept: "text/event-stream", "x-request-id": "request-1" },
    content_length: 512,
    deadline_ms: 600_000,
    stream: true,
    payer: "payer-1",
  },
  cancel: { reason: "client_left" },
  "response-head": { status: 200, headers: { "content-type": "text/event-stream; charset=utf-8" } },
  "response-end": END,
  "end-ack": { attempt_id: ATTEMPT_ID, charged: true },
  "end-replay": {
    ...END,
    error: { code: "provider_timeout", message: "It fell silent.", phase: "idle", limit_ms: 60_000 },
  },
};
