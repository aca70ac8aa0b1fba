// What is left of a large text to be read, and that what was left out comes back byte for byte.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ArrivingJson } from "./arriving-json.ts";
import { isAimoError } from "./errors.ts";
import type { JsonSkeleton } from "./json-skeleton.ts";
import { replaceMembers } from "./json-members.ts";
import { STRING_HEAD_BYTES, WHOLE_JSON_BYTES_MAX, WHOLE_STRING_BYTES_MAX } from "./limits.ts";
import { inPieces, longString, pieceSizes, spelling } from "./test-bed/long-json.ts";

const PADDING = " ".repeat(WHOLE_JSON_BYTES_MAX); // smaller texts are read whole

function skeletonOf(text: string | Uint8Array, sizes: readonly number[] = [32_768]): JsonSkeleton {
  const arriving = new ArrivingJson();
  for (const piece of inPieces(text, sizes)) arriving.add(piece);
  return arriving.skeleton();
}

const written = (skeleton: JsonSkeleton, text = skeleton.text): Buffer => Buffer.concat(skeleton.pieces(text));
const inMessage = (json: string): string => `{"messages":[{"content":${json}}]}${PADDING}`;
const isShortened = (json: string): boolean => skeletonOf(inMessage(json)).text.length < inMessage(json).length;
const stringOf = (bytes: number): string => JSON.stringify("x ".repeat(bytes / 2));

/** A value with its long strings cut to what a skeleton keeps of them, so that two values can be compared. */
function withoutMiddles(value: unknown): unknown {
  if (typeof value === "string") return value.slice(0, STRING_HEAD_BYTES / 6);
  if (Array.isArray(value)) return value.map(withoutMiddles);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutMiddles(member)]));
}

const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    { weight: 3, arbitrary: longString },
    { weight: 1, arbitrary: fc.constantFrom(0, -1.5e9, true, null, "", "x") },
    { weight: 2, arbitrary: fc.array(tie("value"), { maxLength: 3 }) },
    {
      weight: 2,
      arbitrary: fc.dictionary(fc.oneof(fc.string({ maxLength: 4 }), longString), tie("value"), { maxKeys: 3 }),
    },
  ),
}));
const anyText = fc.tuple(anyValue, spelling).map(([value, spell]) => spell([[[value, value]]]) + PADDING);

