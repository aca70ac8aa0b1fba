// What a key's signature proves, without asking anybody.
import { base58 } from "@scure/base";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { SignedKey } from "@aimo-network/protocol/keys/key-layout";
import { isRouterId } from "@aimo-network/protocol/keys/key-message";
import { verifySignedKey } from "@aimo-network/protocol/keys/verify-key";
import type { CommandContext } from "../context.ts";
import { readKnownRouters } from "../network/known-routers.ts";
import { knownRoutersFile } from "../settings/places.ts";

/** How sure it is that the wallet signed the key, and for which router: an id, or any. */
export interface Proof {
  readonly signature: "valid" | "unproven" | "wrong";
  readonly boundTo?: string;
}

/** Tries the router that is asked about, those that were used before, and `any`: a key does not say where it is bound. */
export async function provenBinding(
  { environment }: Pick<CommandContext, "environment">,
  key: SignedKey,
  routerId: string | undefined,
): Promise<Proof> {
  const used = readKnownRouters(knownRoutersFile(environment)).flatMap(({ id }) => (isRouterId(id) ? [id] : []));
  const some = base58.encode(key.signer); // an id like any other, for keys that are bound to none
  for (const id of new Set([...(routerId === undefined ? [] : [routerId]), ...used, some])) {
    try {
      // Whether it has expired is told beside: the signature is judged as of its first moment.
      const { boundTo } = await verifySignedKey(key, { routerId: id, nowMs: key.createdAtMs });
      return { signature: "valid", boundTo };
    } catch (error) {
      if (isAimoError(error, "bad_signature")) return { signature: "wrong" };
      if (!isAimoError(error, "key_for_other_router")) throw error;
    }
  }
  return { signature: "unproven" };
}
