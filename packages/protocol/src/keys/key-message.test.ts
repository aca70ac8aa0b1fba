// The signed texts byte for byte, and the content and routers no text is made for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAimoError } from "../errors.ts";
import { microUsdc } from "../money.ts";
import type { KeyContentV1, KeyContentV2, Scope } from "./key-content.ts";
import {
  ANY_ROUTER,
  firstGenerationJson,
  firstGenerationSentence,
  isRouterId,
  keyMessage,
  revocationMessage,
} from "./key-message.ts";

const ROUTER = "HYuUE11tAS3QhCAioazawLSp96MJDQcTTeQhD74nZcPG";
const DAY_MS = 86_400_000;

const content: KeyContentV2 = {
  version: 2,
  createdAtMs: Date.UTC(2026, 10, 23, 7),
  validForMs: 90 * DAY_MS,
  spending: { kind: "limited", limit: microUsdc(12_500_000n) },
  scopes: ["completion_model", "account"],
  tag: "laptop_1",
};
const firstContent: KeyContentV1 = {
  version: 1,
  tag: "dev",
  createdAtMs: 1_754_401_735_372,
  validForMs: 5_000_000_000,
  spending: { kind: "limited", limit: microUsdc(1_234n) },
  scopes: ["completion_model"],
};

function refuses(make: () => unknown, param: string): void {
  assert.throws(make, (error) => isAimoError(error, "invalid_request") && error.context.param === param);
}

test("the version 2 message is the specification's example, byte for byte", () => {
  const expected =
    "AiMo Network API key v2\n" +
    `Router: ${ROUTER}\n` +
    "Scopes: completion_model, account\n" +
    "Tag: laptop_1\n" +
    "Spending limit: 12.500000 USDC\n" +
    "Created: 2026-11-23T07:00:00.000Z\n" +
    "Expires: 2027-02-21T07:00:00.000Z\n" +
    "Anyone holding this key can act for this wallet within these limits.";
  assert.equal(keyMessage(content, ROUTER), expected);
});

test("the version 2 message says any, -, none and earn only where there is no router, tag, limit or spending", () => {
  const { tag: _, ...untagged } = content;
  const lines = keyMessage({ ...untagged, spending: { kind: "unlimited" } }, ANY_ROUTER).split("\n");
  assert.deepEqual(lines.slice(1, 5), [
    "Router: any",
    "Scopes: completion_model, account",
    "Tag: -",
    "Spending limit: none",
  ]);
  const earning = keyMessage({ ...content, spending: { kind: "earn_only" } }, ROUTER).split("\n");
  assert.equal(earning[4], "Spending limit: earn only");
});

test("the version 2 message lists scopes in bit order, each once, however they were given", () => {
  const scopes: Scope[] = ["keys", "completion_model", "keys"];
  assert.equal(keyMessage({ ...content, scopes }, ROUTER).split("\n")[2], "Scopes: completion_model, keys");
  assert.equal(keyMessage({ ...content, scopes: [] }, ROUTER).split("\n")[2], "Scopes: ");
});

test("the first-generation texts are the published ones", () => {
  assert.equal(
    firstGenerationJson(firstContent),
    '{"created_at":1754401735372,"scopes":["completion_model"],"usage_limit":1234,"valid_for":5000000000}',
  );
  assert.equal(
    firstGenerationSentence(firstContent),
    "Created at 1754401735372; valid for 5000000000; usage limit 1234; scopes [CompletionModel]",
  );
});

test("the first-generation texts of a key without limit or scope say 0 and []", () => {
  const bare: KeyContentV1 = { ...firstContent, spending: { kind: "unlimited" }, scopes: [] };
  assert.equal(
    firstGenerationJson(bare),
    '{"created_at":1754401735372,"scopes":[],"usage_limit":0,"valid_for":5000000000}',
  );
  assert.equal(
    firstGenerationSentence(bare),
    "Created at 1754401735372; valid for 5000000000; usage limit 0; scopes []",
  );
});

test("a message names only a router id or any, so no line can be smuggled into it", () => {
  for (const router of [
    "",
    "anyone",
    `${ROUTER}\nScopes: none`,
    ROUTER.slice(0, 40),
    `${ROUTER}1`,
    "0".repeat(44),
    "1".repeat(33),
  ]) {
    assert.equal(isRouterId(router), false, router);
    refuses(() => keyMessage(content, router), "router");
  }
  assert.equal(isRouterId(ANY_ROUTER), false);
  assert.equal(isRouterId("1".repeat(32)), true);
});

test("a message is made only for content that a key may have, naming the field", () => {
  const wrong: readonly (readonly [string, Partial<KeyContentV2>])[] = [
    ["created_at", { createdAtMs: -1 }],
    ["created_at", { createdAtMs: 0.5 }],
    ["created_at", { createdAtMs: Number.NaN }],
    ["valid_for", { validForMs: 0 }],
    ["valid_for", { validForMs: 366 * DAY_MS + 1 }],
    ["usage_limit", { spending: { kind: "limited", limit: microUsdc(0n) } }],
    ["scopes", { spending: { kind: "earn_only" }, scopes: ["completion_model", "keys"] }],
    ["tag", { tag: "" }],
    ["tag", { tag: "Laptop" }],
    ["tag", { tag: "a\nb" }],
    ["tag", { tag: "a".repeat(25) }],
  ];
  for (const [param, change] of wrong) refuses(() => keyMessage({ ...content, ...change }, ROUTER), param);
  assert.doesNotThrow(() => keyMessage({ ...content, validForMs: 366 * DAY_MS, tag: "a".repeat(24) }, ROUTER));
});

test("a first-generation key has one scope, no earning only, and a tag that is not u1", () => {
  const wrong: readonly (readonly [string, Partial<KeyContentV1>])[] = [
    ["scopes", { scopes: ["completion_model", "account"] }],
    ["usage_limit", { spending: { kind: "earn_only" } }],
    ["tag", { tag: "u1" }],
    ["tag", { tag: "a-b" }],
    ["tag", { tag: "a b" }],
    ["tag", { tag: "" }],
    ["valid_for", { validForMs: 8_640_000_000_000_000 }],
  ];
  for (const [param, change] of wrong) refuses(() => firstGenerationJson({ ...firstContent, ...change }), param);
  assert.match(firstGenerationJson({ ...firstContent, validForMs: 36_500 * DAY_MS }), /"valid_for":3153600000000}$/);
});

test("the revocation message names key, router and time, and nothing that is none", () => {
  const revocation = { keyId: "beee7c29f9ed26819862e2d586757c4b", routerId: ROUTER, dateMs: Date.UTC(2026, 10, 24, 7) };
  assert.equal(
    revocationMessage(revocation),
    `AiMo Network revoke API key\nKey: beee7c29f9ed26819862e2d586757c4b\nRouter: ${ROUTER}\nDate: 2026-11-24T07:00:00.000Z`,
  );
  refuses(() => revocationMessage({ ...revocation, keyId: "BEEE7C29F9ED26819862E2D586757C4B" }), "key");
  refuses(() => revocationMessage({ ...revocation, routerId: ANY_ROUTER }), "router");
  refuses(() => revocationMessage({ ...revocation, dateMs: 8_640_000_000_000_001 }), "date");
});
