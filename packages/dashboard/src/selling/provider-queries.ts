// What the pages about selling ask the router; live events make these old (api/live-events.ts).
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answerOf, routerApi } from "../api/router-api.ts";
import { OFFERS_REFRESH_MS, WITHDRAWALS_PER_PAGE } from "./limits.ts";

/** Earnings; the data is the whole answer, into which live events write. */
export const earningsQuery = queryOptions({
  queryKey: ["earnings"],
  queryFn: () => answerOf(routerApi.GET("/api/v1/provider/earnings")),
});

/** What was served. */
export const servedQuery = queryOptions({
  queryKey: ["provider-activity"],
  queryFn: () => answerOf(routerApi.GET("/api/v1/provider/activity")),
});

/** Links and offers: shares and speeds change without an event, so that it is asked now and then. */
export const offeredQuery = queryOptions({
  queryKey: ["provider-offers"],
  queryFn: () => answerOf(routerApi.GET("/api/v1/provider/offers")),
  refetchInterval: OFFERS_REFRESH_MS,
});

/** What the chain says of the provider. */
export const accountQuery = queryOptions({
  queryKey: ["earnings", "account"],
  queryFn: () => answerOf(routerApi.GET("/api/v1/provider/account")),
});

/** Withdrawals, the newest first, page by page. */
export const withdrawalsQuery = infiniteQueryOptions({
  queryKey: ["earnings", "withdrawals"],
  queryFn: ({ pageParam }) =>
    answerOf(
      routerApi.GET("/api/v1/provider/withdrawals", {
        params: { query: { limit: `${WITHDRAWALS_PER_PAGE}`, ...(pageParam !== "" && { cursor: pageParam }) } },
      }),
    ),
  initialPageParam: "",
  getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
});
