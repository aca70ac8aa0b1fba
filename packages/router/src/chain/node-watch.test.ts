// Nodes that cannot all be right are found out, and the one that is wrong is not asked any more.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { ANN } from "@aimo-network/escrow/test-bed/cast";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { pino } from "pino";
import { DISAGREEMENT_AGAIN_MS, DISAGREEMENT_CHECK_MS, DISTRUST_MS, NODE_SLOTS_BEHIND_MAX } from "./limits.ts";
import { contradiction, createNodeWatch, findLiars } from "./node-watch.ts";
import type { NodeWatch, Statement } from "./node-watch.ts";
import { FollowerBed } from "./test-bed/follower-bed.ts";

function statement(slot: number, batches: number | undefined, changes: Partial<Statement> = {}): Statement {
  const batchCount = batches === undefined ? undefined : BigInt(batches);
  return { genesis: "mainnet", slot: BigInt(slot), batchCount, config: `${batches}`, ...changes };
}

test("what nodes say contradicts where it cannot be of one chain", () => {
  const cases: readonly (readonly [Statement, Statement, RegExp | undefined])[] = [
    [statement(10, 5), statement(10, 5), undefined],
    [statement(10, 5), statement(11, 5), undefined],
    [statement(10, 5), statement(11, 6), undefined],
    [statement(10, undefined), statement(11, 0), undefined],
    [statement(10, 5), statement(10, 6), /same slot/],
    [statement(10, 5, { config: "a" }), statement(10, 5, { config: "b" }), /same slot/],
    [statement(10, 5), statement(11, 4), /fewer batches/],
    [statement(10, 5), statement(11, undefined), /no config/],
    [statement(10, 5), statement(11, 6, { genesis: "devnet" }), /another chain/],
  ];
  for (const [one, other, fault] of cases) {
    for (const found of [contradiction(one, other), contradiction(other, one)]) {
      if (fault === undefined) assert.equal(found, undefined);
      else assert.match(found ?? "", fault);
    }
  }
});

test("whoever contradicts itself or most of the others is wrong, and of two the one that is preferred is right", () => {
  const [good, later, wrong] = [statement(10, 5), statement(12, 6), statement(13, 3)];
  const liars = (...said: (Statement | undefined)[]): number[] => [...findLiars([], said).keys()];
  assert.deepEqual(liars(good, later, good), []);
  assert.deepEqual(liars(good, undefined, later), []);
  assert.deepEqual(liars(wrong, good, later), [0]);
  assert.deepEqual(liars(good, later, wrong), [2]);
  assert.deepEqual(liars(good, wrong), [1]);
  const other = { genesis: "devnet" };
  assert.deepEqual(liars(statement(10, 5, other), good, statement(10, 5, { ...other, config: "x" })), [2, 1]);
  assert.deepEqual([...findLiars([statement(10, 5), good], [statement(11, 4), statement(12, 4)]).keys()], [0, 1]);
  assert.deepEqual(
    [...findLiars([statement(10, 5)], [statement(11, 4, other)]).keys()],
    [],
    "a chain that begins anew",
  );
});

/** A watch over two nodes of a chain on which a batch was settled. */
async function watched(): Promise<{ bed: FollowerBed; watch: NodeWatch; counted: () => number }> {
  const bed = await FollowerBed.open(2);
  bed.scene.land(bed.scene.ask.settle([bed.scene.bill(ANN, USDC)]));
  bed.chain.pass(100n);
  let count = 0;
  const counts = { disagreement: () => void (count += 1) };
  const log = pino({}, { write: (line: string) => void bed.logged.push(line) });
  const watch = createNodeWatch(bed.settings, { clock: bed.clock, log, endpoints: bed.endpoints, counts });
  return { bed, watch, counted: () => count };
}

/** What the first node says of the config, taken over from the past. */
function oldConfig(bed: FollowerBed): (method: string, truth: unknown) => unknown {
  const address = bed.scene.bed.config;
  const found = bed.chain.accountAt(address, bed.chain.slot)!;
  const data = Buffer.from(found.data);
  data.writeBigUInt64LE(0n, 680); // batch_count
  return (method, truth) => {
    if (method !== "getMultipleAccounts") return truth;
    const { context, value } = truth as { context: object; value: object[] };
    return { context, value: value.map((account) => ({ ...account, data: [data.toString("base64"), "base64"] })) };
  };
}

