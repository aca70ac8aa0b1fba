// How a provider's connection ends: by silence, by a drain of either side, or with its key.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import { HEARTBEAT_MS } from "@aimo-network/protocol/limits";
import { KEY_END_GRACE_MS } from "../limits.ts";
import type { LinkBench } from "../test-bed/link-bench.ts";
import { currentAttemptId, emptyEnd, hello, openAttempt, startLinkBench } from "../test-bed/link-bench.ts";
import { plainOffer } from "../test-bed/scripted-provider.ts";

const DRAIN_LOOK_MS = 100;

describe("a provider link", () => {
  let bench: LinkBench;
  before(async () => (bench = await startLinkBench()));
  beforeEach(() => void (bench.told.length = 0));
  after(() => bench.close());

  describe("with a heartbeat", () => {
    test("is pinged every fifteen seconds and lives while it answers", async () => {
      const peer = await bench.join();
      for (let beat = 0; beat < 5; beat += 1) {
        bench.clock.advance(HEARTBEAT_MS - 1);
        const pinged = once(peer.socket, "ping");
        bench.clock.advance(1);
        await pinged;
        await peer.settle(); // its pong has been read
      }
      await bench.leave(peer);
    });

    test("is dead after two pings without an answer, not after one", async () => {
      const peer = await bench.connect({ socket: { autoPong: false } });
      peer.send("hello", hello());
      await peer.settle();
      const { told } = openAttempt(peer);
      let pings = 0;
      peer.socket.on("ping", () => (pings += 1));
      bench.clock.advance(HEARTBEAT_MS * 3 - 1);
      await peer.settle();
      assert.deepEqual([pings, told], [2, []]);
      bench.clock.advance(1);
      assert.equal(await peer.closed, "1006 ");
      assert.deepEqual(told, ["lost provider_disconnected"]);
      await bench.leave(peer);
    });

    test("forgives one missed answer", async () => {
      const peer = await bench.connect({ socket: { autoPong: false } });
      peer.send("hello", hello());
      await peer.settle();
      bench.clock.advance(HEARTBEAT_MS * 2);
      peer.socket.pong();
      await peer.settle();
      bench.clock.advance(HEARTBEAT_MS * 2);
      await peer.settle();
      await bench.leave(peer);
    });
  });

  describe("that drains by itself", () => {
    test("has all its requests before the answer to its ping, which says that no more come", async () => {
      const peer = await bench.join();
      const read: string[] = [];
      peer.socket.on("message", () => read.push("request"));
      peer.socket.on("pong", () => read.push("pong"));
      bench.offered = () => void openAttempt(peer); // a request in the turn that reads the drain
      const { _socket: connection } = peer.socket as unknown as { _socket: Socket };
      connection.cork();
      peer.send("offers", { offers: [plainOffer("m")], more: false });
      peer.send("drain", { reason: "restart", deadline_ms: 60_000 });
      const ponged = once(peer.socket, "pong");
      peer.socket.ping();
      connection.uncork();
      await Promise.all([ponged, peer.frame("request-end")]);
      assert.deepEqual(read, ["request", "pong"]);
      bench.offered = () => undefined;
      await bench.leave(peer);
    });

    test("leaves the market at once, finishes its requests, and is closed when their Ends are acknowledged", async () => {
      const peer = await bench.join();
      const { attempt, told } = openAttempt(peer);
      await peer.frame("request-head");
      peer.send("drain", { reason: "restart", deadline_ms: 60_000 });
      await peer.settle();
      assert.deepEqual(bench.told, ["offers m", "draining"]);
      assert.equal(peer.link.freeSlots("m"), 0);
      bench.clock.advance(10_000);
      peer.send("response-head", { status: 200, headers: {} }, 1);
      peer.send("response-end", emptyEnd(currentAttemptId()), 1);
      await peer.settle();
      assert.deepEqual(told, ["head 200", `end ${currentAttemptId()}`]);
      bench.clock.advance(DRAIN_LOOK_MS);
      await peer.settle();
      attempt.acknowledge(true);
      bench.clock.advance(DRAIN_LOOK_MS);
      assert.deepEqual((await peer.frame("end-ack")).message, { attempt_id: currentAttemptId(), charged: true });
      assert.equal(await peer.closed, "1000 drained");
      await bench.leave(peer);
    });

    test("loses what has not ended at its deadline, not before", async () => {
      const peer = await bench.join();
      const { told } = openAttempt(peer);
      peer.send("drain", { reason: "restart", deadline_ms: 10_000 });
      await peer.settle();
      bench.clock.advance(9_999);
      await peer.settle();
      assert.deepEqual(told, []);
      bench.clock.advance(1);
      assert.equal(await peer.closed, "1000 drained");
      await bench.leave(peer);
      assert.deepEqual(told, ["lost provider_disconnected"]);
    });

    test("brings no offers back", async () => {
      const peer = await bench.join();
      peer.send("drain", { reason: "restart", deadline_ms: 60_000 });
      peer.send("offers", { offers: [plainOffer("again")], more: false });
      await peer.settle();
      assert.deepEqual(bench.told, ["offers m", "draining"]);
      assert.equal(peer.link.freeSlots("again"), 0);
      await bench.leave(peer);
    });
  });

  describe("that the router drains", () => {
    test("is told why and how long it has, and is closed when its requests have ended", async () => {
      const peer = await bench.join();
      const { attempt, told } = openAttempt(peer);
      await peer.frame("request-head");
      peer.link.drain("the router is shutting down", 30_000);
      assert.deepEqual(bench.told, ["offers m", "draining"]);
      assert.deepEqual((await peer.frame("drain")).message, {
        reason: "the router is shutting down",
        deadline_ms: 30_000,
      });
      bench.clock.advance(DRAIN_LOOK_MS);
      await peer.settle();
      peer.send("response-end", emptyEnd(currentAttemptId()), 1);
      await peer.settle();
      assert.deepEqual(told, [`end ${currentAttemptId()}`]);
      bench.clock.advance(DRAIN_LOOK_MS);
      await peer.settle();
      attempt.acknowledge(false);
      bench.clock.advance(DRAIN_LOOK_MS);
      assert.equal(await peer.closed, "1000 drained");
      await bench.leave(peer);
    });

    test("does not wait beyond its deadline for Ends to be acknowledged", async () => {
      const peer = await bench.join();
      openAttempt(peer);
      await peer.frame("request-head");
      peer.send("response-end", emptyEnd(currentAttemptId()), 1);
      peer.link.drain("the router is shutting down", 30_000);
      await peer.settle();
      bench.clock.advance(29_999);
      await peer.settle();
      bench.clock.advance(1);
      assert.equal(await peer.closed, "1000 drained");
      await bench.leave(peer);
    });

    test("is drained once", async () => {
      const peer = await bench.join();
      peer.link.drain("one", 30_000);
      peer.link.drain("two", 30_000);
      await peer.settle();
      assert.equal(peer.frames.filter(({ name }) => name === "drain").length, 1);
      assert.deepEqual(bench.told, ["offers m", "draining"]);
      await bench.leave(peer);
    });

    test("cannot put off its end by a drain of its own", async () => {
      const peer = await bench.join();
      openAttempt(peer);
      peer.link.drain("the router is shutting down", 5_000);
      peer.send("drain", { reason: "later", deadline_ms: 86_400_000 });
      await peer.settle();
      bench.clock.advance(5_000);
      assert.equal(await peer.closed, "1000 drained");
      await bench.leave(peer);
    });

    test("is gone at once when it is terminated", async () => {
      const peer = await bench.join();
      const { told } = openAttempt(peer);
      peer.link.terminate();
      assert.deepEqual(told, ["lost draining"]);
      assert.deepEqual(bench.told, ["offers m", "closed"]);
      await bench.leave(peer);
    });
  });

  describe("whose key ends", () => {
    test("is ended at once where that was revoked while the link was on its way", async () => {
      bench.isKeyRevoked = true;
      const peer = await bench.connect();
      bench.isKeyRevoked = false;
      assert.deepEqual(bench.told, ["draining"]);
      peer.send("hello", hello());
      peer.send("offers", { offers: [plainOffer("late")], more: false });
      await peer.settle();
      bench.clock.advance(DRAIN_LOOK_MS);
      assert.equal(await peer.closed, "1008 key revoked");
      assert.ok(!bench.told.includes("offers late"));
      await bench.leave(peer);
    });

    const KEY_MS = 12_000;

    test("leaves the market at that moment, is told why, and closes", async () => {
      const peer = await bench.join([plainOffer("m")], 4, KEY_MS);
      bench.clock.advance(KEY_MS - 1);
      await peer.settle();
      assert.deepEqual(bench.told, ["offers m"]);
      assert.equal(peer.link.freeSlots("m"), 4);
      bench.clock.advance(1);
      assert.deepEqual(bench.told, ["offers m", "draining"]);
      assert.equal(peer.link.freeSlots("m"), 0);
      const { code, message } = (await peer.frame("notice")).message as { code: string; message: string };
      assert.equal(code, "key_expired");
      assert.match(message, /expired: start the proxy with a new one/);
      assert.deepEqual((await peer.frame("drain")).message, { reason: "key expired", deadline_ms: 4_500 });
      bench.clock.advance(DRAIN_LOOK_MS);
      assert.equal(await peer.closed, "1008 key expired");
      await bench.leave(peer);
    });

    for (const [name, deadlineMs] of [
      ["lets its requests run", undefined],
      ["cannot put its end off by a drain of its own", 86_400_000],
      ["that was draining already is closed no later", 86_400_000],
    ] as const) {
      test(`${name}, for less than five seconds`, async () => {
        const peer = await bench.join([plainOffer("m")], 4, KEY_MS);
        const { told } = openAttempt(peer);
        if (name.includes("already")) {
          peer.send("drain", { reason: "x", deadline_ms: 86_400_000 });
          await peer.settle();
        }
        bench.clock.advance(KEY_MS);
        if (deadlineMs !== undefined) peer.send("drain", { reason: "x", deadline_ms: deadlineMs });
        await peer.settle();
        bench.clock.advance(4_000);
        await peer.settle();
        assert.deepEqual(told, []);
        bench.clock.advance(KEY_END_GRACE_MS - 4_001);
        assert.equal(await peer.closed, "1008 key expired");
        await bench.leave(peer);
        assert.deepEqual(told, ["lost provider_disconnected"]);
      });
    }

    test("that has ended before the link was made closes it too", async () => {
      const peer = await bench.join([plainOffer("m")], 4, 0);
      bench.clock.advance(0);
      assert.deepEqual(bench.told, ["offers m", "draining"]);
      bench.clock.advance(DRAIN_LOOK_MS);
      assert.equal(await peer.closed, "1008 key expired");
      await bench.leave(peer);
    });
  });
});
