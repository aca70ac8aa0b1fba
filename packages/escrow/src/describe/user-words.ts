// What the instructions about a user's money do, in words: numbers 1 to 9.
import { isSignerRole } from "@solana/kit";
import { AimoEscrowInstruction } from "../generated/programs/aimoEscrow.ts";
import { momentWords } from "../plain-words.ts";
import type { EscrowInstruction } from "./description.ts";
import { amountWords } from "./foreign-text.ts";
import type { Onlooker } from "./onlooker.ts";

type Is = typeof AimoEscrowInstruction;

/** An instruction about a user's money. */
export type UserInstruction = Extract<
  EscrowInstruction,
  {
    instructionType:
      | Is["OpenEscrow"]
      | Is["Deposit"]
      | Is["SetAllowance"]
      | Is["SettleBatch"]
      | Is["WithdrawUser"]
      | Is["RequestExit"]
      | Is["CancelExit"]
      | Is["FinalizeExit"]
      | Is["CloseEscrow"];
  }
>;

type Of<Type extends keyof Is> = Extract<UserInstruction, { instructionType: Is[Type] }>;

/** What it does. */
export async function userWords(instruction: UserInstruction, onlooker: Onlooker): Promise<string> {
  switch (instruction.instructionType) {
    case AimoEscrowInstruction.OpenEscrow:
      return openWords(instruction, onlooker);
    case AimoEscrowInstruction.Deposit:
      return depositWords(instruction, onlooker);
    case AimoEscrowInstruction.SetAllowance:
      return allowanceWords(instruction, onlooker);
    case AimoEscrowInstruction.SettleBatch:
      return settleWords(instruction, onlooker);
    case AimoEscrowInstruction.WithdrawUser:
      return withdrawWords(instruction, onlooker);
    case AimoEscrowInstruction.RequestExit:
    case AimoEscrowInstruction.CancelExit:
      return exitWords(instruction, onlooker);
    case AimoEscrowInstruction.FinalizeExit:
      return finalizeWords(instruction, onlooker);
    case AimoEscrowInstruction.CloseEscrow:
      return closeWords(instruction, onlooker);
  }
}

function limitWords(total: bigint, expiresAt: bigint): string {
  return `at most ${amountWords(total)} may ever be settled, and nothing from ${momentWords(expiresAt)} on`;
}

async function openWords({ accounts, data }: Of<"OpenEscrow">, onlooker: Onlooker): Promise<string> {
  const escrow = await onlooker.escrowOf(accounts.user.address, accounts.config.address, accounts.escrow.address);
  const limit = limitWords(data.allowTotal, data.allowExpiresAt);
  return `Opens ${escrow}: ${limit}; ${accounts.payer.address} pays the rent.`;
}

async function depositWords({ accounts, data }: Of<"Deposit">, onlooker: Onlooker): Promise<string> {
  const { config, source, funder, mint } = accounts;
  const escrow = await onlooker.escrow(config.address, accounts.escrow.address);
  await onlooker.vault(config.address, accounts.vault.address);
  onlooker.mint(mint.address);
  const by = `with the signature of ${funder.address}`;
  return `Deposits ${amountWords(data.amount)} from ${source.address} ${by} into ${escrow}.`;
}

async function allowanceWords({ accounts, data }: Of<"SetAllowance">, onlooker: Onlooker): Promise<string> {
  const escrow = await onlooker.escrowOf(accounts.user.address, accounts.config.address, accounts.escrow.address);
  return `Sets the allowance of ${escrow}: ${limitWords(data.total, data.expiresAt)}. What lowers it waits for the router's notice.`;
}

function settleWords({ accounts, data }: Of<"SettleBatch">, onlooker: Onlooker): string {
  const { entries, batchId } = data;
  const sum = entries.reduce((total, { amount }) => total + amount, 0n);
  const [escrows, providers] = [
    new Set(entries.map((entry) => entry.escrow)),
    new Set(entries.map((entry) => entry.provider)),
  ];
  const who = `${counted(entries.length, "entry", "entries")} of ${counted(escrows.size, "escrow", "escrows")}`;
  const whom = counted(providers.size, "provider", "providers");
  const where = onlooker.router(accounts.config.address);
  return `Settles batch ${batchId} at ${where}: ${who} for ${whom}, ${amountWords(sum)} in all.`;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

async function withdrawWords({ accounts, data }: Of<"WithdrawUser">, onlooker: Onlooker): Promise<string> {
  const { user, config, vault, vaultAuthority, mint, destination } = accounts;
  const escrow = await onlooker.escrowOf(user.address, config.address, accounts.escrow.address);
  await onlooker.vault(config.address, vault.address, vaultAuthority.address);
  onlooker.mint(mint.address);
  const where = await onlooker.destination(user.address, mint.address, destination.address);
  return `Withdraws ${amountWords(data.amount)} from ${escrow} to ${where}.`;
}

async function exitWords(
  { accounts, instructionType }: Of<"RequestExit"> | Of<"CancelExit">,
  onlooker: Onlooker,
): Promise<string> {
  const escrow = await onlooker.escrowOf(accounts.user.address, accounts.config.address, accounts.escrow.address);
  return instructionType === AimoEscrowInstruction.RequestExit
    ? `Requests the exit from ${escrow}: after the router's delay its whole balance can be paid out.`
    : `Cancels the exit from ${escrow}.`;
}

async function finalizeWords({ accounts }: Of<"FinalizeExit">, onlooker: Onlooker): Promise<string> {
  const { user, config, vault, vaultAuthority, mint, destination } = accounts;
  const escrow = await onlooker.escrowOf(user.address, config.address, accounts.escrow.address);
  await onlooker.vault(config.address, vault.address, vaultAuthority.address);
  onlooker.mint(mint.address);
  const where = await onlooker.destination(user.address, mint.address, destination.address);
  const by = isSignerRole(user.role) ? ", as the user signs" : "";
  return `Pays the whole balance of ${escrow} out to ${where}${by}, its exit being due.`;
}

async function closeWords({ accounts }: Of<"CloseEscrow">, onlooker: Onlooker): Promise<string> {
  const escrow = await onlooker.escrow(accounts.config.address, accounts.escrow.address);
  return `Closes ${escrow}, which is empty; its rent goes back to ${accounts.rentPayer.address}.`;
}
