// A config file prepared for serving: what every request needs is worked out once, and running requests keep theirs.
import type { Offer } from "@aimo-network/protocol/wire/offer";
import type { BodyRules } from "../crossing/body-rules.ts";
import { bodyRules } from "../crossing/body-rules.ts";
import type { SoldModel, Upstream } from "../config/model-section.ts";
import type { ProxyConfig } from "../config/proxy-config.ts";
import type { Timeouts } from "../config/timeouts-section.ts";
import { passingHeaders } from "../crossing/headers.ts";
import type { UpstreamAddress } from "./upstream.ts";
import { upstreamAddress } from "./upstream.ts";

/** A model as requests for it are served. */
export interface ServedModel {
  readonly name: string;
  /** Who answers, as errors name it: never the address. */
  readonly provider: string;
  /** The upstream's name of the model, as JSON. */
  readonly modelJson: string;
  readonly addresses: ReadonlyMap<string, UpstreamAddress>;
  /** Names and values in turn: credential, configured headers and what every call has. */
  readonly headers: readonly string[];
  /** Names of request headers that pass up. */
  readonly passing: readonly string[];
  readonly timeouts: Timeouts;
  readonly concurrencyMax: number;
}

/** What a config file means for serving. */
export interface Settings {
  readonly offers: readonly Offer[];
  /** By their names in lower case: names match without case. */
  readonly models: ReadonlyMap<string, ServedModel>;
  readonly rules: BodyRules;
  readonly concurrencyMax: number;
}

/** Prepares a config for serving. */
export function createSettings(config: ProxyConfig): Settings {
  const models = config.models.map((model) => servedModel(model, config.allowHeaders));
  return {
    offers: config.models.map(({ offer }) => offer),
    models: new Map(models.map((model) => [model.name.toLowerCase(), model])),
    rules: bodyRules(config.body.deny, config.maxN, config.media.allow),
    concurrencyMax: config.maxConcurrency,
  };
}

function servedModel({ offer, upstream, timeouts }: SoldModel, allowHeaders: readonly string[]): ServedModel {
  const headers = ownHeaders(upstream);
  return {
    name: offer.name,
    provider: offer.provider_name ?? offer.name,
    modelJson: JSON.stringify(upstream.model),
    addresses: new Map(offer.endpoints.map((path) => [path, upstreamAddress(upstream.apiBase, path)])),
    headers: [...headers].flat(),
    passing: passingHeaders(allowHeaders, new Set(headers.keys())),
    timeouts,
    concurrencyMax: offer.max_concurrency ?? Infinity,
  };
}

function ownHeaders({ apiKey, headers }: Upstream): Map<string, string> {
  const own = new Map(Object.entries(headers).map(([name, value]) => [name, value.reveal()]));
  own.set("content-type", "application/json");
  own.set("accept-encoding", "identity");
  if (apiKey !== undefined) own.set("authorization", `Bearer ${apiKey.reveal()}`);
  return own;
}
