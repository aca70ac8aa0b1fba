// Which Solana a router means, and where people look at it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Signature } from "@solana/kit";
import { clusterOf, clusterOfNode, explorerUrl, networkName, transactionUrl } from "./clusters.ts";

const MAINNET = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp";
const DEVNET = "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1";

test("transactions and accounts are shown by the public clusters' explorer alone", () => {
  const { href } = new URL(explorerUrl("tx", "a/b", clusterOf(DEVNET)) ?? "");
  assert.equal(href, "https://explorer.solana.com/tx/a%2Fb?cluster=devnet");
  assert.equal(explorerUrl("address", "x", clusterOf(MAINNET)), "https://explorer.solana.com/address/x");
  assert.equal(explorerUrl("tx", "x", clusterOf("solana:local")), undefined);
  assert.equal(networkName("EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG"), DEVNET);
});

test("a public node is known by its host, whatever else its URL says", () => {
  assert.equal(clusterOfNode("https://api.devnet.solana.com/?key=secret")?.name, "devnet");
  assert.equal(clusterOfNode("https://node.example/api.devnet.solana.com"), undefined);
});

test("a node of this machine shows its own transactions, and no other node is told to an explorer", () => {
  const signature = "x".repeat(88) as Signature;
  const at = (url: string, network?: string) => transactionUrl(signature, clusterOf(network), { url });
  const own = `https://explorer.solana.com/tx/${signature}?cluster=custom&customUrl=http%3A%2F%2F127.0.0.1%3A8899`;
  assert.equal(at("http://127.0.0.1:8899/?key=secret"), own);
  assert.equal(at("https://node.example/?key=secret"), undefined);
  assert.equal(at("http://127.0.0.1:8899", DEVNET), explorerUrl("tx", signature, clusterOf(DEVNET)));
  assert.equal(transactionUrl(signature, undefined, undefined), undefined);
});
