// A follower tells every change of a router's accounts soon, for one call where nothing happens, and whoever asks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { ANN, BEN, PAT, QUINN } from "@aimo-network/escrow/test-bed/cast";
import { named } from "@aimo-network/escrow/test-bed/chain";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import {
  ACCOUNTS_READ_MAX,
  HEAD_MS,
  HINTED_LOOK_MS,
  LOOKS_WAITING_MAX,
  LOOK_BACKOFF_MAX_MS,
  WHOLE_SCAN_MS,
} from "./limits.ts";
import { FollowerBed } from "./test-bed/follower-bed.ts";

const LISTING = "getSignaturesForAddress";

test("what there is is told whole at first, then what changes, and nothing where nothing does", async () => {
  const bed = await FollowerBed.open();
  const { scene, node, observed } = bed;
  assert.equal(bed.follower.lastSeen, undefined);
  await bed.start();
  const [first] = observed;
  assert.ok(first?.isWhole);
  assert.deepEqual(new Set(first.escrows.map(({ data }) => data.user)), new Set([ANN, BEN]));
  assert.deepEqual(new Set(first.providers.map(({ data }) => data.owner)), new Set([PAT, QUINN]));
  assert.equal(first.config.data.totalUser, 200n * USDC);
  assert.equal(first.vaultAmount, 200n * USDC);
  assert.equal(first.time, bed.chain.time);
  const mark = node.calls.length;
  await bed.poll();
  assert.deepEqual(bed.callsSince(mark), [LISTING], "a quiet chain costs one call");
  const told = observed.length;
  scene.land(scene.ask.deposit(ANN, 5n * USDC));
  await bed.poll();
  assert.equal(observed.length, told + 1);
  const deposit = observed.at(-1)!;
  assert.equal(deposit.isWhole, false);
  assert.deepEqual(
    deposit.escrows.map(({ data }) => [data.user, data.depositedTotal]),
    [[ANN, 105n * USDC]],
  );
  assert.deepEqual([deposit.providers, deposit.gone], [[], []]);
  assert.equal(deposit.slot, bed.chain.slot);
  assert.deepEqual(bed.callsSince(mark), [LISTING, LISTING, "getTransaction", "getMultipleAccounts"]);
  assert.equal(scene.chain.send(scene.ask.deposit(ANN, 0n)).isOk, false);
  const failed = node.calls.length;
  await bed.poll();
  assert.deepEqual(bed.callsSince(failed), [LISTING], "what failed has changed nothing");
  await bed.follower.stop();
  assert.equal(bed.clock.waiting, 0);
});

test("a batch's accounts are told together", async () => {
  const bed = await FollowerBed.open();
  const { scene, observed } = bed;
  await bed.start();
  scene.land(scene.ask.settle([scene.bill(ANN, 3n * USDC, PAT), scene.bill(BEN, 2n * USDC, QUINN)]));
  await bed.poll();
  const batch = observed.at(-1)!;
  assert.deepEqual(new Set(batch.escrows.map(({ data }) => data.settledTotal)), new Set([3n * USDC, 2n * USDC]));
  assert.equal(batch.providers.length, 2);
  assert.equal(batch.config.data.batchCount, 1n);
  await bed.follower.stop();
});

test("an escrow that was closed is gone, and is told anew where it is opened again", async () => {
  const bed = await FollowerBed.open();
  const { scene, chain, observed } = bed;
  await bed.start();
  const escrow = scene.bed.escrowOf(ANN);
  scene.land(scene.ask.withdrawUser(ANN, 100n * USDC));
  chain.pass(1_500n);
  scene.land(scene.ask.closeEscrow(ANN));
  await bed.poll();
  assert.deepEqual(observed.at(-1)?.gone, [escrow]);
  assert.equal(bed.books.escrows.has(escrow), false);
  scene.land(scene.ask.openEscrow(ANN));
  await bed.poll();
  assert.equal(bed.books.escrows.get(escrow)?.openedSlot, chain.slot);
  assert.equal(bed.books.escrows.get(escrow)?.depositedTotal, 0n);
  await bed.follower.stop();
});

