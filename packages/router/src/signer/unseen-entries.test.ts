// The memory of what was signed: by number, in full, until it is over; and bounded.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { Escrow } from "@aimo-network/escrow/generated/accounts/escrow";
import { ANN, BEN } from "@aimo-network/escrow/test-bed/cast";
import { Scene } from "@aimo-network/escrow/test-bed/scene";
import { UNSEEN_ENTRIES_MAX } from "./limits.ts";
import type { ChainKnowledge, SignedEntry } from "./unseen-entries.ts";
import { UnseenEntries } from "./unseen-entries.ts";

const LIFE = { lastValidBlockHeight: 100n, windowEndsAt: 1_000n, judgedSlot: 50n };

function entry(seq: bigint, amount = 5n, openedSlot = 7n): SignedEntry {
  return { escrow: ANN, openedSlot, seq, amount };
}

/** An escrow that was opened in slot 7 and has settled so many. */
async function escrowAfter(settleSeq: number, openedSlot = 7n): Promise<Escrow> {
  const scene = await Scene.open();
  return { ...scene.bed.readEscrow(ANN), settleSeq, openedSlot };
}

const NOTHING = { views: [], blockHeight: 0n, time: 0n };
const seen = (slot: bigint, escrow: Escrow | undefined): ChainKnowledge => {
  return { ...NOTHING, views: [{ slot, escrows: new Map([[ANN, escrow]]) }] };
};

/** What a look at everything there is comes to. */
function sumOf(
  unseen: UnseenEntries,
  entries: readonly SignedEntry[] = [],
  knowledge: ChainKnowledge = NOTHING,
): Promise<bigint> {
  return unseen.whileLooking(async (look) => unseen.sumWith(entries, look, knowledge));
}

test("an entry counts once by its number, with the largest amount it was signed with", async () => {
  const unseen = new UnseenEntries();
  unseen.add([entry(1n), entry(2n)], LIFE);
  assert.equal(await sumOf(unseen), 10n);
  assert.equal(await sumOf(unseen, [entry(1n), entry(3n, 1n)]), 11n);
  assert.equal(await sumOf(unseen, [entry(1n, 9n)]), 14n);
  unseen.add([entry(1n, 9n)], LIFE);
  unseen.add([entry(1n, 2n)], LIFE);
  assert.equal(await sumOf(unseen), 14n);
  assert.equal(await sumOf(unseen, [entry(1n, 3n, 8n)]), 17n, "another time of the escrow is another number");
});

test("an entry is over when its number is used, or its escrow is closed or opened again; a lower number proves nothing", async () => {
  for (const [escrow, left] of [
    [await escrowAfter(0), 10n],
    [await escrowAfter(1), 5n],
    [await escrowAfter(2), 0n],
    [await escrowAfter(0, 8n), 0n],
    [undefined, 0n],
  ] as const) {
    const unseen = new UnseenEntries();
    unseen.add([entry(1n), entry(2n)], LIFE);
    const other = { slot: 50n, escrows: new Map([[BEN, undefined]]) };
    assert.equal(await sumOf(unseen, [], { ...NOTHING, views: [other] }), 10n);
    assert.equal(await sumOf(unseen, [], seen(49n, escrow)), 10n, "what is older says nothing of the signature");
    assert.equal(await sumOf(unseen, [], seen(50n, escrow)), left);
    assert.equal(await sumOf(unseen), left, "it is forgotten");
  }
});

test("an entry is dead when its last block and its window are both over", async () => {
  const unseen = new UnseenEntries();
  unseen.add([entry(1n)], LIFE);
  unseen.add([entry(1n)], { lastValidBlockHeight: 90n, windowEndsAt: 900n, judgedSlot: 40n });
  for (const now of [
    { blockHeight: 100n, time: 1_000n },
    { blockHeight: 101n, time: 999n },
  ]) {
    assert.equal(await sumOf(unseen, [], { views: [], ...now }), 5n);
    await unseen.whileLooking(async (look) => assert.deepEqual(look, [{ ...entry(1n), ...LIFE }]));
  }
  assert.equal(await sumOf(unseen, [], { views: [], blockHeight: 101n, time: 1_000n }), 0n);
  await unseen.whileLooking(async (look) => assert.deepEqual(look, []));
});

test("what others add and forget meanwhile counts for whoever looked at the chain before", async () => {
  const unseen = new UnseenEntries();
  unseen.add([entry(1n)], LIFE);
  const [early, late] = [seen(50n, await escrowAfter(0)), seen(51n, await escrowAfter(2))];
  await unseen.whileLooking(async (look) => {
    unseen.add([entry(2n, 3n)], LIFE);
    assert.equal(await sumOf(unseen, [], late), 0n);
    assert.equal(unseen.sumWith([entry(1n, 2n)], look, early), 8n);
    assert.equal(unseen.sumWith([], look, late), 0n);
  });
  assert.equal(await sumOf(unseen, [], early), 0n, "it is forgotten for all who look from now on");
});

test("the memory is bounded, and what is in it may be signed again", async () => {
  const unseen = new UnseenEntries();
  const all = Array.from({ length: UNSEEN_ENTRIES_MAX }, (_, index) => entry(BigInt(index)));
  unseen.add(all, LIFE);
  assert.throws(
    () => unseen.add([entry(-1n)], LIFE),
    (error) => isAimoError(error, "overloaded"),
  );
  unseen.add(all, LIFE);
  assert.equal(await sumOf(unseen), BigInt(UNSEEN_ENTRIES_MAX) * 5n);
});
