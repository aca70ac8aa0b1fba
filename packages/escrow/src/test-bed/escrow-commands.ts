// Turns what the model calls an instruction into one that the chain takes, by the generated client.
import { AccountRole } from "@solana/kit";
import type { AccountMeta, Instruction as ChainInstruction } from "@solana/kit";
import { getAcceptAdminInstruction } from "../generated/instructions/acceptAdmin.ts";
import { getApplyParamsInstruction } from "../generated/instructions/applyParams.ts";
import { getCancelExitInstruction } from "../generated/instructions/cancelExit.ts";
import { getCloseEscrowInstruction } from "../generated/instructions/closeEscrow.ts";
import { getCollectFeesInstruction } from "../generated/instructions/collectFees.ts";
import { getDepositInstruction } from "../generated/instructions/deposit.ts";
import { getFinalizeExitInstruction } from "../generated/instructions/finalizeExit.ts";
import { getInitConfigInstruction } from "../generated/instructions/initConfig.ts";
import { getOpenEscrowInstruction } from "../generated/instructions/openEscrow.ts";
import { getProposeAdminInstruction } from "../generated/instructions/proposeAdmin.ts";
import { getProviderFinalizeExitInstruction } from "../generated/instructions/providerFinalizeExit.ts";
import { getProviderRequestExitInstruction } from "../generated/instructions/providerRequestExit.ts";
import { getRegisterProviderInstruction } from "../generated/instructions/registerProvider.ts";
import { getRequestExitInstruction } from "../generated/instructions/requestExit.ts";
import { getScheduleParamsInstruction } from "../generated/instructions/scheduleParams.ts";
import { getSetAllowanceInstruction } from "../generated/instructions/setAllowance.ts";
import { getSetPauseInstruction } from "../generated/instructions/setPause.ts";
import { getSetPayoutInstruction } from "../generated/instructions/setPayout.ts";
import { getSetRolesInstruction } from "../generated/instructions/setRoles.ts";
import { getSetUrlInstruction } from "../generated/instructions/setUrl.ts";
import { getSettleBatchInstruction } from "../generated/instructions/settleBatch.ts";
import { getSweepSurplusInstruction } from "../generated/instructions/sweepSurplus.ts";
import { getWithdrawProviderInstruction } from "../generated/instructions/withdrawProvider.ts";
import { getWithdrawUserInstruction } from "../generated/instructions/withdrawUser.ts";
import type { Instruction, InstructionName, Malformation } from "./model/instruction.ts";

// The model names accounts and arguments as the client does; whoever signs is decided below, not by the client's types.
const BUILDERS: { readonly [Name in InstructionName]: (input: never) => ChainInstruction } = {
  init_config: getInitConfigInstruction,
  open_escrow: getOpenEscrowInstruction,
  deposit: getDepositInstruction,
  set_allowance: getSetAllowanceInstruction,
  settle_batch: getSettleBatchInstruction,
  withdraw_user: getWithdrawUserInstruction,
  request_exit: getRequestExitInstruction,
  cancel_exit: getCancelExitInstruction,
  finalize_exit: getFinalizeExitInstruction,
  close_escrow: getCloseEscrowInstruction,
  register_provider: getRegisterProviderInstruction,
  withdraw_provider: getWithdrawProviderInstruction,
  provider_request_exit: getProviderRequestExitInstruction,
  provider_finalize_exit: getProviderFinalizeExitInstruction,
  set_payout: getSetPayoutInstruction,
  collect_fees: getCollectFeesInstruction,
  schedule_params: getScheduleParamsInstruction,
  apply_params: getApplyParamsInstruction,
  propose_admin: getProposeAdminInstruction,
  accept_admin: getAcceptAdminInstruction,
  set_roles: getSetRolesInstruction,
  set_pause: getSetPauseInstruction,
  sweep_surplus: getSweepSurplusInstruction,
  set_url: getSetUrlInstruction,
};

/** The number no instruction has yet. */
const NO_SUCH_NUMBER = Object.keys(BUILDERS).length;

function build(instruction: Instruction): ChainInstruction {
  const builder = BUILDERS[instruction.name] as (input: object) => ChainInstruction;
  const { accounts, arguments: told } = instruction;
  return builder({ ...accounts, ...told, ...("root" in told && { root: Buffer.from(told.root, "hex") }) });
}

function roleOf(meta: AccountMeta, isSigner: boolean): AccountRole {
  const isWritable = meta.role === AccountRole.WRITABLE || meta.role === AccountRole.WRITABLE_SIGNER;
  if (isSigner) return isWritable ? AccountRole.WRITABLE_SIGNER : AccountRole.READONLY_SIGNER;
  return isWritable ? AccountRole.WRITABLE : AccountRole.READONLY;
}

function malformed(name: InstructionName, how: Malformation, whole: ChainInstruction): ChainInstruction {
  const { accounts = [], data = new Uint8Array() } = whole;
  switch (how) {
    case "a byte less":
      return { ...whole, data: data.slice(0, -1) };
    case "a byte more":
      return { ...whole, data: Uint8Array.from([...data, 0]) };
    case "an account less":
      // The ledger accounts of a batch may be any number; its config has to be there.
      return { ...whole, accounts: accounts.slice(0, name === "settle_batch" ? 1 : -1) };
    case "no such number":
      return { ...whole, data: Uint8Array.from([NO_SUCH_NUMBER, ...data.slice(1)]) };
  }
}

/** The instruction as the chain takes it; exactly the model's signers sign. */
export function toChainInstruction(instruction: Instruction): ChainInstruction {
  const built = build(instruction);
  const accounts = (built.accounts ?? []).map((meta) => ({
    address: meta.address,
    role: roleOf(meta, instruction.signers.has(meta.address)),
  }));
  const whole = { ...built, accounts };
  const { name, malformation } = instruction;
  return malformation === undefined ? whole : malformed(name, malformation, whole);
}
