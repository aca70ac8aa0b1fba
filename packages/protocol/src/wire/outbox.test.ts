// The fair writer: what goes first, how much may wait in the socket, and that no byte is lost, doubled or out of order.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isAimoError } from "../errors.ts";
import {
  BODY_TURN_BYTES,
  CONTROL_FRAMES_QUEUED_MAX,
  CREDIT_BYTES_MAX,
  FRAME_PAYLOAD_BYTES_MAX,
  SOCKET_BYTES_MAX,
} from "../limits.ts";
import { HeldSocket } from "../test-bed/held-socket.ts";
import type { Frame } from "./frame.ts";
import { decodeFrame, encodeFrame } from "./frame.ts";
import type { OutboxEvents } from "./outbox.ts";
import { Outbox } from "./outbox.ts";

const MEGABYTE = 1024 * 1024;

interface Bench {
  readonly socket: HeldSocket;
  readonly outbox: Outbox;
  /** What the outbox told its owner, in order: `drained 1`, `ended 1`. */
  readonly told: string[];
}

function bench(events: Partial<OutboxEvents> = {}): Bench {
  const socket = new HeldSocket();
  const told: string[] = [];
  const outbox = new Outbox(socket, {
    laneDrained: (streamId) => {
      told.push(`drained ${streamId}`);
      events.laneDrained?.(streamId);
    },
    laneEnded: (streamId) => {
      told.push(`ended ${streamId}`);
      events.laneEnded?.(streamId);
    },
  });
  return { socket, outbox, told };
}

function read(messages: readonly Uint8Array[]): Frame[] {
  return messages.map((bytes) => decodeFrame(bytes, "router"));
}

function brief(messages: readonly Uint8Array[]): string[] {
  return read(messages).map(({ name, streamId, payload }) => `${name} ${streamId} ${payload.length}`);
}

/** The body bytes of one stream among `messages`, put together again. */
function bodyOf(streamId: number, messages: readonly Uint8Array[]): Uint8Array {
  const bodies = read(messages).filter((frame) => frame.streamId === streamId && frame.name === "request-body");
  return Buffer.concat(bodies.map((frame) => frame.payload));
}

/** `length` bytes that differ from place to place and from stream to stream. */
function bytesOf(streamId: number, length: number, start = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) bytes[index] = streamId * 31 + (start + index) * 7;
  return bytes;
}

/** Fills the socket with control frames until the outbox waits for it to drain; returns how many it took. */
function fillSocket({ socket, outbox }: Bench): number {
  const before = socket.length;
  for (let held = -1; held !== socket.length;) {
    held = socket.length;
    outbox.sendControl(encodeFrame("credit", 9_999, new Uint8Array(64 * 1024)));
  }
  return socket.length - before + 1; // the last one waits in the outbox
}

const last = (streamId: number): Uint8Array => encodeFrame("request-end", streamId);

