// The scan finds what is planted, in every shape, and nothing where nothing is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { base58 } from "@scure/base";
import { findSecrets } from "./secret-scan.ts";

const TEXT = 'Kz7"\\é 4qW9 of the prompt, xT3mN8rVb2';
const SECRET = { name: "the prompt", text: TEXT };
const INNOCENT = "req-0192 gen-0192 att 7f3a key-1 wallet 9xQe of the prompt";

const QUOTED = JSON.stringify(TEXT);
const PLANTED: Readonly<Record<string, string>> = {
  "as it is": TEXT,
  "in small letters": TEXT.toLowerCase(),
  "in JSON": QUOTED,
  "in JSON in JSON": JSON.stringify({ error: QUOTED }),
  "in a URL": `/models?x=${encodeURIComponent(TEXT)}&y`,
  "in hexadecimal": Buffer.from(TEXT).toString("hex").toUpperCase(),
  "in base58": base58.encode(Buffer.from(TEXT)),
  "as the numbers of its bytes": JSON.stringify([1, ...Buffer.from(TEXT), 2]),
  "in base64": Buffer.from(TEXT).toString("base64"),
  "in base64, one byte in": Buffer.from(`{${TEXT}}`).toString("base64"),
  "in base64, two bytes in": Buffer.from(`{"${TEXT}"}`).toString("base64"),
  "in base64url": Buffer.from(`?>${TEXT}`).toString("base64url"),
  "cut at the end": TEXT.slice(0, 17),
  "cut at both ends": TEXT.slice(9, 26),
};

for (const [shape, planted] of Object.entries(PLANTED)) {
  test(`a secret is found ${shape}`, () => {
    const places = [
      { where: "a clean line", text: INNOCENT },
      { where: "a bad line", text: `before ${planted} after` },
    ];
    assert.deepEqual(
      findSecrets(places, [SECRET]).map(({ secret, where }) => [secret, where]),
      [["the prompt", "a bad line"]],
    );
  });
}

test("of a long text a stretch of twice as many characters is enough", () => {
  for (let start = 0; start + 31 <= TEXT.length; start += 1) {
    const text = `before ${TEXT.slice(start, start + 31)} after`;
    assert.equal(findSecrets([{ where: "a long text", text, isLong: true }], [SECRET]).length, 1);
  }
});

test("a few characters in common are no find, and each secret is found once in a place", () => {
  assert.deepEqual(findSecrets([{ where: "x", text: INNOCENT + TEXT.slice(0, 15) }], [SECRET]), []);
  const both = findSecrets(
    [{ where: "x", text: `${TEXT} ${TEXT} other-secret-of-mine` }],
    [SECRET, { name: "other", text: "other-secret-of-mine" }],
  );
  assert.deepEqual(both, [
    { secret: "the prompt", where: "x", shape: "as it is" },
    { secret: "other", where: "x", shape: "as it is" },
  ]);
});
