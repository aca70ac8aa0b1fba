// What a router's providers ask for a model, whoever its author is said to be.
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { listIn, objectIn, textIn } from "@aimo-network/protocol/told-members";
import { PRICED_MODELS_MAX } from "../limits.ts";
import type { Router } from "../network/find-router.ts";
import { medianPrice, tokenPrice } from "./token-price.ts";

/** The middle of what is asked, in USDC per million tokens. */
export interface MarketPrice {
  readonly prompt: MicroUsdc;
  readonly completion: MicroUsdc;
  /** Offers it is the middle of. */
  readonly offers: number;
}

function hasSlug(id: string, slug: string): boolean {
  return id.toLowerCase().endsWith(`/${slug.toLowerCase()}`);
}

async function pricesOf({ client }: Router, id: string): Promise<readonly unknown[]> {
  const path = `/api/v1/models/${id.split("/").map(encodeURIComponent).join("/")}/endpoints`;
  const { response, body } = await client.callWhole(path);
  return response.ok
    ? (listIn(objectIn(body, "data"), "endpoints") ?? []).map((each) => objectIn(each, "pricing"))
    : [];
}

function pricesNamed(pricings: readonly unknown[], name: string): readonly MicroUsdc[] {
  return pricings.flatMap((pricing) => tokenPrice(textIn(pricing, name)) ?? []);
}

/** The median price of the router's offers with this slug; undefined where nobody sells one. */
export async function marketPrice(router: Router, slug: string): Promise<MarketPrice | undefined> {
  const answer = await router.client.call("/api/v1/models", { query: { q: slug } });
  const ids = (listIn(answer, "data") ?? []).flatMap((model) => textIn(model, "id") ?? []);
  const same = ids.filter((id) => hasSlug(id, slug)).slice(0, PRICED_MODELS_MAX);
  const pricings = (await Promise.all(same.map((id) => pricesOf(router, id)))).flat();
  const prompts = pricesNamed(pricings, "prompt");
  const [prompt, completion] = [medianPrice(prompts), medianPrice(pricesNamed(pricings, "completion"))];
  return prompt === undefined || completion === undefined ? undefined : { prompt, completion, offers: prompts.length };
}
