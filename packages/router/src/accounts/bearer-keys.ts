// Who is calling: bearer keys verified once and remembered until they end.
import { hash } from "node:crypto";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import type { VerifiedKey } from "@aimo-network/protocol/keys/verify-key";
import { verifyKey } from "@aimo-network/protocol/keys/verify-key";
import { LRUCache } from "lru-cache";
import { KEYS_CACHED_MAX } from "../limits.ts";

/** What a caller wants to do with its key. */
export type Purpose = "serve" | "spend";

/** Verifies the keys of callers and providers. */
export interface BearerKeys {
  /** The key of an `Authorization: Bearer …` or `x-api-key` value, allowed to do this; throws what to answer otherwise. */
  authenticate(bearer: string | undefined, purpose: Purpose): Promise<VerifiedKey>;
}

/** How a router treats keys. */
export interface BearerKeyRules {
  readonly routerId: string;
  /** Whether first-generation keys may spend: any router that saw one could replay it (api-keys.md). */
  readonly acceptV1Spending: boolean;
}

function checkPurpose(key: VerifiedKey, purpose: Purpose, rules: BearerKeyRules): void {
  if (!key.scopes.includes("completion_model")) throw new AimoError("scope_missing", { scope: "completion_model" });
  if (purpose === "serve") return;
  if (key.spending.kind === "earn_only") throw new AimoError("earn_only_key", {});
  if (key.version === 1 && !rules.acceptV1Spending) throw new AimoError("v1_key_cannot_spend", {});
}

/** Where a request's headers may carry a bearer. */
export interface BearerHeaders {
  readonly authorization?: string | undefined;
  readonly "x-api-key"?: string | readonly string[] | undefined;
}

/** Reads the key out of an `Authorization` header; undefined where there is none. */
export function readBearer(authorization: string | undefined): string | undefined {
  const match = /^bearer +(\S+) *$/i.exec(authorization ?? "");
  return match?.[1];
}

/** The bearer that a request's headers carry, as OpenAI's clients send it or as Anthropic's do; undefined where there is none. */
export function bearerOf(headers: BearerHeaders): string | undefined {
  const own = headers["x-api-key"];
  return readBearer(headers.authorization) ?? (typeof own === "string" ? own : undefined);
}

/** Creates the router's keyring; it remembers `cachedMax` keys. */
export function createBearerKeys(clock: Clock, rules: BearerKeyRules, cachedMax = KEYS_CACHED_MAX): BearerKeys {
  const verified = new LRUCache<string, VerifiedKey>({ max: cachedMax });
  const verify = async (bearer: string): Promise<VerifiedKey> => {
    const digest = hash("sha256", bearer, "base64");
    const remembered = verified.get(digest);
    if (remembered !== undefined && clock.now() < remembered.expiresAtMs) return remembered;
    const key = await verifyKey(bearer, { routerId: rules.routerId, nowMs: clock.now() });
    verified.set(digest, key);
    return key;
  };
  return {
    async authenticate(bearer, purpose) {
      if (bearer === undefined || bearer === "") throw new AimoError("missing_key", {});
      const key = await verify(bearer);
      checkPurpose(key, purpose, rules);
      return key;
    },
  };
}
