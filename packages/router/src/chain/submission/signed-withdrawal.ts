// A withdrawal that its owner hands in: byte for byte what this router signed, and nothing of it changed or left out.
import { base64 } from "@scure/base";
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import { describeTransaction } from "@aimo-network/escrow/describe/describe-transaction";
import { readWireTransaction } from "@aimo-network/escrow/describe/wire-transaction";
import type { WireTransaction } from "@aimo-network/escrow/describe/wire-transaction";
import { assert } from "@aimo-network/protocol/assert";
import { AimoError } from "@aimo-network/protocol/errors";
import type { Base64EncodedWireTransaction, Signature } from "@solana/kit";
import { insistOnSignatures, readHandedIn } from "./handed-in.ts";
import type { HandedIn } from "./handed-in.ts";

/** Bytes that this router signed for a withdrawal, in base64. */
export interface RouterSigned {
  readonly id: string;
  readonly wire: string;
}

/** What a withdrawal that is handed in is held against. */
export interface WithdrawalBytes {
  /** Undefined where the router has not signed it. */
  readonly own: RouterSigned | undefined;
  readonly id: string;
  /** Others of the same account, for whoever hands in the wrong one. */
  readonly others: readonly RouterSigned[];
}

/** A withdrawal that everybody has signed. */
export interface SignedWithdrawal {
  readonly signature: Signature;
  readonly wire: Base64EncodedWireTransaction;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** What is signed of bytes that this router made. */
function own({ wire }: RouterSigned): WireTransaction {
  const read = readWireTransaction(base64.decode(wire));
  assert(!("reason" in read), "what this router signed is a transaction");
  return read;
}

/** Refuses a transaction of another router, or of another withdrawal of the account. */
async function insistNotForeign(
  { transaction, bytes }: HandedIn,
  { id, others }: WithdrawalBytes,
  router: RouterPlace,
): Promise<void> {
  const other = others.find((signed) => isSame(own(signed).message, transaction.message));
  if (other !== undefined) {
    throw new AimoError("transaction_foreign", {
      expected: `the withdrawal ${id}`,
      found: `the withdrawal ${other.id}`,
    });
  }
  const described = await describeTransaction(bytes, { programAddress: router.programAddress });
  if (described.kind === "unreadable") return;
  for (const { escrow } of described.actions) {
    if (escrow === undefined || !("config" in escrow.accounts)) continue;
    const { address } = escrow.accounts.config;
    if (address === router.address) continue;
    throw new AimoError("transaction_foreign", {
      expected: `the router ${router.address}`,
      found: `the router ${address}`,
    });
  }
}

/** Reads what an owner hands in for a withdrawal; throws the reason where it is not the one, whole and signed. */
export async function readSignedWithdrawal(
  text: string,
  bytes: WithdrawalBytes,
  router: RouterPlace,
): Promise<SignedWithdrawal> {
  const handedIn = readHandedIn(text);
  const { transaction, wire } = handedIn;
  const expected = bytes.own && own(bytes.own);
  if (expected === undefined || !isSame(transaction.message, expected.message)) {
    await insistNotForeign(handedIn, bytes, router);
    throw new AimoError("transaction_altered", { withdrawalId: bytes.id });
  }
  // The first signature is the owner's; every other one was this router's and has to be there still.
  const isIntact = expected.signatures.every((signature, index) => {
    return index === 0 || isSame(signature.bytes, transaction.signatures[index]?.bytes ?? new Uint8Array());
  });
  if (!isIntact) throw new AimoError("transaction_altered", { withdrawalId: bytes.id });
  return { signature: await insistOnSignatures(transaction), wire };
}
