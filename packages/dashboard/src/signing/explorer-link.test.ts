// An explorer is named for public clusters and for a node of this machine, and learns of no other node.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clusterOf } from "@aimo-network/escrow/clusters";
import { explorerLink } from "./explorer-link.ts";

const devnet = clusterOf("solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1");

test("by the cluster, or by a node of this machine, or not at all", () => {
  const own = { cluster: undefined, rpcUrl: "http://127.0.0.1:8899/" };
  assert.equal(
    explorerLink("tx", "S", { cluster: devnet, rpcUrl: "https://rpc.example/key" }),
    "https://explorer.solana.com/tx/S?cluster=devnet",
  );
  assert.equal(
    explorerLink("address", "A", own),
    "https://explorer.solana.com/address/A?cluster=custom&customUrl=http%3A%2F%2F127.0.0.1%3A8899",
  );
  assert.equal(explorerLink("tx", "S", { cluster: undefined, rpcUrl: "https://rpc.example/key" }), undefined);
});
