// What a router says about one provider: whether it is connected, and where each of its offers stands and why.
import { isJsonObject } from "@aimo-network/protocol/json-object";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { safeLine } from "@aimo-network/protocol/safe-line";
import { countIn, listIn, objectIn, textIn } from "@aimo-network/protocol/told-members";
import { CommandFault } from "../fault.ts";
import { PROVIDER_MODELS_SHOWN_MAX, PROVIDER_QUESTIONS_AT_ONCE } from "../limits.ts";
import type { Router } from "../network/find-router.ts";
import { tokenPrice } from "./token-price.ts";

/** An offer as its router sells it. */
export interface OwnOffer {
  readonly model: string;
  /** USDC per million tokens. */
  readonly promptPrice: MicroUsdc | undefined;
  readonly completionPrice: MicroUsdc | undefined;
  /** Of the model's traffic, 0 to 1, as the router wrote it. */
  readonly share: string;
  readonly tier: string;
  readonly verdict: string;
  readonly isNew: boolean;
  /** Percent of the attempts of a day that succeeded. */
  readonly success: string | undefined;
  /** Milliseconds to the first output, the median of half an hour. */
  readonly latencyMs: string | undefined;
  readonly freeSlots: number | undefined;
  readonly reasons: readonly { readonly code: string; readonly words: string }[];
}

/** A provider as its router sees it. */
export interface ProviderStanding {
  readonly wallet: string;
  readonly links: number;
  readonly since: string | undefined;
  readonly uptime: string | undefined;
  readonly offers: readonly OwnOffer[];
  /** Models beyond those that are listed. */
  readonly unlisted: number;
}

/** The wallet that a key belongs to, as the router has it; throws what the router says of a key that it does not take. */
export async function walletOfKey({ client }: Router, key: string): Promise<string> {
  const answer = await client.call("/api/v1/key", { bearer: key, what: "The router does not take the key." });
  const wallet = textIn(objectIn(answer, "data"), "creator_user_id");
  if (wallet !== undefined) return safeLine(wallet);
  throw new CommandFault({
    what: "The router does not say whose the key is.",
    why: "its answer has no `creator_user_id`.",
    next: "Compare the versions: aimo --version, and `version` in the router's /.well-known/aimo.json.",
    reason: "refused",
  });
}

/** A number as it was written: exact JSON keeps what is no whole number as text. */
function numberIn(value: unknown, name: string): string | undefined {
  const text = countIn(value, name)?.toString() ?? textIn(value, name);
  return text !== undefined && /^\d{1,15}(?:\.\d{1,20})?(?:e-\d{1,2})?$/.test(text) ? text : undefined;
}

function offerFrom(endpoint: unknown, model: string): OwnOffer {
  const [aimo, pricing] = [objectIn(endpoint, "aimo"), objectIn(endpoint, "pricing")];
  const reasons = (listIn(aimo, "reasons") ?? []).map((reason) => ({
    code: safeLine(textIn(reason, "code") ?? "", WORD_CHARS_MAX),
    words: safeLine(textIn(reason, "words") ?? ""),
  }));
  return {
    model,
    promptPrice: tokenPrice(textIn(pricing, "prompt")),
    completionPrice: tokenPrice(textIn(pricing, "completion")),
    share: numberIn(aimo, "share") ?? "0",
    tier: safeLine(textIn(aimo, "tier") ?? "unknown", WORD_CHARS_MAX),
    verdict: safeLine(textIn(aimo, "verdict") ?? "unknown", WORD_CHARS_MAX),
    isNew: aimo["is_new"] === true,
    success: numberIn(endpoint, "uptime_last_1d"),
    latencyMs: numberIn(objectIn(endpoint, "latency_last_30m"), "p50"),
    freeSlots: countIn(aimo, "free_slots"),
    reasons,
  };
}

const WORD_CHARS_MAX = 40;

async function offersOf({ client }: Router, wallet: string, model: string): Promise<readonly OwnOffer[]> {
  const path = `/api/v1/models/${model.split("/").map(encodeURIComponent).join("/")}/endpoints`;
  const { response, body } = await client.callWhole(path);
  if (response.status === 404) return []; // it left the market between the two questions
  const endpoints = listIn(objectIn(body, "data"), "endpoints") ?? [];
  return endpoints
    .filter((each) => isJsonObject(each) && textIn(each, "provider_name") === wallet)
    .map((each) => offerFrom(each, safeLine(model)));
}

async function allOffers(router: Router, wallet: string, models: readonly string[]): Promise<readonly OwnOffer[]> {
  const found: (readonly OwnOffer[])[] = [];
  const waiting = [...models.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      found[next[0]] = await offersOf(router, wallet, next[1]);
    }
  };
  await Promise.all(Array.from({ length: PROVIDER_QUESTIONS_AT_ONCE }, work));
  return found.flat();
}

/** Asks the router about a provider; undefined where it is not connected. */
export async function standingOf(router: Router, wallet: string): Promise<ProviderStanding | undefined> {
  const { response, body } = await router.client.callWhole(`/api/v1/providers/${encodeURIComponent(wallet)}`);
  if (response.status === 404) return undefined;
  const data = objectIn(body, "data");
  const models = (listIn(data, "models") ?? []).filter((model) => typeof model === "string");
  const listed = models.slice(0, PROVIDER_MODELS_SHOWN_MAX);
  return {
    wallet,
    links: countIn(data, "links") ?? 0,
    since: textIn(data, "connected_since"),
    uptime: numberIn(data, "uptime_last_1d"),
    offers: await allOffers(router, wallet, listed),
    unlisted: models.length - listed.length,
  };
}
