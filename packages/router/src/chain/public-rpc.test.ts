// What is told of an operator's nodes: the public ones, and nothing that could be a secret.
import assert from "node:assert/strict";
import { test } from "node:test";
import { publicRpcUrlOf } from "./public-rpc.ts";

const MAINNET = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp";
const LOCAL = "solana:11111111111111111111111111111111";
const SECRET = "https://rpc.example/?api-key=secret";

test("the operator's word counts first, and may hold a path", () => {
  const publicRpcUrl = "https://public.example/solana";
  assert.equal(publicRpcUrlOf({ publicRpcUrl, rpcUrls: [SECRET] }, MAINNET), publicRpcUrl);
});

test("a cluster's own node stands in for a private one", () => {
  for (const rpcUrls of [[SECRET], ["http://127.0.0.1:8899"]]) {
    assert.equal(publicRpcUrlOf({ publicRpcUrl: undefined, rpcUrls }, MAINNET), "https://api.mainnet-beta.solana.com");
  }
});

test("a node of this machine is told where the chain is no public one", () => {
  for (const url of ["http://127.0.0.1:8899", "http://localhost:8899/", "http://127.9.9.9"]) {
    for (const network of [LOCAL, undefined]) {
      assert.equal(publicRpcUrlOf({ publicRpcUrl: undefined, rpcUrls: [SECRET, url] }, network), url);
    }
  }
});

test("nothing is told that could be a secret", () => {
  const urls = [SECRET, "http://10.0.0.1:8899", "http://127.0.0.1:8899/secret", "http://127.0.0.1:8899/?key=secret"];
  const more = ["http://u:p@127.0.0.1:8899", "http://127.0.0.1.example", "http://localhost.example:8899"];
  for (const url of [...urls, ...more]) {
    assert.equal(publicRpcUrlOf({ publicRpcUrl: undefined, rpcUrls: [url] }, LOCAL), undefined, url);
  }
});
