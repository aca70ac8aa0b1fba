// The window: what is signed and not seen on chain counts in full, once, until it has landed or never can.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { microUsdc } from "@aimo-network/protocol/money";
import { ANN, BEN, NEWCOMER, PAT, QUINN } from "@aimo-network/escrow/test-bed/cast";
import { HOUR } from "@aimo-network/escrow/test-bed/router-instructions";
import { SigningBed, USDC, refusalOf } from "./test-bed/signing-bed.ts";

const CAP = 10n * USDC;

/** A router that settles 10 USDC in an hour, and what Ann and Ben owe in batches of their own. */
async function openBed(
  t: Parameters<typeof SigningBed.open>[0],
  owed: readonly [ann: bigint, ben: bigint],
): Promise<{ bed: SigningBed; ann: bigint; ben: bigint }> {
  const bed = await SigningBed.open(t, { settlerWindow: HOUR, settlerWindowCap: CAP });
  for (const user of [ANN, BEN]) await bed.observe(user);
  return { bed, ann: await bed.bill(ANN, PAT, owed[0]), ben: await bed.bill(BEN, QUINN, owed[1]) };
}

test("two batches that exceed the window together are not both signed, landed or not", async (t) => {
  const { bed, ann, ben } = await openBed(t, [6n * USDC, 4n * USDC + 1n]);
  const signer = bed.signer();
  const first = await signer.signBatch(ann);
  assert.equal((await refusalOf(signer.signBatch(ben))).reason, "window");
  await bed.settle(first.wire);
  assert.equal((await refusalOf(signer.signBatch(ben))).reason, "window");
});

test("two batches that fill the window together are both signed, and both land", async (t) => {
  const { bed, ann, ben } = await openBed(t, [6n * USDC, 4n * USDC]);
  const signer = bed.signer();
  const [first, second] = [await signer.signBatch(ann), await signer.signBatch(ben)];
  assert.deepEqual([await bed.settle(first.wire), await bed.settle(second.wire)], [[6n * USDC], [4n * USDC]]);
});

test("of two batches at the same time only one is signed, where both together are too much", async (t) => {
  const { bed, ann, ben } = await openBed(t, [6n * USDC, 6n * USDC]);
  const signer = bed.signer();
  const { promise: bothAreThere, resolve: release } = Promise.withResolvers<void>();
  bed.node.onCall = async (method) => {
    if (method !== "getRecentPrioritizationFees") return;
    if (bed.node.calls.filter((call) => call === method).length === 2) release();
    await bothAreThere; // each has found room before the other has signed
  };
  const outcomes = await Promise.all(
    [signer.signBatch(ann), signer.signBatch(ben)].map((signing) =>
      signing.then(
        () => "signed",
        (error: unknown) => (isAimoError(error, "signing_refused") ? error.context.reason : String(error)),
      ),
    ),
  );
  assert.deepEqual(outcomes.toSorted(), ["signed", "window"]);
});

test("what lands and is forgotten while a batch is being signed is not taken for room", async (t) => {
  const { bed, ann, ben } = await openBed(t, [4n * USDC, 4n * USDC]);
  await bed.scene.addUser(NEWCOMER, 10n * USDC);
  await bed.observe(NEWCOMER);
  const third = await bed.bill(NEWCOMER, PAT, 4n * USDC);
  const signer = bed.signer();
  const landing = await signer.signBatch(ann);
  const { promise: isLooked, resolve: looked } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let fees = 0;
  bed.node.onCall = async (method) => {
    if (method !== "getRecentPrioritizationFees" || fees++ > 0) return;
    looked();
    await released;
  };
  const slow = refusalOf(signer.signBatch(ben)); // there was room beside Ann's when it looked
  await isLooked;
  await bed.settle(landing.wire);
  await signer.signBatch(third);
  release();
  assert.equal((await slow).reason, "window", "Ann's has landed since, and is not in what it saw of the window");
});

test("a batch that is signed again counts once, in whatever batch its entries are", async (t) => {
  const { bed, ann, ben } = await openBed(t, [6n * USDC, 4n * USDC]);
  const signer = bed.signer();
  for (let times = 0; times < 3; times += 1) await signer.signBatch(ann);
  await bed.ledger.row("UPDATE settle_entries SET batch_id = $1 WHERE batch_id = $2", [ben, ann]);
  const both = await signer.signBatch(ben);
  assert.deepEqual(await bed.settle(both.wire), [6n * USDC, 4n * USDC]);
});