test("nodes that agree are asked on, also where one is a little behind", async () => {
  const { bed, watch, counted } = await watched();
  bed.nodes[1]!.lagSlots = 3n;
  await watch.compare();
  bed.scene.land(bed.scene.ask.deposit(ANN, USDC));
  bed.chain.pass(40n);
  await watch.compare();
  assert.equal(counted(), 0);
  assert.deepEqual(bed.logged, []);
});

test("a node whose batches fall is counted, logged and not asked any more, until it has time to prove itself", async () => {
  const { bed, watch, counted } = await watched();
  await watch.compare();
  bed.chain.pass(1n);
  bed.node.lie = oldConfig(bed);
  await bed.pump(watch.compare());
  assert.equal(counted(), 1);
  assert.equal(bed.logged.length, 1);
  assert.match(bed.logged[0]!, /said what cannot be/);
  assert.doesNotMatch(bed.logged[0]!, /secret/);
  const mark = bed.node.calls.length;
  await bed.endpoints.any.getBlockHeight().send();
  assert.equal(bed.node.calls.length, mark);
  bed.clock.advance(DISTRUST_MS);
  await bed.endpoints.any.getBlockHeight().send();
  assert.equal(bed.node.calls.length, mark + 1);
});

test("where no node is left that can be trusted, there is no chain", async () => {
  const { bed, watch } = await watched();
  await watch.compare();
  bed.chain.pass(1n);
  for (const node of bed.nodes) node.lie = oldConfig(bed);
  await bed.pump(watch.compare());
  const asked = bed.endpoints.any.getBlockHeight().send();
  await assert.rejects(asked, (error) => isAimoError(error, "chain_unavailable"));
});

test("nothing is held against a node that only seemed to disagree", async () => {
  const { bed, watch, counted } = await watched();
  const lie = oldConfig(bed);
  const asked = (): number => bed.nodes[1]!.calls.filter(({ method }) => method === "getMultipleAccounts").length;
  bed.nodes[1]!.lie = (method, truth) => (asked() === 1 ? lie(method, truth) : truth);
  const compared = watch.compare();
  while (asked() === 0) await bed.idle();
  bed.clock.advance(DISAGREEMENT_AGAIN_MS - 1);
  await bed.idle();
  assert.equal(asked(), 1);
  bed.clock.advance(1);
  await compared;
  assert.deepEqual([asked(), counted()], [2, 0]);
});

for (const [behind, asked] of [
  [NODE_SLOTS_BEHIND_MAX, 0],
  [NODE_SLOTS_BEHIND_MAX + 1n, 1],
] as const) {
  test(`a node ${behind} slots behind is asked ${asked === 0 ? "as before" : "last"}`, async () => {
    const { bed, watch, counted } = await watched();
    bed.chain.pass(1_000n);
    bed.node.lagSlots = behind;
    await watch.compare();
    const marks = bed.nodes.map(({ calls }) => calls.length);
    await bed.endpoints.any.getBlockHeight().send();
    assert.equal(bed.nodes[asked]!.calls.length, marks[asked]! + 1);
    assert.equal(counted(), 0, "to be slow is no lie");
  });
}

test("nodes are compared again and again until the end", async () => {
  const { bed, watch } = await watched();
  watch.start();
  const after = (): number => bed.node.calls.filter(({ method }) => method === "getGenesisHash").length;
  while (after() === 0) await bed.idle();
  await bed.idle();
  const before = after();
  await bed.pass(DISAGREEMENT_CHECK_MS);
  assert.equal(after(), before + 1);
  bed.node.isDown = true;
  await bed.pass(DISAGREEMENT_CHECK_MS);
  bed.node.isDown = false;
  await bed.pass(DISAGREEMENT_CHECK_MS);
  assert.equal(after(), before + 3);
  await watch.stop();
  assert.equal(bed.clock.waiting, 0);
});
