// The models of this router, for a key's bounds and for who is about to name a price.
import { queryOptions } from "@tanstack/react-query";
import { answerOf, routerApi } from "../api/router-api.ts";
import { perMillion } from "../ui/amount-text.ts";
import { MODELS_ASKED_MAX } from "./limits.ts";

/** A model on sale; the prices of its cheapest offer in decimal USDC per million tokens. */
export interface ModelOnSale {
  readonly id: string;
  readonly prompt: string;
  readonly completion: string;
}

/** The question for every model on sale, in the order of their ids. */
export const modelsOnSaleQuery = queryOptions({
  queryKey: ["models", "keys"],
  queryFn: async ({ signal }) => {
    const query = { limit: MODELS_ASKED_MAX };
    return await answerOf(routerApi.GET("/api/v1/models", { params: { query }, signal }));
  },
  select: ({ data }) =>
    data.map(({ id, pricing }): ModelOnSale => ({
      id,
      prompt: perMillion(pricing.prompt),
      completion: perMillion(pricing.completion),
    })),
});
