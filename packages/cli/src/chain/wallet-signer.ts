// The command's wallet as one that signs Solana's transactions.
import type { SignedTransaction } from "@aimo-network/escrow/landing/landing-verdict";
import { walletSigner as signerOf } from "@aimo-network/escrow/wallet-signer";
import { getBase64EncodedWireTransaction, getSignatureFromTransaction, getTransactionDecoder } from "@solana/kit";
import type { TransactionPartialSigner } from "@solana/kit";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";
import type { ConfirmedTransaction } from "./confirm.ts";

/** The same wallet, for instructions that it has to sign and for transactions of a command's own making. */
export function walletSigner({ wallet }: Pick<CommandWallet, "wallet">): TransactionPartialSigner {
  return signerOf(wallet);
}

/** Adds the wallet's signature to what was confirmed, and to nothing else. */
export async function signConfirmed(
  { interrupted }: Pick<CommandContext, "interrupted">,
  wallet: CommandWallet,
  { bytes, description }: ConfirmedTransaction,
): Promise<SignedTransaction> {
  if (interrupted.aborted) throw new CommandFault({ what: "Nothing was signed.", reason: "interrupted" });
  const transaction = getTransactionDecoder().decode(bytes);
  const { address, signTransactions } = walletSigner(wallet);
  const [own] = await signTransactions([transaction as Parameters<typeof signTransactions>[0][number]]);
  const signatures = { ...transaction.signatures, [address]: own?.[address] ?? null };
  const signed = { ...transaction, signatures };
  return {
    wire: getBase64EncodedWireTransaction(signed),
    signature: getSignatureFromTransaction(signed),
    programs: description.actions.map(({ programAddress }) => programAddress),
  };
}
