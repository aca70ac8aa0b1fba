// What a client asks of the choice of provider: OpenRouter's `provider` object, read.
import type { MicroUsdc } from "@aimo-network/protocol/money";
import type { QUANTIZATIONS } from "@aimo-network/protocol/wire/offer";
import type { Percentiles } from "./health/offer-health.ts";

/** A provider as preferences name it: a wallet, and where it was `<wallet>:<slug>` its model. */
export interface NamedProvider {
  readonly wallet: string;
  /** In lower case. */
  readonly slug: string | undefined;
}

/** The dearest prices a client takes, in the units of `Price`. */
export interface MaxPrice {
  readonly prompt?: MicroUsdc;
  readonly completion?: MicroUsdc;
  readonly request?: MicroUsdc;
  readonly image?: MicroUsdc;
}

/** A client's wishes; what it left open has the value that changes nothing. */
export interface Preferences {
  /** Asked first, in this order. */
  readonly order: readonly NamedProvider[];
  /** Nobody else is asked. */
  readonly only: readonly NamedProvider[] | undefined;
  readonly ignore: readonly NamedProvider[];
  /** False: one provider is asked, and its error is the answer. */
  readonly allowFallbacks: boolean;
  /** Only offers that support every parameter of the request. */
  readonly requireParameters: boolean;
  /** `deny`: only offers that say they keep nothing to learn from. */
  readonly dataCollection: "allow" | "deny";
  /** Only offers that say they keep nothing at all. */
  readonly zdr: boolean;
  readonly quantizations: ReadonlySet<(typeof QUANTIZATIONS)[number]> | undefined;
  readonly sort: "price" | "throughput" | "latency" | undefined;
  /** `none`: the sort looks at all models of the request together. */
  readonly partition: "model" | "none";
  readonly maxPrice: MaxPrice | undefined;
  /** Milliseconds to the first output, by percentile; slower offers come after the others. */
  readonly maxLatencyMs: Partial<Percentiles> | undefined;
  /** Tokens a second, by percentile; slower offers come after the others. */
  readonly minThroughput: Partial<Percentiles> | undefined;
}

/** Nothing asked: what a request without `provider` has. */
export const NO_PREFERENCES: Preferences = {
  order: [],
  only: undefined,
  ignore: [],
  allowFallbacks: true,
  requireParameters: false,
  dataCollection: "allow",
  zdr: false,
  quantizations: undefined,
  sort: undefined,
  partition: "model",
  maxPrice: undefined,
  maxLatencyMs: undefined,
  minThroughput: undefined,
};
