// The names under which a client can ask for a model.
import { base58 } from "@scure/base";

/**
 * What a client asked for: one author's model, every author's model of that name, or one provider's model.
 * Names are matched without case, so all parts are lower case but the wallet.
 */
export type ModelName =
  | { readonly kind: "author"; readonly author: string; readonly slug: string }
  | { readonly kind: "slug"; readonly slug: string }
  | { readonly kind: "wallet"; readonly wallet: string; readonly slug: string };

const WALLET_CHARS = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;

function isWallet(text: string): boolean {
  return WALLET_CHARS.test(text) && base58.decode(text).length === 32;
}

/** Reads `author/slug`, a bare `slug`, or `<provider wallet>:<slug>`; undefined for anything else. */
export function parseModelName(text: string): ModelName | undefined {
  const slash = text.indexOf("/");
  const colon = text.indexOf(":");
  if (colon > 0 && isWallet(text.slice(0, colon))) {
    // A provider's own model may be asked for with its author too: the author is then implied by the offer.
    const slug = text.slice(text.lastIndexOf("/") + 1 || colon + 1).toLowerCase();
    return slug === "" ? undefined : { kind: "wallet", wallet: text.slice(0, colon), slug };
  }
  if (slash === -1) return text === "" ? undefined : { kind: "slug", slug: text.toLowerCase() };
  const author = text.slice(0, slash).toLowerCase();
  const slug = text.slice(slash + 1).toLowerCase();
  return author === "" || slug === "" ? undefined : { kind: "author", author, slug };
}

/** The author of an offer without a `provider_name`. */
const COMMUNITY = "community";

/** The id of a model, `author/slug` in lower case. */
export function modelId(providerName: string | undefined, offerName: string): string {
  return `${(providerName ?? COMMUNITY).toLowerCase()}/${offerName.toLowerCase()}`;
}
