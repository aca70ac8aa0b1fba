// OpenRouter's `provider` object for the OpenAPI document; it is checked by `provider-preferences.ts`.
import type { TSchema } from "typebox";
import { Type } from "typebox";
import { DATA_COLLECTION, QUANTIZATIONS } from "@aimo-network/protocol/wire/offer";
import { PROVIDERS_NAMED_MAX } from "../../market/limits.ts";

const Closed = { additionalProperties: false };

function open<Schema extends TSchema>(schema: Schema) {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

const Flag = Type.Boolean();

function providers(description: string) {
  const Provider = Type.String({ description: "A provider's wallet, or `<wallet>:<slug>`" });
  return open(Type.Array(Provider, { maxItems: PROVIDERS_NAMED_MAX, description }));
}

const Usdc = Type.Union([Type.String({ pattern: "^[0-9]{1,13}(\\.[0-9]{1,30})?$" }), Type.Number({ minimum: 0 })]);

function price(per: string) {
  return open({ ...Usdc, description: `USDC ${per}` });
}

const SortWord = Type.Enum(["price", "throughput", "latency"]);

function percentiles(description: string) {
  const Threshold = Type.Number({ minimum: 0 });
  const each = { p50: open(Threshold), p75: open(Threshold), p90: open(Threshold), p99: open(Threshold) };
  return open(Type.Union([Threshold, Type.Object(each, Closed)], { description }));
}

/** Whom to ask, in which order, and at what price; null and what is left out leave it to the router. */
export const ProviderPreferencesShape = Type.Object(
  {
    order: providers("Asked first, in this order; the others come after them"),
    only: providers("Nobody else is asked"),
    ignore: providers("Not asked"),
    allow_fallbacks: open({ ...Flag, description: "False: one provider is asked, and its error is the answer" }),
    require_parameters: open({ ...Flag, description: "Only offers that support every parameter of the request" }),
    data_collection: open(
      Type.Enum(DATA_COLLECTION, {
        description: "`deny`: only offers that neither learn from prompts nor give them away",
      }),
    ),
    zdr: open({ ...Flag, description: "Only offers that keep nothing when the answer has ended" }),
    enforce_distillable_text: open({ ...Flag, description: "True is refused: this router does not know" }),
    quantizations: open(Type.Array(Type.Enum(QUANTIZATIONS), { maxItems: QUANTIZATIONS.length })),
    sort: open(
      Type.Union([
        SortWord,
        Type.Object({ by: open(SortWord), partition: open(Type.Enum(["model", "none"])) }, Closed),
      ]),
    ),
    max_price: open(
      Type.Object(
        {
          prompt: price("per million prompt tokens"),
          completion: price("per million completion tokens"),
          request: price("per request"),
          image: price("per image"),
          audio: price("per recording; no offer has such a price"),
        },
        Closed,
      ),
    ),
    preferred_max_latency: percentiles(
      "Seconds to the first output, at p50 or by percentile; slower offers come later",
    ),
    preferred_min_throughput: percentiles("Tokens a second, at p50 or by percentile; slower offers come later"),
  },
  Closed,
);
