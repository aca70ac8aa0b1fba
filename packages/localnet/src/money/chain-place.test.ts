import assert from "node:assert/strict";
import { test } from "node:test";
import { findOwnersChain, socketsBeside } from "./chain-place.ts";

test("a node's WebSockets are one port higher, or where its only port is", () => {
  assert.equal(socketsBeside("http://127.0.0.1:8899"), "ws://127.0.0.1:8900/");
  assert.equal(socketsBeside("https://rpc.example/key?x=1"), "wss://rpc.example/key?x=1");
});

test("where no validator answers, that is said without what may be secret in its URL", async () => {
  await assert.rejects(findOwnersChain("http://127.0.0.1:1/secret?key=secret"), {
    message: "--rpc-url: expected a Solana validator at http://127.0.0.1:1, found none",
  });
});
