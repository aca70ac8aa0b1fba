// What is told of a transaction: what it does, who pays and signs, and what somebody asked to sign should look at.
import type { Address } from "@solana/kit";
import type { ParsedAimoEscrowInstruction } from "../generated/programs/aimoEscrow.ts";

/** An instruction of the escrow program, wherever that is deployed. */
export type EscrowInstruction = ParsedAimoEscrowInstruction<string>;

/** Something that somebody asked to sign should look at. */
export type FlagCode =
  /** A program that is not known here: it may do anything. */
  | "unknown_program"
  /** A known program, asked for something that is not known here. */
  | "unknown_instruction"
  /** An instruction that its program would refuse: too few accounts, or data of another length. */
  | "malformed_instruction"
  /** Accounts in a lookup table that is not known here. */
  | "unresolved_lookup"
  /** The transaction does not expire by itself. */
  | "durable_nonce"
  /** More accounts than the instruction has. */
  | "extra_accounts"
  /** Somewhere else than the associated token account of the person it is about. */
  | "foreign_destination"
  /** An escrow of which is not known whose it is, or that belongs to nobody named. */
  | "unknown_escrow"
  /** An account that is not the derived one of its router or person. */
  | "wrong_address"
  /** Another router than the one expected. */
  | "other_router"
  /** Another mint than the one expected, or than USDC. */
  | "other_mint"
  /** Another fee payer than the one expected. */
  | "other_fee_payer"
  /** A higher fee than expected. */
  | "high_fee"
  /** A signature that is not its key's. */
  | "invalid_signature";

/** A flag, and what exactly it is about. */
export interface Flag {
  readonly code: FlagCode;
  readonly words: string;
  /** The instruction it is about, counted from 0; none where it is about the transaction. */
  readonly instruction?: number;
}

/** The programs that are known here. */
export type KnownProgram =
  | "escrow"
  | "system"
  | "token"
  | "associated_token"
  | "memo"
  | "compute_budget"
  | "lookup_table"
  | "guard";

/** What one instruction does. */
export interface Action {
  readonly program: KnownProgram | "unknown";
  readonly programAddress: Address;
  /** The instruction's name where it is known, such as `deposit`. */
  readonly name: string | undefined;
  /** A sentence. */
  readonly words: string;
  /** The instruction itself, where it is one of the escrow's and has all its parts. */
  readonly escrow?: EscrowInstruction;
}

/** Whether somebody has signed; `unchecked` where this runtime cannot check Ed25519. */
export type SignatureState = "valid" | "missing" | "invalid" | "unchecked";

/** Somebody who has to sign. */
export interface RequiredSigner {
  readonly address: Address;
  readonly signature: SignatureState;
}

/** The most that a transaction costs its fee payer, in lamports; rent that instructions take is not in it. */
export interface TransactionFee {
  readonly payer: Address;
  readonly baseLamports: bigint;
  readonly priorityLamportsMax: bigint;
}

/** A transaction in words and types. */
export interface TransactionDescription {
  readonly kind: "transaction";
  readonly version: "legacy" | 0;
  readonly fee: TransactionFee;
  readonly signers: readonly RequiredSigner[];
  readonly actions: readonly Action[];
  readonly flags: readonly Flag[];
  /** One sentence for each action, then who pays and signs, then the flags. */
  readonly words: readonly string[];
}

/** Bytes that are no transaction. */
export interface UnreadableTransaction {
  readonly kind: "unreadable";
  readonly reason: string;
}
