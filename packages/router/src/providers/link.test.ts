// A provider's connection while it lives: hello, offers, violations, requests and slots.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { OFFERS_PER_LINK_MAX, OFFERS_PER_PAGE_MAX, REQUEST_CREDIT_BYTES } from "@aimo-network/protocol/limits";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import { HELLO_TIMEOUT_MS, LINK_QUEUED_BYTES_MAX } from "../limits.ts";
import type { LinkBench, RawPeer } from "../test-bed/link-bench.ts";
import { currentAttemptId, emptyEnd, hello, openAttempt, startLinkBench } from "../test-bed/link-bench.ts";
import { plainOffer } from "../test-bed/scripted-provider.ts";

describe("a provider link", () => {
  let bench: LinkBench;
  before(async () => (bench = await startLinkBench()));
  beforeEach(() => void (bench.told.length = 0));
  after(() => bench.close());

  test("without a hello is closed after ten seconds, not before", async () => {
    const peer = await bench.connect();
    bench.clock.advance(HELLO_TIMEOUT_MS - 1);
    await peer.settle();
    bench.clock.advance(1);
    assert.equal(await peer.closed, "1008 no hello");
    await bench.leave(peer);
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
    await bench.leave(peer);
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
    await bench.leave(peer);
  });

  test("tells its offers after their last page, and each new list replaces the old one", async () => {
    const peer = await bench.join([plainOffer("a")]);
    peer.send("offers", { offers: [plainOffer("b")], more: true });
    peer.send("offers", { offers: [plainOffer("c")], more: true });
    await peer.settle();
    assert.deepEqual(bench.told, ["offers a"]);
    peer.send("offers", { offers: [], more: false });
    await peer.settle();
    peer.send("offers", { offers: [], more: false });
    await peer.settle();
    assert.deepEqual(bench.told, ["offers a", "offers b,c", "offers "]);
    await bench.leave(peer);
  });

  test("replaces its offers while a request runs, which goes on", async () => {
    const peer = await bench.join();
    const { told } = openAttempt(peer);
    await peer.frame("request-head");
    peer.send("offers", { offers: [plainOffer("other")], more: false });
    peer.send("response-head", { status: 200, headers: {} }, 1);
    peer.sendBytes("response-body", 1, Buffer.from("x"));
    peer.send("response-end", emptyEnd(currentAttemptId()), 1);
    await peer.settle();
    assert.deepEqual(told, ["head 200", "body x", `end ${currentAttemptId()}`]);
    await bench.leave(peer);
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
    await bench.leave(peer);
  });

  test("with two offers of one name, whatever their case and page, is closed with 1002", async () => {
    const peer = await bench.join();
    peer.send("offers", { offers: [plainOffer("Twin")], more: true });
    peer.send("offers", { offers: [plainOffer("tWIN")], more: false });
    assert.match(await peer.closed, /^1002 .*same name/);
    assert.deepEqual(bench.told, ["offers m", "closed"]);
    await bench.leave(peer);
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
      "JSON whose member has a long name in another script",
      (peer: RawPeer) =>
        peer.sendBytes("response-head", 1, Buffer.from(`{"status":200,"headers":{"${"\u65e5".repeat(9_000)}":""}}`)),
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
      const peer = await bench.join();
      const { told } = openAttempt(peer);
      violate(peer);
      assert.match(await peer.closed, /^1002 /);
      assert.deepEqual(told, ["lost provider_disconnected"]);
      assert.deepEqual(bench.told, ["offers m", "closed"]);
      assert.equal(peer.link.freeSlots("m"), 0);
      await bench.leave(peer);
    });
  }

  test("that sends more body than its credit is closed with 1002", async () => {
    const peer = await bench.join();
    const { told } = openAttempt(peer);
    await peer.frame("request-head");
    peer.send("response-head", { status: 200, headers: {} }, 1);
    peer.sendBytes("response-body", 1, Buffer.alloc(32 * 1024, "x"));
    peer.sendBytes("response-body", 1, Buffer.from("x"));
    assert.match(await peer.closed, /^1002 .*credit/);
    assert.deepEqual(told.at(-1), "lost provider_disconnected");
    await bench.leave(peer);
  });

  test("is told once of its violation, whatever it sends on", async () => {
    const peer = await bench.join();
    const logged = bench.logLines.length;
    for (let count = 0; count < 50; count += 1) peer.socket.send("text");
    await peer.closed;
    assert.equal(bench.logLines.slice(logged).filter((line) => line.includes("violation")).length, 1);
    await bench.leave(peer);
  });

  test("gets a request with everything wire.md says, and its body whole", async () => {
    const peer = await bench.join();
    const body = "x".repeat(40_000);
    openAttempt(peer, "m", body);
    await peer.frame("request-end");
    assert.deepEqual((await peer.frame("request-head")).message, {
      attempt_id: currentAttemptId(),
      endpoint: "/chat/completions",
      model: "m",
      headers: { accept: "*/*" },
      content_length: 40_000,
      deadline_ms: 60_000,
      stream: true,
      payer: "payer",
    });
    await bench.leave(peer);
  });

  test("gets the cancel of a request, and an acknowledgement of its End on the stream", async () => {
    const peer = await bench.join();
    const { attempt, told } = openAttempt(peer);
    attempt.cancel("client_left");
    assert.deepEqual((await peer.frame("cancel")).message, { reason: "client_left" });
    peer.send("response-end", emptyEnd(currentAttemptId(), { cancelled: true }), 1);
    await peer.settle();
    assert.deepEqual(told, [`end ${currentAttemptId()}`]);
    attempt.acknowledge(false);
    const { message, streamId } = await peer.frame("end-ack");
    assert.deepEqual([message, streamId], [{ attempt_id: currentAttemptId(), charged: false }, 1]);
    await bench.leave(peer);
  });

  test("gets the acknowledgement of an End after that of a later one, and none when the connection is lost first", async () => {
    const peer = await bench.join();
    const attempts = [openAttempt(peer), openAttempt(peer), openAttempt(peer)].map(({ attempt }) => attempt);
    await peer.settle();
    for (const streamId of [1, 2, 3]) peer.send("response-end", emptyEnd("e".repeat(32)), streamId);
    await peer.settle();
    attempts[1]?.acknowledge(true);
    await peer.settle();
    attempts[0]?.acknowledge(false);
    await peer.settle();
    const acknowledgements = peer.frames.filter(({ name }) => name === "end-ack");
    assert.deepEqual(
      acknowledgements.map(({ streamId, message }) => [streamId, (message as { charged: boolean }).charged]),
      [
        [2, true],
        [1, false],
      ],
    );
    await bench.leave(peer);
    attempts[2]?.acknowledge(true);
    assert.equal(peer.frames.filter(({ name }) => name === "end-ack").length, 2);
  });

  test("gets notices, about one of its offers or about the connection", async () => {
    const peer = await bench.join();
    peer.link.notice("no_usage", "An answer came without usage.", "m");
    peer.link.notice("hello", "Nothing in particular.");
    await peer.settle();
    assert.deepEqual(
      peer.frames.filter(({ name }) => name === "notice").map(({ message }) => message),
      [
        { code: "no_usage", message: "An answer came without usage.", offer: "m" },
        { code: "hello", message: "Nothing in particular." },
      ],
    );
    await bench.leave(peer);
    peer.link.notice("late", "Nobody reads it.");
  });

  describe("with slots", () => {
    test("takes as many requests as its hello says", async () => {
      const peer = await bench.join([plainOffer("m")], 2);
      assert.equal(peer.link.freeSlots("m"), 2);
      openAttempt(peer);
      assert.equal(peer.link.freeSlots("m"), 1);
      openAttempt(peer);
      assert.equal(peer.link.freeSlots("m"), 0);
      peer.send("response-end", emptyEnd(currentAttemptId()), 2);
      await peer.settle();
      assert.equal(peer.link.freeSlots("m"), 1);
      await bench.leave(peer);
    });

    test("takes as many of one offer as that offer says, and the rest of others", async () => {
      const peer = await bench.join([plainOffer("narrow", { max_concurrency: 1 }), plainOffer("wide")], 3);
      assert.deepEqual([peer.link.freeSlots("narrow"), peer.link.freeSlots("wide")], [1, 3]);
      openAttempt(peer, "narrow");
      assert.deepEqual([peer.link.freeSlots("narrow"), peer.link.freeSlots("wide")], [0, 2]);
      peer.send("response-end", emptyEnd(currentAttemptId()), 1);
      await peer.settle();
      assert.deepEqual([peer.link.freeSlots("narrow"), peer.link.freeSlots("wide")], [1, 3]);
      openAttempt(peer, "wide");
      openAttempt(peer, "wide");
      openAttempt(peer, "wide");
      assert.equal(peer.link.freeSlots("narrow"), 0);
      await bench.leave(peer);
    });

    test("takes no request while its provider leaves too many bytes unread", async () => {
      const peer = await bench.join([plainOffer("m")], 3);
      const body = "x".repeat(LINK_QUEUED_BYTES_MAX / 2 + REQUEST_CREDIT_BYTES);
      openAttempt(peer, "m", body.slice(1)); // with its credit spent, one byte less than half the limit is left waiting
      openAttempt(peer, "m", body);
      await peer.settle();
      assert.equal(peer.link.freeSlots("m"), 1);
      openAttempt(peer, "m", "x".repeat(REQUEST_CREDIT_BYTES + 1));
      await peer.settle();
      assert.equal(peer.link.freeSlots("m"), 0);
      await bench.leave(peer);
    });

    test("never takes more than a link carries", async () => {
      const peer = await bench.join([plainOffer("m")], 1_000_000);
      assert.equal(peer.link.freeSlots("m"), 4_096);
      await bench.leave(peer);
    });

    test("counts a cancelled request until its End has come", async () => {
      const peer = await bench.join([plainOffer("m")], 1);
      const { attempt } = openAttempt(peer);
      attempt.cancel("client_left");
      assert.equal(peer.link.freeSlots("m"), 0);
      await peer.frame("request-head");
      peer.send("response-end", emptyEnd(currentAttemptId(), { cancelled: true }), 1);
      await peer.settle();
      assert.equal(peer.link.freeSlots("m"), 1);
      await bench.leave(peer);
    });
  });
});
