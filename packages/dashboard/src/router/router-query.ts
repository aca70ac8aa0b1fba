// What the router says of itself: asked once for every page.
import { queryOptions } from "@tanstack/react-query";
import { answerOf, routerApi } from "../api/router-api.ts";
import { ROUTER_KEPT_MS } from "./limits.ts";

/** The query of GET /api/v1/router; its data is the answer's `data`. */
export const routerQuery = queryOptions({
  queryKey: ["router"],
  queryFn: async () => (await answerOf(routerApi.GET("/api/v1/router"))).data,
  staleTime: ROUTER_KEPT_MS,
});

/** A router as it describes itself. */
export type RouterFacts = Awaited<ReturnType<NonNullable<typeof routerQuery.queryFn>>>;
