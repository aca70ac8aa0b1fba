// Leaving by a node alone, with the router gone: on the real program, to the micro-USDC.
import assert from "node:assert/strict";
import { test } from "node:test";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { DAY } from "@aimo-network/escrow/program-bounds";
import { faultOf } from "../test-bed/reading-bed.ts";
import { openMoneyBed } from "../test-bed/money-bed.ts";
import { allowance } from "./allowance.ts";
import { exitCancel } from "./exit-cancel.ts";
import { exitFinalize } from "./exit-finalize.ts";
import { exitRequest } from "./exit-request.ts";
import { exitStatus } from "./exit-status.ts";

test("an exit is requested, shown with the date it is due, cancelled, requested again, and pays everything", async (t) => {
  const bed = await openMoneyBed(t);
  const { chain } = bed.scene;
  const ann = await bed.person(100n * USDC);
  bed.openEscrow(ann, 41_000_001n);
  assert.match((await ann.run(exitStatus)).text, /^Not leaving: 41\.000001 USDC in the escrow\. .* due 1 d after/);

  const requested = await ann.run(exitRequest);
  const due = new Date(Number(chain.time + DAY) * 1_000).toISOString().replace(".000", "");
  const data = requested.data as Record<string, unknown>;
  assert.deepEqual([data["state"], data["due_at"], data["balance"]], ["requested", due, "41.000001"]);
  assert.match(String(data["signature"]), /^[1-9A-HJ-NP-Za-km-z]{80,90}$/);
  assert.match(ann.said.join("\n"), /Requests the exit from .*\n.*pays the fee, at most 0\.0000050\d* SOL/);
  const again = await ann.run(exitRequest);
  assert.equal("signature" in again.data, false, "one that is requested already is no error and no second one");
  assert.match(again.text, /Due at 2027-01-16 08:00:00 UTC, in 1 d/);

  assert.match((await ann.run(exitCancel)).text, /^Not leaving/);
  assert.match((await ann.run(exitCancel)).text, /^Not leaving/);
  assert.equal((await faultOf(ann.run(exitFinalize))).code, "exit_not_requested");
  await ann.run(exitRequest);
  chain.advance(DAY - 1n);
  const early = await faultOf(ann.run(exitFinalize));
  assert.deepEqual([early.code, early.reason], ["exit_too_early", "refused"]);
  assert.match(early.why ?? "", /in 1 s\./);
  chain.advance(1n);
  assert.match((await ann.run(exitStatus)).text, /^The exit is due since/);
  const paid = await ann.run(exitFinalize);
  assert.equal((paid.data as Record<string, unknown>)["paid"], "41.000001");
  assert.equal(bed.scene.tokensOf(ann.address), 100n * USDC);
  assert.equal(bed.scene.bed.readEscrow(ann.address).balance, 0n);
});

test("whoever has no escrow, or no memory of the program, is told what to type", async (t) => {
  const bed = await openMoneyBed(t);
  const ann = await bed.person();
  const none = await faultOf(ann.run(exitRequest));
  assert.deepEqual([none.code, none.reason], ["escrow_not_opened", "funds"]);
  const { routerId } = bed.scene.bed.keys;
  bed.openEscrow(ann, USDC);
  const elsewhere = await faultOf(ann.run(exitStatus, [], { router: bed.scene.bed.keys.admin }));
  assert.match(elsewhere.next ?? "", /--program <address>/);
  const named = { router: routerId, programId: bed.scene.chain.programAddress };
  assert.match((await ann.run(exitStatus, [], named)).text, /^Not leaving: 1\.00 USDC/);
  const wrong = await faultOf(ann.run(exitStatus, [], { ...named, programId: bed.scene.bed.keys.admin }));
  assert.equal(wrong.code, "router_unknown");
  assert.deepEqual(bed.node.sent, []);
});

test("what has landed is no failure where the node is away by then: it is told, with its signature", async (t) => {
  const bed = await openMoneyBed(t);
  const ann = await bed.person(100n * USDC);
  bed.openEscrow(ann, 5n * USDC);
  bed.node.onAsked = (method) => {
    bed.node.isDown = method === "getMultipleAccounts" && bed.node.sent.length > 0;
  };
  for (const [command, words, options] of [
    [allowance, [], { total: "7" }],
    [exitRequest, [], {}],
    [exitCancel, [], {}],
  ] as const) {
    bed.node.sent.length = 0;
    bed.node.isDown = false;
    const { data, text, reason } = await ann.run(command, words, options);
    assert.deepEqual([(data as { signature: string }).signature, reason], [bed.node.sent[0], undefined]);
    assert.match(text, /^Done: the transaction \S+ has landed\. How it is now could not be read: Cannot reach/);
  }
});
