// What a request is told that nobody can take: whether to wait, or what to ask for instead.
import { AimoError } from "@aimo-network/protocol/errors";
import type { Exclusion, Explained } from "../../market/plan.ts";
import type { ChatRequest } from "./chat-request.ts";
import { explainedJson } from "./explanation.ts";

/** What a client's own wishes excluded, and how each is called where it was asked. */
const WISHES: Partial<Record<Exclusion, string>> = {
  not_in_only: "`provider.only`",
  ignored: "`provider.ignore`",
  max_price: "`provider.max_price`",
  quantization: "`provider.quantizations`",
  data_collection: "`provider.data_collection`",
  zdr: "`provider.zdr`",
  require_parameters: "`provider.require_parameters`",
  unverified: "offers that are not verified are reached as `<wallet>:<slug>` only",
  imitation: "a name that passes for another model's is reached as `<wallet>:<slug>` only",
};

/** The error for a request that no offer of its models fits. */
export function nothingFits(
  chat: ChatRequest,
  excluded: ReadonlySet<Exclusion>,
  explained: readonly Explained[] | undefined,
): AimoError {
  const { model } = chat;
  // What is said of the payer's own offers helps nobody where others were looked at too.
  const others = new Set([...excluded].filter((reason) => reason !== "self_dealing"));
  const offers = explained === undefined ? {} : { offers: explained.map(explainedJson) };
  if (others.size === 0 && excluded.size > 0) return new AimoError("self_dealing", { model });
  if (others.size === 1 && others.has("model_not_allowed")) return new AimoError("model_not_allowed", { model });
  if (excluded.has("no_free_slot")) return new AimoError("too_many_concurrent", { model });
  if (excluded.has("modality")) {
    const found = [...chat.inputModalities].join(", ");
    return new AimoError("invalid_request", { expected: `content that \`${model}\` takes`, found, param: "messages" });
  }
  if (excluded.has("context_length")) {
    const found = `${chat.maxTokens ?? ""}`;
    const expected = `at most the context length of \`${model}\``;
    return new AimoError("invalid_request", { expected, found, param: "max_tokens" });
  }
  const wishes = [...excluded].flatMap((reason) => WISHES[reason] ?? []);
  if (wishes.length > 0)
    return new AimoError("no_offer_matches", { model, wishes, excluded: [...excluded], ...offers });
  return new AimoError("no_provider_available", { model });
}
