// Whether the payer has what opening a router takes, told before anybody is asked to sign.
import type { Address } from "@solana/kit";
import { getConfigSize } from "@aimo-network/escrow/generated/accounts/config";
import { solWords } from "@aimo-network/escrow/describe/foreign-text";
import { askNode } from "../chain/solana-node.ts";
import type { SolanaNode } from "../chain/solana-node.ts";
import { CommandFault } from "../fault.ts";
import { OPENING_FEE_LAMPORTS } from "../limits.ts";
import { readLamports } from "./standing.ts";

const VAULT_BYTES = 165; // a token account of SPL Token

async function rentOf({ rpc }: SolanaNode, bytes: number): Promise<bigint> {
  return await rpc.getMinimumBalanceForRentExemption(BigInt(bytes)).send();
}

/** Refuses a payer with less SOL than the rent of config and vault, and the fee. Throws `CommandFault`. */
export async function insistOnSol(node: SolanaNode, payer: Address): Promise<void> {
  const [has, config, vault] = await Promise.all([
    readLamports(node, payer),
    askNode(node, rentOf(node, getConfigSize())),
    askNode(node, rentOf(node, VAULT_BYTES)),
  ]);
  const needs = config + vault + OPENING_FEE_LAMPORTS;
  if (has >= needs) return;
  throw new CommandFault({
    what: "The payer has too little SOL to open a router.",
    why: `${payer} has ${solWords(has)}; rent and fee take ${solWords(needs)}.`,
    next: `Send SOL to ${payer} (on devnet: solana airdrop 1 ${payer}), or name another with --payer.`,
    reason: "funds",
    code: "insufficient_sol",
  });
}
