// Which providers a chat request goes to, or why it can go to none.
import { AimoError } from "@aimo-network/protocol/errors";
import type { Caller } from "../../accounts/caller.ts";
import type { Standing } from "../../market/choose.ts";
import { choose } from "../../market/choose.ts";
import { bitsOf } from "../../market/draw.ts";
import { explain } from "../../market/explain.ts";
import type { Needs } from "../../market/fitness.ts";
import { HEDGE_MS_MAX, HEDGE_MS_MIN, PLAN_OFFERS_MAX } from "../../market/limits.ts";
import type { Market } from "../../market/market.ts";
import type { ModelName } from "../../market/model-name.ts";
import { parseModelName } from "../../market/model-name.ts";
import type { LiveOffer } from "../../market/offer-book.ts";
import type { Explained, Plan } from "../../market/plan.ts";
import type { Preferences } from "../../market/preferences.ts";
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
  /** Whether the client has said itself whom it takes, and so at what price. */
  readonly isNamed: boolean;
  /** Every offer of the models asked for, and why it has its place or none; only where it was asked for. */
  readonly explained: readonly Explained[] | undefined;
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

function needsOf(deps: PlanDeps, chat: ChatRequest, payer: Payer, { name }: Asked, places: number): Needs {
  return {
    endpoint: "/chat/completions",
    inputModalities: chat.inputModalities,
    maxTokens: chat.maxTokens,
    isStream: chat.stream,
    textBytes: chat.textBytes,
    parameters: chat.parameters,
    payerWallet: payer.wallet,
    allowedModels: payer.allowedModels,
    isNamed: name.kind === "wallet",
    preferences: preferencesFor(name, chat.preferences),
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

/** A sort over all models together looks at their offers as at one model's. */
function partition(asked: readonly [Asked, ...Asked[]], { sort, partition: by }: Preferences): readonly Asked[] {
  const [{ name }] = asked;
  if (asked.length === 1 || by === "model" || sort === undefined) return asked;
  return [{ name, offers: asked.flatMap(({ offers }) => offers) }];
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
  asked: readonly Asked[],
  isExplained: boolean,
): Chosen {
  const { probing, views } = deps.market;
  const most = chat.preferences.allowFallbacks ? PLAN_OFFERS_MAX : 1;
  const standing = standingOf(deps, payer.wallet);
  const explained: Explained[] = [];
  const plans: Plan[] = [];
  let taken = 0;
  for (const [index, one] of asked.entries()) {
    // Each model after this one has a place of its own, as far as there are places; what is left is this one's.
    const left = most - taken;
    const places = left - Math.min(asked.length - 1 - index, left - 1);
    if (left === 0) break;
    const [offer] = one.offers;
    if (offer !== undefined) probing.asked(offer.modelId);
    const needs = needsOf(deps, chat, payer, one, places);
    const view = views.of(one.offers);
    const plan = choose(view, needs, standing);
    if (isExplained) explained.push(...explain(view, needs, standing, plan));
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
  const asked = findOffers(deps, chat);
  const { preferences } = chat;
  const { plans, explained } = chooseAll(deps, chat, payer, partition(asked, preferences), isExplained);
  const offers = plans.flatMap((plan) => plan.offers);
  if (offers.length === 0) throw nothingFits(chat, new Set(plans.flatMap(({ excluded }) => [...excluded])), explained);
  return {
    candidates: offers.flatMap((offer) => candidateOf(deps, offer) ?? []),
    isNamed:
      asked.length > 1 ||
      asked[0].name.kind === "wallet" ||
      preferences.order.length > 0 ||
      Object.keys(preferences.maxPrice ?? {}).length > 0,
    explained,
  };
}
