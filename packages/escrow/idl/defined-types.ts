// The structs that accounts, instructions and the event of the program are made of.
import {
  arrayTypeNode,
  definedTypeLinkNode,
  definedTypeNode,
  prefixedCountNode,
  remainderCountNode,
  sizePrefixTypeNode,
  stringTypeNode,
  structTypeNode,
} from "codama";
import type { DefinedTypeNode } from "codama";
import { bytes, constantByte, field, pubkey, u16, u32, u64, u8 } from "./fields.ts";

/** Every struct with a name of its own. */
export const definedTypes: DefinedTypeNode[] = [
  definedTypeNode({
    name: "roles",
    docs: "Who may do what for a router; an address of zeros is nobody.",
    type: structTypeNode(["settler", "cosigner", "guardian", "fee_owner"].map((name) => field(name, pubkey))),
  }),
  definedTypeNode({
    name: "params",
    docs: "What a router has set: amounts in micro-USDC, durations in seconds.",
    type: structTypeNode(
      [
        "fee_bps",
        "min_deposit",
        "user_exit_delay",
        "provider_exit_delay",
        "allowance_notice",
        "settler_window",
        "settler_window_cap",
      ].map((name) => field(name, u64)),
    ),
  }),
  definedTypeNode({
    name: "settlement_entry",
    docs: "One payment of a batch: escrow and provider are indexes into the ledger accounts of the instruction.",
    type: structTypeNode([field("escrow", u8), field("provider", u8), field("amount", u64), field("seq", u32)]),
  }),
  definedTypeNode({
    name: "settle_event",
    docs: "What settle_batch logs: the amount applied for each entry, 2^64 - 1 where the entry was a no-op.",
    type: structTypeNode([
      constantByte("kind", 1),
      field("batch_id", u64),
      field("root", bytes(32)),
      field("fee_bps", u16),
      field("applied", arrayTypeNode(u64, remainderCountNode())),
    ]),
  }),
];

/** The roles of a router. */
export const roles = definedTypeLinkNode("roles");
/** The params of a router. */
export const params = definedTypeLinkNode("params");
/** The entries of a batch, after their count in one byte. */
export const entries = arrayTypeNode(definedTypeLinkNode("settlement_entry"), prefixedCountNode(u8));
/** A router's URL as instructions carry it, after its length in one byte. */
export const url = sizePrefixTypeNode(stringTypeNode("utf8"), u8);
