// Instructions about who works for a router: its admin, its roles, and who may pause what.
import type { Address, Instruction, TransactionSigner } from "@solana/kit";
import { PAUSE_KINDS, pauseState, pendingAdmin } from "../accounts/config-facts.ts";
import type { PauseKind } from "../accounts/config-facts.ts";
import type { Held } from "../accounts/read-account.ts";
import type { Config } from "../generated/accounts/config.ts";
import { getAcceptAdminInstruction } from "../generated/instructions/acceptAdmin.ts";
import { getProposeAdminInstruction } from "../generated/instructions/proposeAdmin.ts";
import { getSetPauseInstruction } from "../generated/instructions/setPause.ts";
import { getSetRolesInstruction } from "../generated/instructions/setRoles.ts";
import type { Roles } from "../generated/types/roles.ts";
import { momentWords } from "../plain-words.ts";
import { NOBODY } from "../program-bounds.ts";
import { insist } from "../refusal.ts";
import { insistOnSigner } from "./requirements.ts";

/** What proposing an admin takes. */
export interface ProposeAdminInput {
  readonly admin: TransactionSigner;
  readonly router: Held<Config>;
  /** Nobody withdraws a proposal. */
  readonly newAdmin: Address | "nobody";
}

/** 18: names the next admin, or nobody. */
export async function buildProposeAdmin(input: ProposeAdminInput): Promise<Instruction[]> {
  const { admin, router, newAdmin } = input;
  insistOnSigner(admin, { key: router.data.admin, as: "the router's admin", name: "NotAdmin" });
  const proposed = newAdmin === "nobody" ? NOBODY : newAdmin;
  return [getProposeAdminInstruction({ admin, config: router.address, newAdmin: proposed }, router)];
}

/** What taking over as admin takes. */
export interface AcceptAdminInput {
  readonly newAdmin: TransactionSigner;
  readonly router: Held<Config>;
  readonly now: bigint;
}

/** 19: the proposed admin takes over, once everybody could have left. */
export async function buildAcceptAdmin(input: AcceptAdminInput): Promise<Instruction[]> {
  const { newAdmin, router, now } = input;
  const { pendingAdmin: key, pendingAdminAt } = router.data;
  insistOnSigner(newAdmin, { key, as: "the proposed admin", name: "NotPendingAdmin" });
  insist(pendingAdmin(router.data, now)?.isDue === true, "ParamNotReady", () => ({
    expected: `the proposal to be accepted from ${momentWords(pendingAdminAt)} on`,
    found: momentWords(now),
  }));
  return [getAcceptAdminInstruction({ newAdmin, config: router.address }, router)];
}

/** What giving and taking roles takes. */
export interface SetRolesInput {
  readonly admin: TransactionSigner;
  readonly router: Held<Config>;
  /** All four, those that stay too; zeros for nobody. */
  readonly roles: Roles;
  /** Where it signs, all of it is in force at once. */
  readonly cosigner?: TransactionSigner;
}

/** 20: gives and takes roles. */
export async function buildSetRoles(input: SetRolesInput): Promise<Instruction[]> {
  const { admin, router, roles, cosigner } = input;
  const config = router.data;
  insistOnSigner(admin, { key: config.admin, as: "the router's admin", name: "NotAdmin" });
  if (cosigner !== undefined) {
    insistOnSigner(cosigner, { key: config.roles.cosigner, as: "the router's cosigner", name: "CosignerRequired" });
  }
  const accounts = { admin, config: router.address, roles };
  return [getSetRolesInstruction(cosigner === undefined ? accounts : { ...accounts, cosigner }, router)];
}

/** What pausing takes. */
export interface SetPauseInput {
  /** The guardian or the admin. */
  readonly signer: TransactionSigner;
  readonly router: Held<Config>;
  readonly set: readonly PauseKind[];
  /** Only the admin ends a pause early. */
  readonly clear: readonly PauseKind[];
  readonly now: bigint;
}

function maskOf(kinds: readonly PauseKind[]): number {
  return PAUSE_KINDS.reduce((mask, kind, bit) => (kinds.includes(kind) ? mask | (1 << bit) : mask), 0);
}

/** 21: pauses for a while what could do harm, or ends that. */
export async function buildSetPause(input: SetPauseInput): Promise<Instruction[]> {
  const { signer, router, set, clear, now } = input;
  const config = router.data;
  const isClear = set.length + clear.length > 0 && !set.some((kind) => clear.includes(kind));
  insist(isClear, "BadInstruction", () => ({
    expected: "something to pause or to end, and nothing in both",
    found: `pausing ${set.join(", ") || "nothing"} and ending ${clear.join(", ") || "nothing"}`,
  }));
  const isAdmin = signer.address === config.admin;
  const { guardian } = config.roles;
  insist(isAdmin || (signer.address === guardian && guardian !== NOBODY), "MissingSigner", () => ({
    expected: `a signature of the guardian ${guardian} or the admin ${config.admin}`,
    found: signer.address,
  }));
  insist(isAdmin || clear.length === 0, "NotAdmin", () => ({ found: signer.address }));
  for (const kind of set) {
    const { notBefore } = pauseState(config, kind, now);
    insist(now >= notBefore, "PauseCooldown", () => ({
      expected: `no new pause of ${kind} before ${momentWords(notBefore)}`,
      found: momentWords(now),
    }));
  }
  return [getSetPauseInstruction({ signer, config: router.address, set: maskOf(set), clear: maskOf(clear) }, router)];
}
