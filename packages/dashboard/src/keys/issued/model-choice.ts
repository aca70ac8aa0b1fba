// Which models a search offers for a key, and which of them are chosen.
import { MODELS_DRAWN_MAX } from "../limits.ts";

/** What is offered. */
export interface ModelOffer {
  /** Ids as `author/slug`, the chosen ones left out. */
  readonly found: readonly string[];
  /** How many more fit and are not drawn. */
  readonly more: number;
  /** An id that was typed and is on no list, which may be chosen all the same; undefined where there is none. */
  readonly typed: string | undefined;
}

const ID = /^[a-z0-9._-]{1,64}\/[a-z0-9._-]{1,64}$/; // OFFER_NAME_PATTERN, in lower case as ids are

/** The models that fit a search, out of those on sale. */
export function offeredModels(onSale: readonly string[], chosen: readonly string[], search: string): ModelOffer {
  const wanted = search.trim().toLowerCase();
  const fitting = onSale.filter((id) => !chosen.includes(id) && id.toLowerCase().includes(wanted));
  const isNew = ID.test(wanted) && !onSale.includes(wanted) && !chosen.includes(wanted);
  return {
    found: fitting.slice(0, MODELS_DRAWN_MAX),
    more: Math.max(0, fitting.length - MODELS_DRAWN_MAX),
    typed: isNew ? wanted : undefined,
  };
}
