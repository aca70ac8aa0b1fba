// A wallet that follows the wallet standard and is not ours: its key stays in this process, and it does what a test says.
import { base58, base64 } from "@scure/base";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { sleep, systemClock } from "@aimo-network/protocol/clock";
import { newWallet } from "aimo-router/src/test-bed/new-wallet.ts";
import type { Page } from "playwright-core";
import { installWallet } from "./test-bed/installed-wallet.ts";

/** What the person at the wallet does when it is asked to sign. */
export type Conduct =
  | "sign"
  | "refuse"
  /** Signs with another key than the account's. */
  | "sign as another"
  /** Says that it signed, with bytes that are none. */
  | "garbage"
  /** Signs another message than it was given. */
  | "sign something else"
  /** Does not answer until it is told otherwise. */
  | "wait";

/** What of the standard it can do. */
export interface WalletAbilities {
  readonly name?: string;
  readonly hasSignIn?: boolean;
  readonly hasSignMessage?: boolean;
  /** When it tells the page of itself: before the page's scripts, or when the test says so. */
  readonly isLate?: boolean;
}

/** The wallet as the test holds it. */
export interface ScriptedWallet {
  readonly address: string;
  /** How it answers from now on. */
  conduct: Conduct;
  /** What it was asked to sign, in order. */
  readonly asked: readonly { readonly kind: "message" | "transaction"; readonly bytes: Uint8Array }[];
  /** Tells the page of itself, where it is late. */
  appear(): Promise<void>;
  /** The person locks it, or takes the page's access away. */
  disconnect(): Promise<void>;
  /** The person chooses another account; the page is told unless `isUntold`, as when no page is open. */
  changeAccount(to: Wallet, how?: { readonly isUntold?: boolean }): Promise<void>;
}

const POLL_MS = 20;

interface Asked {
  readonly kind: "message" | "transaction";
  readonly bytes: string;
}

/** Puts the first signature of a transaction in its place. */
function putSignature(transaction: Uint8Array, place: number, signature: Uint8Array): Uint8Array {
  const signed = Uint8Array.from(transaction);
  signed.set(signature, 1 + place * 64);
  return signed;
}

/** Where a signer's signature belongs, and the message that is signed; a transaction has at most 127 signatures here. */
function messageOf(transaction: Uint8Array, publicKey: Uint8Array): { message: Uint8Array; place: number } {
  const count = transaction[0] ?? 0;
  const message = transaction.subarray(1 + count * 64);
  const isVersioned = ((message[0] ?? 0) & 0x80) !== 0;
  const keysAt = (isVersioned ? 1 : 0) + 3 + 1;
  const keys = Array.from({ length: count }, (_, index) =>
    base58.encode(message.subarray(keysAt + index * 32, keysAt + index * 32 + 32)),
  );
  const place = keys.indexOf(base58.encode(publicKey));
  if (place < 0) throw new Error("The transaction does not want this wallet's signature.");
  return { message, place };
}

/** Puts the wallet into a page's profile, before anything is loaded there. */
export async function addScriptedWallet(
  page: Page,
  wallet: Wallet,
  { name = "Scripted wallet", hasSignIn = false, hasSignMessage = true, isLate = false }: WalletAbilities = {},
): Promise<ScriptedWallet> {
  let current = wallet;
  const asked: { kind: "message" | "transaction"; bytes: Uint8Array }[] = [];
  const scripted: ScriptedWallet = {
    address: base58.encode(wallet.publicKey),
    conduct: "sign",
    asked,
    appear: () => page.evaluate("scriptedWallet.appear()"),
    disconnect: () => page.evaluate("scriptedWallet.disconnect()"),
    async changeAccount(to, { isUntold = false } = {}) {
      current = to;
      await page.evaluate(`scriptedWallet.changeAccount("${base58.encode(to.publicKey)}", ${isUntold})`);
    },
  };
  const profile = page.context(); // every tab of it has the wallet, as it would have an extension
  await profile.exposeFunction("scriptedWalletSigns", async ({ kind, bytes: text }: Asked): Promise<string> => {
    const bytes = base64.decode(text);
    asked.push({ kind, bytes });
    while (scripted.conduct === "wait") await sleep(systemClock, POLL_MS);
    if (scripted.conduct === "refuse") throw new Error("User rejected the request.");
    if (scripted.conduct === "garbage") return base64.encode(new Uint8Array(7));
    const signer = scripted.conduct === "sign as another" ? newWallet() : current;
    const given = scripted.conduct === "sign something else" ? Uint8Array.from([...bytes, 1]) : bytes;
    if (kind === "message") return base64.encode(await signer.sign(given));
    const { message, place } = messageOf(bytes, current.publicKey);
    const body =
      scripted.conduct === "sign something else" ? message.map((byte, at) => (at === 40 ? byte ^ 1 : byte)) : message;
    return base64.encode(putSignature(bytes, place, await signer.sign(body)));
  });
  await profile.addInitScript(installWallet, { name, address: scripted.address, hasSignIn, hasSignMessage, isLate });
  return scripted;
}
