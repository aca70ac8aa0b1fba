// A plan's explanation as its client reads it: every offer, and why it has its place or none.
import { Type } from "typebox";
import type { Static } from "typebox";
import type { Explained } from "../../market/plan.ts";
import type { LiveOffer } from "../../market/offer-book.ts";
import type { ChatRequest } from "./chat-request.ts";
import { formatPricing } from "@aimo-network/protocol/price";

/** One offer of an explanation. */
const ExplainedShape = Type.Object({
  model: Type.String(),
  provider: Type.String({ description: "The provider's wallet" }),
  tag: Type.String({ description: "How to ask for this offer: `<wallet>:<slug>`" }),
  pricing: Type.Record(Type.String(), Type.String(), { description: "USDC per million tokens; the rest each" }),
  place: Type.Union([Type.Integer(), Type.Null()], { description: "From 0, the one that was asked first" }),
  excluded: Type.Union([Type.String(), Type.Null()], { description: "What kept it out" }),
  verdict: Type.Enum(["new", "verified", "unverified"], { description: "What inspection has found out about it" }),
  reasons: Type.Array(Type.String(), { description: "What places it where it stands" }),
  share: Type.Number({ description: "Its part of the model's traffic, 0 to 1, before what this request asks" }),
});

const SHARE_STEPS = 10_000; // four digits: a share is known no better

/** Writes one offer of an explanation. */
export function explainedJson({
  offer,
  place,
  excluded,
  verdict,
  reasons,
  share,
}: Explained): Static<typeof ExplainedShape> {
  return {
    model: offer.modelId,
    provider: offer.wallet,
    tag: `${offer.wallet}:${offer.offer.name}`,
    pricing: { ...formatPricing(offer.price) },
    place: place ?? null,
    excluded: excluded ?? null,
    verdict,
    reasons: [...reasons],
    share: Math.round(share * SHARE_STEPS) / SHARE_STEPS,
  };
}

/** What a request that sends `x-aimo-explain: 1` is told beside its answer. */
export const ExplanationShape = Type.Object({
  requested: Type.Array(Type.String(), { description: "The models asked for, in their order" }),
  offers: Type.Array(ExplainedShape, { description: "All offers of these models, those that were asked first" }),
});

/** Offers as they were told apart, whichever link of a provider was chosen. */
function isOf({ offer }: Explained): (chosen: LiveOffer) => boolean {
  return ({ id, termsText }) => id === offer.id && termsText === offer.termsText;
}

/** What of a plan is asked: of `answerable` those that can be paid for beside each other. */
export interface Asked {
  readonly answerable: readonly LiveOffer[];
  readonly payable: readonly LiveOffer[];
}

/** An offer that was chosen, but is not asked, has no place. */
function asAsked(one: Explained, { answerable, payable }: Asked): Explained {
  if (one.place === undefined) return one;
  const place = payable.findIndex(isOf(one));
  if (place !== -1) return { ...one, place };
  const reason = answerable.some(isOf(one)) ? "much_dearer" : "answer_too_large";
  return { ...one, place: undefined, reasons: [...one.reasons, reason] };
}

/** Writes an explanation. */
export function explanationOf(
  { models }: Pick<ChatRequest, "models">,
  explained: readonly Explained[],
  asked: Asked,
): Static<typeof ExplanationShape> {
  return { requested: [...models], offers: explained.map((one) => explainedJson(asAsked(one, asked))) };
}
