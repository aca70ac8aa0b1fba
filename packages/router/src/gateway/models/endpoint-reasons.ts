// Why an offer gets the part of its model's traffic that it gets, in words for its provider.
import { NEWCOMERS_SHARE_MAX, YOUNG_MS, YOUNG_SHARE_MAX } from "../../market/limits.ts";
import type { ModelView, OfferStanding, RankedOffer } from "../../market/model-view.ts";
import type { Reason } from "../../market/plan.ts";
import { rounded } from "./model-shapes.ts";

/** One reason, for machines and for people. */
export interface Why {
  readonly code: string;
  readonly words: string;
}

const HOUR_MS = 3_600_000;
const percent = (share: number): string => `${rounded(share * 100, 2)} %`;
const ms = (value: number | undefined): string => (value === undefined ? "unknown" : `${rounded(value, 0)} ms`);

const HIDDEN: Readonly<Record<string, string>> = {
  unverified:
    "It reports more tokens, or fewer, for the same prompts than others of this model do: only who asks for it by its tag gets here, until it agrees with them.",
  imitation:
    "The model's name can be mistaken for one that was on sale before it: only who asks for it by its tag gets here.",
};

function standingWords(standing: OfferStanding, { measured }: RankedOffer, view: ModelView): string | undefined {
  switch (standing) {
    case "good":
      return undefined;
    case "slow":
      return `Its first output takes ${ms(measured.recentFirstOutputMs ?? measured.firstOutputMs?.p50)} of late, where the median of the good offers that are known longest takes ${ms(view.usualFirstOutputMs)}: it is asked after the others until it is quicker.`;
    case "degraded":
      return "It fails too often: it is asked after the others, and first now and then to see whether it is good again.";
    case "resting":
      return "It said that it has too many requests (429): it is left alone for as long as it asked.";
    case "outage":
      return "It failed several times in a row: it is asked only where nobody else is left, and tried again after 30 seconds.";
  }
}

/** What the choice says beside the standing; reasons that only one request can have are none here. */
const PLACING: Readonly<Partial<Record<Reason, string>>> = {
  newcomer: `It has served too few payers to be known: all newcomers of a model together get at most ${percent(NEWCOMERS_SHARE_MAX)} of its traffic, by 1/price² among themselves.`,
  young: `It has been serving for less than ${YOUNG_MS / HOUR_MS} hours: all offers as young get at most ${percent(YOUNG_SHARE_MAX)} of the model's traffic together.`,
  shares_weight_with_network:
    "Other wallets sell this model from the same network: together they weigh as much as the heaviest of them alone.",
};

/** The reasons, the weightiest first. */
export function* whyPlaced(one: RankedOffer, view: ModelView, freeSlots: number): Generator<Why> {
  const { hidden, standing, finding } = one;
  if (hidden !== undefined)
    yield { code: hidden, words: HIDDEN[hidden] ?? "Only who asks for it by its tag gets here." };
  const words = standingWords(standing, one, view);
  if (words !== undefined) yield { code: standing, words };
  if (freeSlots <= 0) {
    yield {
      code: "no_free_slot",
      words: "All its links have as many requests as they take: others are asked meanwhile.",
    };
  }
  for (const reason of new Set(one.reasons)) {
    const placing = PLACING[reason];
    if (placing !== undefined) yield { code: reason, words: placing };
  }
  if (finding.withdrawn.size > 0) {
    const names = [...finding.withdrawn].join(", ");
    yield {
      code: "withdrawn",
      words: `It could not do what it says it can (${names}) when it was asked to: requests that need it go to others.`,
    };
  }
  const { offer } = one;
  const isSecond = hidden === undefined && one.share === 0 && words === undefined;
  if (isSecond && view.ranked.some((other) => other.share > 0 && other.offer.wallet === offer.wallet)) {
    const code = "same_provider_ranks_higher";
    yield { code, words: "The same wallet sells this model on better terms on another link, where requests go first." };
  }
  if (one.share > 0) {
    yield {
      code: "weighted_by_price",
      words: `Of those who are asked first it gets ${percent(one.share)}, by 1/price²: half the price is four times the traffic.`,
    };
  }
}
