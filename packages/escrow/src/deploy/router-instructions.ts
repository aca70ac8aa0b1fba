// What an operator does with an open router by hand: each command as the one instruction it sends.
import { isAddress } from "@solana/kit";
import type { Address, Instruction, TransactionSigner } from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { getAcceptAdminInstruction } from "../generated/instructions/acceptAdmin.ts";
import { getApplyParamsInstruction } from "../generated/instructions/applyParams.ts";
import { getProposeAdminInstruction } from "../generated/instructions/proposeAdmin.ts";
import { getScheduleParamsInstruction } from "../generated/instructions/scheduleParams.ts";
import { getSetPauseInstruction } from "../generated/instructions/setPause.ts";
import { getSetRolesInstruction } from "../generated/instructions/setRoles.ts";
import { getSetUrlInstruction } from "../generated/instructions/setUrl.ts";
import type { RouterPlan } from "./router-plan.ts";

/** The commands on an open router, by their words on the command line. */
export const ROUTER_COMMANDS = [
  "pause",
  "unpause",
  "set-roles",
  "schedule-params",
  "apply-due",
  "propose-admin",
  "accept-admin",
  "set-url",
] as const;

/** A command on an open router. */
export type RouterCommand = (typeof ROUTER_COMMANDS)[number];

/** Whether a word is a command on an open router. */
export function isRouterCommand(word: string): word is RouterCommand {
  return (ROUTER_COMMANDS as readonly string[]).includes(word);
}

/** What a command was given; which of it is needed depends on the command. */
export interface RouterCommandInput {
  readonly programAddress: Address;
  readonly config: Address;
  /** The key that decides: the admin, for a pause the guardian too, the new admin where it accepts. */
  readonly admin: TransactionSigner;
  /** Signs beside the admin, so that roles change at once. */
  readonly cosigner?: TransactionSigner | undefined;
  readonly plan?: RouterPlan | undefined;
  /** The next admin, or `nobody` to withdraw a proposal. */
  readonly to?: string | undefined;
  readonly what?: string | undefined;
}

const PAUSABLE: Readonly<Record<string, number>> = { deposit: 1, settle: 2, withdraw: 4 };

function maskOf(words: string | undefined): number {
  const bits = (words ?? "").split(",").map((word) => PAUSABLE[word.trim()]);
  const mask = bits.reduce<number>((sum, bit) => sum | (bit ?? 0), 0);
  if (mask === 0 || bits.includes(undefined)) {
    throw new Error(`--what: expected some of ${Object.keys(PAUSABLE).join(",")}, found ${words ?? "nothing"}.`);
  }
  return mask;
}

function planOf({ plan }: RouterCommandInput): RouterPlan {
  if (plan === undefined) throw new Error("--plan: expected the router's plan, of which this command takes its part.");
  return plan;
}

function nextAdmin(to: string | undefined): Address {
  if (to === "nobody") return SYSTEM_PROGRAM_ADDRESS;
  if (to === undefined || !isAddress(to)) throw new Error("--to: expected the next admin's address, or nobody.");
  return to;
}

/** The instruction of a command. Roles, params and the URL are taken whole from the plan: what stays is written there too. */
export function routerInstruction(command: RouterCommand, input: RouterCommandInput): Instruction {
  const { config, admin, cosigner, programAddress } = input;
  const at = { programAddress };
  switch (command) {
    case "pause":
      return getSetPauseInstruction({ signer: admin, config, set: maskOf(input.what), clear: 0 }, at);
    case "unpause":
      return getSetPauseInstruction({ signer: admin, config, set: 0, clear: maskOf(input.what) }, at);
    case "set-roles": {
      const { roles } = planOf(input);
      return getSetRolesInstruction({ admin, config, roles, ...(cosigner !== undefined && { cosigner }) }, at);
    }
    case "schedule-params":
      return getScheduleParamsInstruction({ admin, config, params: planOf(input).params }, at);
    case "apply-due":
      return getApplyParamsInstruction({ admin, config }, at);
    case "propose-admin":
      return getProposeAdminInstruction({ admin, config, newAdmin: nextAdmin(input.to) }, at);
    case "accept-admin":
      return getAcceptAdminInstruction({ newAdmin: admin, config }, at);
    case "set-url":
      return getSetUrlInstruction({ admin, config, url: planOf(input).url }, at);
  }
}
