// Which providers a chat request goes to, or why it can go to none.
import { AimoError } from "@aimo-network/protocol/errors";
import type { Caller } from "../../accounts/caller.ts";
import type { Standing } from "../../market/choose.ts";
import { choose } from "../../market/choose.ts";
import { bitsOf } from "../../market/draw.ts";
import { explain } from "../../market/explain.ts";
import type { Needs } from "../../market/fitness.ts";
import { isNamedBy } from "../../market/fitness.ts";
import { HEDGE_MS_MAX, HEDGE_MS_MIN, PLAN_OFFERS_MAX } from "../../market/limits.ts";
import type { Market } from "../../market/market.ts";
import type { ModelName } from "../../market/model-name.ts";
import type { ModelView } from "../../market/model-view.ts";
import { parseModelName } from "../../market/model-name.ts";
import type { LiveOffer } from "../../market/offer-book.ts";
import type { Explained, Plan } from "../../market/plan.ts";
import type { MaxPrice, NamedProvider, Preferences } from "../../market/preferences.ts";
import type { Links } from "../../providers/links.ts";
import type { Candidate } from "../../providers/relay.ts";
import type { ChatRequest } from "./chat-request.ts";
import { nothingFits } from "./nothing-fits.ts";

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

/** The offers of one model of the request. */
interface Asked {
  readonly name: ModelName;
  readonly offers: readonly LiveOffer[];
}

type Payer = Pick<Caller, "wallet" | "allowedModels">;

/** The models that somebody sells, in the client's order; throws `model_not_found` where there is none. */
function findOffers({ market }: PlanDeps, { models, model }: ChatRequest): readonly [Asked, ...Asked[]] {
  const found = models.flatMap((text): Asked[] => {
    const name = parseModelName(text);
    const offers = name === undefined ? [] : market.book.find(name);
    return name === undefined || offers.length === 0 ? [] : [{ name, offers }];
  });
  const [first, ...rest] = found;
  if (first === undefined) throw new AimoError("model_not_found", { model, near: market.book.near(model) });
  return [first, ...rest];
}

/** A suffix is a short word for a sort; what the client says in full counts. */
function preferencesFor({ variant }: ModelName, asked: Preferences): Preferences {
  if (variant === undefined || asked.sort !== undefined) return asked;
  return { ...asked, sort: variant === "floor" ? "price" : "throughput" };
}

function needsOf(deps: PlanDeps, chat: ChatRequest, payer: Payer, round: Round, places: number): Needs {
  return {
    endpoint: "/chat/completions",
    inputModalities: chat.inputModalities,
    maxTokens: chat.maxTokens,
    isStream: chat.stream,
    textBytes: chat.textBytes,
    parameters: chat.parameters,
    payerWallet: payer.wallet,
    allowedModels: payer.allowedModels,
    named: round.named,
    preferences: round.preferences,
    draw: bitsOf(`${deps.pseudonym(payer.wallet, "")} ${chat.prefix}`),
    places,
  };
}

function standingOf({ market, links }: PlanDeps, payerWallet: string): Standing {
  return {
    freeSlots: (offer) => links.get(offer.linkId)?.freeSlots(offer.offer.name) ?? 0,
    tier: (offer) => market.health.tier(offer.id, payerWallet),
    mayProbe: (offer) => market.probing.mayProbe(offer, payerWallet),
  };
}

/** Offers that are chosen among together, by views that are kept: making one takes longer than all else here. */
interface Round {
  readonly view: ModelView;
  /** Those whose model's name names their provider. */
  readonly named: readonly NamedProvider[];
  readonly preferences: Preferences;
}

function roundOf({ market }: PlanDeps, { name, offers }: Asked, preferences: Preferences): Round {
  const named = name.kind === "wallet" ? [name] : [];
  return { view: market.views.of(offers), named, preferences: preferencesFor(name, preferences) };
}

/** Two names may be one model's: its offers are the first's alone. */
function withoutSeen(round: Round, seen: Set<LiveOffer>): Round {
  const ranked = round.view.ranked.filter(({ offer }) => !seen.has(offer));
  for (const { offer } of ranked) seen.add(offer);
  return { ...round, view: { ...round.view, ranked } };
}

/** One round for each model, or one for all where a sort looks at all their offers together. */
function roundsOf(
  deps: PlanDeps,
  asked: readonly [Asked, ...Asked[]],
  preferences: Preferences,
): readonly [Round, ...Round[]] {
  const [first, ...others] = asked;
  const round = roundOf(deps, first, preferences);
  if (others.length === 0) return [round];
  const seen = new Set(round.view.ranked.map(({ offer }) => offer));
  const rounds = [round, ...others.map((one) => withoutSeen(roundOf(deps, one, preferences), seen))] as const;
  if (preferences.partition === "model" || preferences.sort === undefined) return rounds;
  const ranked = rounds.flatMap(({ view }) => view.ranked);
  return [{ view: { ...round.view, ranked }, named: rounds.flatMap(({ named }) => named), preferences }];
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
  const explained: Explained[] = [];
  const plans: Plan[] = [];
  let taken = 0;
  for (const [index, round] of rounds.entries()) {
    // Each model after this one has a place of its own, as far as there are places; what is left is this one's.
    const left = most - taken;
    const places = left === 0 ? 0 : left - Math.min(rounds.length - 1 - index, left - 1);
    if (places === 0 && !isExplained) break;
    const { view } = round;
    const [ranked] = view.ranked;
    if (ranked !== undefined && places > 0) probing.asked(ranked.offer.modelId);
    const needs = needsOf(deps, chat, payer, round, places);
    const plan = choose(view, needs, standing);
    if (isExplained) explained.push(...explain(view, needs, standing, plan, taken));
    if (plan.probing !== undefined) probing.probed(plan.probing, payer.wallet);
    plans.push(plan);
    taken += plan.offers.length;
  }
  return { plans, explained: isExplained ? explained : undefined };
}

/** Whether a client bounds all that an offer asks. */
function isPriced({ prompt, completion, request, image }: MaxPrice, { price }: LiveOffer): boolean {
  return (
    prompt !== undefined &&
    (completion !== undefined || price.completion === 0n) &&
    (request !== undefined || (price.request ?? 0n) === 0n) &&
    (image !== undefined || (price.image ?? 0n) === 0n)
  );
}

/** Each model has a price of its own, that of the first who is asked for it; whoever is named has named its price. */
function priceBesideOf(
  asked: readonly Asked[],
  { order, maxPrice = {} }: Preferences,
  offers: readonly LiveOffer[],
): ChatPlan["priceBeside"] {
  const askedOf = (offer: LiveOffer): Asked | undefined =>
    asked.length === 1 ? asked[0] : asked.find((one) => one.offers.includes(offer));
  return (offer) => {
    const model = askedOf(offer);
    const isNamed = model?.name.kind === "wallet" || order.some((named) => isNamedBy(named, { offer }));
    if (isNamed || isPriced(maxPrice, offer)) return offer;
    return offers.find((other) => askedOf(other) === model) ?? offer;
  };
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
  const asked = findOffers(deps, chat);
  const { preferences } = chat;
  const rounds = roundsOf(deps, asked, preferences);
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
