// Media URLs: what passes, what is refused by its look, and what by its addresses.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { jsonMembers } from "@aimo-network/protocol/json-members";
import { MEDIA_HOSTS_MAX } from "../limits.ts";
import type { AllowedMedia } from "./media.ts";
import { checkMediaHosts, mediaHosts } from "./media.ts";

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

describe("media by their look", () => {
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
    assert.deepEqual(hosts({ type: "video", video: ["https://a.example.org/1", "https://b.example.org/2"] }), [
      "a.example.org",
      "b.example.org",
    ]);
    assert.deepEqual(hosts({ type: "file", file: { file_data: "https://example.com/a.pdf" } }), ["example.com"]);
    assert.deepEqual(hosts({ type: "new", surprise: { place: "https://example.com/a" } }), ["example.com"]);
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
  ]) {
    test(`${url} is refused`, () => {
      assert.throws(() => hosts(image(url)), isRefused);
    });
  }

  test("other schemes are refused wherever they stand", () => {
    assert.throws(() => hosts({ type: "input_audio", input_audio: { data: "http://10.0.0.1/a.wav" } }), isRefused);
    assert.throws(() => hosts({ type: "new", surprise: "file:///etc/passwd" }), isRefused);
    assert.throws(() => hosts({ type: "image", image: "../../../etc/passwd" }), isRefused);
  });

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
      { role: "tool", tool_call_id: "http://x", content: [{ type: "text", text: "http://10.0.0.1/" }] },
    ];
    assert.deepEqual(hostsOfText(JSON.stringify({ messages })), []);
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

  test("nesting without end is refused, not followed", () => {
    const deep = `{"messages":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
    assert.throws(
      () => hostsOfText(deep),
      (error) => isAimoError(error, "invalid_request"),
    );
  });
});

describe("media by their addresses", () => {
  const check = (addresses: readonly string[]): Promise<void> =>
    checkMediaHosts(new Set(["example.com"]), () => Promise.resolve(addresses));

  test("a host passes when every address is public", async () => {
    await check(["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]);
  });

  for (const address of ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1"]) {
    test(`a host that also resolves to ${address} is refused`, async () => {
      await assert.rejects(check(["93.184.215.14", address]), isRefused);
    });
  }

  test("a host without addresses, or unknown, is refused", async () => {
    await assert.rejects(check([]), isRefused);
    await assert.rejects(
      checkMediaHosts(new Set(["x.example"]), () => Promise.reject(new Error("ENOTFOUND"))),
      isRefused,
    );
  });

  test("a public address needs no resolver", async () => {
    await checkMediaHosts(new Set(["93.184.215.14"]), () => Promise.reject(new Error("never asked")));
  });
});
