// The addresses the program derives, from what each of them is derived, and how instructions find them.
import {
  accountValueNode,
  constantPdaSeedNodeFromString,
  pdaNode,
  pdaSeedValueNode,
  pdaValueNode,
  variablePdaSeedNode,
} from "codama";
import type { PdaNode, PdaValueNode } from "codama";
import { pubkey } from "./fields.ts";

function derivedFrom(name: string, docs: string, prefix: string, seeds: readonly string[]): PdaNode {
  const variable = seeds.map((seed) => variablePdaSeedNode(seed, pubkey));
  return pdaNode({ name, docs, seeds: [constantPdaSeedNodeFromString("utf8", prefix), ...variable] });
}

const config = derivedFrom("config", "A router's account.", "config", ["router_id"]);
const vault = derivedFrom("vault", "The token account that holds all money of a router.", "vault", ["config"]);
const authority = derivedFrom("authority", "The owner of a router's vault.", "auth", ["config"]);
const escrow = derivedFrom("escrow", "A user's account at a router.", "escrow", ["config", "user"]);
const provider = derivedFrom("provider", "A provider's account at a router.", "provider", ["config", "owner"]);

/** Every address that is derived. */
export const derivedAddresses: PdaNode[] = [config, vault, authority, escrow, provider];

// The derivation stands whole at each account instead of a link to it: the client follows a link with the program's address
// that is written in the description, and a whole one with the address the caller gives.
function atAccounts(pda: PdaNode, seeds: readonly string[]): PdaValueNode {
  return pdaValueNode(
    pda,
    seeds.map((seed) => pdaSeedValueNode(seed, accountValueNode(seed))),
  );
}

/** Where an instruction finds an account that its caller does not name: derived from the instruction's other accounts. */
export const derived = {
  config: atAccounts(config, ["router_id"]),
  vault: atAccounts(vault, ["config"]),
  authority: atAccounts(authority, ["config"]),
  escrow: atAccounts(escrow, ["config", "user"]),
  provider: atAccounts(provider, ["config", "owner"]),
} as const;
