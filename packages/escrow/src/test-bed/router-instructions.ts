// Everything that can be asked of one router, as instructions that are right until a test's changes make them wrong.
import type { Address, Instruction } from "@solana/kit";
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
import type { ParamsArgs } from "../generated/types/params.ts";
import type { RolesArgs } from "../generated/types/roles.ts";
import { signer } from "./chain.ts";
import { PARAMS } from "./router-bed.ts";
import type { BedEntry, RouterBed } from "./router-bed.ts";

/** One dollar in the unit of every amount. */
export const USDC = 1_000_000n;
/** Seconds. */
export const HOUR = 3_600n;
/** Seconds. */
export const DAY = 24n * HOUR;

/** What a test wants otherwise in an instruction: accounts or arguments. */
type Changes<Build extends (input: never) => Instruction> = Partial<Parameters<Build>[0]>;

/** Makes a router's instructions; people have to be known to its bed. */
export class RouterInstructions {
  readonly #bed: RouterBed;

  constructor(bed: RouterBed) {
    this.#bed = bed;
  }

  init(changes: Changes<typeof getInitConfigInstruction> = {}): Instruction {
    const { vaultAccounts, roles, keys, chain } = this.#bed;
    const signers = { payer: signer(chain.payer), routerId: signer(keys.routerId), admin: signer(keys.admin) };
    const url = "https://router.example";
    return getInitConfigInstruction({ ...signers, ...vaultAccounts, roles, params: PARAMS, url, ...changes });
  }

