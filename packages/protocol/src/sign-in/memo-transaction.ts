// A signed, never sent transaction that holds only a memo: how wallets that cannot sign texts prove one (api-keys.md).
import { base58 } from "@scure/base";
import { AimoError } from "../errors.ts";
import { POINT_BYTES, SIGNATURE_BYTES } from "../keys/ed25519.ts";

/** A text, and the signature that may prove it: over the text itself, or over a transaction that holds it. */
export interface SignedText {
  /** The public key of the wallet that is said to have signed. */
  readonly signer: Uint8Array;
  readonly text: string;
  /** The bytes that the signature is over. */
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** The Memo program, as it is today and as it was first. */
export const MEMO_PROGRAMS: readonly string[] = [
  "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr",
  "Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo",
];

const TRANSACTION_BYTES_MAX = 1_232; // what fits into one packet of Solana's network
const BLOCKHASH_BYTES = 32;
const ONE_SIGNER_ONE_PROGRAM = [1, 0, 1]; // signers, read-only ones of them, read-only accounts beside them
const VERSIONED = 0x80;
const SIGNER_INDEX = 0;
const PROGRAM_INDEX = 1;

function refuse(expected: string, found: string): never {
  throw new AimoError("invalid_request", { expected, found, param: "transaction" });
}

/** Reads bytes from the front; every read fails where there are too few. */
class Cursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get at(): number {
    return this.#at;
  }

  take(count: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#at, this.#at + count);
    if (taken.length < count) refuse("a whole transaction", `${this.#bytes.length} bytes of one`);
    this.#at += count;
    return taken;
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  /** Solana's compact-u16: seven bits a byte, the lowest first, in the shortest spelling. */
  count(): number {
    let value = 0;
    for (let shift = 0; shift <= 14; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) {
        if ((byte === 0 && shift > 0) || value > 0xffff) break;
        return value;
      }
    }
    return refuse("counts in their shortest spelling", "another");
  }

  expect(count: number, what: string): void {
    const found = this.count();
    if (found !== count) refuse(`${count} ${what}`, `${found}`);
  }

  end(): void {
    if (this.#at < this.#bytes.length)
      refuse("nothing after the transaction", `${this.#bytes.length - this.#at} bytes`);
  }
}

function readText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new AimoError("invalid_request", { expected: "a memo in UTF-8", found: "other bytes" }, { cause });
  }
}

function readMemo(cursor: Cursor): string {
  cursor.expect(1, "instruction");
  if (cursor.byte() !== PROGRAM_INDEX) refuse("an instruction of the Memo program", "another");
  const accounts = cursor.take(cursor.count());
  if (accounts.length > 1 || accounts.some((index) => index !== SIGNER_INDEX)) {
    refuse("a memo of the signer alone", "further accounts");
  }
  return readText(cursor.take(cursor.count()));
}

/**
 * Reads a legacy transaction with one signer and one instruction, a memo; throws `invalid_request` for any other, which
 * could do something if anybody sent it. Its signature is not verified here.
 */
export function readMemoTransaction(bytes: Uint8Array): SignedText {
  if (bytes.length > TRANSACTION_BYTES_MAX) {
    refuse(`a transaction of at most ${TRANSACTION_BYTES_MAX} bytes`, `${bytes.length}`);
  }
  const cursor = new Cursor(bytes);
  cursor.expect(1, "signature");
  const signature = cursor.take(SIGNATURE_BYTES);
  const start = cursor.at;
  const header = cursor.take(ONE_SIGNER_ONE_PROGRAM.length);
  if (((header[0] ?? 0) & VERSIONED) !== 0) refuse("a legacy transaction", "a versioned one");
  if (header.some((count, index) => count !== ONE_SIGNER_ONE_PROGRAM[index])) {
    refuse("one signer and one program", "other accounts");
  }
  cursor.expect(2, "accounts");
  const signer = cursor.take(POINT_BYTES);
  const program = base58.encode(cursor.take(POINT_BYTES));
  if (!MEMO_PROGRAMS.includes(program)) refuse("the Memo program", `the program ${program}`);
  cursor.take(BLOCKHASH_BYTES);
  const text = readMemo(cursor);
  cursor.end();
  return { signer, text, signature, message: bytes.subarray(start) };
}
