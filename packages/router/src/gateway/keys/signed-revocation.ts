// A revocation that a wallet has signed, as a text or as a memo that is never sent: it needs no login and no key.
import { base58, base64 } from "@scure/base";
import type { Static } from "typebox";
import { Type } from "typebox";
import { AimoError } from "@aimo-network/protocol/errors";
import { verifyBytes } from "@aimo-network/protocol/keys/ed25519";
import { revocationMessage } from "@aimo-network/protocol/keys/key-message";
import type { SignedText } from "@aimo-network/protocol/sign-in/memo-transaction";
import { readMemoTransaction } from "@aimo-network/protocol/sign-in/memo-transaction";
import { readAddress } from "@aimo-network/protocol/sign-in/sign-in-message";
import { REVOCATION_DATE_MS } from "../../limits.ts";
import { readBase58 } from "./key-shapes.ts";

const KeyId = Type.String({ pattern: "^[0-9a-f]{32}$" });
const SignedDate = Type.String({ maxLength: 24, description: "As in the signed message" });

/** What a wallet sends that has signed the message of a revocation. */
export const SignedTextShape = Type.Object(
  {
    key_id: KeyId,
    wallet: Type.String({ maxLength: 44 }),
    date: SignedDate,
    signature: Type.String({ maxLength: 90, description: "In base58" }),
  },
  { title: "Signed as a message", additionalProperties: false },
);

/** What a wallet sends that can only sign transactions. */
export const SignedMemoShape = Type.Object(
  {
    key_id: KeyId,
    date: SignedDate,
    transaction: Type.String({
      maxLength: 2_000,
      description: "In base64: legacy, signed by the wallet, with one instruction, a memo that holds the message",
    }),
  },
  { title: "Signed as a transaction, by wallets that cannot sign messages", additionalProperties: false },
);

/** Either of them. */
export type SignedRevocation = Static<typeof SignedTextShape> | Static<typeof SignedMemoShape>;

/** A key that is to end, and the wallet on whose word. */
export interface RevocationWish {
  readonly keyId: string;
  readonly wallet: string;
}

function fault(param: string, expected: string, found: string): AimoError {
  return new AimoError("invalid_request", { expected, found, param });
}

function readDate(date: string, nowMs: number): number {
  const dateMs = Date.parse(date);
  if (Number.isNaN(dateMs) || new Date(dateMs).toISOString() !== date) {
    throw fault("date", "a time such as 2026-11-24T07:00:00.000Z", JSON.stringify(date));
  }
  if (Math.abs(nowMs - dateMs) > REVOCATION_DATE_MS) {
    const minutes = REVOCATION_DATE_MS / 60_000;
    throw fault("date", `a time within ${minutes} minutes of ${new Date(nowMs).toISOString()}`, date);
  }
  return dateMs;
}

function readTransaction(transaction: string): SignedText {
  let bytes: Uint8Array;
  try {
    bytes = base64.decode(transaction);
  } catch (cause) {
    const context = { expected: "base64", found: "other characters", param: "transaction" };
    throw new AimoError("invalid_request", context, { cause });
  }
  return readMemoTransaction(bytes);
}

function readText(signed: Static<typeof SignedTextShape>, text: string): SignedText {
  const signer = readAddress(signed.wallet);
  if (signer === undefined) throw fault("wallet", "a Solana wallet's address", "another text");
  return { signer, text, message: Buffer.from(text), signature: readBase58("signature", signed.signature) };
}

/** Reads and checks what a wallet has signed; whether the key is that wallet's is not known here. */
export async function readSignedRevocation(
  signed: SignedRevocation,
  routerId: string,
  nowMs: number,
): Promise<RevocationWish> {
  const { key_id: keyId, date } = signed;
  const text = revocationMessage({ keyId, routerId, dateMs: readDate(date, nowMs) });
  const isMemo = "transaction" in signed;
  const {
    signer,
    text: found,
    message,
    signature,
  } = isMemo ? readTransaction(signed.transaction) : readText(signed, text);
  if (found !== text || !(await verifyBytes(signer, message, signature))) {
    const param = isMemo ? "transaction" : "signature";
    throw fault(param, `the wallet's signature over ${JSON.stringify(text)}`, "one that does not fit");
  }
  return { keyId, wallet: base58.encode(signer) };
}
