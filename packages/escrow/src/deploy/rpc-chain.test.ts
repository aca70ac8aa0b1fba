import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import type { Clock } from "@aimo-network/protocol/clock";
import { getTransferSolInstruction } from "@solana-program/system";
import { createRpcChain } from "./rpc-chain.ts";
import { DeploymentBed, keyOf } from "./test-bed/deployment-bed.ts";
import { serveRpc } from "./test-bed/rpc-on-litesvm.ts";

const AMOUNT = 5_000_000n;

/** Waits for nothing but the turn of the event loop. */
const hasty: Clock = {
  ...manualClock(),
  timer(_, fire) {
    const turn = setImmediate(fire);
    return { refresh: () => undefined, cancel: () => clearImmediate(turn) };
  },
};

async function start(microLamportsPerUnit = 0n) {
  const bed = await DeploymentBed.start();
  const cluster = await serveRpc(bed.svm);
  const chain = createRpcChain({ url: cluster.url, payer: bed.payer, clock: hasty, microLamportsPerUnit });
  const { address: destination } = await keyOf("somebody");
  const transfer = getTransferSolInstruction({ source: bed.payer, destination, amount: AMOUNT });
  return { bed, cluster, chain, destination, transfer };
}

test("a transaction that was confirmed has happened, once", async () => {
  const { cluster, chain, destination, transfer } = await start();
  await using _ = cluster;
  await chain.send([transfer]);
  const account = await chain.getAccount(destination);
  assert.deepEqual([account?.lamports, account?.data.length, cluster.sent.length], [AMOUNT, 0, 1]);
  assert.equal(await chain.getAccount((await keyOf("nobody")).address), undefined);
  assert.equal(await chain.rentOf(100n), 1_586_880n);
});

test("a transaction that was lost is sent again as it was", async () => {
  const { cluster, chain, destination, transfer } = await start();
  await using _ = cluster;
  cluster.lost = 3;
  await chain.send([transfer]);
  assert.equal((await chain.getAccount(destination))?.lamports, AMOUNT);
  assert.ok(cluster.sent.length >= 4);
  assert.equal(new Set(cluster.sent).size, 1);
});

test("a cluster that refuses a repeat has taken the first, and is asked until it says so", async () => {
  const { cluster, chain, destination, transfer } = await start();
  await using _ = cluster;
  cluster.unseen = 2;
  await chain.send([transfer]);
  assert.equal((await chain.getAccount(destination))?.lamports, AMOUNT);
  assert.deepEqual([cluster.sent.length, new Set(cluster.sent).size], [3, 1]);
});

test("a transaction that expired is signed again, and happens once", async () => {
  const { cluster, chain, destination, transfer } = await start();
  await using _ = cluster;
  cluster.lost = 2;
  cluster.blocksAtOnce = 100;
  await chain.send([transfer]);
  assert.equal((await chain.getAccount(destination))?.lamports, AMOUNT);
  assert.deepEqual([cluster.sent.length, new Set(cluster.sent).size], [3, 2]);
});

test("a cluster that takes nothing is given up", async () => {
  const { cluster, chain, transfer } = await start();
  await using _ = cluster;
  cluster.lost = Infinity;
  cluster.blocksAtOnce = 100;
  await assert.rejects(chain.send([transfer]), /5 transactions expired: the cluster is busy/);
});

test("what the cluster refuses is told with its reason and not sent again", async () => {
  const { bed, cluster, chain, destination } = await start();
  await using _ = cluster;
  const tooMuch = getTransferSolInstruction({ source: bed.payer, destination, amount: 10n ** 15n });
  await assert.rejects(chain.send([tooMuch]), /refused the transaction: [^]*insufficient lamports/);
  assert.equal(cluster.sent.length, 1);
});

test("a price for compute units is paid beside the fee", async () => {
  const [plain, paid] = [await start(), await start(1_000_000n)];
  await using _ = plain.cluster;
  await using __ = paid.cluster;
  const costs: bigint[] = [];
  for (const { bed, chain, transfer } of [plain, paid]) {
    const before = (await bed.getAccount(bed.payer.address))?.lamports ?? 0n;
    await chain.send([transfer]);
    const after = (await bed.getAccount(bed.payer.address))?.lamports ?? 0n;
    costs.push(before - after - AMOUNT);
  }
  assert.equal(costs[0], 5_000n);
  assert.ok((costs[1] ?? 0n) > 5_000n);
});
