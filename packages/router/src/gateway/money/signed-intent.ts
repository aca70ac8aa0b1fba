// A withdrawal that a wallet has asked for by its signature, over a text or over a memo that is never sent: it needs no login.
import { createHash } from "node:crypto";
import { base58, base64 } from "@scure/base";
import type { Static } from "typebox";
import { Type } from "typebox";
import { AimoError } from "@aimo-network/protocol/errors";
import { firstUuidAt } from "@aimo-network/protocol/ids";
import { verifyBytes } from "@aimo-network/protocol/keys/ed25519";
import type { WithdrawalIntent } from "@aimo-network/protocol/keys/money-intent";
import { withdrawalMessage } from "@aimo-network/protocol/keys/money-intent";
import type { SignedText } from "@aimo-network/protocol/sign-in/memo-transaction";
import { readMemoTransaction } from "@aimo-network/protocol/sign-in/memo-transaction";
import { readAddress } from "@aimo-network/protocol/sign-in/sign-in-message";
import { readBase58 } from "../keys/key-shapes.ts";
import { INTENT_DATE_MS } from "./limits.ts";
import { AddressField } from "./money-access.ts";

const SignedDate = Type.String({ maxLength: 24, description: "As in the signed text" });

/** What a wallet adds to its wish that has signed the text. */
export const SIGNED_TEXT = {
  wallet: AddressField,
  date: SignedDate,
  signature: Type.String({ maxLength: 90, description: "In base58" }),
};

/** What a wallet adds that can only sign transactions. */
export const SIGNED_MEMO = {
  date: SignedDate,
  transaction: Type.String({
    maxLength: 2_000,
    description: "In base64: legacy, signed by the wallet, with one instruction, a memo that holds the text",
  }),
};

const SignedTextShape = Type.Object(SIGNED_TEXT);
const SignedMemoShape = Type.Object(SIGNED_MEMO);
/** Either of them. */
export type SignedIntent = Static<typeof SignedTextShape> | Static<typeof SignedMemoShape>;

/** Who asked, and the id that the withdrawal has by that: who sends the same again gets the same one. */
export interface IntentOrigin {
  readonly wallet: string;
  readonly id: string;
}

function fault(param: string, expected: string, found: string): AimoError {
  return new AimoError("invalid_request", { expected, found, param });
}

function readDate(date: string, nowMs: number): number {
  const dateMs = Date.parse(date);
  if (Number.isNaN(dateMs) || new Date(dateMs).toISOString() !== date) {
    throw fault("date", "a time such as 2026-11-25T07:00:00.000Z", JSON.stringify(date));
  }
  if (Math.abs(nowMs - dateMs) > INTENT_DATE_MS) {
    const minutes = INTENT_DATE_MS / 60_000;
    throw fault("date", `a time within ${minutes} minutes of ${new Date(nowMs).toISOString()}`, date);
  }
  return dateMs;
}

function readMemo({ transaction }: Static<typeof SignedMemoShape>): SignedText {
  try {
    return readMemoTransaction(base64.decode(transaction));
  } catch (cause) {
    if (cause instanceof AimoError) throw cause;
    const context = { expected: "base64", found: "other characters", param: "transaction" };
    throw new AimoError("invalid_request", context, { cause });
  }
}

function readText({ wallet, signature }: Static<typeof SignedTextShape>, text: string): SignedText {
  const signer = readAddress(wallet);
  if (signer === undefined) throw fault("wallet", "a Solana wallet's address", "another text");
  return { signer, text, message: Buffer.from(text), signature: readBase58("signature", signature) };
}

/** A UUID version 7 of the intent's own moment and words: its repeat is no second withdrawal, at any instance. */
function idOf(wallet: string, text: string, dateMs: number): string {
  const digest = createHash("sha256").update(`${wallet}\n${text}`).digest("hex");
  const moment = firstUuidAt(dateMs).slice(0, 13);
  return `${moment}-7${digest.slice(0, 3)}-8${digest.slice(3, 6)}-${digest.slice(6, 18)}`;
}

/** Reads and checks what a wallet has signed for exactly this wish at this router. */
export async function readSignedIntent(
  signed: SignedIntent,
  wish: Omit<WithdrawalIntent, "dateMs">,
  nowMs: number,
): Promise<IntentOrigin> {
  const dateMs = readDate(signed.date, nowMs);
  const text = withdrawalMessage({ ...wish, dateMs });
  const isMemo = "transaction" in signed;
  const { signer, text: found, message, signature } = isMemo ? readMemo(signed) : readText(signed, text);
  if (found !== text || !(await verifyBytes(signer, message, signature))) {
    const param = isMemo ? "transaction" : "signature";
    throw fault(param, `the wallet's signature over ${JSON.stringify(text)}`, "one that does not fit");
  }
  const wallet = base58.encode(signer);
  return { wallet, id: idOf(wallet, text, dateMs) };
}
