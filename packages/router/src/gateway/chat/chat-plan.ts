// Which providers a chat request goes to, or why it can go to none.
import { AimoError } from "@aimo-network/protocol/errors";
import type { Random } from "@aimo-network/protocol/random";
import type { Caller } from "../../accounts/caller.ts";
import { choose } from "../../market/choose.ts";
import type { OfferHealth } from "../../market/health.ts";
import { parseModelName } from "../../market/model-name.ts";
import type { LiveOffer, OfferBook } from "../../market/offer-book.ts";
import type { Links } from "../../providers/links.ts";
import type { Candidate } from "../../providers/relay.ts";
import type { ChatRequest } from "./chat-request.ts";

/** What planning needs of the other rooms. */
export interface PlanDeps {
  readonly random: Random;
  readonly book: OfferBook;
  readonly health: OfferHealth;
  readonly links: Links;
}

/** The candidates for a request, best first; throws what to answer when there is none. */
export function planChat(
  deps: PlanDeps,
  chat: ChatRequest,
  { wallet: payerWallet, allowedModels }: Pick<Caller, "wallet" | "allowedModels">,
): readonly Candidate<LiveOffer>[] {
  const name = parseModelName(chat.model);
  const found = name === undefined ? [] : deps.book.find(name);
  if (found.length === 0) {
    throw new AimoError("model_not_found", { model: chat.model, near: deps.book.near(chat.model) });
  }
  const offers = allowedModels === undefined ? found : found.filter(({ modelId }) => allowedModels.has(modelId));
  if (offers.length === 0) throw new AimoError("model_not_allowed", { model: chat.model });
  const needs = {
    endpoint: "/chat/completions",
    inputModalities: chat.inputModalities,
    maxTokens: chat.maxTokens,
    payerWallet,
  };
  const standing = {
    freeSlots: (offer: LiveOffer) => deps.links.get(offer.linkId)?.freeSlots(offer.offer.name) ?? 0,
    isHealthy: (offer: LiveOffer) => deps.health.isHealthy(offer.id),
  };
  const chosen = choose(offers, needs, standing, deps.random);
  if (chosen.offers.length === 0) throw nothingFits(chat, [...chosen.excluded.values()]);
  return chosen.offers.flatMap((offer) => {
    const link = deps.links.get(offer.linkId);
    return link === undefined ? [] : [{ offer, offerName: offer.offer.name, link }];
  });
}

function nothingFits(chat: ChatRequest, reasons: readonly string[]): AimoError {
  const { model } = chat;
  if (reasons.every((reason) => reason === "self_dealing")) return new AimoError("self_dealing", { model });
  if (reasons.includes("no_free_slot")) return new AimoError("too_many_concurrent", { model });
  if (reasons.includes("modality")) {
    const found = [...chat.inputModalities].join(", ");
    return new AimoError("invalid_request", { expected: `content that \`${model}\` takes`, found, param: "messages" });
  }
  if (reasons.includes("context_length")) {
    const found = `${chat.maxTokens ?? ""}`;
    const expected = `at most the context length of \`${model}\``;
    return new AimoError("invalid_request", { expected, found, param: "max_tokens" });
  }
  return new AimoError("no_provider_available", { model });
}
