// Which providers a chat request goes to, or why it can go to none.
import type { Caller } from "../../accounts/caller.ts";
import type { Standing } from "../../market/choose.ts";
import { choose } from "../../market/choose.ts";
import { ANY_BITS, bitsOf } from "../../market/draw.ts";
import { explain } from "../../market/explain.ts";
import type { Needs } from "../../market/fitness.ts";
import { HEDGE_MS_MAX, HEDGE_MS_MIN, PLAN_OFFERS_MAX } from "../../market/limits.ts";
import type { Market } from "../../market/market.ts";
import type { LiveOffer } from "../../market/offer-book.ts";
import type { Explained, Plan } from "../../market/plan.ts";
import type { Links } from "../../providers/links.ts";
import type { Candidate } from "../../providers/relay.ts";
import type { ChatRequest } from "./chat-request.ts";
import { nothingFits } from "./nothing-fits.ts";
import type { Round } from "./plan-rounds.ts";
import { findOffers, roundsOf } from "./plan-rounds.ts";
import { priceBesideOf } from "./price-beside.ts";

/** What planning needs of the other rooms. */
export interface PlanDeps {
  readonly market: Market;
  readonly links: Links;
  /** The payer's stable pseudonym at one provider, and for its place in draws. */
  pseudonym(payerWallet: string, providerWallet: string): string;
}

/** Whom a request goes to. */
export interface ChatPlan {
  /** Best first. */
  readonly candidates: readonly Candidate<LiveOffer>[];
  /** The candidate that another may not be much dearer than; itself where the client has said that it takes it, and its price. */
  priceBeside(offer: LiveOffer): LiveOffer;
  /** Every offer of the models asked for, and why it has its place or none; only where it was asked for. */
  readonly explained: readonly Explained[] | undefined;
  /** Says that nobody is asked: a try that the plan began with is another request's. */
  unused(): void;
}

type Payer = Pick<Caller, "wallet" | "allowedModels">;

/** What a request needs, whatever models it names; `isDrawn` says whether any of them is sold by more than one. */
function needsOf(
  deps: PlanDeps,
  chat: ChatRequest,
  payer: Payer,
  isDrawn: boolean,
): Omit<Needs, "named" | "preferences" | "places"> {
  return {
    endpoint: "/chat/completions",
    inputModalities: chat.inputModalities,
    maxTokens: chat.maxTokens,
    isStream: chat.stream,
    textBytes: chat.textBytes,
    parameters: chat.parameters,
    payerWallet: payer.wallet,
    allowedModels: payer.allowedModels,
    draw: isDrawn ? bitsOf(`${deps.pseudonym(payer.wallet, "")} ${chat.prefix}`) : ANY_BITS,
  };
}

function standingOf({ market, links }: PlanDeps, payerWallet: string): Standing {
  return {
    freeSlots: (offer) => links.get(offer.linkId)?.freeSlots(offer.offer.name) ?? 0,
    tier: (offer) => market.health.tier(offer.id, payerWallet),
    mayProbe: (offer) => market.probing.mayProbe(offer, payerWallet),
  };
}

/** What was chosen for all models of a request. */
interface Chosen {
  readonly plans: readonly Plan[];
  readonly explained: readonly Explained[] | undefined;
}

function chooseAll(
  deps: PlanDeps,
  chat: ChatRequest,
  payer: Payer,
  rounds: readonly Round[],
  isExplained: boolean,
): Chosen {
  const { probing } = deps.market;
  const most = chat.preferences.allowFallbacks ? PLAN_OFFERS_MAX : 1;
  const standing = standingOf(deps, payer.wallet);
  const isDrawn = rounds.some(({ view }) => view.ranked.length > 1);
  const common = needsOf(deps, chat, payer, isDrawn);
  const explained: Explained[] = [];
  const plans: Plan[] = [];
  let taken = 0;
  for (const [index, round] of rounds.entries()) {
    // Each model after this one has a place of its own, as far as there are places; what is left is this one's.
    const left = most - taken;
    const places = left === 0 ? 0 : left - Math.min(rounds.length - 1 - index, left - 1);
    if (places === 0 && !isExplained) break;
    const { view, named, preferences } = round;
    const [ranked] = view.ranked;
    if (ranked !== undefined && places > 0) probing.asked(ranked.offer.modelId);
    const needs = { ...common, named, preferences, places };
    const plan = choose(view, needs, standing);
    if (isExplained) explained.push(...explain(view, needs, standing, plan, taken));
    if (plan.probing !== undefined) probing.probed(plan.probing, payer.wallet);
    plans.push(plan);
    taken += plan.offers.length;
  }
  return { plans, explained: isExplained ? explained : undefined };
}

/** An offer on its link; one that may be hedged is waited for as long as nine of ten of its answers take to begin. */
function candidateOf({ market, links }: PlanDeps, offer: LiveOffer): Candidate<LiveOffer> | undefined {
  const link = links.get(offer.linkId);
  if (link === undefined) return undefined;
  const candidate = { offer, offerName: offer.offer.name, modelId: offer.modelId, link };
  if (offer.offer.hedge !== true) return candidate;
  const usualMs = market.health.measured(offer.id).firstOutputMs?.p90;
  const hedgeAfterMs = usualMs && Math.min(Math.max(usualMs, HEDGE_MS_MIN), HEDGE_MS_MAX);
  return { ...candidate, hedges: true, hedgeAfterMs };
}

/** The candidates for a request, best first; throws what to answer when there is none. */
export function planChat(deps: PlanDeps, chat: ChatRequest, payer: Payer, isExplained = false): ChatPlan {
  const asked = findOffers(deps.market, chat);
  const { preferences } = chat;
  const rounds = roundsOf(deps.market, asked, preferences);
  const { plans, explained } = chooseAll(deps, chat, payer, rounds, isExplained);
  const offers = plans.flatMap((plan) => plan.offers);
  if (offers.length === 0) throw nothingFits(chat, new Set(plans.flatMap(({ excluded }) => [...excluded])), explained);
  return {
    candidates: offers.flatMap((offer) => candidateOf(deps, offer) ?? []),
    priceBeside: priceBesideOf(asked, preferences, offers),
    explained,
    unused() {
      for (const { probing } of plans) if (probing !== undefined) deps.market.probing.unprobed(probing, payer.wallet);
    },
  };
}