describe("what goes first", () => {
  test("control frames go before bodies that were queued earlier", () => {
    const stage = bench();
    stage.outbox.openLane(1, "request-body", MEGABYTE);
    const stoppers = fillSocket(stage);
    stage.outbox.sendBody(1, new Uint8Array(10));
    stage.outbox.sendControl(encodeFrame("cancel", 2));
    stage.outbox.sendControl(encodeFrame("cancel", 3));
    assert.deepEqual(brief(stage.socket.releaseAll()).slice(stoppers), [
      "cancel 2 0",
      "cancel 3 0",
      "request-body 1 10",
    ]);
  });

  test("streams take turns of at most one turn's bytes", () => {
    const stage = bench();
    const stoppers = fillSocket(stage);
    for (const streamId of [1, 2, 3]) {
      stage.outbox.openLane(streamId, "request-body", MEGABYTE);
      stage.outbox.sendBody(streamId, new Uint8Array(2 * BODY_TURN_BYTES + streamId));
      stage.outbox.sendLast(streamId, last(streamId));
    }
    const full = `${BODY_TURN_BYTES}`;
    assert.deepEqual(brief(stage.socket.releaseAll()).slice(stoppers), [
      ...[1, 2, 3].map((streamId) => `request-body ${streamId} ${full}`),
      ...[1, 2, 3].map((streamId) => `request-body ${streamId} ${full}`),
      ...[1, 2, 3].map((streamId) => `request-body ${streamId} ${streamId}`),
      ...[1, 2, 3].map((streamId) => `request-end ${streamId} 0`),
    ]);
  });

  test("a 30 MiB body delays another stream's body by one turn at most and a control frame not at all", () => {
    const stage = bench();
    const { socket, outbox } = stage;
    outbox.openLane(1, "request-body", 64 * MEGABYTE);
    outbox.sendBody(1, new Uint8Array(30 * MEGABYTE));
    let smallStreams = 0;
    while (outbox.queuedBytes(1) > 0) {
      socket.release(7); // an odd count, so that the small streams come at every fill level of the socket
      if (outbox.queuedBytes(1) === 0) break;
      const ahead = socket.length;
      smallStreams += 1;
      const streamId = 1 + smallStreams;
      outbox.openLane(streamId, "request-body", MEGABYTE);
      outbox.sendBody(streamId, new Uint8Array(100));
      outbox.sendControl(encodeFrame("cancel", streamId));
      const later = brief(socket.release(ahead + 3)).slice(ahead);
      const body = later.indexOf(`request-body ${streamId} 100`);
      const control = later.indexOf(`cancel ${streamId} 0`);
      assert.ok(body === 0 || body === 1 || (body === 2 && control < 2), later.join(", "));
      assert.ok(control === 0 || (control === 1 && body === 0), later.join(", "));
    }
    assert.ok(smallStreams > 20);
  });

  test("small chunks of one stream go out in one turn, so that they cost one frame and not many", () => {
    const stage = bench();
    stage.outbox.openLane(1, "request-body", MEGABYTE);
    const stoppers = fillSocket(stage);
    for (let start = 0; start < 600; start += 3) stage.outbox.sendBody(1, bytesOf(1, 3, start));
    const released = stage.socket.releaseAll().slice(stoppers);
    assert.deepEqual(brief(released), ["request-body 1 600"]);
    assert.deepEqual(bodyOf(1, released), Buffer.from(bytesOf(1, 600)));
  });
});

describe("what may wait in the socket", () => {
  test("bodies and the largest control frames together never exceed the socket's limit", () => {
    const { socket, outbox } = bench();
    for (const streamId of [1, 2, 3]) {
      outbox.openLane(streamId, "request-body", 64 * MEGABYTE);
      outbox.sendBody(streamId, new Uint8Array(4 * MEGABYTE));
    }
    for (let round = 0; round < 60; round += 1) {
      outbox.sendControl(encodeFrame("credit", 1, new Uint8Array(FRAME_PAYLOAD_BYTES_MAX - round)));
      outbox.sendControl(encodeFrame("credit", 1, new Uint8Array(round * 4_096)));
      socket.release(1 + (round % 5));
    }
    socket.releaseAll();
    assert.ok(socket.peakBytes <= SOCKET_BYTES_MAX, `held ${socket.peakBytes}`);
    assert.ok(socket.peakBytes > SOCKET_BYTES_MAX / 2, `held only ${socket.peakBytes}`);
    assert.equal(outbox.queuedBytes(1) + outbox.queuedBytes(2) + outbox.queuedBytes(3), 0);
    assert.equal(outbox.totalBytes, 0);
  });

  test("the socket may be filled to its last byte and not further", () => {
    const longest = encodeFrame("offers", 0, new Uint8Array(FRAME_PAYLOAD_BYTES_MAX));
    for (const [excess, held] of [
      [0, SOCKET_BYTES_MAX],
      [1, SOCKET_BYTES_MAX - longest.length + 1],
    ] as const) {
      const { socket, outbox } = bench();
      outbox.sendControl(new Uint8Array(SOCKET_BYTES_MAX - longest.length + excess));
      outbox.sendControl(longest);
      assert.equal(socket.bufferedBytes(), held);
    }
  });

  test("bytes that others wrote to the same socket count", () => {
    const { socket, outbox } = bench();
    socket.send(new Uint8Array(SOCKET_BYTES_MAX - 6));
    outbox.sendControl(encodeFrame("cancel", 1));
    outbox.sendControl(encodeFrame("cancel", 2));
    assert.equal(socket.length, 2);
    assert.deepEqual(brief(socket.releaseAll().slice(1)), ["cancel 1 0", "cancel 2 0"]);
  });

  test("control frames beyond the limit of those that wait are refused, and accepted again once it drains", () => {
    const stage = bench();
    fillSocket(stage); // which leaves one waiting
    const frame = encodeFrame("cancel", 1);
    for (let queued = 1; queued < CONTROL_FRAMES_QUEUED_MAX; queued += 1) stage.outbox.sendControl(frame);
    assert.throws(
      () => stage.outbox.sendControl(frame),
      (error) => isAimoError(error, "overloaded"),
    );
    stage.socket.releaseAll();
    stage.outbox.sendControl(frame);
    assert.deepEqual(brief(stage.socket.releaseAll()), ["cancel 1 0"]);
  });
});

