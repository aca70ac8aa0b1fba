// A provider's connection from its hello to its close: offers, slots, heartbeats, drains, the end of its key.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, beforeEach, describe, test } from "node:test";
import {
  HEARTBEAT_MS,
  OFFERS_PER_LINK_MAX,
  OFFERS_PER_PAGE_MAX,
  REQUEST_CREDIT_BYTES,
} from "@aimo-network/protocol/limits";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import { HELLO_TIMEOUT_MS, KEY_END_GRACE_MS, LINK_QUEUED_BYTES_MAX } from "../limits.ts";
import type { LinkBench, RawPeer } from "../test-bed/link-bench.ts";
import { emptyEnd, hello, startLinkBench } from "../test-bed/link-bench.ts";
import { plainOffer } from "../test-bed/scripted-provider.ts";
import type { LinkAttempt } from "./provider-link.ts";

const DRAIN_LOOK_MS = 100;

/** What an attempt on the link was told. */
interface Opened {
  readonly attempt: LinkAttempt;
  readonly told: string[];
}

let sequence = 0;

function open({ link }: RawPeer, offerName = "m", body = "body"): Opened {
  const told: string[] = [];
  sequence += 1;
  const attempt = link.open(
    {
      attemptId: sequence.toString(16).padStart(32, "0"),
      endpoint: "/chat/completions",
      offerName,
      headers: { accept: "*/*" },
      body: Buffer.from(body),
      deadlineMs: 59_999.6,
      stream: true,
      payer: "payer",
    },
    {
      head: ({ status }) => void told.push(`head ${status}`),
      body: (bytes) => void told.push(`body ${Buffer.from(bytes).toString()}`),
      end: (end) => void told.push(`end ${end.attempt_id}`),
      lost: (error) => void told.push(`lost ${error.code}`),
    },
  );
  return { attempt, told };
}

function currentId(): string {
  return sequence.toString(16).padStart(32, "0");
}

