// What is remembered of the router's chain is exactly what it said, and nothing that somebody else wrote there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { factsIn, foundFacts, readKeptFacts } from "./chain-facts.ts";

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

const [R, P, M, V, THIEF] = ["R", "P", "M", "V", "T"].map((letter) => letter.repeat(40)) as [
  string,
  string,
  string,
  string,
  string,
];
const TOLD = { routerId: R, name: "a router", programId: P, mint: M, vault: V, network: "solana:x" };
const { network: _, ...SIGNED_FOR } = TOLD;
const hostname = "router.example";

test("where this browser has signed for a router, another one at the same place is not taken for it", () => {
  const renamed = { ...TOLD, name: "renamed" };
  assert.deepEqual(foundFacts({ told: TOLD, kept: undefined, signedFor: undefined, hostname }), TOLD);
  assert.deepEqual(foundFacts({ told: renamed, kept: TOLD, signedFor: SIGNED_FOR, hostname }), renamed);
  for (const change of [{ programId: THIEF }, { routerId: THIEF }, { mint: THIEF }]) {
    const places = { told: { ...TOLD, ...change, vault: THIEF }, kept: TOLD, signedFor: SIGNED_FOR };
    assert.deepEqual(foundFacts({ ...places, hostname }), { ...TOLD, isDisputed: true });
    assert.equal(foundFacts({ ...places, hostname: "127.0.0.1" })?.isDisputed, undefined, "a new localnet");
    assert.equal(foundFacts({ ...places, signedFor: undefined, hostname })?.isDisputed, undefined);
  }
});

test("a router that names no place, or what is none, does not make one forget where it was", () => {
  for (const told of [undefined, { ...TOLD, programId: "none" }, { ...TOLD, vault: "" }]) {
    assert.deepEqual(foundFacts({ told, kept: TOLD, signedFor: SIGNED_FOR, hostname }), { ...TOLD, isDisputed: true });
    assert.deepEqual(foundFacts({ told, kept: undefined, signedFor: SIGNED_FOR, hostname }), {
      ...SIGNED_FOR,
      isDisputed: true,
    });
    assert.equal(foundFacts({ told, kept: undefined, signedFor: undefined, hostname }), undefined);
  }
  assert.equal(factsIn(undefined), undefined);
});
