// Where and when a Sign-In With Solana text lets somebody in: both sides of each of its times, and only its own place.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAimoError } from "../errors.ts";
import { checkSignIn } from "./check-sign-in.ts";
import type { SignInFields } from "./sign-in-message.ts";

const NOW_MS = Date.parse("2026-11-23T07:00:00.000Z");
const SKEW_MS = 300_000;
const PLACE = { domain: "router.example", uri: "https://router.example", nowMs: NOW_MS };
const at = (offsetMs: number): string => new Date(NOW_MS + offsetMs).toISOString();
const FIELDS: SignInFields = {
  domain: "router.example",
  address: "11111111111111111111111111111111",
  uri: "https://router.example",
  nonce: "oBbLoEldZs",
  issuedAt: at(0),
  expirationTime: at(1_000),
};

function refusal(change: Partial<SignInFields>): string | undefined {
  try {
    checkSignIn({ ...FIELDS, ...change }, PLACE);
    return undefined;
  } catch (error) {
    assert.ok(isAimoError(error, "bad_login"));
    return error.context.detail;
  }
}

for (const [change, detail] of [
  [{}, undefined],
  [{ domain: "router.example.evil.example" }, /this router is router\.example\. Sign in on/],
  [{ domain: "router.example:443" }, /this router is router\.example\. Sign in on/],
  [{ uri: "https://router.example/" }, /URI is not/],
  [{ uri: undefined }, /URI is not/],
  [{ nonce: undefined }, /lacks its nonce/],
  [{ issuedAt: undefined }, /lacks its nonce or a time/],
  [{ expirationTime: undefined }, /lacks its nonce or a time/],
  [{ expirationTime: at(1) }, undefined],
  [{ expirationTime: at(0) }, /expired at 2026-11-23T07:00:00\.000Z\. Ask/],
  [{ expirationTime: at(-1) }, /expired/],
  [{ issuedAt: at(SKEW_MS) }, undefined],
  [{ issuedAt: at(SKEW_MS + 1) }, /in the future/],
  [{ notBefore: at(0) }, undefined],
  [{ notBefore: at(1) }, /not valid before/],
] as readonly (readonly [Partial<SignInFields>, RegExp | undefined])[]) {
  test(`a text with ${JSON.stringify(change)} ${detail === undefined ? "lets in" : "is refused"}`, () => {
    const found = refusal(change);
    if (detail === undefined) assert.equal(found, undefined);
    else assert.match(found ?? "it was let in", detail);
  });
}
