// How what was signed gets onto the chain, and who is believed about what became of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LANDING_POLL_MS } from "@aimo-network/escrow/limits";
import type { SentTransaction } from "@aimo-network/escrow/landing/landing-verdict";
import { manualClock } from "@aimo-network/protocol/clock";
import type { Base64EncodedWireTransaction, Signature } from "@solana/kit";
import { ApiFault } from "../api/api-fault.ts";
import { landSigned } from "./land-signed.ts";
import type { Fate, LandingHands } from "./land-signed.ts";
import { NodeFault } from "./node-answer.ts";
import { scriptedNode } from "./test-bed/scripted-node.ts";
import type { ScriptedNode } from "./test-bed/scripted-node.ts";

const SENT: SentTransaction = {
  wire: "AAAA" as Base64EncodedWireTransaction,
  signature: "1".repeat(64) as Signature,
  programs: [],
  lastValidBlockHeight: 100n,
};

interface Sight {
  readonly verdict: Fate | Error;
  readonly node: ScriptedNode;
  readonly events: readonly string[];
}

/** Lands it while the clock goes on, whatever becomes of it. */
async function land(change: Partial<LandingHands>, node = scriptedNode()): Promise<Sight> {
  const clock = manualClock();
  const events: string[] = [];
  const hands: LandingHands = {
    rpc: node.rpc,
    clock,
    askRouter: () => Promise.resolve(undefined),
    submit: undefined,
    onSent: () => void events.push("sent"),
    ...change,
  };
  const ended = new AbortController();
  const verdict = landSigned(hands, SENT)
    .catch((error: unknown) => error as Error)
    .finally(() => ended.abort());
  while (!ended.signal.aborted) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(LANDING_POLL_MS);
  }
  return { verdict: await verdict, node, events };
}

const kindOf = ({ verdict }: Sight): string => (verdict instanceof Error ? verdict.name : verdict.kind);
const away = (): ScriptedNode => {
  const node = scriptedNode();
  node.fault = () => new NodeFault("away");
  return node;
};
const submit = (): Promise<unknown> => Promise.resolve({});

test("without the router the node sends and tells", async () => {
  const sight = await land({});
  assert.equal(kindOf(sight), "landed");
  assert.deepEqual([sight.node.sent, sight.events], [["AAAA"], ["sent"]]);
});

test("what the router takes is sent by the router alone, and told by the node", async () => {
  const sight = await land({ submit });
  assert.equal(kindOf(sight), "landed");
  assert.deepEqual(sight.node.sent, []);
});

for (const status of ["confirmed", "finalized"] as const) {
  test(`that the router says ${status} of what the node does not see is what the router says, and no more`, async () => {
    const askRouter: LandingHands["askRouter"] = () => Promise.resolve({ status, failure: null });
    assert.equal(kindOf(await land({ submit, askRouter }, away())), "said");
    const gone = scriptedNode();
    gone.word = null;
    gone.height = 101n; // it has expired, or the node lies: whoever pays again could pay twice
    assert.equal(kindOf(await land({ submit, askRouter }, gone)), "said");
  });
}

test("a router that says of what has landed that it has failed is not believed", async () => {
  const askRouter: LandingHands["askRouter"] = () => Promise.resolve({ status: "failed", failure: "too few tokens" });
  assert.equal(kindOf(await land({ submit, askRouter })), "landed");
  assert.equal(kindOf(await land({ submit, askRouter }, away())), "unknown");
});

test("a router that never answers keeps nobody waiting", async () => {
  assert.equal(kindOf(await land({ submit, askRouter: () => new Promise(() => undefined) }, away())), "unknown");
});

test("nobody is believed who says nothing: it may still land", async () => {
  const sight = await land({ submit }, away());
  assert.equal(kindOf(sight), "unknown");
});

test("what the router refuses is not sent by anybody else, and may be on its way all the same", async () => {
  const refusal = new ApiFault(409, {
    error: { message: "It has ended.", metadata: { error_code: "withdrawal_over" } },
  });
  const refuses = (): Promise<never> => Promise.reject(refusal);
  const silent = scriptedNode();
  silent.word = null;
  const sight = await land({ submit: refuses }, silent);
  assert.deepEqual([sight.verdict, silent.sent, sight.events], [{ kind: "refused", refusal }, [], []]);
  assert.equal(kindOf(await land({ submit: refuses })), "landed");
});

for (const fault of [new TypeError("fetch failed"), new ApiFault(503, {})]) {
  test(`where the router is away (${fault.message}) the node takes it`, async () => {
    const sight = await land({ submit: () => Promise.reject(fault) });
    assert.equal(kindOf(sight), "landed");
    assert.deepEqual(sight.node.sent, ["AAAA"]);
  });
}

test("what failed on the chain is rejected, and what is not there after its last block has expired", async () => {
  const node = scriptedNode();
  node.word = { error: { InstructionError: [0, { Custom: 1 }] } };
  assert.equal(kindOf(await land({ submit }, node)), "rejected");
  const late = scriptedNode();
  late.word = null;
  late.height = 101n;
  assert.equal(kindOf(await land({}, late)), "expired");
});
