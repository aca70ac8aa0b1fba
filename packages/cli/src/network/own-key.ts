// The key that a command signs for its own calls: for one router, for minutes, never written down.
import type { Scope, Spending } from "@aimo-network/protocol/keys/key-content";
import { signKey } from "@aimo-network/protocol/keys/sign-key";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import type { CommandContext } from "../context.ts";
import { OWN_KEY_MS } from "../limits.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";

/** What the key is for. */
export interface OwnKeyWish {
  readonly scopes: readonly Scope[];
  /** It reads and serves, and cannot spend; a key with the scope `keys` cannot be one. */
  readonly isEarnOnly: boolean;
  /** What it may spend at most, where it may spend. */
  readonly usageLimit?: MicroUsdc;
  readonly validForMs?: number;
}

function spendingOf({ isEarnOnly, usageLimit }: OwnKeyWish): Spending {
  if (isEarnOnly) return { kind: "earn_only" };
  return usageLimit === undefined ? { kind: "unlimited" } : { kind: "limited", limit: usageLimit };
}

/** Signs a key that is bound to the router and ends by itself; it lives in memory only. */
export async function ownKey(
  { clock }: Pick<CommandContext, "clock">,
  routerId: string,
  { wallet }: Pick<CommandWallet, "wallet">,
  wish: OwnKeyWish,
): Promise<string> {
  const { scopes, validForMs = OWN_KEY_MS } = wish;
  return await signKey(
    wallet,
    { version: 2, createdAtMs: clock.now(), validForMs, spending: spendingOf(wish), scopes },
    routerId,
  );
}