  openEscrow(user: Address, changes: Changes<typeof getOpenEscrowInstruction> = {}): Instruction {
    const allowance = { allowTotal: 1_000n * USDC, allowExpiresAt: this.#bed.chain.time + 365n * DAY };
    const payer = signer(this.#bed.chain.payer);
    return getOpenEscrowInstruction({ ...this.#asUser(user), payer, ...allowance, ...changes });
  }

  deposit(user: Address, amount: bigint, changes: Changes<typeof getDepositInstruction> = {}): Instruction {
    const { config, vault, mint } = this.#bed;
    const accounts = { config, vault, mint, escrow: this.#bed.escrowOf(user), source: this.#bed.associatedOf(user) };
    return getDepositInstruction({ ...accounts, funder: signer(user), amount, ...changes });
  }

  setAllowance(user: Address, total: bigint, expiresAt: bigint): Instruction {
    return getSetAllowanceInstruction({ ...this.#asUser(user), total, expiresAt });
  }

  settle(entries: readonly BedEntry[], changes: Changes<typeof getSettleBatchInstruction> = {}): Instruction {
    const { config, keys } = this.#bed;
    const pairs = entries.map(({ user, owner }) => [this.#bed.escrowOf(user), this.#bed.providerOf(owner)] as const);
    const ledgerAccounts = [...new Set(pairs.flat())];
    const indexed = entries.map(({ amount, seq }, index) => {
      const [escrow, provider] = pairs[index]!;
      return { escrow: ledgerAccounts.indexOf(escrow), provider: ledgerAccounts.indexOf(provider), amount, seq };
    });
    const batch = { root: new Uint8Array(32).fill(7), batchId: 1n, entries: indexed, ledgerAccounts };
    return getSettleBatchInstruction({ settler: signer(keys.settler), config, ...batch, ...changes });
  }

  withdrawUser(user: Address, amount: bigint, changes: Changes<typeof getWithdrawUserInstruction> = {}): Instruction {
    const { openedSlot, withdrawSeq } = this.#bed.readEscrow(user);
    const { vaultAccounts, keys } = this.#bed;
    const accounts = { ...vaultAccounts, ...this.#asUser(user), destination: this.#bed.associatedOf(user) };
    const cosigner = signer(keys.cosigner);
    return getWithdrawUserInstruction({ ...accounts, cosigner, amount, openedSlot, withdrawSeq, ...changes });
  }

  requestExit(user: Address): Instruction {
    return getRequestExitInstruction(this.#asUser(user));
  }

  cancelExit(user: Address): Instruction {
    return getCancelExitInstruction(this.#asUser(user));
  }

  /** Without the user's signature. */
  finalizeExit(user: Address, changes: Changes<typeof getFinalizeExitInstruction> = {}): Instruction {
    const accounts = { ...this.#bed.vaultAccounts, escrow: this.#bed.escrowOf(user) };
    return getFinalizeExitInstruction({ ...accounts, user, destination: this.#bed.associatedOf(user), ...changes });
  }

  closeEscrow(user: Address, changes: Changes<typeof getCloseEscrowInstruction> = {}): Instruction {
    const { config, escrow, user: closer } = this.#asUser(user);
    return getCloseEscrowInstruction({ config, escrow, closer, rentPayer: this.#bed.chain.payer, ...changes });
  }

  registerProvider(owner: Address, changes: Changes<typeof getRegisterProviderInstruction> = {}): Instruction {
    const { config, provider } = this.#asOwner(owner);
    const payer = signer(this.#bed.chain.payer);
    return getRegisterProviderInstruction({ config, provider, owner, payer, ...changes });
  }

  withdrawProvider(
    owner: Address,
    amount: bigint,
    changes: Changes<typeof getWithdrawProviderInstruction> = {},
  ): Instruction {
    const { openedSlot, withdrawSeq } = this.#bed.readProvider(owner);
    const { vaultAccounts, keys } = this.#bed;
    const accounts = { ...vaultAccounts, ...this.#asOwner(owner), payout: this.#bed.associatedOf(owner) };
    const cosigner = signer(keys.cosigner);
    return getWithdrawProviderInstruction({ ...accounts, cosigner, amount, openedSlot, withdrawSeq, ...changes });
  }

  providerRequestExit(owner: Address, amount: bigint): Instruction {
    return getProviderRequestExitInstruction({ ...this.#asOwner(owner), amount });
  }

  providerFinalizeExit(owner: Address, changes: Changes<typeof getProviderFinalizeExitInstruction> = {}): Instruction {
    const accounts = { ...this.#bed.vaultAccounts, provider: this.#bed.providerOf(owner) };
    return getProviderFinalizeExitInstruction({ ...accounts, payout: this.#bed.associatedOf(owner), ...changes });
  }

  /** By the owner alone. */
  setPayout(owner: Address, payout: Address, changes: Changes<typeof getSetPayoutInstruction> = {}): Instruction {
    return getSetPayoutInstruction({ ...this.#asOwner(owner), payout, ...changes });
  }

  collectFees(amount: bigint, changes: Changes<typeof getCollectFeesInstruction> = {}): Instruction {
    const { vaultAccounts, keys } = this.#bed;
    const accounts = { ...vaultAccounts, destination: this.#bed.associatedOf(keys.feeOwner) };
    return getCollectFeesInstruction({ ...accounts, feeOwner: signer(keys.feeOwner), amount, ...changes });
  }

  sweepSurplus(changes: Changes<typeof getSweepSurplusInstruction> = {}): Instruction {
    const { vaultAccounts, keys } = this.#bed;
    const accounts = { ...vaultAccounts, destination: this.#bed.associatedOf(keys.feeOwner) };
    return getSweepSurplusInstruction({ ...accounts, feeOwner: signer(keys.feeOwner), ...changes });
  }

  /** The router's first params, but for these. */
  scheduleParams(params: Partial<ParamsArgs>): Instruction {
    return getScheduleParamsInstruction({ ...this.#asAdmin(), params: { ...PARAMS, ...params } });
  }

  applyParams(): Instruction {
    return getApplyParamsInstruction(this.#asAdmin());
  }

  proposeAdmin(newAdmin: Address): Instruction {
    return getProposeAdminInstruction({ ...this.#asAdmin(), newAdmin });
  }

  acceptAdmin(newAdmin: Address): Instruction {
    return getAcceptAdminInstruction({ newAdmin: signer(newAdmin), config: this.#bed.config });
  }

  /** The router's first roles, but for these; by the admin alone. */
  setRoles(roles: Partial<RolesArgs>, changes: Changes<typeof getSetRolesInstruction> = {}): Instruction {
    return getSetRolesInstruction({ ...this.#asAdmin(), roles: { ...this.#bed.roles, ...roles }, ...changes });
  }

  /** By the guardian. */
  setPause(set: number, changes: Changes<typeof getSetPauseInstruction> = {}): Instruction {
    const { config, keys } = this.#bed;
    return getSetPauseInstruction({ signer: signer(keys.guardian), config, set, clear: 0, ...changes });
  }

  setUrl(url: string): Instruction {
    return getSetUrlInstruction({ ...this.#asAdmin(), url });
  }

  #asUser(user: Address): { user: ReturnType<typeof signer>; config: Address; escrow: Address } {
    return { user: signer(user), config: this.#bed.config, escrow: this.#bed.escrowOf(user) };
  }

  #asOwner(owner: Address): { owner: ReturnType<typeof signer>; config: Address; provider: Address } {
    return { owner: signer(owner), config: this.#bed.config, provider: this.#bed.providerOf(owner) };
  }

  #asAdmin(): { admin: ReturnType<typeof signer>; config: Address } {
    return { admin: signer(this.#bed.keys.admin), config: this.#bed.config };
  }
}
