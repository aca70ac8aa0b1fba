// Ends that a proxy tells again after it has reconnected: answered when it is known what became of them, and not before.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { AimoError } from "@aimo-network/protocol/errors";
import { REPLAYS_AT_ONCE_MAX } from "@aimo-network/protocol/limits";
import type { LinkBench, RawPeer } from "../test-bed/link-bench.ts";
import { emptyEnd, startLinkBench } from "../test-bed/link-bench.ts";

const idOf = (number: number): string => number.toString(16).padStart(32, "0");

function acknowledged({ frames }: RawPeer): unknown[] {
  return frames.filter(({ name, streamId }) => name === "end-ack" && streamId === 0).map(({ message }) => message);
}

describe("a replayed End", () => {
  let bench: LinkBench;
  let peer: RawPeer;
  before(async () => (bench = await startLinkBench()));
  after(() => bench.close());
  beforeEach(async () => {
    peer = await bench.join();
    bench.told.length = 0;
  });
  afterEach(() => bench.leave(peer));

  for (const charged of [true, false]) {
    test(`is acknowledged on stream 0 when it is known whether it was charged: ${charged}`, async () => {
      const known = Promise.withResolvers<boolean>();
      bench.replayed = () => known.promise;
      peer.send("end-replay", emptyEnd(idOf(1)));
      await peer.settle();
      assert.deepEqual([bench.told, acknowledged(peer)], [[`replayed ${idOf(1)}`], []]);
      known.resolve(charged);
      await peer.settle();
      assert.deepEqual(acknowledged(peer), [{ attempt_id: idOf(1), charged }]);
    });
  }

  for (const [name, error] of [
    ["nobody can say now", new AimoError("overloaded", { what: "the ledger is away" })],
    ["the look-up breaks", new Error("bug")],
  ] as const) {
    test(`is not acknowledged where ${name}, and is looked up anew when it comes again`, async () => {
      bench.replayed = () => Promise.reject(error);
      peer.send("end-replay", emptyEnd(idOf(2)));
      await peer.settle();
      assert.deepEqual(acknowledged(peer), []);
      assert.match(bench.logLines.at(-1) ?? "", /cannot be looked up now/);
      bench.replayed = () => Promise.resolve(true);
      peer.send("end-replay", emptyEnd(idOf(2)));
      await peer.settle();
      assert.deepEqual(acknowledged(peer), [{ attempt_id: idOf(2), charged: true }]);
    });
  }

  test("is looked up once, however often it comes meanwhile", async () => {
    const known = Promise.withResolvers<boolean>();
    bench.replayed = () => known.promise;
    for (let count = 0; count < 3; count += 1) peer.send("end-replay", emptyEnd(idOf(3)));
    await peer.settle();
    assert.deepEqual(bench.told, [`replayed ${idOf(3)}`]);
    known.resolve(true);
    await peer.settle();
    assert.equal(acknowledged(peer).length, 1);
  });

  test("beside as many others as are looked up at once is passed over, until there is room", async () => {
    const known = Promise.withResolvers<boolean>();
    bench.replayed = () => known.promise;
    for (let number = 1; number <= REPLAYS_AT_ONCE_MAX + 1; number += 1)
      peer.send("end-replay", emptyEnd(idOf(number)));
    await peer.settle();
    assert.equal(bench.told.length, REPLAYS_AT_ONCE_MAX);
    known.resolve(true);
    await peer.settle();
    assert.equal(acknowledged(peer).length, REPLAYS_AT_ONCE_MAX);
    peer.send("end-replay", emptyEnd(idOf(REPLAYS_AT_ONCE_MAX + 1)));
    await peer.settle();
    assert.deepEqual(acknowledged(peer).at(-1), { attempt_id: idOf(REPLAYS_AT_ONCE_MAX + 1), charged: true });
  });

  test("whose connection is lost meanwhile is acknowledged to nobody", async () => {
    const known = Promise.withResolvers<boolean>();
    bench.replayed = () => known.promise;
    peer.send("end-replay", emptyEnd(idOf(4)));
    await peer.settle();
    const lost = peer;
    await bench.leave(peer);
    peer = await bench.join();
    known.resolve(true);
    await peer.settle();
    assert.deepEqual([acknowledged(lost), acknowledged(peer)], [[], []]);
  });
});
