// Where media are found in a request: what passes, and what is refused by its look.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { jsonMembers } from "@aimo-network/protocol/json-members";
import { MEDIA_HOSTS_MAX, MESSAGE_DEPTH_MAX } from "../limits.ts";
import type { AllowedMedia } from "./media.ts";
import { mediaHosts } from "./media-hosts.ts";

function hostsOfText(text: string, allowed: AllowedMedia = "https"): string[] {
  return [...mediaHosts(text, jsonMembers(text), allowed)];
}

function hosts(part: unknown, allowed?: AllowedMedia): string[] {
  const body = {
    model: "m",
    messages: [{ role: "user", content: [{ type: "text", text: "see http://10.0.0.1/" }, part] }],
  };
  return hostsOfText(JSON.stringify(body), allowed);
}

const image = (url: string): unknown => ({ type: "image_url", image_url: { url, detail: "auto" } });
const isRefused = (error: unknown): boolean => isAimoError(error, "forbidden_content");

describe("media of a request", () => {
  test("data: URLs and base64 pass without a host", () => {
    assert.deepEqual(hosts(image("data:image/png;base64,iVBORw0KGgo=")), []);
    assert.deepEqual(hosts({ type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } }), []);
    assert.deepEqual(
      hosts({ type: "file", file: { filename: "a b.pdf", file_data: "data:application/pdf;base64,JVBE" } }),
      [],
    );
  });

  test("public https gives its host, in every part that can hold one", () => {
    assert.deepEqual(hosts(image("https://Example.com:8443/a.png")), ["example.com"]);
    assert.deepEqual(hosts({ type: "image_url", image_url: "https://example.com/a.png" }), ["example.com"]);
    assert.deepEqual(hosts({ type: "video_url", video_url: { url: "https://example.com/a.mp4" } }), ["example.com"]);
    assert.deepEqual(hosts({ type: "file", file: { file_data: "https://example.com/a.pdf" } }), ["example.com"]);
    assert.deepEqual(hosts({ type: "video_url", video: ["https://a.example.org/1", "https://b.example.org/2"] }), [
      "a.example.org",
      "b.example.org",
    ]);
    assert.deepEqual(hosts({ type: "text", text: "", surprise: { place: "https://example.com/a" } }), ["example.com"]);
  });

  for (const url of [
    "http://example.com/a.png",
    "file:///etc/passwd",
    "ftp://example.com/a",
    "//example.com/a",
    "/etc/passwd",
    "https://user:secret@example.com/a",
    "https://localhost/a",
    "https://ollama/a",
    "https://metadata.google.internal/a",
    "https://127.0.0.1/a",
    "https://2130706433/a",
    "https://0x7f.1/a",
    "https://[::1]/a",
    "https://[fe80::1]/a",
    "https://10.1.2.3/a",
    "https://169.254.169.254/latest/meta-data",
    "  http://example.com/a.png",
    " https://example.com/a.png",
    "https:/example.com/a.png",
    "https://example.com\\@127.0.0.1/a",
    "https://exa\tmple.com/a",
    "data:nothing",
    "iVBORw0KGgo=",
    "",
  ]) {
    test(`${url} is refused`, () => {
      assert.throws(() => hosts(image(url)), isRefused);
    });
  }

  for (const part of [
    { type: "input_audio", input_audio: { data: "http://10.0.0.1/a.wav" } },
    { type: "input_audio", input_audio: { data: "/etc/passwd1" } },
    { type: "input_audio", input_audio: { nested: { data: "UklGRg==" } } },
    { type: "file", file: { file_data: "~/.ssh/id_rsa" } },
    { type: "file", file: { filename: "../../etc/passwd" } },
    { type: "file", file: { file_id: "/etc/passwd" } },
    { type: "file", path: "/etc/passwd" },
    { type: "text", text: "", image: "/etc/passwd" },
    { type: "text", text: "", local_path: "passwd" },
    { type: "image_url", image_url: { url: "data:,", detail: "http://127.0.0.1" } },
    { type: "image_url", surprise: "/etc/passwd" },
    { type: "image_url", text: "http://127.0.0.1" },
    { type: "image_url", content: "http://127.0.0.1" },
    { type: "image_url", annotations: { image_url: "http://127.0.0.1" } },
    { type: "text", text: "", surprise: "file:///etc/passwd" },
    { image: { id: "http://127.0.0.1" } },
    { image: "../../../etc/passwd" },
    { IMAGE_URL: "/etc/passwd" },
  ]) {
    test(`the part ${JSON.stringify(part)} is refused`, () => {
      assert.throws(() => hosts(part), isRefused);
    });
  }

  for (const part of [
    { type: "image", image: "/etc/passwd" },
    { type: "image", content: "http://127.0.0.1" },
    { type: "image", path: "/etc/passwd" },
    { type: "video", video: ["/etc/passwd"] },
    { type: "new", surprise: "harmless" },
    { type: null },
    { type: ["text"] },
  ]) {
    test(`the part ${JSON.stringify(part)} has a type that is refused`, () => {
      assert.throws(() => hosts(part), /content parts of the type .*text, image_url, input_audio/);
    });
  }

  for (const [key, value] of Object.entries({
    images: ["http://127.0.0.1/"],
    image_url: "/etc/passwd",
    image_data: "/etc/passwd",
    video_url: { url: "http://127.0.0.1/" },
    documents: [{ title: "t", source: "http://127.0.0.1/" }],
    Messages: [{ content: [{ type: "image_url", image_url: "http://127.0.0.1/" }] }],
  })) {
    test(`the parameter ${key} is searched like a message`, () => {
      assert.throws(() => hostsOfText(JSON.stringify({ messages: [], [key]: value })), isRefused);
    });
  }

  test("mode `data` refuses every URL but data:", () => {
    assert.deepEqual(hosts(image("DATA:image/png;base64,iVBO"), "data"), []);
    assert.throws(() => hosts(image("https://example.com/a.png"), "data"), isRefused);
  });

  test("words are never read as media", () => {
    const messages = [
      { role: "system", content: "http://10.0.0.1/" },
      {
        role: "assistant",
        content: "file:///x",
        tool_calls: [{ function: { name: "f", arguments: "http://10.0.0.1" } }],
      },
      { role: "assistant", content: null, annotations: [{ url_citation: { url: "http://example.com" } }] },
      {
        role: "assistant",
        refusal: "/no",
        reasoning: "http://10.0.0.1",
        reasoning_content: "file:///etc/passwd",
        reasoning_details: [{ type: "reasoning.text", text: "http://10.0.0.1" }],
        audio: { id: "audio_abc123" },
        function_call: { name: "f", arguments: "http://10.0.0.1" },
      },
      { role: "assistant", content: [{ type: "refusal", refusal: "http://10.0.0.1" }] },
      { role: "assistant", content: [{ type: "thinking", thinking: [{ type: "text", text: "http://10.0.0.1" }] }] },
      { role: "user", content: ["http://10.0.0.1"], name: "/etc/passwd" },
      { role: "user", content: [{ type: "text", text: "/x", cache_control: { type: "ephemeral", ttl: "5m" } }] },
      { role: "user", content: [{ type: "file", file: { file_id: "file-6F2k", filename: "r\u00e9sum\u00e9 1.pdf" } }] },
      { role: "tool", content: "/etc/passwd", tool_call_id: "call_1" },
      { role: "tool", tool_call_id: "http://x", content: [{ type: "text", text: "http://10.0.0.1/" }] },
    ];
    const parameters = {
      tools: [
        { type: "function", function: { name: "f", parameters: { $schema: "http://json-schema.org/draft-07" } } },
      ],
      response_format: { type: "json_schema", json_schema: { schema: { properties: { url: { type: "string" } } } } },
      stop: ["http://"],
      metadata: { url: "http://10.0.0.1" },
      prediction: { type: "content", content: "http://10.0.0.1" },
      audio: { voice: "alloy", format: "wav" },
      modalities: ["text", "audio"],
      reasoning: { effort: "high" },
      web_search_options: { user_location: { type: "approximate", approximate: { city: "Oslo" } } },
    };
    assert.deepEqual(hostsOfText(JSON.stringify({ messages, ...parameters })), []);
  });

  test("a repeated or escaped member hides nothing", () => {
    const twice = '{"messages":[{"content":[{"image_url":{"url":"http://10.0.0.1/","url":"data:,"}}]}]}';
    assert.throws(() => hostsOfText(twice), isRefused);
    const shadowed = '{"messages":[{"content":[{"image_url":{"url":"http://10.0.0.1/"}}],"content":"hi"}]}';
    assert.throws(() => hostsOfText(shadowed), isRefused);
    const escaped = '{"messages":[{"content":[{"image\\u005furl":{"u\\u0072l":"http:\\/\\/10.0.0.1\\/\\""}}]}]}';
    assert.throws(() => hostsOfText(escaped), isRefused);
  });

  test("hosts are counted once and bounded", () => {
    const parts = (count: number): string =>
      JSON.stringify({
        messages: [{ content: Array.from({ length: count }, (_, index) => image(`https://h${index}.example.org/a`)) }],
      });
    assert.equal(hostsOfText(parts(MEDIA_HOSTS_MAX)).length, MEDIA_HOSTS_MAX);
    assert.throws(() => hostsOfText(parts(MEDIA_HOSTS_MAX + 1)), isRefused);
  });

  test("nesting to the limit is followed, and one level more is refused", () => {
    const nested = (levels: number): string => `{"messages":[{"content":${"[".repeat(levels)}${"]".repeat(levels)}}]}`;
    const around = 2; // the list of messages and the message
    assert.deepEqual(hostsOfText(nested(MESSAGE_DEPTH_MAX - around)), []);
    assert.throws(
      () => hostsOfText(nested(MESSAGE_DEPTH_MAX - around + 1)),
      (error) => isAimoError(error, "invalid_request") && /at most 8 levels/.test(error.message),
    );
  });

  test("nesting without end is refused, not followed", () => {
    const deep = `{"messages":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
    assert.throws(
      () => hostsOfText(deep),
      (error) => isAimoError(error, "invalid_request"),
    );
  });
});