describe("credit", () => {
  test("exactly as many bytes go out as the peer has granted, however they were queued and granted", () => {
    const sizes = fc.array(fc.nat(90_000), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sizes, fc.nat(60_000), sizes, (chunks, firstCredit, grants) => {
        const { socket, outbox } = bench();
        outbox.openLane(1, "request-body", firstCredit);
        let queued = 0;
        for (const size of chunks) {
          outbox.sendBody(1, bytesOf(1, size, queued));
          queued += size;
        }
        const sent: Uint8Array[] = socket.releaseAll();
        let credit = firstCredit;
        assert.equal(bodyOf(1, sent).length, Math.min(queued, credit));
        for (const grant of grants) {
          credit += grant;
          outbox.addCredit(1, grant);
          sent.push(...socket.releaseAll());
          assert.equal(bodyOf(1, sent).length, Math.min(queued, credit));
          assert.equal(outbox.queuedBytes(1), queued - Math.min(queued, credit));
          assert.equal(outbox.totalBytes, outbox.queuedBytes(1));
        }
        assert.deepEqual(bodyOf(1, sent), Buffer.from(bytesOf(1, Math.min(queued, credit))));
      }),
      { numRuns: 40 },
    );
  });

  test("credit above what the field can say is a violation, and what fits is not", () => {
    const { socket, outbox } = bench();
    outbox.openLane(1, "request-body", 1_000);
    outbox.addCredit(1, CREDIT_BYTES_MAX - 1_000);
    assert.throws(
      () => outbox.addCredit(1, 1),
      (error) => isAimoError(error, "protocol_violation"),
    );
    outbox.sendBody(1, new Uint8Array(1));
    outbox.addCredit(1, 1);
    assert.equal(socket.length, 1);
  });

  test("a body without credit waits, and neither other streams nor control frames wait with it", () => {
    const { socket, outbox } = bench();
    outbox.openLane(1, "request-body", 0);
    outbox.openLane(2, "request-body", 5);
    outbox.sendBody(1, new Uint8Array(10));
    outbox.sendLast(1, last(1));
    outbox.sendBody(2, new Uint8Array(10));
    outbox.sendControl(encodeFrame("cancel", 3));
    assert.deepEqual(brief(socket.releaseAll()), ["request-body 2 5", "cancel 3 0"]);
    outbox.addCredit(1, 4);
    assert.deepEqual(brief(socket.releaseAll()), ["request-body 1 4"]);
    outbox.addCredit(1, 100);
    assert.deepEqual(brief(socket.releaseAll()), ["request-body 1 6", "request-end 1 0"]);
  });

  test("the last frame needs no credit, and goes after all bytes of its stream", () => {
    const { socket, outbox, told } = bench();
    outbox.openLane(1, "request-body", 0);
    outbox.sendLast(1, last(1));
    outbox.openLane(2, "request-body", 10);
    outbox.sendBody(2, new Uint8Array(10));
    outbox.sendLast(2, last(2));
    assert.deepEqual(brief(socket.releaseAll()), ["request-end 1 0", "request-body 2 10", "request-end 2 0"]);
    assert.deepEqual(told, ["ended 1", "drained 2", "ended 2"]);
    assert.equal(outbox.lanes, 0);
  });
});

