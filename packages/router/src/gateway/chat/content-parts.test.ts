// What of a body is data of its media, and what may be read as words: only the former is left out of the prompt's bound.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ArrivingJson } from "@aimo-network/protocol/arriving-json";
import { WHOLE_JSON_BYTES_MAX } from "@aimo-network/protocol/limits";
import { inPieces } from "@aimo-network/protocol/test-bed/long-json";
import { readChatRequest } from "./chat-request.ts";

const SHORT = "QUJD".repeat(100);
const LONG = "QUJD".repeat(20_000); // long enough to be left out of a large body's skeleton

/** The bytes of a request with one message that do not count as text, read whole and by its skeleton. */
function dataBytes(content: unknown, more = ""): number {
  const json = `{"model":"m","messages":[{"role":"user","content":${JSON.stringify(content)}}]${more}}`;
  const arriving = new ArrivingJson();
  const padded = json + " ".repeat(WHOLE_JSON_BYTES_MAX);
  for (const piece of inPieces(padded, [30_000])) arriving.add(piece);
  const bytes = Buffer.byteLength(json) - readChatRequest(Buffer.from(json)).textBytes;
  assert.equal(Buffer.byteLength(padded) - readChatRequest(arriving).textBytes, bytes, "by its skeleton");
  return bytes;
}

describe("of a request's bytes those are no text that are the base64 of", () => {
  for (const [name, part] of [
    ["an image", (data: string) => ({ type: "image_url", image_url: { url: `data:image/png;base64,${data}` } })],
    [
      "an image without an object around it",
      (data: string) => ({ type: "image_url", image_url: `data:;base64,${data}` }),
    ],
    ["a recording", (data: string) => ({ type: "input_audio", input_audio: { data, format: "mp3" } })],
    [
      "a recording as a URL",
      (data: string) => ({ type: "audio_url", audio_url: { url: `DATA:audio/mp3;BASE64,${data}` } }),
    ],
    [
      "a video",
      (data: string) => ({ type: "video_url", video_url: { url: `data:video/mp4;codecs=x;base64,${data}` } }),
    ],
    ["a file", (data: string) => ({ type: "file", file: { filename: "a", file_data: data } })],
    [
      "a file as a URL",
      (data: string) => ({ type: "file", file: { file_data: `data:application/pdf;base64,${data}` } }),
    ],
  ] as const) {
    test(name, () => {
      for (const data of ["", SHORT, LONG]) {
        assert.equal(dataBytes([{ type: "text", text: "x" }, part(data)]), data.length);
      }
      assert.equal(dataBytes([part(LONG), part(SHORT), part(LONG)]), 2 * LONG.length + SHORT.length);
    });
  }
});

describe("of a request's bytes those are text that are", () => {
  for (const [name, part] of [
    ["words that look like base64", { type: "text", text: LONG }],
    ["words that look like a data: URL", { type: "text", text: `data:image/png;base64,${LONG}` }],
    ["a part of an unknown kind", { type: "something_new", image_url: { url: `data:image/png;base64,${LONG}` } }],
    ["beside a medium", { type: "image_url", image_url: { url: "https://a.example/", detail: LONG }, text: LONG }],
    ["a URL of a medium", { type: "image_url", image_url: { url: `https://a.example/${LONG}` } }],
    ["a data: URL that is no base64", { type: "image_url", image_url: { url: `data:text/plain,${LONG}` } }],
    ["in the member of another kind", { type: "image_url", input_audio: { data: LONG } }],
    ["a medium that is no string", { type: "image_url", image_url: { url: [LONG] } }],
    ["a medium that is missing", { type: "image_url" }],
  ] as const) {
    test(name, () => assert.equal(dataBytes([{ type: "image_url", image_url: { url: "" } }, part]), 0));
  }

  test("content that is a string", () => assert.equal(dataBytes(LONG), 0));

  test("outside of the messages", () => {
    const image = { type: "image_url", image_url: { url: `data:image/png;base64,${LONG}` } };
    assert.equal(dataBytes([], `,"tools":[${JSON.stringify(image)}]`), 0);
  });

  test("the mark of a middle that was left out, which a client only writes by an escape", () => {
    const forged = JSON.stringify([
      { type: "image_url", image_url: { url: `data:image/png;base64,${SHORT}FORGED` } },
      { type: "text", text: LONG },
    ]).replace("FORGED", String.raw`\ud8000\ud800`);
    const json = `{"model":"m","messages":[{"role":"user","content":${forged}}]}`;
    const arriving = new ArrivingJson();
    arriving.add(Buffer.from(json));
    assert.ok(json.length - readChatRequest(arriving).textBytes < SHORT.length + 20);
  });
});

test("of parts that stand twice in a message the last ones count, as a parser has it", () => {
  const image = JSON.stringify([{ type: "image_url", image_url: { url: `data:image/png;base64,${SHORT}` } }]);
  const read = (content: string): ReturnType<typeof readChatRequest> =>
    readChatRequest(Buffer.from(`{"model":"m","messages":[{"role":"user",${content}}]}`));
  const shadowed = read(`"content":${image},"content":[{"type":"image_url"}]`);
  assert.equal(shadowed.media.image, 1);
  assert.ok(shadowed.textBytes > SHORT.length);
  const chosen = read(`"content":"words","content":${image}`);
  assert.ok(chosen.textBytes < SHORT.length);
});

describe("a part counts as a medium whichever server would take it for one", () => {
  const read = (content: readonly unknown[]): ReturnType<typeof readChatRequest> =>
    readChatRequest(Buffer.from(JSON.stringify({ model: "m", messages: [{ role: "user", content }] })));
  const none = { image: 0, audio: 0, video: 0, file: 0 };

  for (const [name, part, medium] of [
    ["an image without a type", { image_url: "https://a.example/" }, "image"],
    ["an image that calls itself text", { type: "text", text: "", uuid: "1", image_url: { url: "h" } }, "image"],
    ["an image of the Responses API", { type: "input_image", image_url: "https://a.example/" }, "image"],
    ["an image of other makers", { type: "image", image: "https://a.example/" }, "image"],
    ["a recording without a type", { input_audio: { data: "QUJD", format: "wav" } }, "audio"],
    ["a video without a type", { video_url: { url: "https://a.example/" } }, "video"],
    ["a document", { type: "document_url", document_url: "https://a.example/" }, "file"],
  ] as const) {
    test(name, () => assert.deepEqual(read([part, "words"]).media, { ...none, [medium]: 1 }));
  }

  test("and one with several kinds in it as all of them", () => {
    const { media } = read([
      { type: "video_url", video_url: { url: "h" }, image_url: null, input_audio: { data: "" } },
    ]);
    assert.deepEqual(media, { ...none, video: 1, audio: 1 });
  });

  test("but text is text", () => {
    const { media } = read([{ type: "text", text: "image_url" }, { type: "thinking", thinking: "image" }, null, 7]);
    assert.deepEqual(media, none);
  });
});

test("a request has at most ten thousand images, recordings and files", () => {
  const read = (parts: number): ReturnType<typeof readChatRequest> => {
    const content = Array.from({ length: parts }, () => ({ type: "image_url", image_url: { url: "" } }));
    return readChatRequest(Buffer.from(JSON.stringify({ model: "m", messages: [{ role: "user", content }] })));
  };
  assert.equal(read(10_000).media.image, 10_000);
  assert.throws(() => read(10_001), /at most 10000 images, recordings and files/);
});
