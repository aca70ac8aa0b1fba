// A price as the ledger keeps it.
import { microUsdc } from "@aimo-network/protocol/money";
import type { Price } from "@aimo-network/protocol/price";

/** The columns of `prices`: 0 stands for an image or a request that costs nothing. */
export interface PriceRow {
  readonly prompt: bigint;
  readonly completion: bigint;
  readonly cache_read: bigint | null;
  readonly image: bigint;
  readonly request: bigint;
}

/** The price of a row. */
export function priceOf({ prompt, completion, cache_read, image, request }: PriceRow): Price {
  return {
    prompt: microUsdc(prompt),
    completion: microUsdc(completion),
    ...(cache_read !== null && { inputCacheRead: microUsdc(cache_read) }),
    image: microUsdc(image),
    request: microUsdc(request),
  };
}
