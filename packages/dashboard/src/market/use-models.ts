// The list of models as it is searched: a page at a time, more when the end comes near.
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { answerOf, routerApi } from "../api/router-api.ts";
import { PAGE_MODELS, PAGE_MODELS_MAX } from "./limits.ts";
import { modelsAsked } from "./market-search.ts";
import type { MarketSearch } from "./market-search.ts";

async function askModels(search: MarketSearch, offset: number, limit: number, signal: AbortSignal) {
  const query = { ...modelsAsked(search), offset, limit };
  return answerOf(routerApi.GET("/api/v1/models", { params: { query }, signal }));
}

/** One model as the router lists it. */
export type ModelFacts = Awaited<ReturnType<typeof askModels>>["data"][number];

/** The models found so far. */
export interface FoundModels {
  /** Undefined while the first page loads. */
  readonly models: readonly ModelFacts[] | undefined;
  /** How many there are, loaded or not; undefined while it is not known. */
  readonly total: number | undefined;
  readonly fault: Error | null;
  /** Whether what is shown answers an earlier search, since this one's answer is on its way. */
  readonly isOld: boolean;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  loadMore(): void;
  retry(): void;
}

/** A list may move between two pages: whoever comes twice is shown once. */
function eachOnce(models: readonly ModelFacts[]): readonly ModelFacts[] {
  return [...new Map(models.map((model) => [model.id, model])).values()];
}

/** Searches the models. */
export function useModels(search: MarketSearch): FoundModels {
  const onlyVerified = search.verified === true;
  const limit = onlyVerified ? PAGE_MODELS_MAX : PAGE_MODELS;
  const asked = useInfiniteQuery({
    queryKey: ["models", "market", modelsAsked(search), limit],
    queryFn: ({ pageParam, signal }) => askModels(search, pageParam, limit, signal),
    initialPageParam: 0,
    getNextPageParam: ({ data, links }, _pages, offset) => (links.next === null ? undefined : offset + data.length),
    placeholderData: keepPreviousData,
  });
  const { data, error, isFetchingNextPage, fetchNextPage, isPlaceholderData: isOld } = asked;
  const models = useMemo(() => {
    const loaded = data && eachOnce(data.pages.flatMap((page) => page.data));
    return onlyVerified ? loaded?.filter(({ aimo }) => aimo.verified > 0) : loaded;
  }, [data, onlyVerified]);
  const listed = data?.pages.at(-1)?.total_count;
  const hasMore = asked.hasNextPage && !isOld;
  return {
    models,
    total: onlyVerified ? (hasMore ? undefined : models?.length) : listed,
    fault: error,
    isOld,
    hasMore,
    isLoadingMore: isFetchingNextPage,
    loadMore: () => {
      // One at a time, and none after a fault until somebody asks for it: each drawing calls this.
      if (hasMore && !isFetchingNextPage && error === null) void fetchNextPage({ cancelRefetch: false });
    },
    retry: () => void (asked.isFetchNextPageError ? fetchNextPage() : asked.refetch()),
  };
}
