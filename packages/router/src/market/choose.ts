// Which providers a request is offered to, in which order: a pure function of what is known.
import type { Random } from "@aimo-network/protocol/random";
import type { Medium } from "@aimo-network/protocol/wire/offer";
import { mediaTokensMax } from "@aimo-network/protocol/wire/offer";
import type { LiveOffer } from "./offer-book.ts";

/** What a request needs from an offer. */
export interface Needs {
  readonly endpoint: string;
  /** Input kinds beside text; an offer that does not bound what one of them may cost never gets it. */
  readonly inputModalities: ReadonlySet<Medium>;
  /** Output tokens the client asked for; undefined where it left them open. */
  readonly maxTokens: number | undefined;
  readonly payerWallet: string;
}

/** What is known of an offer at this moment. */
export interface Standing {
  /** Requests its link could still take for it. */
  freeSlots(offer: LiveOffer): number;
  isHealthy(offer: LiveOffer): boolean;
}

/** Why an offer was left out. */
export type Exclusion = "self_dealing" | "endpoint" | "modality" | "context_length" | "no_free_slot" | "outage";

/** The offers to try, best first, and why the others were left out. */
export interface Plan {
  readonly offers: readonly LiveOffer[];
  readonly excluded: ReadonlyMap<LiveOffer, Exclusion>;
}

/** Providers tried for one request: more would only make a failing client wait. */
const PLAN_OFFERS_MAX = 3;

function unfit(offer: LiveOffer, needs: Needs): Exclusion | undefined {
  if (offer.wallet === needs.payerWallet) return "self_dealing";
  const { endpoints, input_modalities: modalities, context_length: contextLength } = offer.offer;
  if (!endpoints.some((endpoint) => endpoint === needs.endpoint)) return "endpoint";
  for (const needed of needs.inputModalities) {
    if (!modalities.includes(needed) || mediaTokensMax(offer.offer, needed) === undefined) return "modality";
  }
  if (contextLength !== undefined && needs.maxTokens !== undefined && needs.maxTokens > contextLength) {
    return "context_length";
  }
  return undefined;
}

interface Candidate {
  readonly offer: LiveOffer;
  readonly free: number;
}

/** Of a provider's links each offer is drawn once: on the cheapest, and of equally cheap ones on that with most room. */
function bestLinks(candidates: readonly Candidate[]): LiveOffer[] {
  const best = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const { offer, free } = candidate;
    const known = best.get(offer.id);
    const isBetter =
      known === undefined ||
      offer.weight > known.offer.weight ||
      (offer.weight === known.offer.weight && free > known.free);
    if (isBetter) best.set(offer.id, candidate);
  }
  return [...best.values()].map(({ offer }) => offer);
}

const FRACTION_STEPS = 2 ** 32; // what `random.fraction` resolves

function drawOne(offers: readonly LiveOffer[], random: Random): LiveOffer | undefined {
  const total = offers.reduce((sum, offer) => sum + offer.weight, 0n);
  let drawn = (total * BigInt(Math.floor(random.fraction() * FRACTION_STEPS))) / BigInt(FRACTION_STEPS);
  for (const offer of offers) {
    if (drawn < offer.weight) return offer;
    drawn -= offer.weight;
  }
  return offers.at(-1);
}

function drawInTurn(offers: readonly LiveOffer[], random: Random): LiveOffer[] {
  const drawn: LiveOffer[] = [];
  let left = offers;
  while (drawn.length < PLAN_OFFERS_MAX && left.length > 0) {
    const next = drawOne(left, random);
    if (next === undefined) break;
    drawn.push(next);
    left = left.filter((offer) => offer.wallet !== next.wallet);
  }
  return drawn;
}

/**
 * Plans at most three providers for a request: fitting offers with a free slot, drawn at random by 1/price², healthy
 * ones only. Where none is healthy the failing ones are tried after all, since an answer may still come.
 */
export function choose(offers: readonly LiveOffer[], needs: Needs, standing: Standing, random: Random): Plan {
  const excluded = new Map<LiveOffer, Exclusion>();
  const fitting: Candidate[] = [];
  for (const offer of offers) {
    const free = standing.freeSlots(offer);
    const reason = unfit(offer, needs) ?? (free > 0 ? undefined : "no_free_slot");
    if (reason === undefined) fitting.push({ offer, free });
    else excluded.set(offer, reason);
  }
  const candidates = bestLinks(fitting);
  const healthy = candidates.filter((offer) => standing.isHealthy(offer));
  if (healthy.length === 0) return { offers: drawInTurn(candidates, random), excluded };
  for (const offer of candidates) if (!healthy.includes(offer)) excluded.set(offer, "outage");
  return { offers: drawInTurn(healthy, random), excluded };
}
