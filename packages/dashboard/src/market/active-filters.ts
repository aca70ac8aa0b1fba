// The filters in force, each in words and with the search as it would be without it.
import { shortAddress } from "../ui/short-address.ts";
import { contextText } from "./figures.ts";
import { ABILITIES, toggled } from "./market-search.ts";
import type { MarketSearch } from "./market-search.ts";

/** One filter that is in force. */
export interface ActiveFilter {
  readonly id: string;
  readonly words: string;
  readonly without: MarketSearch;
}

function without(search: MarketSearch, name: keyof MarketSearch): MarketSearch {
  return Object.fromEntries(Object.entries(search).filter(([other]) => other !== name));
}

function listed(search: MarketSearch, list: "input" | "output" | "can", words: (name: string) => string) {
  const names = search[list]?.split(",") ?? [];
  return names.map((name) => ({ id: `${list} ${name}`, words: words(name), without: toggled(search, list, name) }));
}

/** All of them, in the order in which they are chosen; the text that is searched and the order of the list are none. */
export function activeFilters(search: MarketSearch): readonly ActiveFilter[] {
  const { author, provider, context, verified, max_price: price } = search;
  const single = (name: keyof MarketSearch, words: string): ActiveFilter => ({
    id: name,
    words,
    without: without(search, name),
  });
  return [
    ...listed(search, "input", (name) => `Takes ${name}`),
    ...listed(search, "output", (name) => `Gives ${name}`),
    ...listed(search, "can", (name) => ABILITIES.find(([known]) => known === name)?.[1] ?? name),
    ...(author === undefined ? [] : [single("author", `By ${author}`)]),
    ...(provider === undefined ? [] : [single("provider", `Sold by ${shortAddress(provider)}`)]),
    ...(context === undefined ? [] : [single("context", `Context from ${contextText(context)}`)]),
    ...(price === undefined ? [] : [single("max_price", `At most ${price} USDC in`)]),
    ...(verified === undefined ? [] : [single("verified", "Verified")]),
  ];
}

/** The search with its text and its order, and no filter. */
export function unfiltered({ q, sort }: MarketSearch): MarketSearch {
  return { ...(q !== undefined && { q }), ...(sort !== undefined && { sort }) };
}
