// Sign-In With Solana texts: byte for byte the specification's, read back as they were written, and nothing looser.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { base58 } from "@scure/base";
import fc from "fast-check";
import { isAimoError } from "../errors.ts";
import { SIGN_IN_CHARS_MAX } from "../limits.ts";
import type { SignInFields } from "./sign-in-message.ts";
import { parseSignInMessage, readAddress, signInMessage } from "./sign-in-message.ts";

const ADDRESS = base58.encode(new Uint8Array(32).fill(7));
const FULL: SignInFields = {
  domain: "router.example:8787",
  address: ADDRESS,
  statement: "Sign in. Nothing is paid!",
  uri: "https://router.example:8787/a?b=%20c#d",
  version: "1",
  chainId: "solana:devnet",
  nonce: "oBbLoEldZs",
  issuedAt: "2026-11-23T07:00:00.000Z",
  expirationTime: "2026-11-23T07:05:00Z",
  notBefore: "2026-11-23T08:00:00+01:00",
  requestId: "a.b:c@d%2F",
  resources: ["https://one.example", "ipfs://two/"],
};
const FULL_TEXT = [
  "router.example:8787 wants you to sign in with your Solana account:",
  ADDRESS,
  "",
  "Sign in. Nothing is paid!",
  "",
  "URI: https://router.example:8787/a?b=%20c#d",
  "Version: 1",
  "Chain ID: solana:devnet",
  "Nonce: oBbLoEldZs",
  "Issued At: 2026-11-23T07:00:00.000Z",
  "Expiration Time: 2026-11-23T07:05:00Z",
  "Not Before: 2026-11-23T08:00:00+01:00",
  "Request ID: a.b:c@d%2F",
  "Resources:",
  "- https://one.example",
  "- ipfs://two/",
].join("\n");
const FIRST = `x.y wants you to sign in with your Solana account:\n${ADDRESS}`;

function isRefused(act: () => unknown): boolean {
  try {
    act();
    return false;
  } catch (error) {
    assert.ok(isAimoError(error, "invalid_request"));
    assert.equal(error.context.param, "message");
    return true;
  }
}

test("the fullest and the barest text are those of the specification, both ways", () => {
  assert.equal(signInMessage(FULL), FULL_TEXT);
  assert.deepEqual(parseSignInMessage(FULL_TEXT), FULL);
  assert.equal(signInMessage({ domain: "x.y", address: ADDRESS }), FIRST);
  assert.deepEqual(parseSignInMessage(FIRST), { domain: "x.y", address: ADDRESS });
});

test("each part may be left out, and is then not in the text", () => {
  for (const name of Object.keys(FULL).filter((key) => key !== "domain" && key !== "address")) {
    const fields = Object.fromEntries(Object.entries(FULL).filter(([key]) => key !== name)) as unknown as SignInFields;
    assert.deepEqual(parseSignInMessage(signInMessage(fields)), fields, name);
    assert.ok(signInMessage(fields).length < FULL_TEXT.length);
  }
});