describe("ending", () => {
  test("a closed lane sends nothing any more, and nothing revives it", () => {
    const stage = bench();
    const { socket, outbox, told } = stage;
    const stoppers = fillSocket(stage);
    outbox.openLane(1, "request-body", MEGABYTE);
    outbox.openLane(2, "request-body", MEGABYTE);
    outbox.sendBody(1, new Uint8Array(100_000));
    outbox.sendLast(1, last(1));
    outbox.sendBody(2, new Uint8Array(10));
    outbox.closeLane(1);
    outbox.sendBody(1, new Uint8Array(10));
    outbox.sendLast(1, last(1));
    outbox.addCredit(1, CREDIT_BYTES_MAX);
    assert.equal(outbox.queuedBytes(1), 0);
    assert.equal(outbox.totalBytes, 10);
    assert.deepEqual(brief(socket.releaseAll()).slice(stoppers), ["request-body 2 10"]);
    assert.deepEqual(told, ["drained 2"]);
    assert.equal(outbox.lanes, 1);
  });

  test("a lane closed between two of its turns sends no second one", () => {
    const { socket, outbox } = bench();
    outbox.openLane(1, "request-body", 64 * MEGABYTE);
    outbox.sendBody(1, new Uint8Array(30 * MEGABYTE));
    const ahead = socket.length;
    outbox.closeLane(1);
    assert.equal(socket.releaseAll().length, ahead);
    assert.equal(outbox.lanes, 0);
  });

  test("a closed outbox sends nothing and forgets everything", () => {
    const { socket, outbox } = bench();
    outbox.openLane(1, "request-body", 64 * MEGABYTE);
    outbox.sendBody(1, new Uint8Array(30 * MEGABYTE));
    const ahead = socket.length;
    outbox.close();
    outbox.sendBody(1, new Uint8Array(10));
    assert.equal(socket.releaseAll().length, ahead);
    outbox.sendControl(encodeFrame("cancel", 1));
    assert.equal(socket.length, 0);
    assert.equal(outbox.lanes, 0);
    assert.equal(outbox.queuedBytes(1), 0);
    assert.equal(outbox.totalBytes, 0);
  });
});

describe("telling the owner", () => {
  test("a stream drains when its last queued byte is in the socket, and not before", () => {
    const { socket, outbox, told } = bench({ laneDrained: () => assert.equal(socket.length, 2) });
    outbox.openLane(1, "request-body", 10);
    outbox.sendBody(1, new Uint8Array(15));
    assert.deepEqual(told, []);
    outbox.addCredit(1, 5);
    assert.deepEqual(told, ["drained 1"]);
    assert.deepEqual(brief(socket.releaseAll()), ["request-body 1 10", "request-body 1 5"]);
  });

  test("a stream ends when its last frame is in the socket", () => {
    const { socket, outbox, told } = bench({ laneEnded: () => assert.equal(socket.length, 1) });
    outbox.openLane(1, "request-body", 0);
    outbox.sendLast(1, last(1));
    assert.deepEqual(told, ["ended 1"]);
  });

  test("a stream drains also when only its last frame is left to send", () => {
    const stage = bench();
    stage.outbox.openLane(1, "request-body", MEGABYTE);
    fillSocket(stage);
    stage.outbox.sendBody(1, new Uint8Array(10));
    stage.outbox.sendLast(1, last(1));
    stage.socket.releaseAll();
    assert.deepEqual(stage.told, ["drained 1", "ended 1"]);
  });

  test("what is queued while a stream is told that it drained keeps its order and is sent", () => {
    let rounds = 0;
    const { socket, outbox } = bench({
      laneDrained: (streamId) => {
        rounds += 1;
        if (rounds === 3) {
          outbox.sendLast(streamId, last(streamId));
          return;
        }
        outbox.sendBody(streamId, Uint8Array.of(rounds, rounds));
        outbox.sendControl(encodeFrame("cancel", 7));
      },
    });
    outbox.openLane(1, "request-body", MEGABYTE);
    outbox.sendBody(1, Uint8Array.of(0));
    const released = socket.releaseAll();
    assert.deepEqual(brief(released), [
      "request-body 1 1",
      "cancel 7 0",
      "request-body 1 2",
      "cancel 7 0",
      "request-body 1 2",
      "request-end 1 0",
    ]);
    assert.deepEqual([...bodyOf(1, released)], [0, 1, 1, 2, 2]);
  });

  test("a stream that closes while it is told that it drained says no more", () => {
    const { socket, outbox, told } = bench({ laneDrained: (streamId) => outbox.closeLane(streamId) });
    outbox.openLane(1, "request-body", MEGABYTE);
    outbox.sendBody(1, new Uint8Array(3));
    outbox.sendLast(1, last(1));
    assert.deepEqual(brief(socket.releaseAll()), ["request-body 1 3"]);
    assert.deepEqual(told, ["drained 1"]);
  });

  test("an outbox that closes while a stream is told that it drained sends nothing more", () => {
    const stage = bench({ laneDrained: () => stage.outbox.close() });
    const stoppers = fillSocket(stage);
    for (const streamId of [1, 2]) {
      stage.outbox.openLane(streamId, "request-body", MEGABYTE);
      stage.outbox.sendBody(streamId, new Uint8Array(3));
    }
    assert.deepEqual(brief(stage.socket.releaseAll()).slice(stoppers), ["request-body 1 3"]);
  });

  test("an owner that throws when it is told loses no byte of any stream", () => {
    let failures = 1;
    const { socket, outbox } = bench({
      laneDrained: () => {
        failures -= 1;
        if (failures === 0) throw new TypeError("the owner broke");
      },
    });
    outbox.openLane(1, "request-body", MEGABYTE);
    assert.throws(() => outbox.sendBody(1, Uint8Array.of(1, 2)), /the owner broke/);
    outbox.sendBody(1, Uint8Array.of(3));
    assert.deepEqual([...bodyOf(1, socket.releaseAll())], [1, 2, 3]);
  });
});

