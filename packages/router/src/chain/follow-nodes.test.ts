// A follower misses nothing and never goes back, whatever nodes leave out, forget, or are behind of.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANN, BEN } from "@aimo-network/escrow/test-bed/cast";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import {
  HEAD_MS,
  LOOKS_FAILED_LOGGED,
  LOOK_BACKOFF_MAX_MS,
  SCAN_REST_MS,
  TRANSACTIONS_READ_MAX,
  WHOLE_SCAN_MS,
} from "./limits.ts";
import { FollowerBed } from "./test-bed/follower-bed.ts";

test("a transaction that a node lists late, behind others that were told, is told when it is listed", async () => {
  const bed = await FollowerBed.open();
  const { scene, node, chain } = bed;
  await bed.start();
  scene.land(scene.ask.deposit(ANN, USDC));
  node.unlisted.add(chain.transactions.at(-1)!.signature);
  for (let index = 0; index < 3; index += 1) {
    scene.land(scene.ask.deposit(BEN, USDC));
    await bed.poll();
  }
  assert.equal(bed.books.escrows.get(scene.bed.escrowOf(BEN))?.depositedTotal, 103n * USDC);
  assert.equal(bed.books.escrows.get(scene.bed.escrowOf(ANN))?.depositedTotal, 100n * USDC);
  node.unlisted.clear();
  await bed.poll();
  assert.equal(bed.books.escrows.get(scene.bed.escrowOf(ANN))?.depositedTotal, 101n * USDC);
  assert.equal(bed.observed.filter(({ isWhole }) => isWhole).length, 1, "no scan was needed for it");
  await bed.follower.stop();
});

test("a scan tells everything again when it is due, and what no signature told of", async () => {
  const bed = await FollowerBed.open();
  const { scene, node, observed } = bed;
  await bed.start();
  scene.land(scene.ask.deposit(ANN, 5n * USDC));
  node.unlisted.add(bed.chain.transactions.at(-1)!.signature);
  const began = bed.clock.monotonic();
  while (bed.clock.monotonic() + 1_000 < began + WHOLE_SCAN_MS) await bed.poll();
  assert.equal(observed.filter(({ isWhole }) => isWhole).length, 1);
  assert.equal(bed.books.escrows.get(scene.bed.escrowOf(ANN))?.depositedTotal, 100n * USDC);
  await bed.poll();
  await bed.poll();
  assert.equal(observed.filter(({ isWhole }) => isWhole).length, 2);
  assert.equal(bed.books.escrows.get(scene.bed.escrowOf(ANN))?.depositedTotal, 105n * USDC);
  await bed.follower.stop();
});

test("more transactions than are read one by one are told by a scan, as are those a node cannot show", async () => {
  const bed = await FollowerBed.open();
  const { scene, node, observed } = bed;
  await bed.start();
  await bed.pass(SCAN_REST_MS);
  const deposit = (): void => void scene.land(scene.ask.deposit(ANN, USDC));
  for (let index = 0; index < TRANSACTIONS_READ_MAX; index += 1) deposit();
  let mark = node.calls.length;
  await bed.poll();
  assert.equal(bed.callsSince(mark).filter((method) => method === "getTransaction").length, TRANSACTIONS_READ_MAX);
  assert.equal(observed.at(-1)?.isWhole, false);
  for (let index = 0; index <= TRANSACTIONS_READ_MAX; index += 1) deposit();
  mark = node.calls.length;
  await bed.poll();
  assert.equal(bed.callsSince(mark).includes("getTransaction"), false);
  assert.equal(observed.at(-1)?.isWhole, true);
  assert.equal(bed.books.escrows.get(scene.bed.escrowOf(ANN))?.depositedTotal, (101n + 2n * 50n) * USDC);
  await bed.pass(SCAN_REST_MS);
  node.lie = (method, truth) => (method === "getTransaction" ? null : truth);
  deposit();
  await bed.poll();
  assert.equal(observed.at(-1)?.isWhole, true);
  await bed.follower.stop();
});

