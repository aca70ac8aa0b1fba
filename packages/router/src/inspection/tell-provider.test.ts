import assert from "node:assert/strict";
import { test } from "node:test";
import type { Check } from "../market/truth/checks.ts";
import { CHECKS } from "../market/truth/checks.ts";
import type { Finding, Verdict } from "../market/truth/offer-truth.ts";
import { noticesBetween } from "./tell-provider.ts";

function found(verdict: Verdict, ...withdrawn: readonly Check[]): Finding {
  return { verdict, withdrawn: new Set(withdrawn), examinedAtMs: 1 };
}

function codes(before: Finding, after: Finding): string[] {
  return noticesBetween(before, after).map(({ code }) => code);
}

test("a provider is told of what it loses and gets back, once each", () => {
  assert.deepEqual(codes(found("new"), found("verified")), []);
  assert.deepEqual(codes(found("verified", "tools"), found("verified", "tools")), []);
  assert.deepEqual(codes(found("new"), found("new", "tools", "image")), [
    "capability_withdrawn",
    "capability_withdrawn",
  ]);
  assert.deepEqual(codes(found("new", "tools"), found("verified")), ["capability_restored"]);
  assert.deepEqual(codes(found("new", "tools"), found("new", "image")), [
    "capability_withdrawn",
    "capability_restored",
  ]);
});

test("a provider is told when it is reached by its name alone, and why", () => {
  assert.deepEqual(codes(found("verified"), found("unverified")), ["offer_unverified"]);
  assert.deepEqual(codes(found("verified"), found("unverified", "chat")), ["capability_withdrawn"], "which says why");
  assert.deepEqual(codes(found("unverified"), found("verified")), ["offer_verified"]);
  assert.deepEqual(codes(found("unverified"), found("unverified")), []);
});

test("the words say what was asked for, whatever it was", () => {
  for (const check of CHECKS) {
    const [notice] = noticesBetween(found("new"), found("new", check));
    assert.match(notice?.message ?? "", new RegExp(`Twice this router asked for .{10,}\\(${check}\\)`));
  }
});
