// The names under which a client can ask for a model.
import { base58 } from "@scure/base";

/** What may stand behind a model's name: `:floor` asks for the cheapest offers first, `:nitro` for the fastest. */
export const VARIANTS = ["floor", "nitro"] as const;
/** One of them. */
export type Variant = (typeof VARIANTS)[number];

/**
 * What a client asked for: one author's model, every author's models of that name, or one provider's model.
 * Names are matched without case, so all parts are lower case but the wallet.
 */
export type ModelName = { readonly variant?: Variant } & (
  | { readonly kind: "author"; readonly author: string; readonly slug: string }
  | { readonly kind: "slug"; readonly slug: string }
  | { readonly kind: "wallet"; readonly wallet: string; readonly slug: string }
);

const WALLET_CHARS = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;

/** Whether a text is a wallet's address. */
export function isWallet(text: string): boolean {
  return WALLET_CHARS.test(text) && base58.decode(text).length === 32;
}

/**
 * What names are made of. Any other letter, a space or an invisible character makes a name nobody's: folded to lower case
 * or trimmed, some of them would become the letters of somebody's name.
 */
const NAME_CHARS = /^[\x21-\x7e]+$/;

interface Parts {
  readonly wallet: string | undefined;
  /** `author/slug`, or a slug. */
  readonly model: string;
  /** What follows the model's colon; undefined where there is none. */
  readonly suffix: string | undefined;
}

function partsOf(text: string): Parts | undefined {
  if (!NAME_CHARS.test(text)) return undefined;
  const first = text.indexOf(":");
  const wallet = first > 0 && isWallet(text.slice(0, first)) ? text.slice(0, first) : undefined;
  const rest = wallet === undefined ? text : text.slice(first + 1);
  const colon = rest.indexOf(":");
  if (colon === -1) return { wallet, model: rest.toLowerCase(), suffix: undefined };
  return { wallet, model: rest.slice(0, colon).toLowerCase(), suffix: rest.slice(colon + 1) };
}

function variantOf(suffix: string): Variant | undefined {
  return VARIANTS.find((variant) => variant === suffix.toLowerCase());
}

/** The suffix of a name that is none of `VARIANTS`, for the caller to refuse; undefined where there is none such. */
export function unknownVariant(text: string): string | undefined {
  const suffix = partsOf(text)?.suffix;
  return suffix === undefined || variantOf(suffix) !== undefined ? undefined : suffix;
}

/**
 * Reads `author/slug`, a bare `slug`, or `<provider wallet>:<slug>`, each perhaps with a variant; undefined for anything
 * else, an unknown variant included.
 */
export function parseModelName(text: string): ModelName | undefined {
  const parts = partsOf(text);
  if (parts === undefined) return undefined;
  const { wallet, model, suffix } = parts;
  const variant = suffix === undefined ? undefined : variantOf(suffix);
  if (suffix !== undefined && variant === undefined) return undefined;
  const asked = variant === undefined ? {} : { variant };
  const slash = model.indexOf("/");
  if (wallet !== undefined) {
    // A provider's own model may be asked for with its author too: the author is then implied by the offer.
    const slug = model.slice(model.lastIndexOf("/") + 1);
    return slug === "" ? undefined : { kind: "wallet", wallet, slug, ...asked };
  }
  if (slash === -1) return model === "" ? undefined : { kind: "slug", slug: model, ...asked };
  const [author, slug] = [model.slice(0, slash), model.slice(slash + 1)];
  return author === "" || slug === "" ? undefined : { kind: "author", author, slug, ...asked };
}

/** The author of an offer without a `provider_name`. */
const COMMUNITY = "community";

/** The id of a model, `author/slug` in lower case. */
export function modelId(providerName: string | undefined, offerName: string): string {
  return `${(providerName ?? COMMUNITY).toLowerCase()}/${offerName.toLowerCase()}`;
}
