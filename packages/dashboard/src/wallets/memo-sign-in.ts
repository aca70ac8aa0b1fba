// Signing in with a wallet that signs no texts, such as many hardware wallets: a transaction with a memo, which is never sent.
import { MEMO_PROGRAMS, readMemoTransaction } from "@aimo-network/protocol/sign-in/memo-transaction";
import { readAddress } from "@aimo-network/protocol/sign-in/sign-in-message";
import { SIGNATURE_BYTES, verifyBytes } from "@aimo-network/protocol/keys/ed25519";
import { unsound } from "./wallet-fault.ts";

const ONE_SIGNER_ONE_PROGRAM = [1, 0, 1]; // signers, read-only ones of them, read-only accounts beside them
const BLOCKHASH_BYTES = 32;
const PROGRAM_INDEX = 1;
const SIGNER_INDEX = 0;

/** Solana's compact-u16. */
function compact(count: number): number[] {
  return count < 0x80 ? [count] : [(count & 0x7f) | 0x80, ...compact(count >> 7)];
}

/** A legacy transaction of one signer that holds `text` as its memo; its blockhash never was, so that it can never land. */
export function memoTransaction(address: string, text: string): Uint8Array {
  const memo = new TextEncoder().encode(text);
  const [program = ""] = MEMO_PROGRAMS;
  return Uint8Array.from([
    1,
    ...new Uint8Array(SIGNATURE_BYTES),
    ...ONE_SIGNER_ONE_PROGRAM,
    ...compact(2),
    ...(readAddress(address) ?? []),
    ...(readAddress(program) ?? []),
    ...new Uint8Array(BLOCKHASH_BYTES),
    ...compact(1),
    PROGRAM_INDEX,
    ...compact(1),
    SIGNER_INDEX,
    ...compact(memo.length),
    ...memo,
  ]);
}

/** Insists that what a wallet gave is such a transaction, with the same text, signed by the account that was asked. */
export async function insistMemoSigned(
  walletName: string,
  signed: Uint8Array,
  asked: { readonly publicKey: Uint8Array; readonly text: string },
): Promise<void> {
  let read: ReturnType<typeof readMemoTransaction>;
  try {
    read = readMemoTransaction(signed);
  } catch {
    throw unsound(walletName, "changed the transaction of the sign-in into another one.");
  }
  const isOurs = read.text === asked.text && read.signer.every((byte, index) => byte === asked.publicKey[index]);
  const isSigned = isOurs && (await verifyBytes(read.signer, read.message, read.signature).catch(() => true));
  if (!isSigned) throw unsound(walletName, "did not sign the transaction of the sign-in as it was asked to.");
}
