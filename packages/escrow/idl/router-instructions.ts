// Instructions about a router itself: its place, its fees, its params, roles, admin, pauses and URL.
import type { InstructionNode } from "codama";
import { params, roles, url } from "./defined-types.ts";
import { derived } from "./derived-addresses.ts";
import { pubkey, u64, u8 } from "./fields.ts";
import {
  account,
  instruction,
  optionalCosigner,
  systemProgram,
  tokenProgram,
  vault,
  vaultAuthority,
} from "./instruction.ts";

const admin = account("admin", "s");
const config = account("config", "w");
const mint = account("mint", "");
const feeTransfer = [
  account("fee_owner", "s"),
  config,
  vault,
  vaultAuthority,
  account("destination", "w"),
  mint,
  tokenProgram,
];

/** Instruction 0. */
export const initConfig: InstructionNode = instruction({
  number: 0,
  name: "init_config",
  docs: "Opens a router's place with its vault, params and roles; the router's id signs, and so does its first admin.",
  accounts: [
    account("payer", "ws"),
    account("router_id", "s"),
    admin,
    account("config", "w", derived.config),
    vault,
    vaultAuthority,
    mint,
    tokenProgram,
    systemProgram,
  ],
  arguments: { roles, params, url },
});

/** Instructions 15 to 23. */
export const routerInstructions: InstructionNode[] = [
  instruction({
    number: 15,
    name: "collect_fees",
    docs: "Pays the router's share out.",
    accounts: feeTransfer,
    arguments: { amount: u64 },
  }),
  instruction({
    number: 16,
    name: "schedule_params",
    docs: "Sets params: at once where that is better for users and providers, else after a notice.",
    accounts: [admin, config],
    arguments: { params },
  }),
  instruction({
    number: 17,
    name: "apply_params",
    docs: "Puts pending params and pending roles in force that are due.",
    accounts: [admin, config],
  }),
  instruction({
    number: 18,
    name: "propose_admin",
    docs: "Proposes another admin, or with zeros nobody any more.",
    accounts: [admin, config],
    arguments: { new_admin: pubkey },
  }),
  instruction({
    number: 19,
    name: "accept_admin",
    docs: "Makes the proposed key the admin after the notice.",
    accounts: [account("new_admin", "s"), config],
  }),
  instruction({
    number: 20,
    name: "set_roles",
    docs: "Sets roles: at once with the router's co-signature, else after a notice, but taken away at once.",
    accounts: [admin, optionalCosigner, config],
    arguments: { roles },
  }),
  instruction({
    number: 21,
    name: "set_pause",
    docs: "Pauses for a bounded time or ends a pause; bits: 1 deposits, 2 settlement, 4 co-signed withdrawals.",
    accounts: [account("signer", "s"), config],
    arguments: { set: u8, clear: u8 },
  }),
  instruction({
    number: 22,
    name: "sweep_surplus",
    docs: "Pays out what the vault holds above everything it owes.",
    accounts: feeTransfer,
  }),
  instruction({
    number: 23,
    name: "set_url",
    docs: "Says where the router is reached.",
    accounts: [admin, config],
    arguments: { url },
  }),
];