describe("bytes", () => {
  test("an empty chunk sends no frame and drains nothing", () => {
    const { socket, outbox, told } = bench();
    outbox.openLane(1, "request-body", MEGABYTE);
    outbox.sendBody(1, new Uint8Array(0));
    assert.equal(socket.length, 0);
    assert.deepEqual(told, []);
  });

  test("each stream's bytes arrive complete and in order, however sending, granting and draining interleave", () => {
    const step = fc.oneof(
      fc.record({ act: fc.constant("send" as const), stream: fc.integer({ min: 1, max: 4 }), size: fc.nat(100_000) }),
      fc.record({ act: fc.constant("grant" as const), stream: fc.integer({ min: 1, max: 4 }), size: fc.nat(100_000) }),
      fc.record({ act: fc.constant("release" as const), stream: fc.constant(0), size: fc.nat(6) }),
      fc.record({ act: fc.constant("control" as const), stream: fc.constant(0), size: fc.nat(100_000) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { socket, outbox } = bench();
        const queued = [0, 0, 0, 0, 0];
        for (const streamId of [1, 2, 3, 4]) outbox.openLane(streamId, "request-body", 32 * 1024);
        const arrived: Uint8Array[] = [];
        for (const { act, stream, size } of steps) {
          if (act === "send") {
            outbox.sendBody(stream, bytesOf(stream, size, queued[stream]));
            queued[stream]! += size;
          } else if (act === "grant") outbox.addCredit(stream, size);
          else if (act === "release") arrived.push(...socket.release(size));
          else outbox.sendControl(encodeFrame("credit", 1, new Uint8Array(size)));
        }
        for (const streamId of [1, 2, 3, 4]) {
          outbox.addCredit(streamId, 100 * MEGABYTE);
          outbox.sendLast(streamId, last(streamId));
        }
        arrived.push(...socket.releaseAll());
        for (const streamId of [1, 2, 3, 4]) {
          assert.equal(
            Buffer.compare(bodyOf(streamId, arrived), bytesOf(streamId, queued[streamId]!)),
            0,
            `stream ${streamId}`,
          );
        }
        assert.ok(socket.peakBytes <= SOCKET_BYTES_MAX);
        assert.equal(outbox.lanes, 0);
      }),
      { numRuns: 40 },
    );
  });
});
