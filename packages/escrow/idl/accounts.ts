// The layouts of the program's accounts, byte by byte.
import {
  accountNode,
  fieldDiscriminatorNode,
  fixedSizeTypeNode,
  pdaLinkNode,
  stringTypeNode,
  structTypeNode,
} from "codama";
import type { AccountNode, StructFieldTypeNode } from "codama";
import { params, roles } from "./defined-types.ts";
import { bytes, constantByte, field, i64, pubkey, reserved, times, u32, u64, u8 } from "./fields.ts";

const URL_BYTES = 128;

interface Layout {
  readonly name: string;
  readonly docs: string;
  /** What its first byte says. */
  readonly kind: number;
  readonly size: number;
  readonly fields: readonly StructFieldTypeNode[];
}

function account({ name, docs, kind, size, fields }: Layout): AccountNode {
  return accountNode({
    name,
    docs,
    size,
    pda: pdaLinkNode(name),
    discriminators: [fieldDiscriminatorNode("kind", 0), fieldDiscriminatorNode("version", 1)],
    data: structTypeNode([constantByte("kind", kind), constantByte("version", 1), field("bump", u8), ...fields]),
  });
}

const config = account({
  name: "config",
  docs: "A router: who may do what, its params, and what it owes to users and providers.",
  kind: 1,
  size: 1120,
  fields: [
    field("vault_bump", u8),
    field("authority_bump", u8),
    reserved("reserved", 3),
    field("router_id", pubkey),
    field("mint", pubkey),
    field("vault", pubkey),
    field("vault_authority", pubkey),
    field("admin", pubkey),
    field("pending_admin", pubkey),
    field("roles", roles),
    field("pending_roles", roles),
    field("params", params),
    field("pending_params", params),
    field("pending_admin_at", i64),
    field("pending_roles_at", i64),
    field("pending_params_at", i64),
    field("pause_until", times(3)),
    field("pause_not_before", times(3)),
    field("window_start", i64),
    field("window_spent", u64),
    field("total_user", u64),
    field("total_provider", u64),
    field("fee_accrued", u64),
    field("batch_count", u64),
    field("last_root", bytes(32)),
    field("url", fixedSizeTypeNode(stringTypeNode("utf8"), URL_BYTES)),
    reserved("reserved_end", 272),
  ],
});

const escrow = account({
  name: "escrow",
  docs: "What a user has at a router, and how much of it the router may settle.",
  kind: 2,
  size: 216,
  fields: [
    reserved("reserved", 5),
    field("config", pubkey),
    field("user", pubkey),
    field("rent_payer", pubkey),
    field("opened_slot", u64),
    field("balance", u64),
    field("deposited_total", u64),
    field("withdrawn_total", u64),
    field("settled_total", u64),
    field("allow_total", u64),
    field("allow_expires_at", i64),
    field("pending_allow_total", u64),
    field("pending_allow_expires_at", i64),
    field("pending_allow_at", i64),
    field("last_debit_slot", u64),
    field("exit_requested_at", i64),
    field("exit_delay", u64),
    field("settle_seq", u32),
    field("withdraw_seq", u32),
  ],
});

const provider = account({
  name: "provider",
  docs: "What a provider has earned at a router, and where it is paid to.",
  kind: 3,
  size: 232,
  fields: [
    reserved("reserved", 5),
    field("config", pubkey),
    field("owner", pubkey),
    field("rent_payer", pubkey),
    field("payout", pubkey),
    field("pending_payout", pubkey),
    field("pending_payout_at", i64),
    field("opened_slot", u64),
    field("earned_total", u64),
    field("withdrawn_total", u64),
    field("exit_requested_at", i64),
    field("exit_amount", u64),
    field("exit_delay", u64),
    field("withdraw_seq", u32),
    reserved("reserved_end", 4),
  ],
});

/** Every kind of account the program owns. */
export const accounts: AccountNode[] = [config, escrow, provider];
