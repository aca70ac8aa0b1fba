// Prices of a router's lists, which are per token there, as people compare them: per million tokens.
import { formatMicroUsdc, microUsdc } from "@aimo-network/protocol/money";
import type { JsonObject } from "@aimo-network/protocol/json-object";
import { textIn } from "@aimo-network/protocol/told-members";

const PER_TOKEN = /^(\d{1,7})(?:\.(\d{1,12}))?$/;

/** USDC per token as USDC per million tokens, exactly: the decimal point six places on. */
export function perMillion(perToken: string | undefined): string | undefined {
  const [, whole, fraction = ""] = PER_TOKEN.exec(perToken ?? "") ?? [];
  return whole === undefined ? undefined : formatMicroUsdc(microUsdc(BigInt(whole + fraction.padEnd(12, "0"))));
}

/** Prices of one offer: USDC per million tokens, and for each request and image; undefined where a router writes none. */
export interface ShownPrice {
  readonly prompt: string | undefined;
  readonly completion: string | undefined;
  readonly cached: string | undefined;
  readonly request: string | undefined;
  readonly image: string | undefined;
  /** What comes on top, in words; empty for most. */
  readonly more: string;
}

const EACH = /^\d{1,7}(?:\.\d{1,6})?$/;

/** A price for each of something; undefined where it costs nothing on top. */
function priceOfEach(pricing: JsonObject, name: string): string | undefined {
  const price = textIn(pricing, name);
  return price === undefined || !EACH.test(price) || /^[0.]+$/.test(price) ? undefined : price;
}

/** Reads the `pricing` of a model or an endpoint. */
export function readPrice(pricing: JsonObject): ShownPrice {
  const [request, image] = [priceOfEach(pricing, "request"), priceOfEach(pricing, "image")];
  const more = Object.entries({ request, image }).flatMap(([name, price]) =>
    price === undefined ? [] : [`${price} each ${name}`],
  );
  return {
    prompt: perMillion(textIn(pricing, "prompt")),
    completion: perMillion(textIn(pricing, "completion")),
    cached: perMillion(textIn(pricing, "input_cache_read")),
    request,
    image,
    more: more.join(", "),
  };
}
