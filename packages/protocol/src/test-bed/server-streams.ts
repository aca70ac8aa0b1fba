// Streams as model servers send them, written from their public documentation, and what a reader must find in them.
import type { AnswerStream } from "./stream-words.ts";
import { chunk, delta, DONE, NINE_AND_THREE, ROLE, says, stops, USAGE } from "./stream-words.ts";

/** One stream of each server that does something its own way. */
export const SERVER_STREAMS: readonly AnswerStream[] = [
  {
    name: "OpenAI: usage in a chunk of its own, null before it, obfuscation",
    blocks: [
      delta('{"role":"assistant","content":"","refusal":null}', ',"usage":null,"obfuscation":"x7"'),
      says("Gr\u00fc\u00df ", ',"usage":null,"obfuscation":"q"'),
      says("dich \u{1f642}!", ',"usage":null,"obfuscation":""'),
      stops(',"usage":null'),
      chunk(
        '"model":"m","choices":[],"usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":6,"audio_tokens":0,"accepted_prediction_tokens":0}}',
      ),
      DONE,
    ],
    says: "Gr\u00fc\u00df dich \u{1f642}!",
    finishReason: "stop",
    usage: { promptTokens: 19, completionTokens: 10, cachedTokens: 4, reasoningTokens: 6 },
  },
  {
    name: "vLLM: continuous usage, a little more in every chunk",
    blocks: [
      `${ROLE.slice(0, -1)},"usage":{"prompt_tokens":9,"total_tokens":9,"completion_tokens":0}}`,
      says("a", ',"usage":{"prompt_tokens":9,"total_tokens":10,"completion_tokens":1}'),
      says("b", ',"usage":{"prompt_tokens":9,"total_tokens":11,"completion_tokens":2}'),
      chunk(
        `"model":"m","choices":[{"index":0,"delta":{"content":""},"logprobs":null,"finish_reason":"length","stop_reason":null}],${USAGE}`,
      ),
      DONE,
    ],
    says: "ab",
    finishReason: "length",
    usage: NINE_AND_THREE,
  },
  {
    name: "vLLM: an error in the middle, with its object and DONE",
    blocks: [
      ROLE,
      says("half"),
      'data: {"object":"error","message":"EngineDeadError","type":"InternalServerError","param":null,"code":500}',
      DONE,
    ],
    says: "half",
    failure: "provider_error",
  },
  {
    name: "vLLM: an error in the middle, inside error",
    blocks: [
      ROLE,
      says("half"),
      'data: {"error":{"message":"CUDA out of memory","type":"InternalServerError","param":null,"code":500}}',
      DONE,
    ],
    says: "half",
    failure: "provider_error",
  },
  {
    name: "SGLang: no usage unless asked, matched_stop",
    blocks: [
      ROLE,
      says("x y"),
      chunk(
        '"model":"m","choices":[{"index":0,"delta":{"role":null,"content":null,"reasoning_content":null,"tool_calls":null},"logprobs":null,"finish_reason":"stop","matched_stop":151645}],"usage":null',
      ),
      DONE,
    ],
    says: "x y",
    finishReason: "stop",
  },
  {
    name: "Ollama: the role in every chunk",
    blocks: [
      delta('{"role":"assistant","content":"sk"}', ',"system_fingerprint":"fp_ollama"'),
      delta('{"role":"assistant","content":"y"}', ',"system_fingerprint":"fp_ollama"'),
      chunk(
        '"system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"stop"}]',
      ),
      chunk(`"system_fingerprint":"fp_ollama","choices":[],${USAGE}`),
      DONE,
    ],
    says: "sky",
    finishReason: "stop",
    usage: NINE_AND_THREE,
  },
  {
    name: "llama.cpp: timings beside the usage, content null first",
    blocks: [
      'data: {"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],"created":1754000000,"id":"c-1","model":"m","object":"chat.completion.chunk"}',
      'data: {"choices":[{"finish_reason":null,"index":0,"delta":{"content":"{\\"a\\":1}"}}],"created":1754000000,"id":"c-1","model":"m","object":"chat.completion.chunk"}',
      'data: {"choices":[{"finish_reason":"stop","index":0,"delta":{}}],"created":1754000000,"id":"c-1","model":"m","object":"chat.completion.chunk"}',
      `data: {"choices":[],"created":1754000000,"id":"c-1","model":"m","object":"chat.completion.chunk",${USAGE},"timings":{"prompt_n":9,"prompt_ms":12.125,"predicted_per_second":1e2}}`,
      DONE,
    ],
    says: '{"a":1}',
    finishReason: "stop",
    usage: NINE_AND_THREE,
  },
  {
    name: "Groq: the usage within x_groq of the last chunk",
    blocks: [
      delta('{"role":"assistant","content":""}', ',"x_groq":{"id":"req_1"}'),
      says("fast"),
      stops(
        ',"x_groq":{"id":"req_1","usage":{"queue_time":0.03,"prompt_tokens":9,"prompt_time":0.001,"completion_tokens":3,"total_tokens":12}}',
      ),
      DONE,
    ],
    says: "fast",
    finishReason: "stop",
    usage: NINE_AND_THREE,
  },
  {
    name: "DeepSeek: keep-alive comments, reasoning, cache hits",
    blocks: [
      ": keep-alive",
      delta('{"role":"assistant","content":null,"reasoning_content":""}'),
      delta('{"content":null,"reasoning_content":"hm \u2026"}'),
      ": keep-alive",
      delta('{"content":"42","reasoning_content":null}'),
      stops(
        ',"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":8},"completion_tokens_details":{"reasoning_tokens":2},"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":1}',
      ),
      DONE,
    ],
    says: "hm \u202642",
    finishReason: "stop",
    usage: { ...NINE_AND_THREE, cachedTokens: 8, reasoningTokens: 2 },
  },
  {
    name: "Mistral: usage with the finish_reason, spaces between tokens",
    blocks: [
      'data: {"id": "c-1", "object": "chat.completion.chunk", "created": 1754000000, "model": "m", "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": null}]}',
      'data: {"id": "c-1", "object": "chat.completion.chunk", "created": 1754000000, "model": "m", "choices": [{"index": 0, "delta": {"content": "Ol\\u00e9"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 9, "total_tokens": 12, "completion_tokens": 3}}',
      DONE,
    ],
    says: "Ol\u00e9",
    finishReason: "stop",
    usage: NINE_AND_THREE,
  },
  {
    name: "OpenRouter: its comments, reasoning details, native reasons, a cost",
    blocks: [
      ": OPENROUTER PROCESSING",
      ": OPENROUTER PROCESSING",
      chunk(
        '"provider":"P","model":"a/m","choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":"so","reasoning_details":[{"type":"reasoning.text","text":"so","format":"unknown","index":0}]},"finish_reason":null,"native_finish_reason":null,"logprobs":null}]',
      ),
      ": OPENROUTER PROCESSING",
      chunk(
        '"provider":"P","model":"a/m","choices":[{"index":0,"delta":{"role":"assistant","content":"yes"},"finish_reason":"stop","native_finish_reason":"end_turn","logprobs":null}]',
      ),
      chunk(
        '"provider":"P","model":"a/m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12,"cost":0.000091,"is_byok":false,"cost_details":{"upstream_inference_cost":null}}',
      ),
      DONE,
    ],
    says: "soyes",
    finishReason: "stop",
    usage: NINE_AND_THREE,
  },
  {
    name: "OpenRouter: an error in the middle, with choices",
    blocks: [
      ROLE,
      says("par"),
      'data: {"id":"c-1","object":"chat.completion.chunk","provider":"P","error":{"code":"server_error","message":"Provider disconnected"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}',
    ],
    says: "par",
    failure: "provider_error",
  },
  {
    name: "xAI: usage in the last but one, then an empty chunk",
    blocks: [
      ROLE,
      says("ok"),
      stops(`,${USAGE}`),
      chunk('"model":"m","choices":[{"index":0,"delta":{"content":"","role":"assistant"}}]'),
      DONE,
    ],
    says: "ok",
    finishReason: "stop",
    usage: NINE_AND_THREE,
  },
  {
    name: "Azure: content filters with empty choices first",
    blocks: [
      'data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}]}',
      ROLE,
      chunk(
        '"model":"m","choices":[{"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}},"index":0,"delta":{"content":"fine"},"finish_reason":null,"logprobs":null}]',
      ),
      stops("", "content_filter"),
      chunk(`"model":"m","choices":[],${USAGE}`),
      DONE,
    ],
    says: "fine",
    finishReason: "content_filter",
    usage: NINE_AND_THREE,
  },
];
