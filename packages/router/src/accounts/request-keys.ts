// The key of a request: verified once, however many hooks and handlers ask for it.
import type { VerifiedKey } from "@aimo-network/protocol/keys/verify-key";
import type { BearerKeys, Purpose } from "./bearer-keys.ts";
import { readBearer } from "./bearer-keys.ts";

/** A request, as far as it shows a key. */
export interface KeyedRequest {
  readonly headers: {
    readonly authorization?: string | undefined;
    readonly "x-api-key"?: string | string[] | undefined;
  };
}

/** Creates what rooms ask for the key of a request; throws what to answer where it has none that may do this. */
export function createRequestKeys(keys: BearerKeys): (request: KeyedRequest, purpose: Purpose) => Promise<VerifiedKey> {
  const known = new WeakMap<KeyedRequest, VerifiedKey>();
  return async (request, purpose) => {
    const own = request.headers["x-api-key"];
    const bearer = readBearer(request.headers.authorization) ?? (typeof own === "string" ? own : undefined);
    const key = await keys.authenticate(bearer, purpose, known.get(request));
    known.set(request, key);
    return key;
  };
}
