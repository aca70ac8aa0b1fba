// The reading of the chain for every card of the page, and what the router says beside it.
import { queryOptions } from "@tanstack/react-query";
import { answerOf, routerApi } from "../api/router-api.ts";
import { readChain } from "./chain-reading.ts";
import { CHAIN_READ_MS, SOLVENCY_ASKED_MS } from "./limits.ts";

/** The query of what this browser reads on the chain about the router. */
export const chainQuery = queryOptions({
  queryKey: ["chain", "router"],
  queryFn: readChain,
  refetchInterval: CHAIN_READ_MS,
  retry: false, // its fault says what to do
});

/** The query of what the router says of its vault and its debts. */
export const solvencyQuery = queryOptions({
  queryKey: ["router-solvency"],
  queryFn: () => answerOf(routerApi.GET("/api/v1/router/solvency")),
  select: ({ data }) => data,
  refetchInterval: SOLVENCY_ASKED_MS,
});
