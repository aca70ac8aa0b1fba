// The outcome of a choice: whom to ask, and why it is so for every offer that was looked at.
import type { LiveOffer } from "./offer-book.ts";
import type { Verdict } from "./truth/offer-truth.ts";

/** Why an offer is left out. */
export type Exclusion =
  | "self_dealing"
  | "endpoint"
  | "modality"
  | "stream"
  | "context_length"
  | "no_free_slot"
  | "not_in_only"
  | "ignored"
  | "model_not_allowed"
  | "max_price"
  | "quantization"
  | "data_collection"
  | "zdr"
  | "require_parameters"
  | "unverified"
  | "imitation";

/** What places an offer where it stands. */
export type Reason =
  | "named_in_order"
  | "sorted_by_price"
  | "sorted_by_throughput"
  | "sorted_by_latency"
  | "weighted_by_price"
  | "newcomer"
  | "young"
  | "shares_weight_with_network"
  | "degraded"
  | "slow"
  | "resting"
  | "outage"
  | "probe"
  | "over_preferred_latency"
  | "under_preferred_throughput"
  | "lacks_parameters"
  | "context_doubted"
  | "much_dearer"
  | "answer_too_large"
  | "same_provider_ranks_higher"
  | "ranks_lower";

/** One offer in an explanation. */
export interface Explained {
  readonly offer: LiveOffer;
  /** Its place in the plan, from 0; undefined where it has none. */
  readonly place: number | undefined;
  readonly excluded: Exclusion | undefined;
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  /** Its part of the model's traffic by weight, 0 to 1, before anything that this request asks. */
  readonly share: number;
}

/** The offers to try, best first. */
export interface Plan {
  readonly offers: readonly LiveOffer[];
  /** Every reason that left an offer out, once. */
  readonly excluded: ReadonlySet<Exclusion>;
  /** The offer that stands first although it is not good, to see whether it is again. */
  readonly probing: LiveOffer | undefined;
}
