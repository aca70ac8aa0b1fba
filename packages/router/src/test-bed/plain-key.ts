// A key as the router has verified it, for tests that do not ask who may enter.
import type { VerifiedKey } from "@aimo-network/protocol/keys/verify-key";

/** Of the wallet `payer`: calls any model, without end and without a limit of its own. */
export const PLAIN_KEY: VerifiedKey = {
  id: "key",
  version: 2,
  wallet: "payer",
  scopes: ["completion_model"],
  spending: { kind: "unlimited" },
  createdAtMs: 0,
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  boundTo: "any",
};
