// Where the prices of one's offers stand: one public question for each model.
import { useQueries } from "@tanstack/react-query";
import { answerOf, routerApi } from "../../api/router-api.ts";
import { modelParams } from "../../market/model-path.ts";
import type { Offer } from "../answers.ts";
import { positionOf } from "./market-position.ts";
import type { MarketPosition } from "./market-position.ts";

/** The positions by the offers' tags; what is not answered yet, or cannot be, is missing. */
export function usePositions(offers: readonly Offer[]): ReadonlyMap<string, MarketPosition | undefined> {
  const models = [...new Set(offers.map(({ model_id: model }) => model))];
  const answers = useQueries({
    queries: models.map((model) => ({
      queryKey: ["model", model, "positions"],
      queryFn: () =>
        answerOf(routerApi.GET("/api/v1/models/{author}/{slug}/endpoints", { params: { path: modelParams(model) } })),
    })),
  });
  const found = new Map<string, MarketPosition | undefined>();
  for (const offer of offers) {
    const answer = answers[models.indexOf(offer.model_id)]?.data;
    if (answer !== undefined) found.set(offer.tag, positionOf(offer, answer.data.endpoints));
  }
  return found;
}