describe("a text is refused", () => {
  for (const [what, text] of [
    ["that is empty", ""],
    ["for Ethereum", FULL_TEXT.replace("Solana", "Ethereum")],
    ["without a domain", FULL_TEXT.slice("router.example:8787".length)],
    ["whose domain has a user", `a@${FULL_TEXT}`],
    ["whose domain has a space", `a ${FULL_TEXT}`],
    ["whose address is too short", FULL_TEXT.replace(ADDRESS, ADDRESS.slice(0, 20))],
    ["whose address is no 32 bytes", FULL_TEXT.replace(ADDRESS, base58.encode(new Uint8Array(31).fill(7)))],
    ["whose address is not base58", FULL_TEXT.replace(ADDRESS, `0${ADDRESS.slice(1)}`)],
    ["with a line break at its end", `${FULL_TEXT}\n`],
    ["with Windows line breaks", FULL_TEXT.replaceAll("\n", "\r\n")],
    ["with lines in another order", FULL_TEXT.replace(/(Version: 1)\n(Chain ID: \S+)/, "$2\n$1")],
    ["with a line twice", FULL_TEXT.replace("Version: 1", "Version: 1\nVersion: 1")],
    ["with an unknown line", FULL_TEXT.replace("Version: 1", "Version: 1\nScope: all")],
    ["with two statements", FULL_TEXT.replace("\n\nURI", "\nand more\n\nURI")],
    ["whose statement has letters beyond ASCII", FULL_TEXT.replace("paid", "pâid")],
    ["without the empty line before its fields", FULL_TEXT.replace("\n\nURI", "\nURI")],
    ["of another version", FULL_TEXT.replace("Version: 1", "Version: 2")],
    ["for another chain", FULL_TEXT.replace("solana:devnet", "eip155:1")],
    ["with a short nonce", FULL_TEXT.replace("oBbLoEldZs", "oBbLoEl")],
    ["with a nonce of other characters", FULL_TEXT.replace("oBbLoEldZs", "oBbLo-EldZs")],
    ["with a time without its zone", FULL_TEXT.replace("07:05:00Z", "07:05:00")],
    ["with a time that is none", FULL_TEXT.replace("2026-11-23T07:05", "2026-13-23T07:05")],
    ["with a URI that is a path", FULL_TEXT.replace("URI: https://router.example:8787/", "URI: /")],
    ["with a URI with a space", FULL_TEXT.replace("%20", " ")],
    ["with a resource that is none", FULL_TEXT.replace("- ipfs://two/", "- two")],
    ["with more resources than it may name", `${FULL_TEXT}${"\n- a:b".repeat(9)}`],
    ["that ends after the empty line", `${FIRST}\n`],
    ["that has nothing after the statement's empty line", `${FIRST}\n\nHello\n`],
    ["that is longer than any", `${FIRST}\n\n${"a".repeat(SIGN_IN_CHARS_MAX)}`],
  ] as const) {
    test(what, () => assert.ok(isRefused(() => parseSignInMessage(text))));
  }
});

test("fields that would break out of their line, or be read as another, make no text", () => {
  for (const change of [
    { statement: "one\ntwo" },
    { statement: "URI: https://elsewhere.example" },
    { statement: "Resources:" },
    { statement: "" },
    { nonce: "oBbLoEldZs\nIssued At: 2026-11-23T07:00:00.000Z", issuedAt: undefined },
    { domain: `x.y wants you to sign in with your Solana account:\n${ADDRESS}\n\nx` },
    { requestId: "a\nResources:\n- https://one.example\n- ipfs://two/", resources: undefined },
    { resources: ["https://one.example\n- ipfs://two/"] },
    { uri: "javascript" },
  ] as readonly Partial<SignInFields>[]) {
    assert.ok(
      isRefused(() => signInMessage({ ...FULL, ...change })),
      JSON.stringify(change),
    );
  }
});

test("whatever a text is, it is read as fields that make exactly that text, or refused", () => {
  const line = fc.oneof(
    fc.constantFrom(...FULL_TEXT.split("\n"), "", "Resources:", "- a:b", "URI: a:b", "Version: 1", "Request ID: "),
    fc.string({ maxLength: 30, unit: "binary" }),
  );
  const text = fc.oneof(
    fc.array(line, { maxLength: 18 }).map((lines) => lines.join("\n")),
    fc.array(line, { maxLength: 8 }).map((lines) => `${FIRST}\n\n${lines.join("\n")}`),
    fc.string({ maxLength: 300, unit: "binary" }),
    fc
      .record({ at: fc.nat(FULL_TEXT.length), put: fc.string({ maxLength: 2 }), cut: fc.nat(3) })
      .map(({ at, put, cut }) => FULL_TEXT.slice(0, at) + put + FULL_TEXT.slice(at + cut)),
  );
  let readCount = 0;
  fc.assert(
    fc.property(text, (candidate) => {
      if (isRefused(() => parseSignInMessage(candidate))) return;
      readCount += 1;
      assert.equal(signInMessage(parseSignInMessage(candidate)), candidate);
    }),
    { numRuns: 3_000 },
  );
  assert.ok(readCount > 50, `${readCount} texts were read`);
});

test("an address is 32 bytes in base58 and nothing else", () => {
  assert.deepEqual(readAddress(ADDRESS), new Uint8Array(32).fill(7));
  assert.deepEqual(readAddress("1".repeat(32)), new Uint8Array(32));
  for (const wrong of [
    "",
    "1",
    "1".repeat(31),
    "1".repeat(33),
    `${ADDRESS} `,
    `${ADDRESS}\n`,
    "O".repeat(32),
    "z".repeat(44),
  ]) {
    assert.equal(readAddress(wrong), undefined, wrong);
  }
});
