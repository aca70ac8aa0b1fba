// Base64 as routers write transactions, in browsers that have no method of their own for it.
import { ConsoleFault } from "../../api/fault-words.ts";

/** The bytes of a transaction in base64, as a router gave it; throws `ConsoleFault` where it is none. */
export function bytesOfBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.codePointAt(0) ?? 0);
  } catch {
    throw new ConsoleFault(
      "The router’s answer is no transaction: nothing was signed.",
      "Try again; if it stays, tell the router’s operator.",
    );
  }
}

/** The base64 text of a transaction's bytes. */
export function textOfBytes(bytes: Uint8Array): string {
  return btoa(String.fromCodePoint(...bytes));
}
