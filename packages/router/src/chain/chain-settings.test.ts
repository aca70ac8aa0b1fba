import assert from "node:assert/strict";
import { test } from "node:test";
import { webSocketUrl } from "./chain-settings.ts";

for (const [rpcUrl, expected] of [
  ["https://rpc.example/v1/?api-key=k", "wss://rpc.example/v1/?api-key=k"],
  ["http://127.0.0.1:8899", "ws://127.0.0.1:8900/"],
  ["https://rpc.example:8443/path", "wss://rpc.example:8444/path"],
  ["https://rpc.example:443/", "wss://rpc.example/"],
] as const) {
  test(`the WebSocket of ${rpcUrl} is ${expected}`, () => {
    assert.equal(webSocketUrl(rpcUrl), expected);
  });
}
