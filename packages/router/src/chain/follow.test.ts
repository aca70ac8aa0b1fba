// A follower tells every change of a router's accounts, soon and never going back, for one call where nothing happens.
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
  LOOKS_FAILED_LOGGED,
  LOOKS_WAITING_MAX,
  LOOK_BACKOFF_MAX_MS,
  SCAN_REST_MS,
  TRANSACTIONS_READ_MAX,
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
