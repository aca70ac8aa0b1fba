// Sign-In With Solana: the router's challenge, signed by the wallet in the way that it can, and handed back.
import { parseSignInMessage, signInMessage } from "@aimo-network/protocol/sign-in/sign-in-message";
import type { SignInFields } from "@aimo-network/protocol/sign-in/sign-in-message";
import { base58, base64 } from "@scure/base";
import { ConsoleFault } from "../api/fault-words.ts";
import type { SessionAnswer } from "../session/session-store.ts";
import type { LinkedWallet } from "./linked-wallet.ts";
import { insistMemoSigned, memoTransaction } from "./memo-sign-in.ts";
import { askSignIn, askSignature, askTransaction } from "./wallet-call.ts";
import { unsound } from "./wallet-fault.ts";
import { canSign, walletText } from "./wallet-shape.ts";

/** What a router asks to be signed. */
export interface Challenge {
  /** For wallets that make the text themselves. */
  readonly input: SignInFields;
  /** The text itself. */
  readonly message: string;
}

/** What proves who somebody is. */
export type Login =
  | { readonly address: string; readonly message: string; readonly signature: string }
  | { readonly transaction: string };

/** The router's side of a sign-in. */
export interface SignInDesk {
  challenge(address: string): Promise<Challenge>;
  login(login: Login): Promise<SessionAnswer>;
}

/** How far a sign-in is: what is waited for. */
export type SignInStep = "challenge" | "wallet" | "login";

/** How a sign-in is done. */
export interface SignInManner {
  readonly desk: SignInDesk;
  /** The host of this page. */
  readonly host: string;
  readonly signal: AbortSignal;
  /** Whether to sign a transaction in place of a text, although the wallet signs texts. */
  readonly isByMemo: boolean;
  onStep(step: SignInStep): void;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

/** A challenge for another place or account would sign the person in somewhere else, as somebody else. */
function insistOurs({ input, message }: Challenge, address: string, host: string): void {
  let fields: SignInFields;
  try {
    fields = parseSignInMessage(message);
    if (signInMessage(input) !== message) throw new TypeError("the text is not that of the fields");
  } catch {
    throw new ConsoleFault(
      "The router's text for the sign-in is not one.",
      "Do not sign it; tell the router's operator.",
    );
  }
  if (fields.address !== address) {
    throw new ConsoleFault(
      `The router asks to sign in as ${fields.address}, not as ${address}.`,
      "Do not sign it; tell the router's operator.",
    );
  }
  const isHere = fields.domain === host || (LOOPBACK.test(fields.domain) && LOOPBACK.test(host));
  if (isHere) return;
  throw new ConsoleFault(
    `This page is at ${host}, but the router asks to sign in at ${fields.domain}.`,
    `Open the console at ${fields.domain}; if you came here by a link, be careful.`,
  );
}

async function proofOf(linked: LinkedWallet, { input, message }: Challenge, manner: SignInManner): Promise<Login> {
  const { wallet, account } = linked;
  const { address } = account;
  const name = walletText(wallet.name);
  const { signal } = manner;
  if (!manner.isByMemo && canSign(wallet, account, "solana:signIn")) {
    const signed = await askSignIn(linked, input, { signal });
    const text = new TextDecoder().decode(signed.message);
    if (text !== message) throw unsound(name, "signed another text than the router asked for.");
    return { address, message, signature: base58.encode(signed.signature) };
  }
  if (!manner.isByMemo && canSign(wallet, account, "solana:signMessage")) {
    const signature = await askSignature(linked, new TextEncoder().encode(message), { signal });
    return { address, message, signature: base58.encode(signature) };
  }
  const bytes = memoTransaction(address, message);
  const signed = await askTransaction(linked, { bytes, version: "legacy", chain: undefined }, { signal });
  await insistMemoSigned(name, signed, { publicKey: Uint8Array.from(account.publicKey), text: message });
  return { transaction: base64.encode(signed) };
}

/**
 * Signs in as the account of a wallet. Throws `WalletFault` where the wallet does not sign, `ConsoleFault` for a
 * challenge that nobody should sign, and `ApiFault` where the router refuses.
 */
export async function signIn(linked: LinkedWallet, manner: SignInManner): Promise<SessionAnswer> {
  const { desk, host, onStep } = manner;
  onStep("challenge");
  const challenge = await desk.challenge(linked.account.address);
  insistOurs(challenge, linked.account.address, host);
  onStep("wallet");
  const login = await proofOf(linked, challenge, manner);
  onStep("login");
  return await desk.login(login);
}
