// A router's way to its chain over HTTP: what was observed last, since when nothing was, and an end to it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Clock } from "@aimo-network/protocol/clock";
import { ANN } from "@aimo-network/escrow/test-bed/cast";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { pino } from "pino";
import { serveNode } from "../test-bed/node-server.ts";
import { openChainLink } from "./chain-link.ts";
import type { ChainLink } from "./chain-link.ts";
import type { ChainObservation } from "./observation.ts";
import { FollowerBed } from "./test-bed/follower-bed.ts";

const LOOKS_MAX = 1_000;

/** Looks again and again until something holds. */
async function until(holds: () => boolean): Promise<void> {
  for (let looks = 0; !holds(); looks += 1) {
    assert.ok(looks < LOOKS_MAX, "it comes to pass");
    await pause(10);
  }
}

async function openLink(t: TestContext, clock: Clock = systemClock): Promise<{ bed: FollowerBed; link: ChainLink }> {
  const bed = await FollowerBed.open();
  const url = await serveNode(t, bed.node);
  const link = await openChainLink(
    { ...bed.settings, rpcUrls: [url], pollMs: 20 },
    { clock, log: pino({ level: "silent" }), counts: { disagreement: () => undefined } },
  );
  t.after(async () => await link.stop());
  return { bed, link };
}

test("nothing is asked before it starts, and the chain counts as never seen", async (t) => {
  const { bed, link } = await openLink(t);
  assert.deepEqual([link.latest(), link.unseenMs()], [undefined, Infinity]);
  assert.deepEqual(bed.node.calls, []);
  assert.deepEqual(link.router, bed.scene.bed.place);
});

test("what is observed is the latest before it is told, and is told again where that fails", async (t) => {
  const { bed, link } = await openLink(t);
  const told: ChainObservation[] = [];
  let isAway = true;
  link.start(async (observation) => {
    assert.equal(link.latest(), observation);
    if (isAway) throw new Error("the ledger is away");
    told.push(observation);
  });
  await until(() => link.latest() !== undefined);
  assert.equal(link.unseenMs(), Infinity, "what could not be posted was not seen");
  isAway = false;
  await until(() => told.length > 0);
  assert.ok(link.unseenMs() < 60_000);
  assert.equal(told[0]!.escrows.length, 2);
  bed.scene.land(bed.scene.ask.deposit(ANN, USDC));
  await link.follower.look();
  assert.equal(
    told.flatMap(({ escrows }) => escrows).findLast(({ data }) => data.user === ANN)!.data.depositedTotal,
    101n * USDC,
  );
});

test("a chain that stands still counts as unseen for longer and longer", async (t) => {
  let nowMs = 1_000;
  const clock: Clock = { ...systemClock, monotonic: () => nowMs };
  const { bed, link } = await openLink(t, clock);
  link.start(async () => undefined);
  await until(() => link.unseenMs() === 0);
  nowMs += 5_000;
  await link.follower.look([bed.scene.bed.escrowOf(ANN)]);
  assert.equal(link.unseenMs(), 5_000, "the slot is the same");
  bed.chain.pass(1n);
  await link.follower.look([bed.scene.bed.escrowOf(ANN)]);
  await until(() => link.unseenMs() < 5_000);
});
