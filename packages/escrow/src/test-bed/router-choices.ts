// What a router's keys may want, near every border: instructions 0 and 15–23.
import type { Address } from "@solana/kit";
import type { InstructionOf } from "./model/instruction.ts";
import { delayRanges } from "./model/params.ts";
import { AMOUNT_MAX, NOBODY } from "./model/records.ts";
import type { Params, Roles } from "./model/records.ts";
import { instruct } from "./escrow-situation.ts";
import type { Situation } from "./escrow-situation.ts";
import { someShare } from "./user-choices.ts";

const HOUR = 3_600n;
const DAY = 24n * HOUR;
const CAPS = [500n, 5_000n, 100_000n, 100_000n, AMOUNT_MAX, AMOUNT_MAX];

/** A delay within its range, rather a short one. */
function someDelay({ lot }: Situation, [least, most]: readonly [bigint, bigint]): bigint {
  const delay = lot.of([least, least + 1n, 10n, 60n, HOUR, DAY, lot.between(least, most), most]);
  return delay < least ? least : delay;
}

/** Params within their ranges. */
function someParams(situation: Situation): Params {
  const { lot, router, scenery, world } = situation;
  const ranges = delayRanges(router.mint === scenery.surroundings.mainnetUsdc);
  const userExitDelay = someDelay(situation, ranges.userExitDelay);
  const half = userExitDelay / 2n;
  return {
    feeBps: lot.of([0n, 1n, 250n, 499n, 500n]),
    minDeposit: lot.of([0n, 1n, 100n, 1_000n]),
    userExitDelay,
    providerExitDelay: someDelay(situation, ranges.providerExitDelay),
    allowanceNotice: lot.of([half, half, half / 2n, 60n < half ? 60n : half, 0n]),
    settlerWindow: someDelay(situation, ranges.settlerWindow),
    settlerWindowCap: lot.oneIn(15) ? 0n : lot.of(world.isRich ? [AMOUNT_MAX] : CAPS),
  };
}

/** Params with one of them at or behind the end of its range. */
function paramsNearTheEnd(situation: Situation, params: Params): Params {
  const { lot, router, scenery } = situation;
  const ranges = delayRanges(router.mint === scenery.surroundings.mainnetUsdc);
  const atEnd = ([least, most]: readonly [bigint, bigint]): bigint => lot.of([least - 1n, least, most, most + 1n]);
  const half = params.userExitDelay / 2n;
  return lot.of([
    { ...params, feeBps: lot.of([499n, 500n, 501n, 2n ** 64n - 1n]) },
    { ...params, minDeposit: lot.near([AMOUNT_MAX]) },
    { ...params, settlerWindowCap: lot.near([AMOUNT_MAX]) },
    { ...params, userExitDelay: atEnd(ranges.userExitDelay), allowanceNotice: 0n },
    { ...params, providerExitDelay: atEnd(ranges.providerExitDelay) },
    { ...params, settlerWindow: atEnd(ranges.settlerWindow) },
    { ...params, allowanceNotice: lot.near([half]) },
    { ...params, allowanceNotice: 2n ** 64n - 1n },
  ]);
}

/** Params for a change: a few other than those in force. */
function changedParams(situation: Situation): Params {
  const { lot, config } = situation;
  const fresh = someParams(situation);
  const standing = config?.params ?? fresh;
  if (lot.oneIn(4)) return paramsNearTheEnd(situation, standing);
  if (lot.oneIn(3)) return fresh;
  return lot.of([
    { ...standing, feeBps: fresh.feeBps },
    { ...standing, minDeposit: fresh.minDeposit },
    { ...standing, settlerWindow: fresh.settlerWindow, settlerWindowCap: fresh.settlerWindowCap },
    { ...standing, providerExitDelay: fresh.providerExitDelay },
    { ...standing, userExitDelay: fresh.userExitDelay, allowanceNotice: fresh.allowanceNotice },
    standing,
  ]);
}

/** Roles among a router's keys; sometimes nobody has one. */
function someRoles({ lot, router }: Situation, nobodyOneIn: number): Roles {
  const one = (keys: readonly Address[]): Address => (lot.oneIn(nobodyOneIn) ? (NOBODY as Address) : lot.of(keys));
  return {
    settler: one(router.settlers),
    cosigner: one(router.cosigners),
    guardian: one(router.guardians),
    feeOwner: one(router.feeOwners),
  };
}

function someUrl({ lot }: Situation): string {
  const length = lot.of([0, 1, 30, 127, 128]);
  const url = "https://router.example/".padEnd(length, "~!").slice(0, length);
  return lot.oneIn(6) ? lot.of([`${url} `, "u".repeat(129), "u".repeat(255), "\u007f", "caf\u00e9", "\0", "a\n"]) : url;
}

