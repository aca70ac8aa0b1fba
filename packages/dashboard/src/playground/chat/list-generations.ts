// The wallet's newest generations of a model, asked of the router.
import { answerOf, routerApi } from "../../api/router-api.ts";
import { GENERATIONS_LOOKED_AT } from "../limits.ts";
import type { ListGenerations } from "./charge.ts";

const LISTED_NAME = /^[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+$/; // a provider's tag or `:floor` is none that can be listed

/** Asks for them; throws where nobody is signed in or nobody answers. */
export const listGenerations: ListGenerations = async (model, signal) => {
  const query = { limit: String(GENERATIONS_LOOKED_AT), ...(LISTED_NAME.test(model) && { model }) };
  const { data } = await answerOf(routerApi.GET("/api/v1/generations", { params: { query }, signal }));
  return data;
};
