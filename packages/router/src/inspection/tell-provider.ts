// What a provider is told when something has been found out about one of its offers.
import type { Check } from "../market/truth/checks.ts";
import type { Finding } from "../market/truth/offer-truth.ts";
import type { ProviderLink } from "../providers/provider-link.ts";

const WHAT: Readonly<Record<Check, string>> = {
  chat: "a plain question with an answer and its usage",
  stream: "a streamed answer that ends with its usage",
  tools: "a tool call whose arguments fit the tool's parameters",
  json_schema: "an answer that its JSON Schema allows",
  json_object: "an answer that is one JSON object",
  image: "the colour of a picture",
  context: "a long prompt, well within the declared context length, whose beginning had to be remembered",
};

const AGAIN = "It is tried again daily and comes back when it works.";

/** One thing to tell. */
export interface Notice {
  readonly code: string;
  readonly message: string;
}

function isCheck(name: string): name is Check {
  return Object.hasOwn(WHAT, name);
}

function noticesOfChecks(before: Finding, after: Finding): Notice[] {
  const lost = [...after.withdrawn].filter((name) => !before.withdrawn.has(name));
  const back = [...before.withdrawn].filter((name) => !after.withdrawn.has(name));
  return [
    ...lost.filter(isCheck).map((name) => ({
      code: "capability_withdrawn",
      message: `Twice this router asked for ${WHAT[name]} and did not get it, so nobody is sent here for it (${name}). ${AGAIN}`,
    })),
    ...back.filter(isCheck).map((name) => ({
      code: "capability_restored",
      message: `This router got ${WHAT[name]} again, so requests for it come here again (${name}).`,
    })),
  ];
}

/** What there is to tell between two findings. */
export function noticesBetween(before: Finding, after: Finding): readonly Notice[] {
  const notices = noticesOfChecks(before, after);
  if (after.verdict === "unverified" && before.verdict !== "unverified" && !after.withdrawn.has("chat")) {
    notices.push({
      code: "offer_unverified",
      message:
        "Twice this offer counted tokens unlike other providers of the model for the same words, so it is shown as unverified and reached only by its provider's name until its counts agree again in two rounds.",
    });
  }
  if (before.verdict === "unverified" && after.verdict !== "unverified") {
    notices.push({ code: "offer_verified", message: "This offer is reached by its model's name again." });
  }
  return notices;
}

/** Tells a provider on all links that sell the offer. */
export function tellProvider(links: readonly ProviderLink[], offerName: string, notices: readonly Notice[]): void {
  for (const link of links) for (const { code, message } of notices) link.notice(code, message, offerName);
}
