// Instructions about a provider's money: registering, being paid out, leaving.
import type { InstructionNode } from "codama";
import { derived } from "./derived-addresses.ts";
import { u32, u64 } from "./fields.ts";
import {
  account,
  instruction,
  optionalCosigner,
  systemProgram,
  tokenProgram,
  vault,
  vaultAuthority,
} from "./instruction.ts";

const owner = account("owner", "s");
const config = account("config", "");
const writableConfig = account("config", "w");
const provider = account("provider", "w", derived.provider);
const payout = account("payout", "w");
const mint = account("mint", "");

/** Instructions 10 to 14. */
export const providerInstructions: InstructionNode[] = [
  instruction({
    number: 10,
    name: "register_provider",
    docs: "Opens a provider's account, paid out to the owner's associated token account; the owner need not sign.",
    accounts: [account("payer", "ws"), account("owner", ""), config, provider, systemProgram],
  }),
  instruction({
    number: 11,
    name: "withdraw_provider",
    docs: "Pays a provider out at once, with the router's co-signature.",
    accounts: [
      owner,
      account("cosigner", "s"),
      writableConfig,
      provider,
      vault,
      vaultAuthority,
      payout,
      mint,
      tokenProgram,
    ],
    arguments: { amount: u64, opened_slot: u64, withdraw_seq: u32 },
  }),
  instruction({
    number: 12,
    name: "provider_request_exit",
    docs: "Starts the delay after which a provider gets an amount of its earnings without the router.",
    accounts: [owner, config, provider],
    arguments: { amount: u64 },
  }),
  instruction({
    number: 13,
    name: "provider_finalize_exit",
    docs: "Pays out what a provider's exit asked for, after the delay; anybody may call it.",
    accounts: [writableConfig, account("provider", "w"), vault, vaultAuthority, payout, mint, tokenProgram],
  }),
  instruction({
    number: 14,
    name: "set_payout",
    docs: "Changes the account a provider is paid to: at once with the router's co-signature, else after a delay.",
    accounts: [owner, optionalCosigner, config, provider, account("payout", "")],
  }),
];
