// What the instructions about a provider's money do, in words: numbers 10 to 14.
import { isSignerRole } from "@solana/kit";
import type { Address } from "@solana/kit";
import { AimoEscrowInstruction } from "../generated/programs/aimoEscrow.ts";
import type { EscrowInstruction } from "./description.ts";
import { amountWords } from "./foreign-text.ts";
import type { Onlooker } from "./onlooker.ts";

type Is = typeof AimoEscrowInstruction;

/** An instruction about a provider's money. */
export type ProviderInstruction = Extract<
  EscrowInstruction,
  {
    instructionType:
      | Is["RegisterProvider"]
      | Is["WithdrawProvider"]
      | Is["ProviderRequestExit"]
      | Is["ProviderFinalizeExit"]
      | Is["SetPayout"];
  }
>;

type Of<Type extends keyof Is> = Extract<ProviderInstruction, { instructionType: Is[Type] }>;

/** What it does. */
export async function providerWords(instruction: ProviderInstruction, onlooker: Onlooker): Promise<string> {
  switch (instruction.instructionType) {
    case AimoEscrowInstruction.RegisterProvider:
      return registerWords(instruction, onlooker);
    case AimoEscrowInstruction.WithdrawProvider:
      return withdrawWords(instruction, onlooker);
    case AimoEscrowInstruction.ProviderRequestExit:
      return requestWords(instruction, onlooker);
    case AimoEscrowInstruction.ProviderFinalizeExit:
      return finalizeWords(instruction, onlooker);
    case AimoEscrowInstruction.SetPayout:
      return payoutWords(instruction, onlooker);
  }
}

async function earnings(owner: Address, config: Address, provider: Address, onlooker: Onlooker): Promise<string> {
  await onlooker.providerOf(owner, config, provider);
  return `the provider ${owner} at ${onlooker.router(config)}`;
}

async function registerWords({ accounts }: Of<"RegisterProvider">, onlooker: Onlooker): Promise<string> {
  const { owner, config, provider, payer } = accounts;
  const who = await earnings(owner.address, config.address, provider.address, onlooker);
  return `Registers ${who}; ${payer.address} pays the rent.`;
}

async function withdrawWords({ accounts, data }: Of<"WithdrawProvider">, onlooker: Onlooker): Promise<string> {
  const { owner, config, provider, vault, vaultAuthority, mint, payout } = accounts;
  const who = await earnings(owner.address, config.address, provider.address, onlooker);
  await onlooker.vault(config.address, vault.address, vaultAuthority.address);
  onlooker.mint(mint.address);
  const where = await onlooker.destination(owner.address, mint.address, payout.address);
  return `Withdraws ${amountWords(data.amount)} of what ${who} earned to ${where}.`;
}

async function requestWords({ accounts, data }: Of<"ProviderRequestExit">, onlooker: Onlooker): Promise<string> {
  const { owner, config, provider } = accounts;
  const who = await earnings(owner.address, config.address, provider.address, onlooker);
  const what = amountWords(data.amount);
  return `Requests the exit of ${who}: after the router's delay up to ${what} of what was earned can be paid out.`;
}

async function finalizeWords({ accounts }: Of<"ProviderFinalizeExit">, onlooker: Onlooker): Promise<string> {
  const { config, provider, vault, vaultAuthority, mint, payout } = accounts;
  await onlooker.vault(config.address, vault.address, vaultAuthority.address);
  onlooker.mint(mint.address);
  const owner = await onlooker.ownerOf(config.address, provider.address);
  const where = await onlooker.destination(owner, mint.address, payout.address);
  const who = owner ?? `with the account ${provider.address}`;
  return `Pays the exit of the provider ${who} at ${onlooker.router(config.address)} out to ${where}.`;
}

async function payoutWords({ accounts }: Of<"SetPayout">, onlooker: Onlooker): Promise<string> {
  const { owner, cosigner, config, provider, payout } = accounts;
  const who = await earnings(owner.address, config.address, provider.address, onlooker);
  const isAtOnce = cosigner !== undefined && isSignerRole(cosigner.role);
  const when = isAtOnce ? "at once" : "after the provider's exit delay";
  return `Has ${who} paid to ${await onlooker.payout(owner.address, payout.address)}, ${when}.`;
}
