import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isAimoError } from "../errors.ts";
import { BATCHED_FRAME_BYTES_MAX } from "../limits.ts";
import { HeldSocket } from "../test-bed/held-socket.ts";
import { loneEndpoint } from "../test-bed/endpoint-pair.ts";
import { BATCH_CODE, batchTurns, joinFrames, splitMessage } from "./batch.ts";
import type { TurnSocket } from "./batch.ts";
import { encodeFrame, FRAME_BYTES_MAX, FRAMES } from "./frame.ts";
import { encodeMessage } from "./messages.ts";

const isViolation = (error: unknown): boolean => isAimoError(error, "protocol_violation");
const cut = (bytes: Uint8Array): number[] => [...bytes];

function stage(): { below: HeldSocket; socket: TurnSocket; endTurn: () => void; waiting: () => number } {
  const below = new HeldSocket();
  let releases: (() => void)[] = [];
  const socket = batchTurns(below, (release) => void releases.push(release));
  const endTurn = (): void => {
    const due = releases;
    releases = [];
    for (const release of due) release();
  };
  return { below, socket, endTurn, waiting: () => releases.length };
}

describe("a batch", () => {
  test("holds the frames that were put into it, in order", () => {
    const frames = fc.array(fc.uint8Array({ maxLength: 50 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(frames, (given) => {
        assert.deepEqual(splitMessage(joinFrames(given)).map(cut), given.map(cut));
      }),
    );
  });

  test("is told from a frame by its first byte, which is no frame's type", () => {
    assert.ok(Object.values(FRAMES).every(({ code }) => (code as number) !== BATCH_CODE));
    const frame = encodeFrame("request-end", 7);
    assert.deepEqual(splitMessage(frame), [frame]);
  });

  test("cut anywhere, or followed by anything, is a violation", () => {
    const whole = joinFrames([encodeFrame("request-end", 1), encodeFrame("request-end", 2)]);
    const boundary = 1 + 4 + 5;
    for (let length = 1; length < whole.length; length += 1) {
      if (length === boundary) assert.equal(splitMessage(whole.subarray(0, length)).length, 1);
      else assert.throws(() => splitMessage(whole.subarray(0, length)), isViolation, `cut at ${length}`);
    }
    assert.throws(() => splitMessage(Uint8Array.of(...whole, 0)), isViolation);
  });

  test("of arbitrary bytes gives frames or a violation, and never more bytes than came", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const message = Uint8Array.of(BATCH_CODE, ...bytes);
        try {
          const sum = splitMessage(message).reduce((total, frame) => total + frame.length, 0);
          assert.ok(sum <= bytes.length);
        } catch (error) {
          assert.ok(isViolation(error));
        }
      }),
    );
  });

  test("inside a batch is a violation for the endpoint that reads it", () => {
    const lone = loneEndpoint("proxy");
    lone.endpoint.receive(joinFrames([joinFrames([encodeFrame("request-end", 1)])]));
    assert.deepEqual(
      lone.violations.map(({ code }) => code),
      ["protocol_violation"],
    );
  });

  test("is read no further than the frame that broke the protocol", () => {
    const lone = loneEndpoint("router");
    const offers = encodeFrame("offers", 0, encodeMessage("offers", { offers: [], more: false }));
    lone.endpoint.receive(joinFrames([Uint8Array.of(0xff, 0, 0, 0, 0), offers, Uint8Array.of(0xff)]));
    assert.equal(lone.violations.length, 1);
  });
});

describe("a turn's writes", () => {
  test("go as one message when the turn ends, each frame once and in order", () => {
    const { below, socket, endTurn } = stage();
    const frames = [1, 2, 3].map((id) => encodeFrame("request-end", id));
    for (const frame of frames) socket.send(frame);
    assert.equal(below.length, 0);
    endTurn();
    assert.deepEqual(below.messages.flatMap(splitMessage).map(cut), frames.map(cut));
    assert.equal(below.length, 1);
    endTurn();
    assert.equal(below.length, 1);
  });

  test("of a single frame go as that frame, without a batch around it", () => {
    const { below, socket, endTurn } = stage();
    socket.send(encodeFrame("cancel", 1));
    endTurn();
    assert.deepEqual(below.messages.map(cut), [cut(encodeFrame("cancel", 1))]);
  });

  test("count as buffered until they have left, and tell whoever waits for that", () => {
    const { below, socket, endTurn } = stage();
    const flushed: string[] = [];
    socket.send(new Uint8Array(100), () => flushed.push("one"));
    socket.send(new Uint8Array(50), () => flushed.push("two"));
    assert.equal(socket.bufferedBytes(), 100 + 50 + 2 * 4);
    endTurn();
    assert.equal(socket.bufferedBytes(), 1 + 100 + 50 + 2 * 4);
    assert.deepEqual(flushed, []);
    below.releaseAll();
    assert.deepEqual(flushed, ["one", "two"]);
    assert.equal(socket.bufferedBytes(), 0);
  });

  test("never reorder: a frame too long to share goes after those before it", () => {
    const { below, socket, endTurn } = stage();
    socket.send(new Uint8Array(BATCHED_FRAME_BYTES_MAX).fill(1));
    socket.send(new Uint8Array(BATCHED_FRAME_BYTES_MAX + 1).fill(2));
    socket.send(new Uint8Array(3).fill(3));
    assert.equal(below.length, 2);
    endTurn();
    const frames = below.messages.flatMap(splitMessage);
    assert.deepEqual(
      frames.map((frame) => [frame[0], frame.length]),
      [
        [1, BATCHED_FRAME_BYTES_MAX],
        [2, BATCHED_FRAME_BYTES_MAX + 1],
        [3, 3],
      ],
    );
  });

  test("never make a message longer than the longest frame", () => {
    const { below, socket, endTurn } = stage();
    const frame = new Uint8Array(BATCHED_FRAME_BYTES_MAX).fill(9);
    for (let count = 0; count < 100; count += 1) socket.send(frame);
    endTurn();
    assert.ok(below.messages.every((message) => message.length <= FRAME_BYTES_MAX));
    assert.equal(below.messages.flatMap(splitMessage).length, 100);
  });

  test("can be let go early, and what comes after still goes at the end of the turn", () => {
    const { below, socket, endTurn, waiting } = stage();
    socket.send(encodeFrame("request-end", 1));
    socket.release();
    assert.equal(below.length, 1);
    socket.send(encodeFrame("request-end", 2));
    assert.ok(waiting() > 0);
    endTurn();
    assert.equal(below.length, 2);
  });
});
