// The event parser against the standard's rules, split at every byte.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isAimoError } from "./errors.ts";
import { SSE_EVENT_CHARS_MAX } from "./limits.ts";
import { createSseParser } from "./sse.ts";

interface Parsed {
  events: [string, string | undefined][];
  comments: string[];
}

function parse(pieces: readonly Uint8Array[]): Parsed {
  const parsed: Parsed = { events: [], comments: [] };
  const parser = createSseParser({
    event: (data, type) => parsed.events.push([data, type]),
    comment: (text) => parsed.comments.push(text),
  });
  for (const piece of pieces) parser.push(piece);
  return parsed;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const SAMPLE =
  '\uFEFFdata: {"a":"hé🙂"}\r\n\r\n: keep-alive\r\n\r\nevent: note\rdata:one\rdata: two\r\rdata\n\nid: 3\nretry: 5\nfoo: bar\n\ndata: [DONE]\n\ndata: never ended';

describe("server-sent events", () => {
  test("fields, comments, line ends and the byte order mark are read as the standard says", () => {
    assert.deepEqual(parse([bytes(SAMPLE)]), {
      events: [
        ['{"a":"hé🙂"}', undefined],
        ["one\ntwo", "note"],
        ["", undefined],
        ["[DONE]", undefined],
      ],
      comments: [" keep-alive"],
    });
  });

  test("a stream split at any byte, or into single bytes, gives the same events", () => {
    const whole = bytes(SAMPLE);
    const expected = parse([whole]);
    for (let at = 0; at <= whole.length; at += 1) {
      assert.deepEqual(parse([whole.subarray(0, at), whole.subarray(at)]), expected, `split at ${at}`);
    }
    assert.deepEqual(parse([...whole].map((byte) => Uint8Array.of(byte))), expected);
  });

  test("an event that begins behind many ended ones, and ends in the next piece, is whole", () => {
    const many = Array.from({ length: 2_000 }, (_, index) => `é${index}`);
    const whole = bytes(many.map((data) => `data: ${data}\n\n`).join(""));
    const last = `data: ${many.at(-1)}\n\n`.length + 1; // the é has two bytes
    for (let at = whole.length - last; at < whole.length; at += 1) {
      const { events } = parse([whole.subarray(0, at), whole.subarray(at)]);
      assert.deepEqual(
        events.map(([data]) => data),
        many,
      );
    }
  });

  test("any text split anywhere gives what it gives whole", () => {
    const line = fc.oneof(
      fc.constantFrom("data: x", "data:", ":c", "event: e", "", "data: é", "dat", "data: a: b"),
      fc.string({ unit: "grapheme", maxLength: 8 }),
    );
    const text = fc.array(fc.tuple(line, fc.constantFrom("\n", "\r", "\r\n"))).map((lines) => lines.flat().join(""));
    fc.assert(
      fc.property(text, fc.array(fc.nat({ max: 200 }), { maxLength: 6 }), (stream, cuts) => {
        const whole = bytes(stream);
        const places = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).toSorted((a, b) => a - b), whole.length];
        const pieces = places.slice(1).map((end, index) => whole.subarray(places[index], end));
        assert.deepEqual(parse(pieces), parse([whole]));
      }),
    );
  });

  test("what is left at the end is handed over once, in whatever line it stands", () => {
    const left = (text: string): (string | undefined)[] => {
      const parser = createSseParser({ event: () => undefined });
      parser.push(bytes(text));
      return [parser.end(), parser.end()];
    };
    assert.deepEqual(left("data: a\n\ndata: b\ndata: c\n"), ["b\nc", undefined]);
    assert.deepEqual(left("data: a\n\ndata: b"), ["b", undefined]);
    assert.deepEqual(left("data: a\n\n"), [undefined, undefined]);
    assert.deepEqual(left("data: a\n\n: comment"), [undefined, undefined]);
  });

  test("an event of the limit passes and one character more is refused", () => {
    const push = (chars: number): void => {
      createSseParser({ event: () => undefined }, 100).push(bytes(`data:${"x".repeat(chars)}`));
    };
    push(95);
    assert.throws(
      () => push(96),
      (error) => isAimoError(error, "provider_error"),
    );
  });

  test("many data lines of one event count towards the limit together", () => {
    const parser = createSseParser({ event: () => undefined }, 100);
    assert.throws(
      () => {
        for (let line = 0; line < 30; line += 1) parser.push(bytes("data:xxxx\n"));
      },
      (error) => isAimoError(error, "provider_error"),
    );
  });

  test("empty data lines count too: each makes the event longer by its line break", () => {
    const push = (lines: number): void => {
      createSseParser({ event: () => undefined }, 100).push(bytes("data:\n".repeat(lines)));
    };
    push(96); // 95 line breaks, and the line that is read
    assert.throws(
      () => push(97),
      (error) => isAimoError(error, "provider_error"),
    );
  });

  test("the longest event there may be passes, and one character more is refused", () => {
    const push = (chars: number): void => {
      const parser = createSseParser({ event: (data) => assert.equal(data.length, chars - "data:".length) });
      const whole = new Uint8Array(chars).fill(0x78);
      whole.set(bytes("data:"));
      parser.push(whole);
      parser.push(bytes("\n\n"));
    };
    push(SSE_EVENT_CHARS_MAX);
    assert.throws(
      () => push(SSE_EVENT_CHARS_MAX + 1),
      (error) => isAimoError(error, "provider_error"),
    );
  });

  test("what an unfinished event takes is told: its characters, and something for each piece and line", () => {
    const parser = createSseParser({ event: () => undefined });
    assert.equal(parser.heldBytes(), 0);
    parser.push(bytes("data: 12345"));
    const one = parser.heldBytes();
    assert.ok(one > 11);
    parser.push(bytes("6"));
    assert.ok(parser.heldBytes() > one + 1, "a piece costs more than its characters");
    parser.push(bytes("\n"));
    const line = parser.heldBytes();
    parser.push(bytes("data:\n"));
    assert.ok(parser.heldBytes() > line + 1, "so does a line");
    parser.push(bytes("\n"));
    assert.equal(parser.heldBytes(), 0);
  });

  test("a megabyte in one event arrives whole", () => {
    const data = "y".repeat(1_000_000);
    const whole = bytes(`data: ${data}\n\n`);
    const pieces = Array.from({ length: Math.ceil(whole.length / 32_768) }, (_, index) =>
      whole.subarray(index * 32_768, (index + 1) * 32_768),
    );
    assert.deepEqual(parse(pieces).events, [[data, undefined]]);
  });
});
