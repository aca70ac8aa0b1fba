// Frames read back what they wrote, and hostile bytes are always a violation.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { AimoError } from "../errors.ts";
import { FRAME_PAYLOAD_BYTES_MAX } from "../limits.ts";
import type { FrameName } from "./frame.ts";
import { decodeCredit, decodeFrame, encodeCredit, encodeFrame, encodeTextFrame, FRAMES } from "./frame.ts";

const violation = (error: unknown): boolean => error instanceof AimoError && error.code === "protocol_violation";
const names = Object.keys(FRAMES) as FrameName[];
const sender = (name: FrameName): "router" | "proxy" => (FRAMES[name].from === "proxy" ? "proxy" : "router");

describe("frames", () => {
  test("a frame reads back as it was written", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.integer({ min: 1, max: 2 ** 32 - 1 }),
        fc.uint8Array({ maxLength: 300 }),
        (name, id, payload) => {
          const streamId = FRAMES[name].scope === "connection" ? 0 : id;
          const frame = decodeFrame(encodeFrame(name, streamId, payload), sender(name));
          assert.equal(frame.name, name);
          assert.equal(frame.streamId, streamId);
          assert.deepEqual([...frame.payload], [...payload]);
        },
      ),
    );
  });

  test("the layout is type, big-endian stream id, payload", () => {
    assert.deepEqual([...encodeFrame("response-body", 0x01020304, Uint8Array.of(9))], [0x21, 1, 2, 3, 4, 9]);
  });

  test("frames written one after the other keep their own bytes, whatever their sizes", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4_000), { minLength: 1, maxLength: 40 }), (sizes) => {
        const frames = sizes.map((size, index) => encodeFrame("request-body", 1, new Uint8Array(size).fill(index + 1)));
        for (const [index, frame] of frames.entries()) {
          const { payload } = decodeFrame(frame, "router");
          assert.equal(payload.length, sizes[index]);
          assert.ok(payload.every((byte) => byte === index + 1));
        }
      }),
    );
  });

  test("small frames are whole wherever they fall in the memory that they share", () => {
    for (let index = 0; index < 100_000; index += 1) {
      assert.equal(encodeFrame("credit", 1, new Uint8Array(index % 13)).length, 5 + (index % 13));
    }
  });

  test("a frame of text is the frame of its UTF-8, whatever its length and alphabet, and frames after it are whole", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 1_000, size: "max" });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 30 }), (texts) => {
        const frames = texts.map((one, index) => encodeTextFrame("cancel", index + 1, one));
        for (const [index, one] of texts.entries()) {
          const expected = encodeFrame("cancel", index + 1, Buffer.from(one));
          assert.ok(Buffer.from(frames[index] ?? []).equals(expected));
        }
      }),
      { numRuns: 50 },
    );
  });

  test("arbitrary bytes give a frame or a violation", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.constantFrom("router" as const, "proxy" as const),
        (bytes, peer) => {
          try {
            decodeFrame(bytes, peer);
          } catch (error) {
            assert.ok(violation(error));
          }
        },
      ),
    );
  });

  test("bytes too few for a header are a violation, and a header alone is a frame", () => {
    const header = encodeFrame("request-end", 0x01020304);
    for (let length = 0; length < header.length; length += 1) {
      assert.throws(() => decodeFrame(header.subarray(0, length), "router"), violation);
    }
    assert.equal(decodeFrame(header, "router").payload.length, 0);
  });

  test("a frame from the wrong end is a violation", () => {
    assert.throws(() => decodeFrame(encodeFrame("request-head", 1), "proxy"), violation);
    assert.throws(() => decodeFrame(encodeFrame("response-end", 1), "router"), violation);
  });

  test("a frame on the wrong stream is a violation", () => {
    assert.throws(() => decodeFrame(encodeFrame("hello", 1), "proxy"), violation);
    assert.throws(() => decodeFrame(encodeFrame("response-head", 0), "proxy"), violation);
  });

  test("a payload of the limit passes and one byte more is a violation", () => {
    const fits = encodeFrame("response-body", 1, new Uint8Array(FRAME_PAYLOAD_BYTES_MAX));
    assert.equal(decodeFrame(fits, "proxy").payload.length, FRAME_PAYLOAD_BYTES_MAX);
    const over = new Uint8Array(fits.length + 1);
    over.set(fits);
    assert.throws(() => decodeFrame(over, "proxy"), violation);
  });

  test("a payload above the limit is a fault of whoever writes it", () => {
    const over = new Uint8Array(FRAME_PAYLOAD_BYTES_MAX + 1);
    assert.throws(() => encodeFrame("offers", 0, over), /assertion failed: offers has at most 262144 bytes/);
  });

  test("credit is a u32 above zero", () => {
    assert.equal(decodeCredit(encodeCredit(2 ** 32 - 1)), 2 ** 32 - 1);
    assert.throws(() => decodeCredit(new Uint8Array(4)), violation);
    assert.throws(() => decodeCredit(new Uint8Array(3)), violation);
  });
});
