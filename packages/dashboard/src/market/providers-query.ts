// Who sells on this router: asked once for every page that tells of it.
import { queryOptions } from "@tanstack/react-query";
import { answerOf, routerApi } from "../api/router-api.ts";

/** The query of GET /api/v1/providers; its data is the answer's list. */
export const providersQuery = queryOptions({
  queryKey: ["providers"],
  queryFn: async () => (await answerOf(routerApi.GET("/api/v1/providers"))).data,
});

/** A provider as the router lists it. */
export type ProviderFacts = Awaited<ReturnType<NonNullable<typeof providersQuery.queryFn>>>[number];
