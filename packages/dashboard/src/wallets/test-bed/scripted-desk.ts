// A router's side of signing in, which lets in whoever has signed its challenge, unless a test says otherwise.
import assert from "node:assert/strict";
import { base58, base64 } from "@scure/base";
import { verifyText } from "@aimo-network/protocol/keys/ed25519";
import { readMemoTransaction } from "@aimo-network/protocol/sign-in/memo-transaction";
import { readAddress, signInMessage } from "@aimo-network/protocol/sign-in/sign-in-message";
import type { SessionAnswer } from "../../session/session-store.ts";
import type { Challenge, Login, SignInDesk } from "../sign-in.ts";

/** The host of the page and of the router. */
export const HOST = "router.example";

/** The challenge for an address. */
export function challengeFor(address: string, change: Partial<Challenge["input"]> = {}): Challenge {
  const input = {
    domain: HOST,
    address,
    statement: "Sign in to this router.",
    uri: `https://${HOST}`,
    version: "1",
    nonce: "oBbLoEldZs",
    issuedAt: "2026-11-23T07:00:00.000Z",
    expirationTime: "2026-11-23T07:05:00.000Z",
    ...change,
  };
  return { input, message: signInMessage(input) };
}

function sessionOf(wallet: string): SessionAnswer {
  return { wallet, expires_at: "2026-11-30T07:00:00.000Z", csrf_token: "token" };
}

async function walletOf(login: Login): Promise<string> {
  if ("transaction" in login) {
    const { signer, text } = readMemoTransaction(base64.decode(login.transaction));
    const wallet = base58.encode(signer);
    assert.equal(text, challengeFor(wallet).message);
    return wallet;
  }
  const { address, message, signature } = login;
  assert.equal(message, challengeFor(address).message);
  assert.ok(await verifyText(readAddress(address) ?? new Uint8Array(), message, base58.decode(signature)));
  return address;
}

/** The desk, and what was handed in. */
export interface ScriptedDesk extends SignInDesk {
  readonly logins: readonly Login[];
}

/** Opens a desk. */
export function scriptedDesk(change: Partial<SignInDesk> = {}): ScriptedDesk {
  const logins: Login[] = [];
  return {
    challenge: (address) => Promise.resolve(challengeFor(address)),
    login: async (login) => {
      logins.push(login);
      return sessionOf(await walletOf(login));
    },
    ...change,
    logins,
  };
}
