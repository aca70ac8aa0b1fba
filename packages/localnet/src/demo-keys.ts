// The keys of the demo user and the demo provider, bound to the localnet's router.
import type { Clock } from "@aimo-network/protocol/clock";
import type { KeyContentV2, Spending } from "@aimo-network/protocol/keys/key-content";
import { SCOPES } from "@aimo-network/protocol/keys/key-content";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { signKey } from "@aimo-network/protocol/keys/sign-key";

const VALID_FOR_MS = 90 * 24 * 60 * 60 * 1000;

function demoKey(clock: Clock, tag: string, scopes: KeyContentV2["scopes"], spending: Spending): KeyContentV2 {
  return { version: 2, tag, createdAtMs: clock.now(), validForMs: VALID_FOR_MS, spending, scopes };
}

/** A key that may do everything a key can. */
export function makeUserKey(clock: Clock, wallet: Wallet, routerId: string): Promise<string> {
  return signKey(wallet, demoKey(clock, "demo_user", SCOPES, { kind: "unlimited" }), routerId);
}

/** An earn-only key: it serves models and never spends. */
export function makeProviderKey(clock: Clock, wallet: Wallet, routerId: string): Promise<string> {
  return signKey(wallet, demoKey(clock, "demo_provider", ["completion_model"], { kind: "earn_only" }), routerId);
}