describe("a skeleton", () => {
  test("gives back every byte of its text, however that is spelt and however it came", () => {
    fc.assert(
      fc.property(anyText, pieceSizes, (text, sizes) => {
        assert.ok(written(skeletonOf(text, sizes)).equals(Buffer.from(text)));
      }),
      { numRuns: 300 },
    );
  });

  test("is the same JSON but for the middles of its strings; its keys are whole", () => {
    fc.assert(
      fc.property(anyText, pieceSizes, (text, sizes) => {
        const { text: left } = skeletonOf(text, sizes);
        assert.deepEqual(withoutMiddles(JSON.parse(left)), withoutMiddles(JSON.parse(text)));
      }),
      { numRuns: 300 },
    );
  });

  test("is JSON exactly when its text is, whatever byte of it is another", () => {
    const bytes = fc.constantFrom(...'"\\\n\0{}[],:ux1'.split(""), "\u007f");
    fc.assert(
      fc.property(
        anyText,
        fc.double({ min: 0, max: 1, noNaN: true }),
        bytes,
        pieceSizes,
        (text, place, byte, sizes) => {
          const end = text.length - PADDING.length;
          const at = Math.floor(place * (end - 1));
          const broken = Buffer.from(text.slice(0, at) + byte + text.slice(at + 1)).toString();
          const isJson = (json: string): boolean => {
            try {
              JSON.parse(json);
              return true;
            } catch {
              return false;
            }
          };
          const skeleton = skeletonOf(broken, sizes);
          assert.equal(isJson(skeleton.text), isJson(broken));
          assert.ok(written(skeleton).equals(Buffer.from(broken)));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("keeps what is left out when members around it are replaced", () => {
    const image = JSON.stringify(`data:image/png;base64,${"QUJD".repeat(10_000)}`);
    const kept = `"messages":[{"content":[{"image_url":{"url":${image}}},{"image_url":{"url":${image}}}]}]`;
    const skeleton = skeletonOf(`{"model":"a",${kept},"usage":[[[${image}]]]}${PADDING}`);
    const changed = replaceMembers(
      skeleton.text,
      new Map([
        ["model", '"\\u00e9 é"'],
        ["usage", undefined],
      ]),
    );
    assert.equal(written(skeleton, changed).toString(), `{"model":"\\u00e9 é",${kept}}`);
  });

  test("of 30 MiB of image is a few KiB, and what it gives back are views and not copies", () => {
    const image = "QUJD".repeat((30 * 1024 * 1024) / 4);
    const bytes = Buffer.from(`{"messages":[{"content":[{"image_url":{"url":"data:image/png;base64,${image}"}}]}]}`);
    const received = inPieces(bytes, [65_536]);
    const arriving = new ArrivingJson();
    for (const piece of received) arriving.add(piece);
    const skeleton = arriving.skeleton();
    assert.ok(skeleton.text.length < STRING_HEAD_BYTES + 200, `${skeleton.text.length} characters`);
    const pieces = skeleton.pieces(skeleton.text);
    const memory = new Set(received.map(({ buffer }) => buffer));
    const copied = pieces.filter(({ buffer }) => !memory.has(buffer));
    assert.ok(Buffer.concat(pieces).equals(bytes));
    assert.ok(Buffer.concat(copied).length < STRING_HEAD_BYTES + 200);
  });

  test("of a text with a thousand small messages is the text", () => {
    const messages = Array.from({ length: 1_000 }, (_, index) => ({
      role: "user",
      content: `\u00e9 ${index} `.repeat(20),
    }));
    const text = JSON.stringify({ messages });
    assert.equal(skeletonOf(text).text, text);
  });
});

describe("a string is left out", () => {
  test("from one byte above the limit, and none of the limit is", () => {
    assert.equal(isShortened(stringOf(WHOLE_STRING_BYTES_MAX)), false);
    assert.equal(isShortened(JSON.stringify(`${"x ".repeat(WHOLE_STRING_BYTES_MAX / 2)}x`)), true);
  });

  const long = "x ".repeat(20_000);
  for (const [what, json, expected] of [
    ["that is an image", JSON.stringify(`data:image/png;base64,${"QUJD".repeat(5_000)}`), true],
    ["that is an image whose slashes are escaped", `"data:image\\/png;base64,${"QUJD\\/".repeat(5_000)}"`, true],
    ["that is bare base64", JSON.stringify(`${"QUJD".repeat(5_000)}==`), true],
    ["with valid escapes", `"${String.raw`x\n\ud83d\ude42\" `.repeat(2_000)}"`, true],
    ["that only begins like https", JSON.stringify(`https is ${long}`), true],
    ["that is an https URL", JSON.stringify(`https://${"a".repeat(40_000)}@169.254.169.254/`), false],
    ["that is an https URL, its letters escaped", `"\\u0068ttps:\\/\\/${"a".repeat(40_000)}@169.254.169.254/"`, false],
    ["that may yet be a URL", JSON.stringify(`${"a".repeat(40_000)}://x`), false],
    ["of spaces", JSON.stringify(`${" ".repeat(40_000)}https://x`), false],
    ["with a control character", `"${long}\u0001"`, false],
    ["with an escape that JSON does not have", `"${long}\\x"`, false],
    ["with half an escape", `"${long}\\u12g4"`, false],
    ["with a letter that is not ASCII", JSON.stringify(`${long}é`), false],
  ] as const) {
    test(`${expected ? "" : "not "}${what}`, () => assert.equal(isShortened(json), expected));
  }

  test("neither as a key nor near the top, where settings stand", () => {
    for (const text of [
      inMessage(`{${JSON.stringify(long)} : 1}`),
      `{"model":${JSON.stringify(long)}}`,
      `{"messages":[${JSON.stringify(long)}],"x":{"y":${JSON.stringify(long)}}}`,
    ]) {
      assert.equal(skeletonOf(text + PADDING).text, text + PADDING);
    }
  });
});

describe("a mark", () => {
  const mark = String.fromCharCode(0xd800);
  const image = JSON.stringify(`data:,${"A ".repeat(20_000)}`);

  test("cannot be written with an escape: that is text like any other", () => {
    const forged = String.raw`"\ud8000\ud800"`;
    const text = inMessage(`[${forged},${image}]`);
    const skeleton = skeletonOf(text);
    assert.ok(written(skeleton).equals(Buffer.from(text)));
    assert.equal(skeleton.shortened(forged), undefined);
  });

  test("cannot be written in bytes: half a surrogate pair is not UTF-8", () => {
    const halfPair = Buffer.from([0xed, 0xa0, 0x80]);
    const bytes = Buffer.concat([
      Buffer.from('{"messages":[{"content":["'),
      ...[halfPair, Buffer.from("0"), halfPair],
      Buffer.from(`",${image}]}]}${PADDING}`),
    ]);
    assert.throws(
      () => skeletonOf(bytes),
      (error) => isAimoError(error, "invalid_request"),
    );
  });

  test("stands where a string was shortened, and tells what it was", () => {
    const text = `[[["${"QUJD".repeat(10_000)}QUI="]]]`;
    const skeleton = skeletonOf(text + PADDING);
    const [[[value]]] = JSON.parse(skeleton.text) as [[[string]]];
    assert.ok(value.includes(mark));
    const shortened = skeleton.shortened(JSON.stringify(value).replaceAll(String.raw`\ud800`, mark));
    assert.deepEqual(shortened, { kept: `${"QUJD".repeat(512)}I=`, chars: 40_004, isBase64: true });
  });
});
