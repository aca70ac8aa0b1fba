// What users may want, near every border: instructions 1–3 and 5–9.
import type { Address } from "@solana/kit";
import type { Escrow } from "./model/records.ts";
import { AMOUNT_MAX } from "./model/records.ts";
import type { InstructionOf } from "./model/instruction.ts";
import { instruct } from "./escrow-situation.ts";
import type { Situation } from "./escrow-situation.ts";

const DAY = 86_400n;

/** A moment for an allowance to end: mostly farther than a run gets, sometimes soon, now, or never in range. */
function someExpiry({ lot, time }: Situation): bigint {
  if (lot.oneIn(12)) return lot.of([0n, time, time + 1n, AMOUNT_MAX, AMOUNT_MAX + 1n, -1n]);
  if (lot.oneIn(4)) return time + lot.between(0n, lot.of([1n, 60n, DAY, 30n * DAY]));
  return time + lot.between(1_000n * DAY, 10_000n * DAY);
}

/** A ceiling: mostly one that leaves something, sometimes at a border. */
function someTotal({ lot, world }: Situation, settled: bigint, marks: readonly bigint[]): bigint {
  if (world.isRich && !lot.oneIn(4)) return AMOUNT_MAX;
  if (lot.oneIn(12)) return lot.of([AMOUNT_MAX - 1n, AMOUNT_MAX, AMOUNT_MAX + 1n, 2n ** 64n - 1n]);
  return lot.oneIn(4) ? lot.near([0n, settled, ...marks]) : settled + lot.between(0n, 50_000n);
}

/** 1, by the user or a sponsor. */
export function chooseOpenEscrow(situation: Situation): InstructionOf<"open_escrow"> {
  const { lot, scenery, router } = situation;
  const closed = scenery.users.map((user) => situation.userAt(user)).filter(({ escrow }) => escrow === undefined);
  const { user, key } = closed.length > 0 && !lot.oneIn(12) ? lot.of(closed) : situation.someUser();
  const payer = lot.of([user, ...scenery.sponsors]);
  const told = { allowTotal: someTotal(situation, 0n, [1_000n]), allowExpiresAt: someExpiry(situation) };
  return instruct("open_escrow", { payer, user, config: router.config, escrow: key }, told, "payer", "user");
}

/** 2, by anybody for any user. */
export function chooseDeposit(situation: Situation): InstructionOf<"deposit"> {
  const { lot, scenery, router, config } = situation;
  const { user, key, escrow } = situation.someUser((one) => one.exitRequestedAt === 0n);
  const funder = lot.oneIn(12) ? scenery.users[3]! : lot.of([user, user, user, ...scenery.users]);
  const source = situation.associated(funder);
  const had = situation.world.token(source)?.amount ?? 0n;
  const least = config?.params.minDeposit ?? 0n;
  let amount = lot.between(least, least + lot.of([1_000n, 30_000n]));
  if (lot.oneIn(6)) amount = lot.near([least, 0n, had, 1n]);
  if (situation.world.isRich) amount = lot.between(1n, AMOUNT_MAX / 2n);
  if (lot.oneIn(situation.world.isRich ? 2 : had > AMOUNT_MAX ? 8 : 60)) {
    const room = [AMOUNT_MAX - (escrow?.depositedTotal ?? 0n), AMOUNT_MAX - (config?.totalUser ?? 0n)];
    amount = lot.near([...room, AMOUNT_MAX, AMOUNT_MAX / 2n]);
  }
  const { vault, mint, tokenProgram } = situation.payment;
  const accounts = { funder, source, config: router.config, escrow: key, vault, mint, tokenProgram };
  return instruct("deposit", accounts, { amount }, "funder");
}

/** 3: raises, lowers, or both at once. */
export function chooseSetAllowance(situation: Situation): InstructionOf<"set_allowance"> {
  const { lot, router } = situation;
  const { user, key, escrow } = situation.someUser();
  const standing = escrow?.allowExpiresAt ?? 0n;
  const marks = escrow === undefined ? [] : [escrow.allowTotal, escrow.pendingAllowTotal];
  const total = someTotal(situation, escrow?.settledTotal ?? 0n, marks);
  const expiresAt = lot.oneIn(3) ? lot.near([standing]) : someExpiry(situation);
  return instruct("set_allowance", { user, config: router.config, escrow: key }, { total, expiresAt }, "user");
}

