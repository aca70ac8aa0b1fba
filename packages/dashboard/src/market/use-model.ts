// What is asked of one model: itself, its offers, and what they have cost.
import { useQuery } from "@tanstack/react-query";
import type { UseQueryResult } from "@tanstack/react-query";
import { answerOf, routerApi } from "../api/router-api.ts";
import { OFFERS_SHOWN_MS } from "./limits.ts";
import { modelParams } from "./model-path.ts";
import type { ModelFacts } from "./use-models.ts";

/** The model of this id, as the router lists it. */
export function useModel(id: string): UseQueryResult<ModelFacts> {
  return useQuery({
    queryKey: ["model", id],
    queryFn: () => answerOf(routerApi.GET("/api/v1/models/{author}/{slug}", { params: { path: modelParams(id) } })),
    select: ({ data }) => data,
  });
}

async function askOffers(id: string) {
  return answerOf(routerApi.GET("/api/v1/models/{author}/{slug}/endpoints", { params: { path: modelParams(id) } }));
}

/** One provider's offer of a model. */
export type OfferFacts = Awaited<ReturnType<typeof askOffers>>["data"]["endpoints"][number];

/** A model's offers, who gets most first; asked again and again where they are looked at. */
export function useOffers(id: string, isWatched: boolean): UseQueryResult<readonly OfferFacts[]> {
  return useQuery({
    queryKey: ["model", id, "endpoints"],
    queryFn: () => askOffers(id),
    select: ({ data }) => data.endpoints,
    refetchInterval: isWatched && OFFERS_SHOWN_MS,
  });
}

async function askPrices(id: string) {
  return answerOf(routerApi.GET("/api/v1/models/{author}/{slug}/prices", { params: { path: modelParams(id) } }));
}

/** What an offer has cost since when. */
export type PriceFacts = Awaited<ReturnType<typeof askPrices>>["data"]["prices"][number];

/** What a model's offers have cost since when, newest first. */
export function usePrices(id: string): UseQueryResult<readonly PriceFacts[]> {
  return useQuery({
    queryKey: ["model", id, "prices"],
    queryFn: () => askPrices(id),
    select: ({ data }) => data.prices,
  });
}
