// A router's proof of one answer, read without believing a word of it: whatever is not as it has to be is an answer, too.
import { getBase16Encoder } from "@solana/kit";
import { isAimoError } from "@aimo-network/protocol/errors";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import { HASH_BYTES, SALT_BYTES } from "@aimo-network/protocol/merkle";
import type { Receipt } from "@aimo-network/protocol/receipt";
import { parseReceipt } from "@aimo-network/protocol/receipt-json";
import { safeLine } from "@aimo-network/protocol/safe-line";
import { countIn, listIn, objectIn, textIn } from "@aimo-network/protocol/told-members";

/** Where a receipt stands among those of its batch. */
export interface ProvenPlace {
  readonly index: number;
  readonly size: number;
  readonly path: readonly Uint8Array[];
}

/** The batch that a router names; without root and signature it is not on the chain yet. */
export interface NamedBatch {
  readonly id: bigint;
  readonly root: Uint8Array | undefined;
  readonly signature: string | undefined;
  readonly hasLanded: boolean;
}

/** The proof; without place and batch the answer is not settled yet. */
export interface Proof {
  readonly receipt: Receipt;
  readonly salt: Uint8Array;
  readonly place: ProvenPlace | undefined;
  readonly batch: NamedBatch | undefined;
}

/** What is wrong with it. */
export interface ProofFault {
  readonly wrong: string;
}

const HASHES_MAX = 64; // a path through 2^20 leaves has 20
const BATCH_ID = /^\d{1,20}$/;

function bytesIn(text: unknown, bytes: number): Uint8Array | undefined {
  return typeof text === "string" && text.length === bytes * 2 && /^[0-9a-f]*$/.test(text)
    ? Uint8Array.from(getBase16Encoder().encode(text))
    : undefined;
}

function readReceipt(json: unknown): Receipt | ProofFault {
  try {
    return parseReceipt(json);
  } catch (error) {
    if (!isAimoError(error)) throw error;
    return { wrong: safeLine(error.message) };
  }
}

function readPlace(json: unknown): ProvenPlace | undefined {
  const [index, size, hashes] = [countIn(json, "index"), countIn(json, "size"), listIn(json, "path")];
  const path = hashes?.slice(0, HASHES_MAX).map((hash) => bytesIn(hash, HASH_BYTES));
  if (index === undefined || size === undefined || path === undefined || path.length !== hashes?.length)
    return undefined;
  const known = path.filter((hash) => hash !== undefined);
  return known.length === path.length ? { index, size, path: known } : undefined;
}

function readBatch(json: unknown): NamedBatch | undefined {
  const id = textIn(json, "id");
  const root = bytesIn(textIn(json, "root"), HASH_BYTES);
  if (id === undefined || !BATCH_ID.test(id)) return undefined;
  const hasLanded = isJsonObject(json) && json["has_landed"] === true;
  return { id: BigInt(id), root, signature: textIn(json, "signature"), hasLanded };
}

/** Reads the answer to `GET /generation/{id}/proof`. */
export function readProof(body: unknown): Proof | ProofFault {
  const data = objectIn(body, "data");
  const receipt = readReceipt(data["receipt"]);
  if ("wrong" in receipt) return receipt;
  const salt = bytesIn(data["salt"], SALT_BYTES);
  if (salt === undefined) return { wrong: "its salt is not 16 bytes in hexadecimal" };
  const place = readPlace(data["proof"]);
  if (place === undefined && data["proof"] !== null) return { wrong: "its place in the batch is none" };
  const batch = readBatch(data["batch"]);
  if (batch === undefined && data["batch"] !== null) return { wrong: "its batch is none" };
  return { receipt, salt, place, batch };
}
