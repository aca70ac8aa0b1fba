// Which deadline a step meets, from which side, and what it does there.
import type { Address } from "@solana/kit";
import { Situation } from "./escrow-situation.ts";
import type { Focus } from "./escrow-situation.ts";
import type { EscrowWorld } from "./escrow-world.ts";
import type { Lot } from "./lot.ts";
import type { Deadline, DeadlineKind } from "./model/deadlines.ts";
import { deadlinesOf } from "./model/deadlines.ts";
import type { Moment } from "./model/draft.ts";
import type { Instruction } from "./model/instruction.ts";
import { chooseProviderFinalizeExit, chooseSetPayout, chooseWithdrawProvider } from "./provider-choices.ts";
import { chooseAcceptAdmin, chooseApplyParams, chooseSetPause } from "./router-choices.ts";
import { chooseSettleBatch } from "./settle-choice.ts";
import {
  chooseCloseEscrow,
  chooseDeposit,
  chooseFinalizeExit,
  chooseSetAllowance,
  chooseWithdrawUser,
} from "./user-choices.ts";

const DAY = 86_400n;
const FAR = 40n * DAY;

/** How readily each is met where it is pending: what hardly ever is, more readily. */
const WEIGHTS: Readonly<Record<DeadlineKind, number>> = {
  "allowance notice": 6,
  "allowance expiry": 6,
  "user exit": 4,
  close: 1,
  "provider exit": 3,
  payout: 10,
  params: 1,
  roles: 1,
  admin: 1,
  "pause of deposits": 14,
  "pause of settlements": 14,
  "pause of withdrawals": 14,
  "rest of deposits": 4,
  "rest of settlements": 4,
  "rest of withdrawals": 4,
  window: 3,
};

/** What there is to do about each deadline. */
const ABOUT: Readonly<Record<DeadlineKind, readonly ((situation: Situation) => Instruction)[]>> = {
  "allowance notice": [chooseSettleBatch, chooseSettleBatch, chooseSetAllowance],
  "allowance expiry": [chooseSettleBatch],
  "user exit": [chooseFinalizeExit, chooseFinalizeExit, chooseSettleBatch],
  close: [chooseCloseEscrow],
  "provider exit": [chooseProviderFinalizeExit],
  payout: [chooseWithdrawProvider, chooseWithdrawProvider, chooseSetPayout],
  params: [chooseApplyParams],
  roles: [chooseApplyParams],
  admin: [chooseAcceptAdmin],
  "pause of deposits": [chooseDeposit],
  "pause of settlements": [chooseSettleBatch],
  "pause of withdrawals": [chooseWithdrawUser, chooseWithdrawProvider],
  "rest of deposits": [(situation) => chooseSetPause(situation, 1)],
  "rest of settlements": [(situation) => chooseSetPause(situation, 2)],
  "rest of withdrawals": [(situation) => chooseSetPause(situation, 4)],
  window: [chooseSettleBatch],
};

/** Where and when a deadline is met, and what is chosen once one is there. */
export interface Meeting {
  /** The deadline, and whether it is met before, on or behind it. */
  readonly name: string;
  readonly at: Moment;
  choose(): Instruction;
}

const isOfTime = ({ kind }: Deadline): boolean => kind !== "close";

/** Whether there is anything to win or lose for who waits. */
function isWorthwhile(world: EscrowWorld, { account, kind }: Deadline): boolean {
  const found = world.account(account);
  if (found.kind === "escrow") return kind === "close" ? found.balance === 0n : found.balance > 0n;
  return found.kind !== "provider" || found.earnedTotal > found.withdrawnTotal;
}

function someDeadline(world: EscrowWorld, lot: Lot): Deadline | undefined {
  const { now } = world;
  const ahead = deadlinesOf(world.accounts).filter((deadline) => {
    const here = isOfTime(deadline) ? now.time : now.slot;
    return deadline.at > here && deadline.at <= here + FAR;
  });
  const kinds = new Set(ahead.map(({ kind }) => kind));
  if (kinds.size === 0) return undefined;
  const kind = lot.of([...kinds].flatMap((one) => Array.from({ length: WEIGHTS[one] }, () => one)));
  const ofKind = ahead.filter((deadline) => deadline.kind === kind);
  const worthwhile = ofKind.filter((deadline) => isWorthwhile(world, deadline));
  return lot.of(worthwhile.length > 0 && !lot.oneIn(6) ? worthwhile : ofKind);
}

function focusOf(world: EscrowWorld, { account }: Deadline): Focus {
  const found = world.account(account);
  if (found.kind === "escrow") return { user: found.user as Address };
  return found.kind === "provider" ? { owner: found.owner as Address } : {};
}

/** Some deadline, met one second (for closing: one slot) before it, on it, or as much behind it. */
export function someMeeting(world: EscrowWorld, lot: Lot): Meeting | undefined {
  const { now, scenery } = world;
  const deadline = someDeadline(world, lot);
  if (deadline === undefined) return undefined;
  const offset = lot.of([-1n, 0n, 1n]);
  const far = deadline.at + offset - (isOfTime(deadline) ? now.time : now.slot);
  const at = isOfTime(deadline)
    ? { time: now.time + far, slot: now.slot + (far * 5n) / 2n }
    : { time: now.time + (far * 2n) / 5n, slot: now.slot + far };
  const router = scenery.routers.find(({ config }) => config === deadline.config)!;
  const side = offset < 0n ? "before" : offset === 0n ? "on" : "behind";
  return {
    name: `${deadline.kind}, ${side}`,
    at,
    choose: () => lot.of(ABOUT[deadline.kind])(new Situation(world, lot, router, focusOf(world, deadline))),
  };
}
