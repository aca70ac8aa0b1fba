// The balance at the router: one query for every part of the page, which live events keep up to date.
import { queryOptions } from "@tanstack/react-query";
import { answerOf, routerApi } from "./router-api.ts";
import { soundBalance } from "./sound-balance.ts";

/** The query of GET /api/v1/account/balance; its data is the whole answer. */
export const balanceQuery = queryOptions({
  queryKey: ["balance"],
  queryFn: ({ signal }) => answerOf(routerApi.GET("/api/v1/account/balance", { signal })),
  select: soundBalance, // also of what live events say
});