test("scans that are called for keep their distance", async () => {
  const bed = await FollowerBed.open();
  const { scene, node, observed } = bed;
  await bed.start();
  const scans = (): number => observed.filter(({ isWhole }) => isWhole).length;
  node.lie = (method, truth) => (method === "getTransaction" ? null : truth);
  for (let elapsed = 1_000; elapsed < SCAN_REST_MS; elapsed += 1_000) {
    scene.land(scene.ask.deposit(ANN, USDC));
    await bed.poll();
    assert.equal(scans(), 1);
  }
  const looked = bed.follower.look();
  await bed.pass(1_000);
  await looked;
  assert.equal(scans(), 2, "who looks hears of what the scan tells");
  assert.equal(bed.books.escrows.get(scene.bed.escrowOf(ANN))?.depositedTotal, 104n * USDC);
  await bed.follower.stop();
});

test("a history that is gone calls for a scan, and is followed from there", async () => {
  const bed = await FollowerBed.open();
  const { scene, node, observed, chain } = bed;
  await bed.start();
  await bed.pass(SCAN_REST_MS);
  scene.land(scene.ask.deposit(ANN, USDC));
  node.knownFrom = chain.transactions.length; // as after a restart of a localnet, which remembers accounts alone
  await bed.poll();
  assert.equal(observed.at(-1)?.isWhole, true);
  assert.equal(bed.books.escrows.get(scene.bed.escrowOf(ANN))?.depositedTotal, 101n * USDC);
  scene.land(scene.ask.deposit(BEN, USDC));
  await bed.poll();
  assert.equal(observed.at(-1)?.isWhole, false);
  assert.equal(bed.books.escrows.get(scene.bed.escrowOf(BEN))?.depositedTotal, 101n * USDC);
  await bed.follower.stop();
});

test("a node that is behind is not believed, whether it says so or not", async () => {
  const bed = await FollowerBed.open();
  const { scene, node, chain, observed } = bed;
  await bed.start();
  scene.land(scene.ask.deposit(ANN, USDC));
  await bed.poll();
  const told = observed.length;
  for (const heeds of [true, false]) {
    node.heedsMinContextSlot = heeds;
    node.lagSlots = 1n;
    await bed.pass(HEAD_MS);
    await bed.pass(HEAD_MS);
    assert.equal(observed.length, told);
  }
  chain.pass(1n);
  await bed.pass(LOOK_BACKOFF_MAX_MS);
  assert.equal(observed.length, told + 1);
  await bed.follower.stop();
});

test("accounts are not read of a node that has not seen the transaction another one listed", async () => {
  const bed = await FollowerBed.open(2);
  const { scene, observed } = bed;
  const [first, second] = bed.nodes;
  await bed.start();
  scene.land(scene.ask.deposit(ANN, USDC));
  const told = observed.length;
  second!.lagSlots = 1n;
  first!.missing.add("getMultipleAccounts");
  await bed.poll();
  assert.equal(observed.length, told, "the accounts as they were before are not told");
  second!.lagSlots = 0n;
  await bed.poll();
  assert.equal(observed.at(-1)?.escrows[0]?.data.depositedTotal, 101n * USDC);
  await bed.follower.stop();
});

test("while the chain does not answer, looks become rarer up to a bound, whatever hints; it is said once", async () => {
  const bed = await FollowerBed.open();
  const { node } = bed;
  await bed.start();
  node.isDown = true;
  bed.logged.length = 0;
  await bed.poll();
  const mark = node.calls.length;
  for (const [index, delayMs] of [1_000, 2_000, 4_000, 8_000, LOOK_BACKOFF_MAX_MS, LOOK_BACKOFF_MAX_MS].entries()) {
    bed.follower.hint();
    await bed.pass(delayMs - 1);
    assert.equal(bed.callsSince(mark).length, index);
    await bed.pass(1);
    assert.equal(bed.callsSince(mark).length, index + 1);
    const said = bed.logged.filter((line) => line.includes("the chain is not seen")).length;
    assert.equal(said, index + 2 < LOOKS_FAILED_LOGGED ? 0 : 1);
  }
  node.isDown = false;
  await bed.pass(LOOK_BACKOFF_MAX_MS);
  assert.ok(bed.logged.some((line) => line.includes("the chain is seen again")));
  assert.ok(bed.logged.every((line) => !line.includes("secret")));
  const back = node.calls.length;
  await bed.poll();
  assert.ok(node.calls.length > back, "polls come as often as before");
  await bed.follower.stop();
});