test("a batch above the window alone is refused by its rule", async (t) => {
  const { bed, ann, ben } = await openBed(t, [CAP + 1n, CAP]);
  assert.equal((await refusalOf(bed.signer().signBatch(ann))).reason, "window");
  await bed.signer().signBatch(ben);
});

test("the signer's own cap holds where it is smaller, over everything that lands in the window", async (t) => {
  const { bed, ann, ben } = await openBed(t, [3n * USDC, 2n * USDC]);
  const signer = bed.signer({ windowMax: microUsdc(5n * USDC - 1n) });
  const first = await signer.signBatch(ann);
  assert.equal((await refusalOf(signer.signBatch(ben))).reason, "window");
  await bed.settle(first.wire);
  assert.equal((await refusalOf(signer.signBatch(ben))).reason, "window", "what has landed counts too");
  await bed.signer({ windowMax: microUsdc(5n * USDC) }).signBatch(ben);
  const wide = bed.signer({ windowMax: microUsdc(CAP * 100n) });
  const more = await bed.bill(ANN, QUINN, CAP - 3n * USDC + 1n).catch(() => undefined);
  assert.equal(more, undefined, "Ann's entry is not posted");
  await bed.observe(ANN);
  const above = await bed.bill(ANN, QUINN, CAP - 3n * USDC + 1n);
  assert.equal((await refusalOf(wide.signBatch(above))).reason, "window", "the chain's cap holds in any case");
});

test("a new window has room again", async (t) => {
  const { bed, ann, ben } = await openBed(t, [6n * USDC, 6n * USDC]);
  const signer = bed.signer();
  await bed.settle((await signer.signBatch(ann)).wire);
  const end = bed.scene.bed.readConfig().windowStart + HOUR;
  bed.scene.goTo(end - 1n);
  assert.equal((await refusalOf(signer.signBatch(ben))).reason, "window");
  bed.scene.goTo(end);
  assert.deepEqual(await bed.settle((await signer.signBatch(ben)).wire), [6n * USDC]);
});

test("a signature counts until it is dead and its window is over", async (t) => {
  const { bed, ann, ben } = await openBed(t, [6n * USDC, 6n * USDC]);
  const signer = bed.signer();
  const { lastValidBlockHeight } = await signer.signBatch(ann);
  const end = bed.scene.chain.time + HOUR;
  bed.scene.goTo(end);
  bed.node.blockHeight = lastValidBlockHeight;
  assert.equal((await refusalOf(signer.signBatch(ben))).reason, "window", "it may still land in this block");
  bed.node.blockHeight = lastValidBlockHeight + 1n;
  await signer.signBatch(ben);
});

test("a dead signature counts until its window is over", async (t) => {
  const { bed, ann, ben } = await openBed(t, [6n * USDC, 6n * USDC]);
  const signer = bed.signer();
  const { lastValidBlockHeight } = await signer.signBatch(ann);
  const end = bed.scene.chain.time + HOUR;
  bed.node.blockHeight = lastValidBlockHeight + 1n;
  bed.scene.goTo(end - 1n);
  assert.equal((await refusalOf(signer.signBatch(ben))).reason, "window");
  bed.scene.goTo(end);
  await signer.signBatch(ben);
});

test("what lands between two looks at the chain is not taken for room", async (t) => {
  const { bed, ann, ben } = await openBed(t, [6n * USDC, 6n * USDC]);
  const signer = bed.signer();
  const first = await signer.signBatch(ann);
  let looks = 0;
  bed.node.onCall = async (method) => {
    if (method !== "getMultipleAccounts") return;
    looks += 1;
    if (looks === 2) await bed.settle(first.wire);
  };
  assert.equal((await refusalOf(signer.signBatch(ben))).reason, "window");
  assert.equal(looks, 2, "the escrows of what was signed, then the router");
});

test("a node that is behind what was seen is asked again, and not believed", async (t) => {
  const { bed, ann, ben } = await openBed(t, [2n * USDC, 2n * USDC]);
  const signer = bed.signer();
  await signer.signBatch(ann);
  const { chain } = bed.scene;
  const [slot, time] = [chain.slot, chain.time];
  chain.setTime(time, slot - 1n);
  bed.node.calls.length = 0;
  bed.node.onCall = () => {
    if (bed.node.calls.length === 4) chain.setTime(time, slot);
  };
  await signer.signBatch(ben);
  assert.deepEqual(bed.node.calls.slice(0, 6), [
    "getLatestBlockhash",
    ...Array.from({ length: 4 }, () => "getMultipleAccounts"),
    "getRecentPrioritizationFees",
  ]);
});
