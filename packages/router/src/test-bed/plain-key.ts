// A caller as the router knows it, for tests that do not ask who may enter.
import type { Caller } from "../accounts/caller.ts";

/** Of the wallet `payer`: calls any model, without end and without a limit of its own. */
export const PLAIN_KEY: Caller = {
  id: "key",
  kind: "signed",
  wallet: "payer",
  scopes: ["completion_model"],
  isEarnOnly: false,
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  allowedModels: undefined,
  keyNumber: 1,
  userNumber: 1,
};
