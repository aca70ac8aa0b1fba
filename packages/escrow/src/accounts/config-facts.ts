// What a router's config means at a moment: pauses, what is announced, what is owed. Moments are the chain's seconds.
import type { Address } from "@solana/kit";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { microUsdc } from "@aimo-network/protocol/money";
import type { Config } from "../generated/accounts/config.ts";
import type { Params } from "../generated/types/params.ts";
import type { Roles } from "../generated/types/roles.ts";
import { DAY, NOBODY } from "../program-bounds.ts";

/** What may be paused, in the order of the program's bits. */
export const PAUSE_KINDS = ["deposit", "settle", "coop_withdraw"] as const;
/** Something that may be paused: leaving is not among it. */
export type PauseKind = (typeof PAUSE_KINDS)[number];

/** A pause as it is at a moment. */
export interface PauseState {
  readonly isPaused: boolean;
  /** Paused before it; 0 where it never was. */
  readonly until: bigint;
  /** No new pause of the kind before it. */
  readonly notBefore: bigint;
}

/** Something announced that changes later. */
export interface Announced<Value> {
  readonly value: Value;
  readonly at: bigint;
  /** Whether `apply_params`, or `accept_admin`, would put it in force now. Nothing else does. */
  readonly isDue: boolean;
}

/** How the vault stands beside what it owes. */
export interface Solvency {
  readonly owed: MicroUsdc;
  readonly held: MicroUsdc;
  /** Donations, which belong to nobody. */
  readonly surplus: MicroUsdc;
  /** What is missing: above 0 only where the mint's issuer took from the vault. */
  readonly shortfall: MicroUsdc;
}

/** Whether a kind is paused, and when it may be paused again. */
export function pauseState(config: Config, kind: PauseKind, now: bigint): PauseState {
  const index = PAUSE_KINDS.indexOf(kind);
  const [until = 0n, notBefore = 0n] = [config.pauseUntil[index], config.pauseNotBefore[index]];
  return { isPaused: now < until, until, notBefore };
}

function announced<Value>(value: Value, at: bigint, now: bigint): Announced<Value> | undefined {
  return at === 0n ? undefined : { value, at, isDue: now >= at };
}

/** Params that are announced. Those in force are `config.params`, also when these are due. */
export function pendingParams(config: Config, now: bigint): Announced<Params> | undefined {
  return announced(config.pendingParams, config.pendingParamsAt, now);
}

/** Roles that are announced. Those in force are `config.roles`, also when these are due. */
export function pendingRoles(config: Config, now: bigint): Announced<Roles> | undefined {
  return announced(config.pendingRoles, config.pendingRolesAt, now);
}

/** Who is proposed as the next admin. */
export function pendingAdmin(config: Config, now: bigint): Announced<Address> | undefined {
  return config.pendingAdmin === NOBODY ? undefined : announced(config.pendingAdmin, config.pendingAdminAt, now);
}

/** How long a change that could hurt somebody is announced, in seconds: a longer delay that is pending counts already. */
export function timelock({
  params: { userExitDelay },
  pendingParams: { userExitDelay: announcedDelay },
}: Config): bigint {
  return (announcedDelay > userExitDelay ? announcedDelay : userExitDelay) + DAY;
}

/** What was settled in the window that `now` belongs to. */
export function windowSpent(config: Config, now: bigint): MicroUsdc {
  return microUsdc(now >= config.windowStart + config.params.settlerWindow ? 0n : config.windowSpent);
}

/** How much may still be settled in that window. A cap lowered below what was spent stops every batch until it ends. */
export function windowRoom(config: Config, now: bigint): MicroUsdc {
  const [cap, spent] = [config.params.settlerWindowCap, windowSpent(config, now)];
  return microUsdc(spent < cap ? cap - spent : 0n);
}

/** What the vault owes to everybody. */
export function liabilities(config: Config): MicroUsdc {
  return microUsdc(config.totalUser + config.totalProvider + config.feeAccrued);
}

/** Compares what is in the vault with what it owes. */
export function solvency(config: Config, vaultAmount: bigint): Solvency {
  const owed = liabilities(config);
  const difference = vaultAmount - owed;
  const surplus = microUsdc(difference > 0n ? difference : 0n);
  return { owed, held: microUsdc(vaultAmount), surplus, shortfall: microUsdc(difference < 0n ? -difference : 0n) };
}
