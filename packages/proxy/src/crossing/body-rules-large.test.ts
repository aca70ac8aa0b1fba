// The rules refuse and let pass the same, whether a body is read whole or without the middles of its long strings.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ArrivingJson } from "@aimo-network/protocol/arriving-json";
import { isAimoError } from "@aimo-network/protocol/errors";
import { WHOLE_JSON_BYTES_MAX } from "@aimo-network/protocol/limits";
import { inPieces, longString, pieceSizes, spelling } from "@aimo-network/protocol/test-bed/long-json";
import fc from "fast-check";
import { bodyRules, upstreamBody } from "./body-rules.ts";
import type { AllowedMedia } from "./media.ts";

const PADDING = " ".repeat(WHOLE_JSON_BYTES_MAX); // smaller bodies are read whole

interface Outcome {
  readonly refused?: string;
  readonly isStream?: boolean;
  readonly hosts?: readonly string[];
  readonly sent?: string;
}

function outcomeOf(body: Uint8Array | ArrivingJson, allowed: AllowedMedia): Outcome {
  try {
    const { isStream, mediaHosts, bytes } = upstreamBody(body, '"m"', bodyRules([], 4, allowed));
    return { isStream, hosts: [...mediaHosts], sent: Buffer.concat(bytes).toString() };
  } catch (error) {
    if (!isAimoError(error)) throw error;
    return { refused: `${error.code}: ${error.message}` };
  }
}

function arriving(text: string, sizes: readonly number[] = [32_768]): ArrivingJson {
  const json = new ArrivingJson();
  for (const piece of inPieces(text, sizes)) json.add(piece);
  return json;
}

/** How a body comes out; fails where it comes out otherwise when it is read whole. */
function checked(text: string, allowed: AllowedMedia = "https", sizes?: readonly number[]): Outcome {
  const outcome = outcomeOf(arriving(text, sizes), allowed);
  assert.deepEqual(outcome, outcomeOf(Buffer.from(text), allowed));
  return outcome;
}

const name = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom("image_url", "url", "input_audio", "data", "file", "file_data", "text", "type"),
  },
  {
    weight: 6,
    arbitrary: fc.constantFrom("filename", "id", "name", "images", "audio", "path", "content", "refusal", "x"),
  },
  { weight: 1, arbitrary: longString },
);
const text = fc.oneof(
  { weight: 3, arbitrary: longString },
  {
    weight: 2,
    arbitrary: fc.constantFrom("text", "image_url", "input_audio", "file", "mp3", "https://example.com/a", ""),
  },
);
const { part } = fc.letrec((tie) => ({
  part: fc.oneof({ maxDepth: 3 }, { weight: 3, arbitrary: text }, fc.dictionary(name, tie("part"), { maxKeys: 3 })),
}));
const audio = fc.record({
  type: fc.constant("input_audio"),
  input_audio: fc.record({ data: text, format: text }, { requiredKeys: ["data"] }),
});
const file = fc.record({
  type: fc.constant("file"),
  file: fc.record({ file_data: text, filename: text }, { requiredKeys: [] }),
});
const image = fc.record({ type: fc.constant("image_url"), image_url: fc.record({ url: text }) });
const content = fc.oneof(text, fc.array(fc.oneof(audio, file, image, part), { maxLength: 3 }));
const message = fc.record(
  { role: text, content, name: text, images: fc.array(text, { maxLength: 1 }) },
  { requiredKeys: [] },
);
const body = fc.record(
  {
    messages: fc.array(message, { minLength: 1, maxLength: 2 }),
    stream: fc.constantFrom(true, false, null, "x".repeat(40_000)),
    stream_options: fc.record({ a: fc.array(text, { maxLength: 1 }), include_usage: text }),
    n: fc.constantFrom(1, 100),
    plugins: fc.array(fc.record({ url: text }), { maxLength: 1 }),
    extra: fc.dictionary(name, part, { maxKeys: 1 }),
  },
  { requiredKeys: ["messages"] },
);

