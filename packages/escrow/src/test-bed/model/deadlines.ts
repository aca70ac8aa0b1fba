// The moments at which something of the accounts falls due, so that a test can stand right before, on and behind them.
import { exitDeadline } from "./allowance.ts";
import type { Account, Config, Escrow, Key, Provider } from "./records.ts";

/** Everything that waits for a moment, by what it is. */
export const DEADLINE_KINDS = [
  "allowance notice",
  "allowance expiry",
  "user exit",
  "close",
  "provider exit",
  "payout",
  "params",
  "roles",
  "admin",
  "pause of deposits",
  "pause of settlements",
  "pause of withdrawals",
  "rest of deposits",
  "rest of settlements",
  "rest of withdrawals",
  "window",
] as const;

/** What kind of thing falls due. */
export type DeadlineKind = (typeof DEADLINE_KINDS)[number];

/** A moment at which something of an account falls due. */
export interface Deadline {
  readonly kind: DeadlineKind;
  /** Seconds, or for "close" a slot. */
  readonly at: bigint;
  readonly config: Key;
  /** The escrow, the provider or the config itself. */
  readonly account: Key;
}

const PAUSED = ["deposits", "settlements", "withdrawals"] as const;
const CLOSE_SLOTS = 1_500n;

type Due = readonly [DeadlineKind, bigint];

function ofConfig(config: Config): Due[] {
  return [
    ["params", config.pendingParamsAt],
    ["roles", config.pendingRolesAt],
    ["admin", config.pendingAdminAt],
    ...config.pauseUntil.map((at, kind): Due => [`pause of ${PAUSED[kind] ?? "deposits"}`, at]),
    ...config.pauseNotBefore.map((at, kind): Due => [`rest of ${PAUSED[kind] ?? "deposits"}`, at]),
    ["window", config.windowStart === 0n ? 0n : config.windowStart + config.params.settlerWindow],
  ];
}

function ofEscrow(escrow: Escrow, config: Config | undefined): Due[] {
  const rested = escrow.openedSlot > escrow.lastDebitSlot ? escrow.openedSlot : escrow.lastDebitSlot;
  return [
    ["allowance notice", escrow.pendingAllowAt],
    ["allowance expiry", escrow.allowExpiresAt],
    [
      "user exit",
      escrow.exitRequestedAt === 0n ? 0n : exitDeadline(escrow, config?.params.userExitDelay ?? escrow.exitDelay),
    ],
    ["close", rested + CLOSE_SLOTS],
  ];
}

function ofProvider(provider: Provider): Due[] {
  return [
    ["provider exit", provider.exitRequestedAt === 0n ? 0n : provider.exitRequestedAt + provider.exitDelay],
    ["payout", provider.pendingPayoutAt],
  ];
}

/** Every moment that is pending somewhere; those of the past are left in, for the caller knows the time. */
export function deadlinesOf(accounts: ReadonlyMap<Key, Account>): Deadline[] {
  const found: Deadline[] = [];
  for (const [key, account] of accounts) {
    const { kind } = account;
    if (kind !== "config" && kind !== "escrow" && kind !== "provider") continue;
    const config = kind === "config" ? key : account.config;
    const router = accounts.get(config);
    const routerConfig = router?.kind === "config" ? router : undefined;
    const dues =
      kind === "config" ? ofConfig(account) : kind === "escrow" ? ofEscrow(account, routerConfig) : ofProvider(account);
    for (const [what, at] of dues) if (at !== 0n) found.push({ kind: what, at, config, account: key });
  }
  return found;
}
