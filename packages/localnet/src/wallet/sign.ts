// What a demo wallet signs, and what that means in words, which come from the bytes themselves.
import { base58, base64 } from "@scure/base";
import { describeTransaction } from "@aimo-network/escrow/describe/describe-transaction";
import type { WithdrawalIntent } from "@aimo-network/protocol/keys/money-intent";
import { withdrawalMessage } from "@aimo-network/protocol/keys/money-intent";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import { address, getBase64EncodedWireTransaction, getTransactionDecoder } from "@solana/kit";
import type { SignatureBytes } from "@solana/kit";
import type { FileWallet } from "../wallets.ts";

/** A wish to withdraw as its endpoint takes it, and the text that was signed. */
export interface SignedWish {
  readonly body: Readonly<Record<string, string>>;
  readonly text: string;
}

/** A transaction with one more signature, in base64, and what it does. */
export interface SignedBytes {
  readonly transaction: string;
  readonly words: readonly string[];
}

/** Signs a wish to withdraw. */
export async function signWish(wallet: FileWallet, wish: Omit<WithdrawalIntent, "destination">): Promise<SignedWish> {
  const text = withdrawalMessage({ ...wish, destination: undefined });
  const signature = base58.encode(await wallet.sign(new TextEncoder().encode(text)));
  const date = new Date(wish.dateMs).toISOString();
  return { body: { amount: formatMicroUsdc(wish.amount), wallet: wallet.address, date, signature }, text };
}

/** Adds the wallet's signature to a transaction that wants it; refuses any other. */
export async function signTransaction(wallet: FileWallet, text: string, programId: string): Promise<SignedBytes> {
  const bytes = base64.decode(text);
  const description = await describeTransaction(bytes, { programAddress: address(programId) });
  if (description.kind === "unreadable") throw new Error(`This is no transaction: ${description.reason}`);
  const transaction = getTransactionDecoder().decode(bytes);
  const place = address(wallet.address);
  if (!(place in transaction.signatures)) throw new Error(`This transaction does not want the signature of ${place}.`);
  const signature = (await wallet.sign(Uint8Array.from(transaction.messageBytes))) as SignatureBytes;
  const signed = { ...transaction, signatures: { ...transaction.signatures, [place]: signature } };
  return { transaction: getBase64EncodedWireTransaction(signed), words: description.words };
}