describe("a provider link", () => {
  let bench: LinkBench;
  before(async () => (bench = await startLinkBench()));
  beforeEach(() => void (bench.told.length = 0));
  after(() => bench.close());

  /** A peer that has said hello and offers `m`. */
  const join = async (
    offers: readonly Offer[] = [plainOffer("m")],
    maxConcurrency = 4,
    keyValidMs?: number,
  ): Promise<RawPeer> => {
    const peer = await bench.connect({ ...(keyValidMs !== undefined && { keyValidMs }) });
    peer.send("hello", hello(maxConcurrency));
    peer.send("offers", { offers: [...offers], more: false });
    await peer.settle();
    return peer;
  };
  const leave = async (peer: RawPeer): Promise<void> => {
    peer.socket.terminate();
    await peer.closed;
    while (bench.links.count > 0) await new Promise((resolve) => void setImmediate(resolve));
    assert.equal(bench.clock.waiting, 0, "a closed link leaves no timer");
    bench.told.length = 0;
  };

  test("without a hello is closed after ten seconds, not before", async () => {
    const peer = await bench.connect();
    bench.clock.advance(HELLO_TIMEOUT_MS - 1);
    await peer.settle();
    bench.clock.advance(1);
    assert.equal(await peer.closed, "1008 no hello");
    await leave(peer);
  });

  test("is welcomed at its hello with the router's id and limits, and not closed for silence later", async () => {
    const peer = await bench.connect();
    assert.equal(peer.link.freeSlots("m"), 0, "nothing is sent to a proxy before its hello");
    peer.send("hello", hello());
    const { message, streamId } = await peer.frame("welcome");
    assert.equal(streamId, 0);
    assert.deepEqual(message, {
      router_id: "router",
      link_id: peer.link.id,
      heartbeat_ms: 15_000,
      limits: { streams_max: 4_096, offers_max: 10_000 },
    });
    bench.clock.advance(HELLO_TIMEOUT_MS);
    await peer.settle();
    await leave(peer);
  });

  test("that says hello only while it is being closed takes no requests", async () => {
    const peer = await bench.connect();
    let slots: number | undefined;
    bench.offered = (link) => (slots = link?.freeSlots("m"));
    peer.send("hello", hello());
    peer.send("offers", { offers: [plainOffer("m")], more: false });
    bench.clock.advance(HELLO_TIMEOUT_MS); // the messages are on their way
    await peer.closed;
    assert.equal(slots, 0);
    bench.offered = () => undefined;
    await leave(peer);
  });

  test("tells its offers after their last page, and each new list replaces the old one", async () => {
    const peer = await join([plainOffer("a")]);
    peer.send("offers", { offers: [plainOffer("b")], more: true });
    peer.send("offers", { offers: [plainOffer("c")], more: true });
    await peer.settle();
    assert.deepEqual(bench.told, ["offers a"]);
    peer.send("offers", { offers: [], more: false });
    await peer.settle();
    peer.send("offers", { offers: [], more: false });
    await peer.settle();
    assert.deepEqual(bench.told, ["offers a", "offers b,c", "offers "]);
    await leave(peer);
  });

  test("replaces its offers while a request runs, which goes on", async () => {
    const peer = await join();
    const { told } = open(peer);
    await peer.frame("request-head");
    peer.send("offers", { offers: [plainOffer("other")], more: false });
    peer.send("response-head", { status: 200, headers: {} }, 1);
    peer.sendBytes("response-body", 1, Buffer.from("x"));
    peer.send("response-end", emptyEnd(currentId()), 1);
    await peer.settle();
    assert.deepEqual(told, ["head 200", "body x", `end ${currentId()}`]);
    await leave(peer);
  });

  test("may have ten thousand offers and no more", async () => {
    const peer = await bench.connect();
    peer.send("hello", hello());
    const pages = OFFERS_PER_LINK_MAX / OFFERS_PER_PAGE_MAX;
    const page = (number: number): Offer[] =>
      Array.from({ length: OFFERS_PER_PAGE_MAX }, (_, index) => plainOffer(`m-${number}-${index}`));
    for (let number = 1; number <= pages; number += 1)
      peer.send("offers", { offers: page(number), more: number < pages });
    await peer.settle();
    assert.equal(bench.told[0]?.split(",").length, OFFERS_PER_LINK_MAX);
    for (let number = 1; number <= pages; number += 1) peer.send("offers", { offers: page(number), more: true });
    await peer.settle();
    peer.send("offers", { offers: [plainOffer("one-too-many")], more: false });
    assert.match(await peer.closed, /^1002 .*at most 10000 offers/);
    await leave(peer);
  });

  test("with two offers of one name, whatever their case and page, is closed with 1002", async () => {
    const peer = await join();
    peer.send("offers", { offers: [plainOffer("Twin")], more: true });
    peer.send("offers", { offers: [plainOffer("tWIN")], more: false });
    assert.match(await peer.closed, /^1002 .*same name/);
    assert.deepEqual(bench.told, ["offers m", "closed"]);
    await leave(peer);
  });

  for (const [name, violate] of [
    ["an unknown frame type", (peer: RawPeer) => peer.socket.send(Buffer.of(0xff, 0, 0, 0, 0))],
    ["half a header", (peer: RawPeer) => peer.socket.send(Buffer.of(1, 0))],
    ["bad JSON", (peer: RawPeer) => peer.sendBytes("hello", 0, Buffer.from("{"))],
    [
      "JSON of another shape",
      (peer: RawPeer) => peer.sendBytes("offers", 0, Buffer.from('{"offers":[{}],"more":false}')),
    ],
    [
      "a frame of a stream never opened",
      (peer: RawPeer) => peer.send("response-head", { status: 200, headers: {} }, 99),
    ],
    ["a message only routers send", (peer: RawPeer) => peer.sendBytes("welcome", 0, Buffer.from("{}"))],
    ["a body before its head", (peer: RawPeer) => peer.sendBytes("response-body", 1, Buffer.from("x"))],
    ["text", (peer: RawPeer) => peer.socket.send("hello")],
  ] as const) {
    test(`that sends ${name} is closed with 1002 and loses its requests at once`, async () => {
      const peer = await join();
      const { told } = open(peer);
      violate(peer);
      assert.match(await peer.closed, /^1002 /);
      assert.deepEqual(told, ["lost provider_disconnected"]);
      assert.deepEqual(bench.told, ["offers m", "closed"]);
      assert.equal(peer.link.freeSlots("m"), 0);
      await leave(peer);
    });
  }

  test("that sends more body than its credit is closed with 1002", async () => {
    const peer = await join();
    const { told } = open(peer);
    await peer.frame("request-head");
    peer.send("response-head", { status: 200, headers: {} }, 1);
    peer.sendBytes("response-body", 1, Buffer.alloc(32 * 1024, "x"));
    peer.sendBytes("response-body", 1, Buffer.from("x"));
    assert.match(await peer.closed, /^1002 .*credit/);
    assert.deepEqual(told.at(-1), "lost provider_disconnected");
    await leave(peer);
  });

  test("is told once of its violation, whatever it sends on", async () => {
    const peer = await join();
    const logged = bench.logLines.length;
    for (let count = 0; count < 50; count += 1) peer.socket.send("text");
    await peer.closed;
    assert.equal(bench.logLines.slice(logged).filter((line) => line.includes("violation")).length, 1);
    await leave(peer);
  });

  test("gets a request with everything wire.md says, and its body whole", async () => {
    const peer = await join();
    const body = "x".repeat(40_000);
    open(peer, "m", body);
    await peer.frame("request-end");
    assert.deepEqual((await peer.frame("request-head")).message, {
      attempt_id: currentId(),
      endpoint: "/chat/completions",
      model: "m",
      headers: { accept: "*/*" },
      content_length: 40_000,
      deadline_ms: 60_000,
      stream: true,
      payer: "payer",
    });
    await leave(peer);
  });

  test("gets the cancel of a request, and an acknowledgement of its End on the stream", async () => {
    const peer = await join();
    const { attempt, told } = open(peer);
    attempt.cancel("client_left");
    assert.deepEqual((await peer.frame("cancel")).message, { reason: "client_left" });
    peer.send("response-end", emptyEnd(currentId(), { cancelled: true }), 1);
    await peer.settle();
    assert.deepEqual(told, [`end ${currentId()}`]);
    attempt.acknowledge(false);
    const { message, streamId } = await peer.frame("end-ack");
    assert.deepEqual([message, streamId], [{ attempt_id: currentId(), charged: false }, 1]);
    await leave(peer);
  });

  test("gets its replayed Ends acknowledged on stream 0, with nothing charged", async () => {
    const peer = await join();
    const id = "f".repeat(32);
    peer.send("end-replay", emptyEnd(id));
    const { message, streamId } = await peer.frame("end-ack");
    assert.deepEqual([message, streamId], [{ attempt_id: id, charged: false }, 0]);
    assert.deepEqual(bench.told, ["offers m", `replayed ${id}`]);
    await leave(peer);
  });

  describe("with slots", () => {
    test("takes as many requests as its hello says", async () => {
      const peer = await join([plainOffer("m")], 2);
      assert.equal(peer.link.freeSlots("m"), 2);
      open(peer);
      assert.equal(peer.link.freeSlots("m"), 1);
      open(peer);
      assert.equal(peer.link.freeSlots("m"), 0);
      peer.send("response-end", emptyEnd(currentId()), 2);
      await peer.settle();
      assert.equal(peer.link.freeSlots("m"), 1);
      await leave(peer);
    });

    test("takes as many of one offer as that offer says, and the rest of others", async () => {
      const peer = await join([plainOffer("narrow", { max_concurrency: 1 }), plainOffer("wide")], 3);
      assert.deepEqual([peer.link.freeSlots("narrow"), peer.link.freeSlots("wide")], [1, 3]);
      open(peer, "narrow");
      assert.deepEqual([peer.link.freeSlots("narrow"), peer.link.freeSlots("wide")], [0, 2]);
      peer.send("response-end", emptyEnd(currentId()), 1);
      await peer.settle();
      assert.deepEqual([peer.link.freeSlots("narrow"), peer.link.freeSlots("wide")], [1, 3]);
      open(peer, "wide");
      open(peer, "wide");
      open(peer, "wide");
      assert.equal(peer.link.freeSlots("narrow"), 0);
      await leave(peer);
    });

    test("takes no request while its provider leaves too many bytes unread", async () => {
      const peer = await join([plainOffer("m")], 3);
      const body = "x".repeat(LINK_QUEUED_BYTES_MAX / 2 + REQUEST_CREDIT_BYTES);
      open(peer, "m", body.slice(1)); // with its credit spent, one byte less than half the limit is left waiting
      open(peer, "m", body);
      await peer.settle();
      assert.equal(peer.link.freeSlots("m"), 1);
      open(peer, "m", "x".repeat(REQUEST_CREDIT_BYTES + 1));
      await peer.settle();
      assert.equal(peer.link.freeSlots("m"), 0);
      await leave(peer);
    });

    test("never takes more than a link carries", async () => {
      const peer = await join([plainOffer("m")], 1_000_000);
      assert.equal(peer.link.freeSlots("m"), 4_096);
      await leave(peer);
    });

    test("counts a cancelled request until its End has come", async () => {
      const peer = await join([plainOffer("m")], 1);
      const { attempt } = open(peer);
      attempt.cancel("client_left");
      assert.equal(peer.link.freeSlots("m"), 0);
      await peer.frame("request-head");
      peer.send("response-end", emptyEnd(currentId(), { cancelled: true }), 1);
      await peer.settle();
      assert.equal(peer.link.freeSlots("m"), 1);
      await leave(peer);
    });
  });

  describe("with a heartbeat", () => {
    test("is pinged every fifteen seconds and lives while it answers", async () => {
      const peer = await join();
      for (let beat = 0; beat < 5; beat += 1) {
        bench.clock.advance(HEARTBEAT_MS - 1);
        const pinged = once(peer.socket, "ping");
        bench.clock.advance(1);
        await pinged;
        await peer.settle(); // its pong has been read
      }
      await leave(peer);
    });

    test("is dead after two pings without an answer, not after one", async () => {
      const peer = await bench.connect({ socket: { autoPong: false } });
      peer.send("hello", hello());
      await peer.settle();
      const { told } = open(peer);
      let pings = 0;
      peer.socket.on("ping", () => (pings += 1));
      bench.clock.advance(HEARTBEAT_MS * 3 - 1);
      await peer.settle();
      assert.deepEqual([pings, told], [2, []]);
      bench.clock.advance(1);
      assert.equal(await peer.closed, "1006 ");
      assert.deepEqual(told, ["lost provider_disconnected"]);
      await leave(peer);
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
      await leave(peer);
    });
  });

  describe("that drains by itself", () => {
    test("leaves the market at once, finishes its requests, and is closed", async () => {
      const peer = await join();
      const { told } = open(peer);
      await peer.frame("request-head");
      peer.send("drain", { reason: "restart", deadline_ms: 60_000 });
      await peer.settle();
      assert.deepEqual(bench.told, ["offers m", "draining"]);
      assert.equal(peer.link.freeSlots("m"), 0);
      bench.clock.advance(10_000);
      peer.send("response-head", { status: 200, headers: {} }, 1);
      peer.send("response-end", emptyEnd(currentId()), 1);
      await peer.settle();
      assert.deepEqual(told, ["head 200", `end ${currentId()}`]);
      bench.clock.advance(DRAIN_LOOK_MS);
      assert.equal(await peer.closed, "1000 drained");
      await leave(peer);
    });

    test("loses what has not ended at its deadline, not before", async () => {
      const peer = await join();
      const { told } = open(peer);
      peer.send("drain", { reason: "restart", deadline_ms: 10_000 });
      await peer.settle();
      bench.clock.advance(9_999);
      await peer.settle();
      assert.deepEqual(told, []);
      bench.clock.advance(1);
      assert.equal(await peer.closed, "1000 drained");
      await leave(peer);
      assert.deepEqual(told, ["lost provider_disconnected"]);
    });

    test("brings no offers back", async () => {
      const peer = await join();
      peer.send("drain", { reason: "restart", deadline_ms: 60_000 });
      peer.send("offers", { offers: [plainOffer("again")], more: false });
      await peer.settle();
      assert.deepEqual(bench.told, ["offers m", "draining"]);
      assert.equal(peer.link.freeSlots("again"), 0);
      await leave(peer);
    });
  });

  describe("that the router drains", () => {
    test("is told why and how long it has, and is closed when its requests have ended", async () => {
      const peer = await join();
      const { told } = open(peer);
      await peer.frame("request-head");
      peer.link.drain("the router is shutting down", 30_000);
      assert.deepEqual(bench.told, ["offers m", "draining"]);
      assert.deepEqual((await peer.frame("drain")).message, {
        reason: "the router is shutting down",
        deadline_ms: 30_000,
      });
      bench.clock.advance(DRAIN_LOOK_MS);
      await peer.settle();
      peer.send("response-end", emptyEnd(currentId()), 1);
      await peer.settle();
      assert.deepEqual(told, [`end ${currentId()}`]);
      bench.clock.advance(DRAIN_LOOK_MS);
      assert.equal(await peer.closed, "1000 drained");
      await leave(peer);
    });

    test("is drained once", async () => {
      const peer = await join();
      peer.link.drain("one", 30_000);
      peer.link.drain("two", 30_000);
      await peer.settle();
      assert.equal(peer.frames.filter(({ name }) => name === "drain").length, 1);
      assert.deepEqual(bench.told, ["offers m", "draining"]);
      await leave(peer);
    });

    test("cannot put off its end by a drain of its own", async () => {
      const peer = await join();
      open(peer);
      peer.link.drain("the router is shutting down", 5_000);
      peer.send("drain", { reason: "later", deadline_ms: 86_400_000 });
      await peer.settle();
      bench.clock.advance(5_000);
      assert.equal(await peer.closed, "1000 drained");
      await leave(peer);
    });

    test("is gone at once when it is terminated", async () => {
      const peer = await join();
      const { told } = open(peer);
      peer.link.terminate();
      assert.deepEqual(told, ["lost provider_disconnected"]);
      assert.deepEqual(bench.told, ["offers m", "closed"]);
      await leave(peer);
    });
  });

  describe("whose key ends", () => {
    const KEY_MS = 12_000;

    test("leaves the market at that moment, is told why, and closes", async () => {
      const peer = await join([plainOffer("m")], 4, KEY_MS);
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
      await leave(peer);
    });

    for (const [name, deadlineMs] of [
      ["lets its requests run", undefined],
      ["cannot put its end off by a drain of its own", 86_400_000],
      ["that was draining already is closed no later", 86_400_000],
    ] as const) {
      test(`${name}, for less than five seconds`, async () => {
        const peer = await join([plainOffer("m")], 4, KEY_MS);
        const { told } = open(peer);
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
        await leave(peer);
        assert.deepEqual(told, ["lost provider_disconnected"]);
      });
    }

    test("that has ended before the link was made closes it too", async () => {
      const peer = await join([plainOffer("m")], 4, 0);
      bench.clock.advance(0);
      assert.deepEqual(bench.told, ["offers m", "draining"]);
      bench.clock.advance(DRAIN_LOOK_MS);
      assert.equal(await peer.closed, "1008 key expired");
      await leave(peer);
    });
  });
});
