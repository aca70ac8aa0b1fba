// Bytes that somebody hands in: a whole transaction with every signature valid, or the reason why not.
import { base58, base64 } from "@scure/base";
import { readWireTransaction } from "@aimo-network/escrow/describe/wire-transaction";
import type { WireTransaction } from "@aimo-network/escrow/describe/wire-transaction";
import { AimoError } from "@aimo-network/protocol/errors";
import { verifyBytes } from "@aimo-network/protocol/keys/ed25519";
import type { Base64EncodedWireTransaction, Signature } from "@solana/kit";
import { TRANSACTION_CHARS_MAX } from "./limits.ts";

/** A transaction as it was handed in. */
export interface HandedIn {
  readonly transaction: WireTransaction;
  readonly bytes: Uint8Array;
  readonly wire: Base64EncodedWireTransaction;
}

function decode(text: string): Uint8Array {
  if (text.length > TRANSACTION_CHARS_MAX) {
    throw new AimoError("transaction_unreadable", { detail: `it is longer than ${TRANSACTION_CHARS_MAX} characters` });
  }
  try {
    return base64.decode(text);
  } catch (cause) {
    throw new AimoError("transaction_unreadable", { detail: "it is not base64" }, { cause });
  }
}

/** Reads a transaction; its signatures are not looked at. */
export function readHandedIn(text: string): HandedIn {
  const bytes = decode(text);
  const transaction = readWireTransaction(bytes);
  if ("reason" in transaction) throw new AimoError("transaction_unreadable", { detail: transaction.reason });
  return { transaction, bytes, wire: text as Base64EncodedWireTransaction };
}

/** Refuses a transaction that somebody has not signed, or not this one. Gives the signature by which the chain knows it. */
export async function insistOnSignatures({ message, signatures }: WireTransaction): Promise<Signature> {
  for (const { address, bytes } of signatures) {
    if (bytes.every((byte) => byte === 0)) throw new AimoError("transaction_unsigned", { signer: address });
    if (!(await verifyBytes(base58.decode(address), message, bytes))) {
      throw new AimoError("transaction_signature_invalid", { signer: address });
    }
  }
  const [own] = signatures;
  if (own === undefined) throw new AimoError("transaction_unreadable", { detail: "nobody pays its fee" });
  return base58.encode(own.bytes) as Signature;
}
