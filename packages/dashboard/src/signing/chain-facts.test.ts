// What is remembered of the router's chain is exactly what it said, and nothing that somebody else wrote there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { factsIn, readKeptFacts } from "./chain-facts.ts";

const CHAIN = { program_id: "P", mint: "M", vault: "V", network: "solana:x", public_rpc_url: "https://rpc.example" };

test("what a router says is remembered whole", () => {
  const facts = factsIn({ router_id: "R", name: "a router", chain: CHAIN });
  assert.deepEqual(readKeptFacts(JSON.stringify(facts)), facts);
  const { network: _network, public_rpc_url: _url, ...least } = CHAIN;
  const few = factsIn({ router_id: "R", name: "a router", chain: least });
  assert.deepEqual(few, { routerId: "R", name: "a router", programId: "P", mint: "M", vault: "V" });
  assert.deepEqual(readKeptFacts(JSON.stringify(few)), few);
  assert.equal(factsIn({ router_id: "R", name: "a router" }), undefined);
});

test("anything else is nothing", () => {
  for (const kept of [null, "", "{", "null", "[]", '{"routerId":1}', '{"routerId":"R","name":"n","mint":"M"}']) {
    assert.equal(readKeptFacts(kept), undefined);
  }
});
