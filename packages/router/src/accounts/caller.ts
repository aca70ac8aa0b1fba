// Who calls: what a key that was let in is and may do, whichever kind of key it is.
import { AimoError } from "@aimo-network/protocol/errors";
import type { Scope } from "@aimo-network/protocol/keys/key-content";

/** What a caller wants to do with its key; `own` is to read about itself, which every key may. */
export type Purpose = "serve" | "spend" | "account" | "keys" | "own";

/** The caller behind a bearer key. */
export interface Caller {
  /** The key's id, by which logs, limits and revocations know it. */
  readonly id: string;
  /** Who made the key: a wallet, a wallet in the first generation's form, or this router; `console` is a session, without one. */
  readonly kind: "signed" | "first_generation" | "issued" | "console";
  /** The address, in base58, of the wallet that pays and earns. */
  readonly wallet: string;
  readonly scopes: readonly Scope[];
  /** Whether it may serve models and never spend. */
  readonly isEarnOnly: boolean;
  /** The first moment at which the key is no longer valid; `Infinity` where it has no end. */
  readonly expiresAtMs: number;
  /** Ids of the only models it may call; undefined where it may call all. */
  readonly allowedModels: ReadonlySet<string> | undefined;
  /** The key's number in the ledger. */
  readonly keyNumber: number;
  /** The wallet's number in the ledger. */
  readonly userNumber: number;
}

function requireScope({ scopes }: Caller, scope: Scope): void {
  if (!scopes.includes(scope)) throw new AimoError("scope_missing", { scope });
}

/** Throws what to answer where the caller may not do this; the ledger has the last word on spending. */
export function checkPurpose(caller: Caller, purpose: Purpose, acceptsV1Spending: boolean): void {
  if (purpose === "own") return;
  if (purpose === "account" || purpose === "keys") {
    requireScope(caller, purpose);
    return;
  }
  requireScope(caller, "completion_model");
  if (purpose === "serve") {
    if (caller.kind === "issued") throw new AimoError("issued_key_cannot_serve", {});
    return;
  }
  if (caller.isEarnOnly) throw new AimoError("earn_only_key", {});
  if (caller.kind === "first_generation" && !acceptsV1Spending) throw new AimoError("v1_key_cannot_spend", {});
}
