// Instructions about a user's money: opening, paying in, being charged, leaving.
import { argumentValueNode, instructionRemainingAccountsNode } from "codama";
import type { InstructionNode } from "codama";
import { entries } from "./defined-types.ts";
import { derived } from "./derived-addresses.ts";
import { bytes, i64, u32, u64 } from "./fields.ts";
import { account, instruction, systemProgram, tokenProgram, vault, vaultAuthority } from "./instruction.ts";

const user = account("user", "s");
const config = account("config", "");
const writableConfig = account("config", "w");
const escrow = account("escrow", "w", derived.escrow);
const destination = account("destination", "w");
const mint = account("mint", "");

/** Instructions 1 to 9. */
export const userInstructions: InstructionNode[] = [
  instruction({
    number: 1,
    name: "open_escrow",
    docs: "Opens a user's escrow with the allowance the user signs; the payer may be a sponsor.",
    accounts: [account("payer", "ws"), user, config, escrow, systemProgram],
    arguments: { allow_total: u64, allow_expires_at: i64 },
  }),
  instruction({
    number: 2,
    name: "deposit",
    docs: "Moves tokens into the vault for a user; anybody may pay for any user.",
    accounts: [
      account("funder", "s"),
      account("source", "w"),
      writableConfig,
      account("escrow", "w"),
      vault,
      mint,
      tokenProgram,
    ],
    arguments: { amount: u64 },
  }),
  instruction({
    number: 3,
    name: "set_allowance",
    docs: "Raises an allowance or its expiry at once, or lowers it after the router's notice.",
    accounts: [user, config, escrow],
    arguments: { total: u64, expires_at: i64 },
  }),
  instruction({
    number: 4,
    name: "settle_batch",
    docs: "Pays providers out of escrows, entry by entry, up to each user's balance and allowance; moves no tokens.",
    accounts: [account("settler", "s"), writableConfig],
    arguments: { root: bytes(32), batch_id: u64, entries },
    remainingAccounts: instructionRemainingAccountsNode(argumentValueNode("ledger_accounts"), { isWritable: true }),
  }),
  instruction({
    number: 5,
    name: "withdraw_user",
    docs: "Pays a user out at once, with the router's co-signature.",
    accounts: [
      user,
      account("cosigner", "s"),
      writableConfig,
      escrow,
      vault,
      vaultAuthority,
      destination,
      mint,
      tokenProgram,
    ],
    arguments: { amount: u64, opened_slot: u64, withdraw_seq: u32 },
  }),
  instruction({
    number: 6,
    name: "request_exit",
    docs: "Starts the delay after which a user gets the whole balance back without the router.",
    accounts: [user, config, escrow],
  }),
  instruction({
    number: 7,
    name: "cancel_exit",
    docs: "Ends a user's exit that was requested.",
    accounts: [user, config, escrow],
  }),
  instruction({
    number: 8,
    name: "finalize_exit",
    docs: "Pays a user's whole balance out after the delay: to the user's own account, or anywhere if the user signs.",
    accounts: [account("user", "s?"), writableConfig, escrow, vault, vaultAuthority, destination, mint, tokenProgram],
  }),
  instruction({
    number: 9,
    name: "close_escrow",
    docs: "Closes an empty escrow and gives the rent back to who paid it.",
    accounts: [account("closer", "s"), config, account("escrow", "w"), account("rent_payer", "w")],
  }),
];