/** The sequence numbers a withdrawal names: mostly the account's own. */
export function someIncarnation(
  { lot }: Situation,
  account: { readonly openedSlot: bigint; readonly withdrawSeq: number } | undefined,
): { openedSlot: bigint; withdrawSeq: number } {
  const { openedSlot, withdrawSeq } = account ?? { openedSlot: 0n, withdrawSeq: 0 };
  if (!lot.oneIn(10)) return { openedSlot, withdrawSeq };
  return lot.of([
    { openedSlot, withdrawSeq: withdrawSeq + 1 },
    { openedSlot, withdrawSeq: withdrawSeq === 0 ? 2 ** 32 - 1 : withdrawSeq - 1 },
    { openedSlot: openedSlot + 1n, withdrawSeq },
    { openedSlot: openedSlot - 1n < 0n ? 0n : openedSlot - 1n, withdrawSeq },
  ]);
}

/** An amount to take of what is there: some, all, a little too much. */
export function someShare({ lot }: Situation, there: bigint): bigint {
  if (lot.oneIn(25)) return lot.of([0n, AMOUNT_MAX, AMOUNT_MAX + 1n, 2n ** 64n - 1n]);
  return lot.oneIn(3) && there > 0n ? lot.near([there, there, 1n]) : lot.between(1n, there);
}

const hasBalance = ({ balance }: Escrow): boolean => balance > 0n;

/** 5, with the cosigner. */
export function chooseWithdrawUser(situation: Situation): InstructionOf<"withdraw_user"> {
  const { cosigner, payment } = situation;
  const isFit = (escrow: Escrow): boolean => hasBalance(escrow) && escrow.exitRequestedAt === 0n;
  const { user, key, escrow } = situation.someUser(isFit);
  const destination = situation.someDestination(user);
  const told = { amount: someShare(situation, escrow?.balance ?? 0n), ...someIncarnation(situation, escrow) };
  const accounts = { ...payment, user, cosigner, escrow: key, destination };
  return instruct("withdraw_user", accounts, told, "user", "cosigner");
}

/** 6, rather by those who have something. */
export function chooseRequestExit(situation: Situation): InstructionOf<"request_exit"> {
  const isFit = (escrow: Escrow): boolean => escrow.exitRequestedAt === 0n && hasBalance(escrow);
  const { user, key } = situation.someUser(isFit);
  return instruct("request_exit", { user, config: situation.router.config, escrow: key }, {}, "user");
}

const isLeaving = ({ exitRequestedAt }: Escrow): boolean => exitRequestedAt !== 0n;

/** 7, by who wanted to leave. */
export function chooseCancelExit(situation: Situation): InstructionOf<"cancel_exit"> {
  const { user, key } = situation.someUser(isLeaving);
  return instruct("cancel_exit", { user, config: situation.router.config, escrow: key }, {}, "user");
}

/** 8, by the user or by anybody. */
export function chooseFinalizeExit(situation: Situation): InstructionOf<"finalize_exit"> {
  const { lot, payment } = situation;
  const { user, key } = situation.someUser(isLeaving);
  const destination = lot.oneIn(3) ? situation.someDestination(user) : situation.associated(user);
  const accounts = { ...payment, user, escrow: key, destination };
  return lot.oneIn(3) ? instruct("finalize_exit", accounts, {}, "user") : instruct("finalize_exit", accounts, {});
}

/** 9, by the user or who paid the rent. */
export function chooseCloseEscrow(situation: Situation): InstructionOf<"close_escrow"> {
  const { lot, router, world } = situation;
  const { user, key, escrow } = situation.someUser(
    (one) => one.balance === 0n && one.openedSlot + 1_500n <= world.now.slot && !isLeaving(one),
  );
  const rentPayer = (escrow?.rentPayer ?? user) as Address;
  const closer = lot.of([user, rentPayer]);
  return instruct("close_escrow", { closer, config: router.config, escrow: key, rentPayer }, {}, "closer");
}
