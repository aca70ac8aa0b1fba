// The instructions as the model takes them: which accounts they name, what they are told, and who signed.
import type { Key, Params, Roles } from "./records.ts";

type Payment = "config" | "vault" | "vaultAuthority" | "mint" | "tokenProgram";

/** The accounts of each instruction by their names in docs/escrow.md. */
export interface AccountNames {
  init_config: "payer" | "routerId" | "admin" | Payment;
  open_escrow: "payer" | "user" | "config" | "escrow";
  deposit: "funder" | "source" | "config" | "escrow" | "vault" | "mint" | "tokenProgram";
  set_allowance: "user" | "config" | "escrow";
  settle_batch: "settler" | "config";
  withdraw_user: "user" | "cosigner" | "escrow" | "destination" | Payment;
  request_exit: "user" | "config" | "escrow";
  cancel_exit: "user" | "config" | "escrow";
  finalize_exit: "user" | "escrow" | "destination" | Payment;
  close_escrow: "closer" | "config" | "escrow" | "rentPayer";
  register_provider: "payer" | "owner" | "config" | "provider";
  withdraw_provider: "owner" | "cosigner" | "provider" | "payout" | Payment;
  provider_request_exit: "owner" | "config" | "provider";
  provider_finalize_exit: "provider" | "payout" | Payment;
  set_payout: "owner" | "cosigner" | "config" | "provider" | "payout";
  collect_fees: "feeOwner" | "destination" | Payment;
  schedule_params: "admin" | "config";
  apply_params: "admin" | "config";
  propose_admin: "admin" | "config";
  accept_admin: "newAdmin" | "config";
  set_roles: "admin" | "cosigner" | "config";
  set_pause: "signer" | "config";
  sweep_surplus: "feeOwner" | "destination" | Payment;
  set_url: "admin" | "config";
}

/** One entry of a batch; escrow and provider are places in the list of ledger accounts. */
export interface Entry {
  readonly escrow: number;
  readonly provider: number;
  readonly amount: bigint;
  readonly seq: number;
}

interface Withdrawal {
  readonly amount: bigint;
  readonly openedSlot: bigint;
  readonly withdrawSeq: number;
}

type Nothing = Readonly<Record<string, never>>;

/** What each instruction is told. */
export interface Arguments {
  init_config: { readonly roles: Roles; readonly params: Params; readonly url: string };
  open_escrow: { readonly allowTotal: bigint; readonly allowExpiresAt: bigint };
  deposit: { readonly amount: bigint };
  set_allowance: { readonly total: bigint; readonly expiresAt: bigint };
  settle_batch: {
    /** In hexadecimal. */
    readonly root: string;
    readonly batchId: bigint;
    readonly entries: readonly Entry[];
    readonly ledgerAccounts: readonly Key[];
  };
  withdraw_user: Withdrawal;
  request_exit: Nothing;
  cancel_exit: Nothing;
  finalize_exit: Nothing;
  close_escrow: Nothing;
  register_provider: Nothing;
  withdraw_provider: Withdrawal;
  provider_request_exit: { readonly amount: bigint };
  provider_finalize_exit: Nothing;
  set_payout: Nothing;
  collect_fees: { readonly amount: bigint };
  schedule_params: { readonly params: Params };
  apply_params: Nothing;
  propose_admin: { readonly newAdmin: Key };
  accept_admin: Nothing;
  set_roles: { readonly roles: Roles };
  set_pause: { readonly set: number; readonly clear: number };
  sweep_surplus: Nothing;
  set_url: { readonly url: string };
}

/** The name of an instruction. */
export type InstructionName = keyof AccountNames;

/** An instruction of one name. */
export interface InstructionOf<Name extends InstructionName> {
  readonly name: Name;
  readonly accounts: Readonly<Record<AccountNames[Name], Key>>;
  readonly arguments: Arguments[Name];
  readonly signers: ReadonlySet<Key>;
  /** How its bytes or its list of accounts are broken, if they are. */
  readonly malformation?: Malformation;
}

/** Ways to send an instruction that the program cannot read. */
export type Malformation = "a byte less" | "a byte more" | "an account less" | "no such number";

/** Any instruction. */
export type Instruction = { [Name in InstructionName]: InstructionOf<Name> }[InstructionName];
