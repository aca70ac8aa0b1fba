// Makes a key that the wallet signs, and checks it as a router will, before anybody relies on it.
import { base58 } from "@scure/base";
import { assert } from "@aimo-network/protocol/assert";
import type { Clock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { KeyContentV2 } from "@aimo-network/protocol/keys/key-content";
import { signKey } from "@aimo-network/protocol/keys/sign-key";
import type { VerifiedKey } from "@aimo-network/protocol/keys/verify-key";
import { verifyKey } from "@aimo-network/protocol/keys/verify-key";
import { ConsoleFault } from "../../api/fault-words.ts";

/** Who signs, for which router, and when it is checked. */
export interface KeyMaking {
  readonly clock: Clock;
  /** The wallet's address in base58. */
  readonly wallet: string;
  readonly routerId: string;
  /** Has the wallet sign exactly these bytes; throws where its owner refuses. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** A key that was just made. */
export interface MadeKey {
  /** The secret text itself: shown once, kept nowhere. */
  readonly bearer: string;
  readonly key: VerifiedKey;
}

/** Makes a key of that content; throws `ConsoleFault` where the wallet refuses, or what it signed makes another key. */
export async function makeKey(content: KeyContentV2, { clock, wallet, routerId, sign }: KeyMaking): Promise<MadeKey> {
  try {
    const bearer = await signKey({ publicKey: base58.decode(wallet), sign }, content, routerId);
    const key = await verifyKey(bearer, { routerId, nowMs: clock.now() });
    assert(key.wallet === wallet && key.boundTo === routerId, "a key is its signer's, and good where it was bound");
    return { bearer, key };
  } catch (error) {
    if (!isAimoError(error, "bad_signature") && !isAimoError(error, "key_for_other_router")) throw error;
    throw new ConsoleFault(
      "The wallet signed something else than the text above.",
      "No key was made. Try again; if it stays, use a wallet that signs messages as they are, or `aimo keygen`.",
    );
  }
}