test("what could not be observed is told again", async () => {
  const bed = await FollowerBed.open();
  const { scene, observed } = bed;
  await bed.start();
  const seen = bed.follower.lastSeen;
  let isBroken = true;
  bed.onObserve = async () => {
    if (isBroken) throw new Error("the ledger is away");
  };
  scene.land(scene.ask.deposit(ANN, USDC));
  const told = observed.length;
  await bed.poll();
  await bed.poll();
  assert.equal(observed.length, told);
  assert.deepEqual(bed.follower.lastSeen, seen, "what was not observed was not seen");
  isBroken = false;
  await bed.pass(LOOK_BACKOFF_MAX_MS);
  assert.deepEqual(
    observed.at(-1)?.escrows.map(({ data }) => data.depositedTotal),
    [101n * USDC],
  );
  await bed.follower.stop();
});

test("the chain is seen as long as its clock moves, and a node that stands still does not count", async () => {
  const bed = await FollowerBed.open();
  const { chain, clock } = bed;
  await bed.start();
  chain.pass(10n, 4n);
  await bed.pass(HEAD_MS);
  const moved = bed.follower.lastSeen;
  assert.deepEqual([moved?.slot, moved?.time, moved?.ms], [chain.slot, chain.time, clock.monotonic()]);
  await bed.pass(HEAD_MS);
  await bed.pass(HEAD_MS);
  assert.deepEqual(bed.follower.lastSeen, moved);
  await bed.follower.stop();
});

test("a hint wakes at once, and hints in a crowd keep their distance", async () => {
  const bed = await FollowerBed.open();
  const { node } = bed;
  await bed.start();
  await bed.poll();
  await bed.pass(HINTED_LOOK_MS);
  const mark = node.calls.length;
  bed.follower.hint();
  await bed.idle();
  assert.deepEqual(bed.callsSince(mark), [LISTING]);
  for (let index = 0; index < 5; index += 1) {
    bed.follower.hint();
    await bed.pass(HINTED_LOOK_MS - 1);
    assert.equal(bed.callsSince(mark).length, index + 1);
    await bed.pass(1);
    assert.equal(bed.callsSince(mark).length, index + 2);
  }
  await bed.follower.stop();
});

test("a scan tells everything there is at once, also what was told before", async () => {
  const bed = await FollowerBed.open();
  await bed.start();
  const [first] = bed.observed;
  await bed.pass(HINTED_LOOK_MS);
  bed.follower.scan();
  await bed.idle();
  const last = bed.observed.at(-1);
  assert.notEqual(last, first);
  assert.ok(last?.isWhole);
  assert.equal(last.escrows.length, first?.escrows.length);
  await bed.follower.stop();
});

test("a look resolves when what it asked for has been observed", async () => {
  const bed = await FollowerBed.open();
  const { scene, node } = bed;
  await bed.start();
  scene.land(scene.ask.deposit(ANN, USDC));
  node.unlisted.add(bed.chain.transactions.at(-1)!.signature);
  await bed.pump(bed.follower.look());
  assert.equal(bed.books.escrows.get(scene.bed.escrowOf(ANN))?.depositedTotal, 100n * USDC);
  await bed.pump(bed.follower.look([scene.bed.escrowOf(ANN)]));
  assert.equal(bed.books.escrows.get(scene.bed.escrowOf(ANN))?.depositedTotal, 101n * USDC);
  await bed.follower.stop();
});

test("looks are refused where too many wait, or after the end, and fail where the chain cannot be seen", async () => {
  const bed = await FollowerBed.open();
  await bed.start();
  bed.node.isDown = true;
  const looks = Array.from({ length: LOOKS_WAITING_MAX }, () => bed.follower.look());
  await assert.rejects(bed.follower.look(), (error) => isAimoError(error, "overloaded"));
  const failed = Promise.allSettled(looks);
  for (const look of await bed.pump(failed)) {
    assert.ok(look.status === "rejected" && isAimoError(look.reason, "chain_unavailable"));
  }
  const crowd = Array.from({ length: ACCOUNTS_READ_MAX + 1 }, (_, index) => named(`account ${index}`));
  await assert.rejects(bed.follower.look(crowd), (error) => isAimoError(error, "overloaded"));
  const waiting = bed.follower.look();
  const stopped = bed.follower.stop();
  await assert.rejects(waiting, (error) => isAimoError(error, "draining"));
  await stopped;
  await assert.rejects(bed.follower.look(), (error) => isAimoError(error, "draining"));
});

test("a follower that stops while a node says nothing ends at once", async () => {
  const bed = await FollowerBed.open();
  await bed.start();
  bed.node.isDown = true;
  await bed.pass(1_000);
  await bed.follower.stop();
  assert.equal(bed.clock.waiting, 0);
  const told = bed.observed.length;
  await bed.pass(WHOLE_SCAN_MS);
  assert.equal(bed.observed.length, told);
});
