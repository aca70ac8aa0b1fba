// The query string of the list of models, for the API's description, and the words it knows.
import { Type } from "typebox";
import { MODALITIES } from "@aimo-network/protocol/wire/offer";
import { LIST_PAGE_MAX } from "./limits.ts";

/** The orders a list can have; OpenRouter's other ones count what is not counted here. */
export const SORTS = [
  "newest",
  "pricing-low-to-high",
  "pricing-high-to-low",
  "context-high-to-low",
  "throughput-high-to-low",
  "latency-low-to-high",
] as const;
/** One of them. */
export type Sort = (typeof SORTS)[number];

/** OpenRouter's names of parameters. */
export const PARAMETERS: readonly string[] = [
  ...["temperature", "top_p", "top_k", "min_p", "top_a", "frequency_penalty", "presence_penalty", "repetition_penalty"],
  ...["max_tokens", "max_completion_tokens", "logit_bias", "logprobs", "top_logprobs", "prediction", "seed"],
  ...["response_format", "structured_outputs", "stop", "tools", "tool_choice", "parallel_tool_calls"],
  ...["include_reasoning", "reasoning", "reasoning_effort", "web_search_options", "verbosity"],
];

/** Kinds of output that may be asked for: ours, OpenRouter's, and all of them. */
export const OUTPUTS: readonly string[] = [
  ...MODALITIES,
  ...["embeddings", "rerank", "speech", "transcription", "all"],
];

const NO_SCORES = "This router keeps no scores of models: leave it out.";

/** What OpenRouter filters by and nobody tells this router: passing it over would list what was not asked for. */
export const NOT_KNOWN_HERE: readonly (readonly [param: string, advice: string])[] = [
  ["category", "Models have no categories here: search with `q`."],
  ["arch", "Offers do not say which family they are of: search with `q`."],
  ["distillable", "Offers do not say whether they may be distilled: leave it out."],
  ["region", "Offers do not say where they run: leave it out."],
  ["use_rss", "There is no feed: ask with `sort=newest`."],
  ["use_rss_chat_links", "There is no feed: ask with `sort=newest`."],
  ...["intelligence_index", "coding_index", "agentic_index", "tool_success_rate"].flatMap((score) => [
    [`min_${score}`, NO_SCORES] as const,
    [`max_${score}`, NO_SCORES] as const,
  ]),
];

const text = (description: string) => Type.Optional(Type.String({ description }));
const whole = (minimum: number, description: string, more: object = {}) =>
  Type.Optional(Type.Integer({ minimum, description, ...more }));
const price = (description: string) =>
  Type.Optional(Type.String({ pattern: "^(0|[1-9][0-9]{0,12})(\\.[0-9]{1,6})?$", description }));

const FilterShape = {
  q: text("Words of a model's name or id, without case"),
  supported_parameters: text(`With commas between; an offer must support all of them: ${PARAMETERS.join(", ")}`),
  input_modalities: text(`With commas between; an offer must take all of them: ${MODALITIES.join(", ")}`),
  output_modalities: text(`With commas between; an offer must give one of them: ${OUTPUTS.join(", ")}. Default: all`),
  model_authors: text("Authors, with commas between"),
  providers: text("Wallets of providers, with commas between: models that one of them sells"),
  zdr: Type.Optional(Type.Literal("true", { description: "Offers that say they keep nothing" })),
  context: whole(1, "The least context length, in tokens"),
  min_price: price("The least prompt price, in USDC per million tokens"),
  max_price: price("The highest prompt price, in USDC per million tokens"),
  min_output_price: price("The least completion price, in USDC per million tokens"),
  max_output_price: price("The highest completion price, in USDC per million tokens"),
  min_age_days: whole(0, "Days that a model has been on sale at least"),
  max_age_days: whole(0, "Days that a model has been on sale at most"),
};

/** The filters. */
export const ModelFilterShape = Type.Object(FilterShape);

/** Everything that may be asked of the list. */
export const ModelQueryShape = Type.Object({
  ...FilterShape,
  sort: Type.Optional(Type.Enum([...SORTS], { description: "Default: by id" })),
  offset: whole(0, "Models to pass over"),
  limit: whole(1, `Models to list, ${LIST_PAGE_MAX / 2} with \`offset\` alone; without both the list is whole`, {
    maximum: LIST_PAGE_MAX,
  }),
});
