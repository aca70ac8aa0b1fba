// Whether a Sign-In With Solana text is for this site and this moment; who signed it is asked elsewhere.
import { AimoError } from "../errors.ts";
import type { SignInFields } from "./sign-in-message.ts";

/** How far the clock of the machine that issued a text may run ahead of the one that checks it. */
const CLOCK_SKEW_MS = 5 * 60 * 1000;

/** Where and when somebody signs in. */
export interface SignInPlace {
  readonly domain: string;
  readonly uri: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** The fields that a text must have to let anybody in: without one of them it could be used elsewhere, or again. */
export type CheckedSignIn = SignInFields &
  Readonly<Required<Pick<SignInFields, "uri" | "nonce" | "issuedAt" | "expirationTime">>>;

function refuse(detail: string): never {
  throw new AimoError("bad_login", { detail });
}

/** The fields of a text that lets its wallet in at `place`; throws `bad_login` that says what is wrong with any other. */
export function checkSignIn(fields: SignInFields, { domain, uri, nowMs }: SignInPlace): CheckedSignIn {
  const { nonce, issuedAt, expirationTime, notBefore } = fields;
  if (fields.domain !== domain) {
    refuse(`the signed text is for ${fields.domain}, this router is ${domain}. Sign in on the router's own page.`);
  }
  if (fields.uri !== uri) refuse(`the signed text's URI is not ${uri}. Sign the text of the challenge as it is.`);
  if (nonce === undefined || issuedAt === undefined || expirationTime === undefined) {
    refuse("the signed text lacks its nonce or a time. Sign the text of the challenge as it is.");
  }
  if (Date.parse(issuedAt) - nowMs > CLOCK_SKEW_MS) refuse(`the signed text was issued in the future, at ${issuedAt}.`);
  if (notBefore !== undefined && nowMs < Date.parse(notBefore)) refuse(`it is not valid before ${notBefore}.`);
  if (nowMs >= Date.parse(expirationTime)) {
    refuse(`the challenge expired at ${expirationTime}. Ask for a new one.`);
  }
  return { ...fields, uri, nonce, issuedAt, expirationTime };
}
