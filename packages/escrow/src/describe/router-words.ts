// What the instructions about a router do, in words: numbers 0 and 15 to 23.
import { isSignerRole } from "@solana/kit";
import type { Address } from "@solana/kit";
import { AimoEscrowInstruction } from "../generated/programs/aimoEscrow.ts";
import type { Params } from "../generated/types/params.ts";
import type { Roles } from "../generated/types/roles.ts";
import { PAUSE_KINDS } from "../accounts/config-facts.ts";
import { durationWords } from "../plain-words.ts";
import { NOBODY } from "../program-bounds.ts";
import type { EscrowInstruction } from "./description.ts";
import { amountWords, quoted } from "./foreign-text.ts";
import type { Onlooker } from "./onlooker.ts";
import type { ProviderInstruction } from "./provider-words.ts";
import type { UserInstruction } from "./user-words.ts";

type Is = typeof AimoEscrowInstruction;

/** An instruction about a router. */
export type RouterInstruction = Exclude<EscrowInstruction, UserInstruction | ProviderInstruction>;

type Of<Type extends keyof Is> = Extract<RouterInstruction, { instructionType: Is[Type] }>;

/** What it does. */
export async function routerWords(instruction: RouterInstruction, onlooker: Onlooker): Promise<string> {
  const router = onlooker.router(instruction.accounts.config.address);
  switch (instruction.instructionType) {
    case AimoEscrowInstruction.InitConfig:
      return initWords(instruction, onlooker);
    case AimoEscrowInstruction.CollectFees:
      return `Collects ${amountWords(instruction.data.amount)} of fees of ${router} to ${await feesTo(instruction, onlooker)}.`;
    case AimoEscrowInstruction.SweepSurplus:
      return `Takes what belongs to nobody out of the vault of ${router} to ${await feesTo(instruction, onlooker)}.`;
    case AimoEscrowInstruction.ScheduleParams:
      return `Announces params of ${router}: ${paramsWords(instruction.data.params)}. What hurts nobody is in force at once, the rest after the router's notice.`;
    case AimoEscrowInstruction.ApplyParams:
      return `Puts announced params and roles of ${router} in force that are due.`;
    case AimoEscrowInstruction.ProposeAdmin:
      return proposeWords(instruction.data.newAdmin, router);
    case AimoEscrowInstruction.AcceptAdmin:
      return `Makes ${instruction.accounts.newAdmin.address} the admin of ${router}.`;
    case AimoEscrowInstruction.SetRoles:
      return rolesSetWords(instruction, router);
    case AimoEscrowInstruction.SetPause:
      return pauseWords(instruction, router);
    case AimoEscrowInstruction.SetUrl:
      return `Changes the URL of ${router} to ${quoted(instruction.data.url)}.`;
  }
}

async function feesTo({ accounts }: Of<"CollectFees"> | Of<"SweepSurplus">, onlooker: Onlooker): Promise<string> {
  const { config, vault, vaultAuthority, mint, feeOwner, destination } = accounts;
  await onlooker.vault(config.address, vault.address, vaultAuthority.address);
  onlooker.mint(mint.address);
  return onlooker.destination(feeOwner.address, mint.address, destination.address);
}

async function initWords({ accounts, data }: Of<"InitConfig">, onlooker: Onlooker): Promise<string> {
  const { routerId, admin, config, vault, vaultAuthority, mint, payer } = accounts;
  await onlooker.routerId(config.address, routerId.address);
  await onlooker.vault(config.address, vault.address, vaultAuthority.address);
  onlooker.mint(mint.address);
  return [
    `Opens the router ${routerId.address} with the config ${config.address} at ${quoted(data.url)}`,
    `for the mint ${mint.address}: admin ${admin.address}, ${rolesWords(data.roles)}; ${paramsWords(data.params)}.`,
    `${payer.address} pays the rent.`,
  ].join(" ");
}

function personWords(address: Address): string {
  return address === NOBODY ? "nobody" : address;
}

function rolesWords({ settler, cosigner, guardian, feeOwner }: Roles): string {
  const named = { settler, cosigner, guardian, "fee owner": feeOwner };
  return Object.entries(named)
    .map(([role, address]) => `${role} ${personWords(address)}`)
    .join(", ");
}

function paramsWords(params: Params): string {
  const { feeBps, minDeposit, settlerWindow, settlerWindowCap } = params;
  return [
    `fee ${feeBps} basis points`,
    `smallest deposit ${amountWords(minDeposit)}`,
    `exit delay ${durationWords(params.userExitDelay)} for users and ${durationWords(params.providerExitDelay)} for providers`,
    `notice ${durationWords(params.allowanceNotice)}`,
    `at most ${amountWords(settlerWindowCap)} settled in ${durationWords(settlerWindow)}`,
  ].join(", ");
}

function proposeWords(newAdmin: Address, router: string): string {
  return newAdmin === NOBODY
    ? `Withdraws the proposal of a next admin of ${router}.`
    : `Proposes ${newAdmin} as the next admin of ${router}, who may accept after the router's notice.`;
}

function rolesSetWords({ accounts, data }: Of<"SetRoles">, router: string): string {
  const { cosigner } = accounts;
  const isAtOnce = cosigner !== undefined && isSignerRole(cosigner.role);
  const when = isAtOnce
    ? "At once."
    : "A role taken from somebody is gone at once, the rest after the router's notice.";
  return `Sets the roles of ${router}: ${rolesWords(data.roles)}. ${when}`;
}

function kindsWords(mask: number): string {
  const known = PAUSE_KINDS.filter((_, bit) => (mask & (1 << bit)) !== 0);
  const unknown = mask >= 1 << PAUSE_KINDS.length ? ["something unknown"] : [];
  return [...known, ...unknown].join(", ");
}

function pauseWords({ data }: Of<"SetPause">, router: string): string {
  const [set, clear] = [kindsWords(data.set), kindsWords(data.clear)];
  const parts = [set === "" ? "" : `pauses ${set}`, clear === "" ? "" : `ends the pause of ${clear}`];
  return `At ${router}: ${parts.filter((part) => part !== "").join(" and ") || "pauses nothing"}.`;
}
