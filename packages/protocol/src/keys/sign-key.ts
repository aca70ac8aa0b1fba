// Makes wallet-signed keys through a wallet that never shows its private key.
import { AimoError } from "../errors.ts";
import { verifyText } from "./ed25519.ts";
import type { KeyContent, KeyContentV1, KeyContentV2 } from "./key-content.ts";
import { firstGenerationSentence, keyMessage } from "./key-message.ts";
import { formatSignedKey } from "./key-text.ts";

/** A wallet that signs messages: in a browser extension, in a file, in a test. */
export interface Wallet {
  /** Its Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Signs exactly these bytes; rejects when its owner declines. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

async function signText(wallet: Wallet, content: KeyContent, text: string): Promise<string> {
  const signature = await wallet.sign(new TextEncoder().encode(text));
  const bearer = formatSignedKey(content, wallet.publicKey, signature);
  // Some wallets sign another account's way or a wrapped text: better told here than at the first request.
  if (!(await verifyText(wallet.publicKey, text, signature))) throw new AimoError("bad_signature", {});
  return bearer;
}

/**
 * Makes a version 2 key bound to the router of that id, or to `ANY_ROUTER`. Throws `invalid_request` for content no key
 * may have and `bad_signature` when the wallet signed anything else than the message.
 */
export async function signKey(wallet: Wallet, content: KeyContentV2, router: string): Promise<string> {
  return await signText(wallet, content, keyMessage(content, router));
}

/** Makes a first-generation key, which any router that sees it can replay: only for programs that know no other. */
export async function signFirstGenerationKey(wallet: Wallet, content: KeyContentV1): Promise<string> {
  return await signText(wallet, content, firstGenerationSentence(content));
}
