// The list of generations for its component: pages as they are asked for, and those that end meanwhile.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { watchGenerations } from "../api/live-events.ts";
import { askGenerations, generationsQuery } from "./activity-queries.ts";
import type { Generation } from "./generation.ts";
import { isGeneration, isListed, withArrivals, withNewest } from "./generation-list.ts";
import type { GenerationFilter, KeptPages } from "./generation-list.ts";
import { ARRIVALS_HELD_MAX } from "./limits.ts";

/** The list as it is now. */
export interface ListedGenerations {
  /** The newest first; undefined until the first page is there. */
  readonly generations: readonly Generation[] | undefined;
  readonly fault: unknown;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  /** How many ended while somebody was reading further down: they are not listed yet, so that nothing jumps. */
  readonly held: number;
  loadMore(): void;
  /** Lists those that were held back. */
  release(): void;
  retry(): void;
}

/** Lists what a filter lets through. `isReading` says whether somebody reads further down than the newest. */
export function useGenerations(filter: GenerationFilter, isReading: () => boolean): ListedGenerations {
  const asking = useQueryClient();
  const options = useMemo(() => generationsQuery(filter), [filter]);
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(options);
  const [held, setHeld] = useState<readonly Generation[]>([]);
  const place = useRef({ isReading, filter });
  place.current = { isReading, filter };

  const add = useCallback(
    (arrivals: readonly Generation[]) =>
      void asking.setQueryData<KeptPages>(options.queryKey, (kept) => kept && withArrivals(kept, arrivals)),
    [asking, options],
  );
  const catchUp = useCallback(async () => {
    if (asking.getQueryData(options.queryKey) === undefined) return; // the first page is on its way
    const newest = await askGenerations(place.current.filter, undefined).catch(() => undefined);
    if (newest === undefined) return;
    asking.setQueryData<KeptPages>(options.queryKey, (kept) => kept && withNewest(kept, newest));
  }, [asking, options]);

  useEffect(() => {
    setHeld([]);
    void catchUp(); // a list that was kept while another page was shown
    return watchGenerations({
      onGap: () => void catchUp(),
      onGeneration(told) {
        if (!isGeneration(told) || !isListed(place.current.filter, told)) return;
        if (place.current.isReading()) setHeld((before) => [told, ...before].slice(0, ARRIVALS_HELD_MAX));
        else add([told]);
      },
    });
  }, [add, catchUp]);

  const release = useCallback(() => {
    if (held.length >= ARRIVALS_HELD_MAX) void catchUp();
    else add(held);
    setHeld([]);
  }, [add, catchUp, held]);

  return {
    generations: useMemo(() => data?.pages.flatMap((page) => page.data), [data]),
    fault: error ?? undefined,
    hasMore: hasNextPage,
    isLoadingMore: isFetchingNextPage,
    held: held.length,
    loadMore: () => void fetchNextPage(),
    release,
    retry: () => void refetch(),
  };
}
