// What a wallet has to sign to come in, and whether it did: nothing is stored for a challenge until it is answered.
import { createHmac, timingSafeEqual } from "node:crypto";
import { base58 } from "@scure/base";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { verifyBytes } from "@aimo-network/protocol/keys/ed25519";
import type { Random } from "@aimo-network/protocol/random";
import type { CheckedSignIn } from "@aimo-network/protocol/sign-in/check-sign-in";
import { checkSignIn } from "@aimo-network/protocol/sign-in/check-sign-in";
import type { SignedText } from "@aimo-network/protocol/sign-in/memo-transaction";
import { parseSignInMessage, readAddress, signInMessage } from "@aimo-network/protocol/sign-in/sign-in-message";
import { LOGIN_CHALLENGE_MS } from "../limits.ts";
import type { ProvenLogin } from "./sessions.ts";

/** What a wallet is asked to sign. */
export interface LoginChallenge {
  readonly fields: CheckedSignIn;
  readonly message: string;
}

/** Asks wallets for signatures, and judges them. */
export interface LoginChallenges {
  /** A new challenge for one wallet; throws `invalid_request` for what is no address. */
  issue(address: string): LoginChallenge;
  /** The login that a signed text proves; throws what is wrong with any other. Whether it was used before is not known here. */
  prove(signed: SignedText): Promise<ProvenLogin>;
}

/** What challenges need from the process. */
export interface LoginChallengesDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** Known to this router alone: what makes a nonce one of its own. */
  readonly secret: Uint8Array;
  /** Where clients reach this router. */
  url(): string;
}

const STATEMENT = "Sign in to this router of AiMo Network. Nothing is sent to the chain, and nothing is paid.";
const RANDOM_BYTES = 16;
const SEAL_BYTES = 16; // 128 bits: never guessed
const NONCE = /^[1-9A-HJ-NP-Za-km-z]{16,44}$/;

function refuse(detail: string): never {
  throw new AimoError("bad_login", { detail });
}

/** The wallet that signs in; an address that is none would only make a challenge that nobody can answer. */
function checkAddress(address: string): void {
  if (readAddress(address) !== undefined) return;
  const expected = "the address of a Solana wallet, 32 bytes in base58";
  throw new AimoError("invalid_request", { expected, found: `${address.length} other characters`, param: "address" });
}

/**
 * Creates the challenges of one router. A nonce is random bytes with a seal over them and all else in the text, so every
 * instance with the secret knows its own challenges again, word by word, and strangers who ask for many fill nothing.
 */
export function createLoginChallenges({ clock, random, secret, url }: LoginChallengesDeps): LoginChallenges {
  const seal = (fields: CheckedSignIn, unique: Uint8Array): Uint8Array =>
    createHmac("sha256", secret)
      .update(signInMessage({ ...fields, nonce: base58.encode(unique) }))
      .digest()
      .subarray(0, SEAL_BYTES);
  const place = (): { domain: string; uri: string } => {
    const { host, origin } = new URL(url());
    return { domain: host, uri: origin };
  };
  /** The bytes of a nonce that this router has sealed, for exactly this text. */
  const openNonce = (fields: CheckedSignIn): Uint8Array => {
    const nonce = NONCE.test(fields.nonce) ? base58.decode(fields.nonce) : new Uint8Array();
    if (nonce.length === RANDOM_BYTES + SEAL_BYTES) {
      const unique = nonce.subarray(0, RANDOM_BYTES);
      if (timingSafeEqual(seal(fields, unique), nonce.subarray(RANDOM_BYTES))) return nonce;
    }
    return refuse("the signed text is not one that this router asked for. Sign the text of the challenge as it is.");
  };

  return {
    issue(address) {
      checkAddress(address);
      const unique = random.bytes(RANDOM_BYTES);
      const nowMs = clock.now();
      const draft: CheckedSignIn = {
        ...place(),
        address,
        statement: STATEMENT,
        version: "1",
        nonce: base58.encode(unique),
        issuedAt: new Date(nowMs).toISOString(),
        expirationTime: new Date(nowMs + LOGIN_CHALLENGE_MS).toISOString(),
      };
      const fields = { ...draft, nonce: base58.encode(Buffer.concat([unique, seal(draft, unique)])) };
      return { fields, message: signInMessage(fields) };
    },
    async prove({ signer, text, message, signature }) {
      const fields = checkSignIn(parseSignInMessage(text), { ...place(), nowMs: clock.now() });
      const wallet = base58.encode(signer);
      if (fields.address !== wallet) {
        refuse(`the signed text is for the wallet ${fields.address}, the signature is said to be by ${wallet}.`);
      }
      const nonce = openNonce(fields);
      if (!(await verifyBytes(signer, message, signature))) {
        refuse("the signature is not this wallet's over this text. Sign the text of the challenge as it is.");
      }
      return { wallet, nonce, challengeExpiresAtMs: Date.parse(fields.expirationTime) };
    },
  };
}
