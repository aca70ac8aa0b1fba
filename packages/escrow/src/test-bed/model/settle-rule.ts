// What a batch does: 4.
import { checkAmount, lesser, sumOf } from "./amounts.ts";
import { allowanceLeft, withDueAllowance } from "./allowance.ts";
import type { Draft } from "./draft.ts";
import { require } from "./draft.ts";
import type { Entry, InstructionOf } from "./instruction.ts";
import type { Config, Key, Params } from "./records.ts";
import { holds, requireOpen } from "./user-rules.ts";

const ENTRIES_MAX = 64;
const BPS = 10_000n;

// What a batch logs of an entry that was consumed before.
const NO_OP = 2n ** 64n - 1n;

/** What a batch logs. */
export interface SettleEvent {
  readonly batchId: bigint;
  /** In hexadecimal. */
  readonly root: string;
  readonly feeBps: bigint;
  readonly applied: readonly bigint[];
}

/** 4: moves what users owe to their providers; gives what is logged. */
export function settleBatch(
  draft: Draft,
  { accounts, arguments: told, signers }: InstructionOf<"settle_batch">,
): SettleEvent {
  require(told.entries.length > 0, "BatchEmpty");
  require(told.entries.length <= ENTRIES_MAX, "BatchTooLarge");
  const config = draft.config(accounts.config);
  require(holds(signers, accounts.settler, config.roles.settler), "MissingSigner");
  requireOpen(config.pauseUntil[1], draft.now.time);
  const { params } = config;
  const { feeBps } = params;
  let [moved, fees] = [0n, 0n];
  const applied = told.entries.map((entry) => {
    const amount = settleEntry(draft, accounts.config, params, told.ledgerAccounts, entry);
    if (amount === undefined) return NO_OP;
    moved += amount;
    fees += feeOf(amount, feeBps);
    return amount;
  });
  const window = spentWindow(config, moved, draft.now.time);
  draft.put(accounts.config, {
    ...config,
    ...window,
    totalUser: config.totalUser - moved,
    totalProvider: sumOf(config.totalProvider, moved - fees),
    feeAccrued: sumOf(config.feeAccrued, fees),
    batchCount: config.batchCount + 1n,
    lastRoot: told.root,
  });
  return { batchId: told.batchId, root: told.root, feeBps, applied };
}

function feeOf(amount: bigint, feeBps: bigint): bigint {
  return (amount * feeBps) / BPS;
}

/** What one entry applied; undefined where it was consumed before. */
function settleEntry(
  draft: Draft,
  config: Key,
  params: Params,
  ledgerAccounts: readonly Key[],
  entry: Entry,
): bigint | undefined {
  const [escrowKey, providerKey] = [ledgerAccounts[entry.escrow], ledgerAccounts[entry.provider]];
  require(escrowKey !== undefined && providerKey !== undefined, "IndexOutOfRange");
  checkAmount(entry.amount);
  const provider = draft.provider(providerKey, config);
  if (draft.get(escrowKey).kind === "wallet") return 0n;
  const standing = draft.escrow(escrowKey, config);
  require(standing.user !== provider.owner, "SelfDealing");
  if (entry.seq <= standing.settleSeq) return undefined;
  require(entry.seq === standing.settleSeq + 1, "SeqGap");
  const escrow = withDueAllowance(standing, draft.now.time);
  const applied = lesser(
    lesser(entry.amount, escrow.balance),
    allowanceLeft(escrow, draft.now.time, params.userExitDelay),
  );
  draft.put(escrowKey, {
    ...escrow,
    settleSeq: entry.seq,
    balance: escrow.balance - applied,
    settledTotal: escrow.settledTotal + applied,
    lastDebitSlot: applied > 0n ? draft.now.slot : escrow.lastDebitSlot,
  });
  const earnedTotal = sumOf(provider.earnedTotal, applied - feeOf(applied, params.feeBps));
  draft.put(providerKey, { ...provider, earnedTotal });
  return applied;
}

function spentWindow(config: Config, moved: bigint, time: bigint): Pick<Config, "windowStart" | "windowSpent"> {
  const { settlerWindow, settlerWindowCap } = config.params;
  const isOver = time >= config.windowStart + settlerWindow;
  const windowSpent = (isOver ? 0n : config.windowSpent) + moved;
  require(windowSpent <= settlerWindowCap, "SettlerCap");
  return { windowStart: isOver ? time : config.windowStart, windowSpent };
}
