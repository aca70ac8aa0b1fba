// What a provider should know or do now, the weightiest first.
import type { Earnings, Offer } from "../answers.ts";
import type { MarketPosition } from "./market-position.ts";
import { tierOf, verdictOf } from "./offer-words.ts";

/** One thing to know, with what to do about it. */
export interface Hint {
  readonly id: string;
  readonly tone: "good" | "warn" | "bad" | "plain";
  readonly title: string;
  readonly text: string;
  /** A command for a terminal. */
  readonly command?: string;
}

/** What hints are found in; what is not known yet is undefined. */
export interface HintSources {
  readonly links: number;
  readonly offers: readonly Offer[];
  readonly positions: ReadonlyMap<string, MarketPosition | undefined>;
  readonly earnings: Pick<Earnings, "unpaid"> | undefined;
}

/** How many percent above the median others ask for is worth a word. */
const DEAR_PERCENT = 20n;

const START = "npx aimo-proxy --config config.toml";
const CHECK = "npx aimo-proxy check --config config.toml";

function linkHints({ links, offers }: HintSources): Hint[] {
  if (links === 0) {
    return [
      {
        id: "no_link",
        tone: "bad",
        title: "No link is connected, so nothing of yours is on sale",
        text: "Start the proxy on your machine. Where it runs already, its output says what keeps it away.",
        command: START,
      },
    ];
  }
  if (offers.length > 0) return [];
  return [
    {
      id: "no_offer",
      tone: "bad",
      title: "Connected, but nothing of yours is on the market",
      text: "The proxy's output says why its models were not taken: a name, a price or a capability that is wrong in config.toml.",
      command: CHECK,
    },
  ];
}

function offerHints({ offers, positions }: HintSources): Hint[] {
  const found: Hint[] = [];
  for (const offer of offers) {
    const { model_id: model, tag } = offer;
    const troubles = [verdictOf(offer), tierOf(offer)].filter(({ tone }) => tone === "bad" || tone === "warn");
    if (troubles.length > 0) {
      const words = troubles.map(({ word }) => word.toLowerCase()).join(" and ");
      found.push({
        id: `standing ${tag}`,
        tone: troubles.some(({ tone }) => tone === "bad") ? "bad" : "warn",
        title: `${model} gets little or no traffic: ${words}`,
        text: "Its card below says why, and what to do.",
      });
    }
    const above = positions.get(tag)?.abovePercent;
    if (above !== undefined && above >= DEAR_PERCENT) {
      found.push({
        id: `price ${tag}`,
        tone: "warn",
        title: `${model} costs ${above} % more than the median of its other offers`,
        text: "Requests go by 1/price²: half the price is four times the traffic. Change `pricing` in config.toml; it is read again without a restart.",
      });
    }
  }
  return found;
}

function earningHints({ earnings }: HintSources): Hint[] {
  const count = earnings?.unpaid.find(({ reason }) => reason === "no_usage")?.count ?? 0;
  if (count === 0) return [];
  return [
    {
      id: "no_usage",
      tone: "warn",
      title: `${count} ${count === 1 ? "answer was" : "answers were"} not paid, because no usage was reported`,
      text: "Users are charged by tokens, so an answer without `usage` is free. Have your API report it, in streams too.",
      command: CHECK,
    },
  ];
}

/** All of them. */
export function hintsOf(sources: HintSources): readonly Hint[] {
  const order = { bad: 0, warn: 1, plain: 2, good: 3 };
  return [...linkHints(sources), ...offerHints(sources), ...earningHints(sources)].toSorted(
    (one, other) => order[one.tone] - order[other.tone],
  );
}

/** Whether somebody has never sold anything here, as far as is told: then the steps to begin are shown. */
export function isBeginner(
  links: number,
  earnings: Pick<Earnings, "by_day" | "claimable" | "payable" | "withdrawing">,
): boolean {
  const { by_day: days, claimable, payable, withdrawing } = earnings;
  return links === 0 && days.length === 0 && [claimable, payable, withdrawing].every((amount) => amount === "0");
}
