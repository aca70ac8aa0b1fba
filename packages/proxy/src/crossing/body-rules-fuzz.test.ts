// What the proxy checks in a body is what its upstream's parser will read, in any spelling of JSON.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import { jsonMembers } from "@aimo-network/protocol/json-members";
import { jsonObjectText } from "@aimo-network/protocol/test-bed/json-text";
import fc from "fast-check";
import type { UpstreamBody } from "./body-rules.ts";
import { bodyRules, upstreamBody } from "./body-rules.ts";

const N_MAX = 4;
const rules = bodyRules(["logit_bias"], N_MAX, "https");
const CHANGED = new Set(["model", "stream_options", "n", "best_of"]);
const ROUTER_MEMBERS = ["provider", "models", "route", "plugins", "transforms", "usage"];

const body = jsonObjectText(
  ["model", "messages", "stream", "stream_options", "n", "best_of", "usage", "chat_template", "content", "url"],
  ["true", "3", "9", '"https://example.com/a"', '"file:///etc/passwd"', '{"include_usage":false,"x":1}'],
);

function rewrite(bytes: Uint8Array): UpstreamBody | undefined {
  try {
    return upstreamBody(bytes, '"up"', rules);
  } catch (error) {
    assert.ok(isAimoError(error), String(error));
    return undefined;
  }
}

/** The text of each member that the proxy has no business with. */
function kept(text: string): string[] {
  return jsonMembers(text)
    .filter(({ key }) => !CHANGED.has(key) && !ROUTER_MEMBERS.includes(key))
    .map(({ start, valueEnd }) => text.slice(start, valueEnd));
}

test("a body is refused with an operating error, or reaches the upstream as it was checked", () => {
  let sent = 0;
  fc.assert(
    fc.property(body, (text) => {
      const result = rewrite(Buffer.from(text));
      if (result === undefined) return;
      sent += 1;
      const out = result.bytes.toString();
      const names = jsonMembers(out).map(({ key }) => key);
      assert.equal(new Set(names).size, names.length, "every member once: no parser can choose another");
      for (const name of [...ROUTER_MEMBERS, "chat_template", "logit_bias"]) assert.ok(!names.includes(name));
      const value = JSON.parse(out) as Record<string, unknown>;
      assert.equal(value["model"], "up");
      assert.equal(result.isStream, value["stream"] === true);
      const options = value["stream_options"];
      if (result.isStream) assert.ok(isJsonObject(options) && options["include_usage"] === true);
      for (const name of ["n", "best_of"]) {
        const count = names.includes(name) ? (value[name] ?? 1) : 1;
        assert.ok(typeof count === "number" && count >= 1 && count <= N_MAX);
      }
      assert.deepEqual(kept(out), kept(text));
    }),
    { numRuns: 2_000 },
  );
  assert.ok(sent > 300, `${sent} of 2000 were sent`);
});

test("bytes that are nearly a body are refused with an operating error, or sent", () => {
  const part = '{"type":"image_url","image_url":{"url":"data:,"}}';
  const valid = Buffer.from(`{"model":"m","n":2,"messages":[{"content":[${part}]}]}`);
  fc.assert(
    fc.property(fc.nat(valid.length), fc.nat(5), fc.uint8Array({ maxLength: 5 }), (at, removed, put) => {
      const sent = rewrite(Buffer.concat([valid.subarray(0, at), put, valid.subarray(at + removed)]));
      if (sent !== undefined) assert.ok(isJsonObject(JSON.parse(sent.bytes.toString())));
    }),
    { numRuns: 1_000 },
  );
});