/** 0, mostly of the router that is not open yet. */
export function chooseInitConfig(situation: Situation): InstructionOf<"init_config"> {
  const { lot, scenery, router, payment } = situation;
  const params = someParams(situation);
  const told = {
    roles: someRoles(situation, 40),
    params: lot.oneIn(5) ? paramsNearTheEnd(situation, params) : params,
    url: someUrl(situation),
  };
  const accounts = { ...payment, payer: lot.of(scenery.sponsors), routerId: router.id, admin: router.admins[0]! };
  return instruct("init_config", accounts, told, "payer", "routerId", "admin");
}

function feeOwner(situation: Situation): Address {
  return situation.holder(situation.config?.roles.feeOwner, situation.router.feeOwners);
}

/** 15, of some of what there is. */
export function chooseCollectFees(situation: Situation): InstructionOf<"collect_fees"> {
  const destination = situation.someDestination(situation.lot.of(situation.scenery.users));
  const amount = someShare(situation, situation.config?.feeAccrued ?? 0n);
  const accounts = { ...situation.payment, feeOwner: feeOwner(situation), destination };
  return instruct("collect_fees", accounts, { amount }, "feeOwner");
}

/** 16, gentle and harsh. */
export function chooseScheduleParams(situation: Situation): InstructionOf<"schedule_params"> {
  const { admin, router } = situation;
  return instruct("schedule_params", { admin, config: router.config }, { params: changedParams(situation) }, "admin");
}

/** 17, whether something is due or not. */
export function chooseApplyParams({ admin, router }: Situation): InstructionOf<"apply_params"> {
  return instruct("apply_params", { admin, config: router.config }, {}, "admin");
}

/** 18, of another key of the admin's, or of nobody. */
export function chooseProposeAdmin({ lot, admin, router }: Situation): InstructionOf<"propose_admin"> {
  const newAdmin = lot.oneIn(6) ? NOBODY : lot.of(router.admins);
  return instruct("propose_admin", { admin, config: router.config }, { newAdmin }, "admin");
}

/** 19, by who was proposed. */
export function chooseAcceptAdmin(situation: Situation): InstructionOf<"accept_admin"> {
  const { config, router } = situation;
  const newAdmin = situation.holder(config?.pendingAdmin, router.admins);
  return instruct("accept_admin", { newAdmin, config: router.config }, {}, "newAdmin");
}

/** 20, with the cosigner or without. */
export function chooseSetRoles(situation: Situation): InstructionOf<"set_roles"> {
  const { lot, admin, cosigner, router, config } = situation;
  const roles =
    lot.oneIn(3) && config !== undefined ? { ...config.roles, settler: lot.of(router.settlers) } : undefined;
  const told = { roles: roles ?? someRoles(situation, 12) };
  const accounts = { admin, cosigner, config: router.config };
  return lot.oneIn(2)
    ? instruct("set_roles", accounts, told, "admin", "cosigner")
    : instruct("set_roles", accounts, told, "admin");
}

/** 21: a guardian sets, the admin sets and clears; `bit`, where it has to be about that one. */
export function chooseSetPause(situation: Situation, bit?: number): InstructionOf<"set_pause"> {
  const { lot, admin, router, config } = situation;
  const guardian = situation.holder(config?.roles.guardian, router.guardians);
  const [set, clear] = bit === undefined ? someMasks(situation) : [bit, 0];
  // Who only clears is the admin here: whether anybody else is a `MissingSigner` or `NotAdmin` is open.
  const signer = set === 0 || (clear !== 0 && !lot.oneIn(4)) ? admin : lot.of([guardian, guardian, admin]);
  return instruct("set_pause", { signer, config: router.config }, { set, clear }, "signer");
}

function someMasks({ lot }: Situation): [number, number] {
  if (lot.oneIn(10))
    return lot.of([
      [0, 0],
      [8, 0],
      [1, 1],
      [0, 8],
      [255, 0],
      [3, 6],
    ]);
  const set = lot.of([0, 1, 2, 4, 4, 7]);
  const clear = lot.of([0, 0, 1, 2, 4, 7]) & ~set;
  return set === 0 && clear === 0 ? [0, 7] : [set, clear];
}

/** 22, whether there is a surplus or not. */
export function chooseSweepSurplus(situation: Situation): InstructionOf<"sweep_surplus"> {
  const destination = situation.someDestination(situation.lot.of(situation.scenery.users));
  return instruct(
    "sweep_surplus",
    { ...situation.payment, feeOwner: feeOwner(situation), destination },
    {},
    "feeOwner",
  );
}

/** 23, good and bad ones. */
export function chooseSetUrl(situation: Situation): InstructionOf<"set_url"> {
  const { admin, router } = situation;
  return instruct("set_url", { admin, config: router.config }, { url: someUrl(situation) }, "admin");
}
