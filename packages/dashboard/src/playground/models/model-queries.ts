// Models of this router that write text, asked by name.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { answerOf, routerApi } from "../../api/router-api.ts";
import { MODELS_LISTED_MAX } from "../limits.ts";
import type { ListedModel, ModelFacts } from "./model-facts.ts";
import { baseName, factsOf } from "./model-facts.ts";

async function findModels(words: string): Promise<{ readonly models: readonly ListedModel[]; readonly count: number }> {
  const query = { output_modalities: "text", limit: MODELS_LISTED_MAX, ...(words !== "" && { q: words }) };
  const { data, total_count: count } = await answerOf(routerApi.GET("/api/v1/models", { params: { query } }));
  return { models: data, count };
}

/** Models whose names have these words, the first of them, and how many there are. */
export function useFoundModels(words: string): {
  readonly models: readonly ListedModel[] | undefined;
  readonly count: number;
  readonly error: unknown;
  readonly retry: () => void;
} {
  const { data, error, refetch } = useQuery({
    queryKey: ["models", "to-talk-to", words],
    queryFn: () => findModels(words),
    placeholderData: keepPreviousData,
  });
  return { models: data?.models, count: data?.count ?? 0, error, retry: () => void refetch() };
}

/** What is known of a model; null where the router lists none of this name, undefined while it is asked. */
export function useModelFacts(model: string | undefined): ModelFacts | null | undefined {
  const name = model === undefined ? "" : baseName(model);
  const { data } = useQuery({
    queryKey: ["models", "to-talk-to", name],
    queryFn: () => findModels(name),
    enabled: name !== "",
  });
  if (data === undefined) return name === "" ? null : undefined;
  const found = data.models.find(({ id }) => id === name);
  return found === undefined ? null : factsOf(found);
}
