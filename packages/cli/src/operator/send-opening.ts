// Opens a router on the chain: the transaction in words, a person's yes, three signatures, and the wait until it is there.
import { getBase64Encoder } from "@solana/kit";
import type { Address, Instruction } from "@solana/kit";
import type { TransactionWish } from "@aimo-network/escrow/wish/differences";
import { composeTransaction } from "../chain/compose.ts";
import { confirmTransaction } from "../chain/confirm.ts";
import type { Landed } from "../chain/landing.ts";
import { tellLanded } from "../chain/carry-out.ts";
import { submitByNode } from "../chain/submit.ts";
import { signConfirmed } from "../chain/wallet-signer.ts";
import type { CommandContext } from "../context.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";
import type { OpeningChain } from "./opening-chain.ts";

/** Who signs an opening, and what it is about. */
export interface Opening {
  readonly payer: CommandWallet;
  readonly routerId: CommandWallet;
  readonly admin: CommandWallet;
  readonly config: Address;
  readonly mint: Address;
  readonly url: string;
  readonly instructions: readonly Instruction[];
}

function wishOf(
  { payer, routerId, admin, config, mint, url }: Opening,
  { programAddress, cluster, node }: OpeningChain,
): TransactionWish {
  const where = cluster?.name ?? `the chain of ${new URL(node.url).origin}`;
  const people = { payer, routerId, admin };
  const signers = Object.fromEntries(Object.entries(people).map(([name, { address }]) => [name, address as Address]));
  return {
    question: `Open the router ${routerId.address} at ${url} on these terms, on ${where}?`,
    programAddress,
    signers: [...new Set(Object.values(signers))],
    router: config,
    mint,
    instructions: [{ name: "init_config", accounts: { ...signers, config, mint } }],
  };
}

/** Sends it; throws `CommandFault` where nobody agrees, or where it does not land. */
export async function sendOpening(
  context: CommandContext,
  chain: OpeningChain,
  opening: Opening,
): Promise<Landed & { readonly link: string | undefined }> {
  const { payer, routerId, admin } = opening;
  const { bytes, lastValidBlockHeight } = await composeTransaction(
    chain.node,
    payer.address as Address,
    opening.instructions,
  );
  const { description, ...agreed } = await confirmTransaction(context, bytes, wishOf(opening, chain));
  let signed = await signConfirmed(context, payer, { description, ...agreed });
  for (const signer of [routerId, admin]) {
    const soFar = Uint8Array.from(getBase64Encoder().encode(signed.wire));
    signed = await signConfirmed(context, signer, { bytes: soFar, description });
  }
  const landed = await submitByNode(context, chain, { ...signed, lastValidBlockHeight });
  const { explorer_url: link } = tellLanded(context, chain, landed);
  return { ...landed, link: link ?? undefined };
}