describe("a large body", () => {
  test("comes out as it does when it is read whole, whatever its long strings are", () => {
    let passed = 0;
    const allowed = fc.constantFrom<AllowedMedia>("https", "data");
    fc.assert(
      fc.property(body, spelling, allowed, pieceSizes, (value, spell, media, sizes) => {
        if (checked(spell(value) + PADDING, media, sizes).refused === undefined) passed += 1;
      }),
      { numRuns: 1_000 },
    );
    assert.ok(passed > 50 && passed < 950, `${passed} of 1,000 passed: both ways have to be tried`);
  });

  const inImage = (url: string): string =>
    JSON.stringify({ messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }] }) + PADDING;
  const inAudio = (data: string): string =>
    JSON.stringify({ messages: [{ role: "user", content: [{ type: "input_audio", input_audio: { data } }] }] }) +
    PADDING;
  const long = "a".repeat(100_000);

  for (const [what, json, refused] of [
    ["an image", inImage(`data:image/png;base64,${long}`), undefined],
    ["a public https URL", inImage(`https://example.com/${long}`), undefined],
    ["an https URL with a user before its host", inImage(`https://${long}@169.254.169.254/`), /forbidden_content/],
    ["an https URL to a private host, at its end", inImage(`https://10.0.0.1/${long}`), /forbidden_content/],
    ["a URL whose scheme is long", inImage(`${long}://10.0.0.1/`), /forbidden_content/],
    ["an image that is no URL", inImage(long), /forbidden_content/],
    ["an image whose URL comes after spaces", inImage(`${" ".repeat(100_000)}https://10.0.0.1/`), /forbidden_content/],
    ["audio", inAudio(`//uQ${long}`), undefined],
    [
      "audio whose slashes are escaped",
      inAudio(`a/b+${"a/b+".repeat(5_000)}`).replaceAll("/", String.raw`\/`),
      undefined,
    ],
    ["audio one character short", inAudio(`//uQ${long}a`), /forbidden_content/],
    ["audio with a stranger in its middle", inAudio(`//uQ${long}../${long}a`), /forbidden_content/],
    ["audio with padding in its middle", inAudio(`${long}=${long}abc`), /forbidden_content/],
    ["a long path that looks like audio", inAudio(`/etc${"/etc".repeat(5_000)}`), /forbidden_content/],
    [
      "a name that is a path",
      inAudio("AAAA").replace('"data"', `"filename":"${"\\u0061".repeat(5_000)}","data"`),
      /forbidden/,
    ],
    [
      "a steering member whose key is spelt out",
      `{"chat_templat\\u0065":[[["${long}"]]]}${PADDING}`,
      /forbidden_content/,
    ],
    ["a steering member whose value is long", `{"options":{"a":[["${long}"]]}}${PADDING}`, /forbidden_content/],
    ["a long member twice", `{"${long}":1,"${long}":2}${PADDING}`, /every member once/],
    ["a long member in two cases", `{"${long}b":1,"${long}B":2}${PADDING}`, /every member once/],
    ["two long members", `{"${long}b":1,"${long}c":2}${PADDING}`, undefined],
  ] as const) {
    test(`with ${what} is ${refused === undefined ? "let through" : "refused"}`, () => {
      const outcome = checked(json);
      if (refused === undefined) assert.equal(outcome.refused, undefined);
      else assert.match(outcome.refused ?? "", refused);
    });
  }

  test("cannot pass off an escape as the mark of a middle that was left out", () => {
    const value = {
      messages: [
        { content: [{ type: "input_audio", input_audio: { data: "FORGED" } }, { image_url: `data:,${long}` }] },
      ],
    };
    const forged = JSON.stringify(value).replace("FORGED", String.raw`/etc/passwd\ud8000\ud800`);
    assert.match(checked(forged + PADDING).refused ?? "", /forbidden_content/);
  });
});
