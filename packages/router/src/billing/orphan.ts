// What an answer is charged whose router died while it was relayed: its provider's End, held against what was recorded.
import { keptFinishReason } from "@aimo-network/protocol/finish-reason";
import { NO_USAGE } from "@aimo-network/protocol/usage";
import type { End } from "@aimo-network/protocol/wire/messages";
import { ORPHAN_UNSEEN_SECONDS_MAX } from "./limits.ts";
import type { Charge, ChargeTerms } from "./charge.ts";
import { chargeOf } from "./charge.ts";

/** What is known of an attempt that outlived its router. */
export interface OrphanFacts {
  /** Bytes of output that had been passed on at the last checkpoint. */
  readonly checkpointBytes: number;
  /** The offer's usual pace of output, its 95th percentile; 0 where it is not known. */
  readonly tokensPerSecond: number;
}

/** What a replayed End of an orphaned attempt is charged; nothing where it tells of no whole answer. */
export function orphanCharge(terms: ChargeTerms, { checkpointBytes, tokensPerSecond }: OrphanFacts, end: End): Charge {
  const { usage, finish_reason: native } = end;
  const finishReason = native === null ? null : keptFinishReason(native);
  const deliveredBytes = checkpointBytes + Math.ceil(ORPHAN_UNSEEN_SECONDS_MAX * tokensPerSecond);
  const reported =
    usage === null
      ? undefined
      : {
          ...NO_USAGE,
          promptTokens: usage.prompt_tokens,
          completionTokens: usage.completion_tokens,
          cachedTokens: usage.cached_tokens,
          reasoningTokens: usage.reasoning_tokens,
        };
  if (end.error !== undefined || finishReason === null) {
    const code = end.error === undefined ? "internal" : "provider_error"; // without either, the router's end was the answer's
    return chargeOf(terms, { ended: "failed", code, usage: reported, deliveredBytes: checkpointBytes });
  }
  return chargeOf(terms, { ended: "answered", usage: reported, finishReason, deliveredBytes, clientGone: false });
}
