// What the pages about selling ask the router; live events make these old (api/live-events.ts).
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answerOf, routerApi } from "../api/router-api.ts";
import { OFFERS_REFRESH_MS, WITHDRAWALS_PER_PAGE } from "./limits.ts";

/** Earnings; the data is the whole answer, into which live events write. */
export const earningsQuery = queryOptions({
  queryKey: ["earnings"],
  queryFn: ({ signal }) => answerOf(routerApi.GET("/api/v1/provider/earnings", { signal })),
});

/** What was served. */
export const servedQuery = queryOptions({
  queryKey: ["provider-activity"],
  queryFn: ({ signal }) => answerOf(routerApi.GET("/api/v1/provider/activity", { signal })),
});

/** Links and offers: shares and speeds change without an event, so that it is asked now and then. */
export const offeredQuery = queryOptions({
  queryKey: ["provider-offers"],
  queryFn: ({ signal }) => answerOf(routerApi.GET("/api/v1/provider/offers", { signal })),
  refetchInterval: OFFERS_REFRESH_MS,
});

/** What the chain says of the provider. */
export const accountQuery = queryOptions({
  queryKey: ["earnings", "account"],
  queryFn: ({ signal }) => answerOf(routerApi.GET("/api/v1/provider/account", { signal })),
});

/** Withdrawals, the newest first, page by page. */
export const withdrawalsQuery = infiniteQueryOptions({
  queryKey: ["earnings", "withdrawals"],
  queryFn: ({ pageParam, signal }) =>
    answerOf(
      routerApi.GET("/api/v1/provider/withdrawals", {
        params: { query: { limit: `${WITHDRAWALS_PER_PAGE}`, ...(pageParam !== "" && { cursor: pageParam }) } },
        signal,
      }),
    ),
  initialPageParam: "",
  getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
});
