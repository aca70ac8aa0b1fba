// What an offer is examined for: what every offer must do, and what this one says that it does.
import type { Offer } from "@aimo-network/protocol/wire/offer";

/**
 * Everything that is looked at. `chat` and `stream` every offer must do, with usage; the others are named like the capability
 * or the input modality that an offer declares. Reasoning is not among them: nobody can tell a model's thoughts from words.
 */
export const CHECKS = ["chat", "stream", "tools", "json_schema", "json_object", "image", "context"] as const;
/** One of them. */
export type Check = (typeof CHECKS)[number];

/** What one probe has shown; `unknown` where it proves nothing, as a timeout does. */
export type CheckResult = "passed" | "failed" | "unknown";

const CAPABILITIES = ["tools", "json_schema", "json_object"] as const satisfies readonly Check[];

/** What there is to examine of an offer; nothing of one that does not answer texts with texts. */
export function declaredChecks(offer: Offer): readonly Check[] {
  if (!offer.input_modalities.includes("text") || !offer.output_modalities.includes("text")) return [];
  return [
    ...(["chat", "stream"] as const),
    ...CAPABILITIES.filter((capability) => offer.capabilities.includes(capability)),
    ...(offer.input_modalities.includes("image") ? (["image"] as const) : []),
    ...(offer.context_length === undefined ? [] : (["context"] as const)),
  ];
}
