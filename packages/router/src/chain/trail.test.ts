// A trail misses no transaction and tells none twice, also where nodes list some late; where it cannot know, it says so.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Signature } from "@solana/kit";
import fc from "fast-check";
import { SIGNATURES_AGAIN_SLOTS, SIGNATURES_LISTED_MAX, SIGNATURES_REMEMBERED_MAX } from "./limits.ts";
import { followTrail, lookAtTrail } from "./trail.ts";
import type { Mark, Trail } from "./trail.ts";
import { FollowerBed } from "./test-bed/follower-bed.ts";

const AGAIN = Number(SIGNATURES_AGAIN_SLOTS);

function mark(name: string | number, slot: number): Mark {
  return { signature: `${name}` as Signature, slot: BigInt(slot), isFailed: false };
}

/** What a node lists, the newest first, back to the trail's anchor; found as the room finds it. */
function listed(history: readonly Mark[], until?: Signature): Mark[] {
  const newestFirst = history.toReversed().toSorted((one, other) => Number(other.slot - one.slot));
  const end = newestFirst.findIndex(({ signature }) => signature === until);
  return newestFirst.slice(0, end === -1 ? undefined : end).slice(0, SIGNATURES_LISTED_MAX);
}

/** The signature a trail goes back to: the last one it keeps, where it is old enough. */
function untilOf(trail: Trail): Signature | undefined {
  const [newest, last] = [trail[0], trail.at(-1)];
  if (newest === undefined || last === undefined) return undefined;
  const isOld = last.slot < newest.slot - SIGNATURES_AGAIN_SLOTS || trail.length > SIGNATURES_REMEMBERED_MAX;
  return isOld ? last.signature : undefined;
}

const event = fc.oneof(
  { weight: 3, arbitrary: fc.record({ gap: fc.nat(20), delay: fc.oneof(fc.constant(0), fc.nat(AGAIN)) }) },
  { weight: 2, arbitrary: fc.constant("look" as const) },
);

test("each transaction is fresh exactly once, however late a node lists it", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), fc.nat(5), (events, before) => {
      const all: { mark: Mark; listedAt: number }[] = [];
      let now = 1_000;
      for (let index = 0; index < before; index += 1) all.push({ mark: mark(`before ${index}`, now), listedAt: now });
      let trail: Trail | undefined;
      const told: Signature[] = [];
      const look = (): void => {
        const history = all.filter(({ listedAt }) => listedAt <= now).map((entry) => entry.mark);
        const step = followTrail(trail, listed(history, untilOf(trail ?? [])));
        assert.equal(step.fresh === undefined, trail === undefined, "it is never lost without a reason");
        trail = step.trail;
        told.push(...(step.fresh ?? []).map(({ signature }) => signature));
      };
      look();
      for (const happened of events) {
        if (happened === "look") {
          look();
          continue;
        }
        now += happened.gap;
        all.push({ mark: mark(all.length, now), listedAt: now + happened.delay });
      }
      now += 2 * AGAIN;
      look();
      const expected = all.slice(before).map((entry) => entry.mark.signature);
      assert.deepEqual(told.toSorted(), expected.toSorted());
    }),
  );
});

test("a trail keeps what is asked for again and one mark behind it", () => {
  const marks = Array.from({ length: 100 }, (_, index) => mark(index, 1_000 - index));
  const { trail } = followTrail(undefined, marks);
  assert.equal(trail.length, AGAIN + 2);
  assert.deepEqual(trail.at(-1), mark(AGAIN + 1, 1_000 - AGAIN - 1));
  const crowd = Array.from({ length: 900 }, (_, index) => mark(index, 1_000));
  assert.equal(followTrail(undefined, crowd).trail.length, SIGNATURES_REMEMBERED_MAX + 1);
});

test("a trail is lost where its newest mark is not listed any more", () => {
  const { trail } = followTrail(undefined, [mark("b", 11), mark("a", 10)]);
  assert.equal(followTrail(trail, [mark("c", 12), mark("a", 10)]).fresh, undefined);
  assert.deepEqual(followTrail(trail, [mark("c", 12), mark("b", 11)]).fresh, [mark("c", 12)]);
  assert.equal(followTrail(trail, []).fresh, undefined);
});

test("a trail is lost where an answer goes on behind its anchor, which the node does not know then", () => {
  const { trail } = followTrail(undefined, [mark("b", 100), mark("a", 10)]);
  assert.deepEqual(followTrail(trail, [mark("c", 101), mark("b", 100)]).fresh, [mark("c", 101)]);
  assert.equal(followTrail(trail, [mark("c", 101), mark("b", 100), mark("z", 9)]).fresh, undefined);
});

test("a trail is lost where an answer is full", () => {
  const begun = followTrail(undefined, [mark("a", 10)]).trail;
  const many = Array.from({ length: SIGNATURES_LISTED_MAX - 1 }, (_, index) => mark(index, 20));
  assert.equal(followTrail(begun, [...many.slice(1), mark("a", 10)]).fresh?.length, SIGNATURES_LISTED_MAX - 2);
  assert.equal(followTrail(begun, [...many, mark("a", 10)]).fresh, undefined);
});

test("a chain on which nothing has happened yet has a trail, too", () => {
  const { trail, fresh } = followTrail(undefined, []);
  assert.equal(fresh, undefined);
  const next = followTrail(trail, []);
  assert.deepEqual(next.fresh, []);
  assert.deepEqual(followTrail(next.trail, [mark("a", 1)]).fresh, [mark("a", 1)]);
});

test("a node is asked back to the anchor, and has to have reached the newest mark", async () => {
  const bed = await FollowerBed.open();
  const { scene, node, chain } = bed;
  const where = {
    address: scene.bed.config,
    commitment: "confirmed" as const,
    abortSignal: new AbortController().signal,
  };
  chain.pass(100n);
  scene.land(scene.ask.setPause(1));
  const rpc = bed.endpoints.any;
  const first = await lookAtTrail(rpc, undefined, where);
  assert.equal(first.fresh, undefined);
  assert.equal((await lookAtTrail(rpc, first.trail, where)).fresh?.length, 0);
  assert.deepEqual(node.calls.at(-1)?.params[1], {
    commitment: "confirmed",
    limit: SIGNATURES_LISTED_MAX,
    until: chain.transactions.at(-2)?.signature,
    minContextSlot: chain.slot,
  });
  scene.land(scene.ask.setUrl("https://new.example"));
  const failed = scene.chain.send(scene.ask.setPause(1));
  assert.equal(failed.isOk, false);
  const { fresh } = await lookAtTrail(rpc, first.trail, where);
  assert.deepEqual(
    fresh?.map(({ isFailed }) => isFailed),
    [true, false],
  );
});
