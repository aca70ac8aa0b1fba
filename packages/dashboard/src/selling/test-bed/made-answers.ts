// Offers, answers and withdrawals for tests, of which a test names what it is about.
import type { Offer, ServedAnswer, ServedRow, Withdrawal } from "../answers.ts";

const AIMO: Offer["aimo"] = {
  share: 1,
  tier: "good",
  verdict: "verified",
  examined_at: null,
  withdrawn: [],
  is_new: false,
  since: "2026-11-26T12:00:00.000Z",
  links: 1,
  free_slots: 64,
  data_collection: null,
  zdr: false,
  hedge: false,
  reasons: [],
};

/** An offer of the wallet `me`; `aimo` is merged. */
export function madeOffer({
  aimo,
  ...more
}: Partial<Omit<Offer, "aimo">> & { aimo?: Partial<Offer["aimo"]> } = {}): Offer {
  return {
    name: "M | me",
    model_id: "a/m",
    model_name: "M",
    provider_name: "me",
    tag: "me:m",
    context_length: 128_000,
    max_completion_tokens: null,
    max_prompt_tokens: 128_000,
    pricing: { prompt: "0.0000001", completion: "0.0000004", request: "0", image: "0" },
    quantization: null,
    supported_parameters: [],
    status: 0,
    supports_implicit_caching: false,
    uptime_last_5m: 100,
    uptime_last_30m: 100,
    uptime_last_1d: 100,
    latency_last_30m: null,
    throughput_last_30m: null,
    ...more,
    aimo: { ...AIMO, ...aimo },
  };
}

/** A day's answers of one model. */
export function madeServedRow(more: Partial<ServedRow>): ServedRow {
  return {
    date: "2026-11-26",
    model: "a/m",
    requests: 1,
    prompt_tokens: 10,
    completion_tokens: 5,
    reasoning_tokens: 0,
    cached_tokens: 0,
    cost: "0",
    ...more,
  };
}

/** A streamed answer of 100 tokens a second, its first output after 100 ms. */
export function madeAnswer(more: Partial<ServedAnswer> = {}): ServedAnswer {
  return {
    id: "gen-1",
    created_at: "2026-11-26T12:00:00.000Z",
    model: "a/m",
    cost: "0",
    tokens_prompt: 1,
    tokens_completion: 101,
    tokens_reasoning: 0,
    tokens_cached: 0,
    latency: 100,
    generation_time: 1_100,
    finish_reason: "stop",
    streamed: true,
    cancelled: false,
    interrupted: false,
    usage_adjusted: false,
    usage_estimated: false,
    usage_replayed: false,
    usage_missing: false,
    ...more,
  };
}

/** A withdrawal of 1.5 USDC. */
export function madeWithdrawal(more: Partial<Withdrawal> = {}): Withdrawal {
  return {
    id: "01a218a5-57d3-75b3-a8bd-84948d269480",
    state: "confirmed",
    amount: "1.5",
    destination: null,
    transaction: null,
    signature: null,
    last_valid_block_height: null,
    expires_at: null,
    failure: null,
    requested_at: "2026-11-26T12:00:00.000Z",
    ended_at: null,
    ...more,
  };
}
