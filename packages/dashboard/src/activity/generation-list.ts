// The list of generations as it is kept in the page: pages from the newest down, into which live ones are put.
import type { InfiniteData } from "@tanstack/react-query";
import type { Generation, GenerationPage } from "./generation.ts";

/** What of the generations is listed; empty texts do not narrow it. */
export interface GenerationFilter {
  readonly model: string;
  readonly provider: string;
  /** A key's id. */
  readonly key: string;
}

/** What is kept: pages, each asked for by the cursor of the one before. */
export type KeptPages = InfiniteData<GenerationPage>;

/** Whether a generation is among those that a filter lists. */
export function isListed({ model, provider, key }: GenerationFilter, generation: Generation): boolean {
  return (
    (model === "" || generation.model === model.toLowerCase()) &&
    (provider === "" || generation.provider_name === provider) &&
    (key === "" || generation.key_id === key)
  );
}

/** Ids begin with the moment of admission, so that their order is the list's. */
function isNewer(one: Generation, other: Generation): boolean {
  return one.id > other.id;
}

/** Puts generations that ended into the pages where they belong; those that are there already stay as they are. */
export function withArrivals(kept: KeptPages, arrivals: readonly Generation[]): KeptPages {
  let { pages } = kept;
  for (const arrival of arrivals) pages = withArrival(pages, arrival);
  return pages === kept.pages ? kept : { ...kept, pages };
}

function withArrival(pages: GenerationPage[], arrival: Generation): GenerationPage[] {
  const last = pages.at(-1);
  const place = pages.findIndex(({ data }) => data.some((known) => !isNewer(known, arrival)));
  if (place === -1 && last !== undefined && last.next_cursor !== null) return pages; // it comes with a later page
  const at = place === -1 ? pages.length - 1 : place;
  const page = pages[at];
  if (page === undefined) return pages;
  const before = page.data.findIndex((known) => !isNewer(known, arrival));
  const index = before === -1 ? page.data.length : before;
  if (page.data[index]?.id === arrival.id) return pages;
  return pages.with(at, { ...page, data: page.data.toSpliced(index, 0, arrival) });
}

/** Takes in the newest page after a while in which nothing was told; where it does not reach what is kept, it is all that is kept. */
export function withNewest(kept: KeptPages, newest: GenerationPage): KeptPages {
  const known = new Set(kept.pages.flatMap(({ data }) => data.map(({ id }) => id)));
  const reaches = newest.next_cursor === null || newest.data.some(({ id }) => known.has(id));
  return reaches ? withArrivals(kept, newest.data) : { pages: [newest], pageParams: [undefined] };
}

/** Whether something told live is a generation, as far as the list needs it. */
export function isGeneration(told: unknown): told is Generation {
  if (typeof told !== "object" || told === null) return false;
  const { id, model, cost } = told as Partial<Record<keyof Generation, unknown>>;
  return typeof id === "string" && typeof model === "string" && typeof cost === "string";
}
