// Where a router is dialled, and through what.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { Secret } from "../config/secret.ts";
import { startRecordingProxy } from "../test-bed/recording-proxy.ts";
import type { LinkEnd } from "./dial.ts";
import { dial, subscribeUrl } from "./dial.ts";

describe("a router's address", () => {
  for (const [url, expected] of [
    ["https://devnet.aimo.network", "wss://devnet.aimo.network/api/v1/providers/subscribe"],
    ["https://devnet.aimo.network/", "wss://devnet.aimo.network/api/v1/providers/subscribe"],
    ["https://devnet.aimo.network/api/v1", "wss://devnet.aimo.network/api/v1/providers/subscribe"],
    ["https://example.com/aimo/", "wss://example.com/aimo/api/v1/providers/subscribe"],
    ["http://127.0.0.1:8080/api/v1/", "ws://127.0.0.1:8080/api/v1/providers/subscribe"],
    ["wss://example.com", "wss://example.com/api/v1/providers/subscribe"],
  ] as const) {
    test(`${url} is dialled as ${expected}`, () => {
      assert.equal(subscribeUrl(url).href, expected);
    });
  }
});

function dialled(url: string, environment: Record<string, string>): Promise<LinkEnd> {
  return new Promise((closed) => {
    const target = { url, apiKey: new Secret("aimo-sk-x") };
    const ignore = (): void => undefined;
    dial(systemClock, environment, target, { opened: ignore, received: ignore, pinged: ignore, closed });
  });
}

describe("the environment's proxy", () => {
  test("a router elsewhere is reached through it, one on this machine is not", async (context) => {
    const proxy = await startRecordingProxy("");
    context.after(() => proxy.close());
    const end = await dialled("https://router.example", { HTTPS_PROXY: proxy.url });
    assert.equal(end.kind, "closed");
    assert.deepEqual(proxy.asked, ["CONNECT router.example:443"]);
    await dialled("http://127.0.0.1:1", { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url });
    await dialled("https://localhost:1", { HTTPS_PROXY: proxy.url });
    assert.equal(proxy.asked.length, 1);
  });
});
