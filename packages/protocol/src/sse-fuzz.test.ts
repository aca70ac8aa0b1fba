// The event parser under hostile bytes: the same result however they are split, its limit kept, no time lost.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isAimoError } from "./errors.ts";
import { SSE_EVENT_CHARS_MAX } from "./limits.ts";
import { createSseParser } from "./sse.ts";

/** What a parser told, in order, and how it ended. */
function heard(parts: readonly Uint8Array[], charsMax?: number): string[] {
  const told: string[] = [];
  const parser = createSseParser(
    {
      event: (data, type) => told.push(`event ${JSON.stringify([data, type])}`),
      comment: (text) => told.push(`comment ${JSON.stringify(text)}`),
    },
    charsMax,
  );
  try {
    for (const part of parts) parser.push(part);
    told.push(`left ${JSON.stringify(parser.end())}`);
  } catch (error) {
    assert.ok(isAimoError(error, "provider_error"), String(error));
    told.push("too long");
  }
  return told;
}

function split(whole: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...cuts.map((cut) => cut % (whole.length + 1)).toSorted((a, b) => a - b), whole.length];
  return places.map((end, index) => whole.subarray(places[index - 1] ?? 0, end));
}

/** Bytes near the grammar: its words, its line ends, byte order marks anywhere, characters cut short or impossible. */
const words = [
  "data: ",
  "data:",
  "data",
  "event: e",
  "event:",
  ":",
  "\n",
  "\r",
  "\r\n",
  "\n\n",
  "\uFEFF",
  "é",
  "🙂",
  "x",
];
const broken = [
  [0xef],
  [0xbb],
  [0xbf],
  [0xf0, 0x9f],
  [0x98],
  [0xc3],
  [0xed, 0xa0, 0x80],
  [0xff, 0xfe],
  [0xc0, 0x8a],
  [0],
];
const stream = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...words).map((word) => Buffer.from(word)) },
      { weight: 1, arbitrary: fc.constantFrom(...broken).map((bytes) => Buffer.from(bytes)) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)) },
    ),
    { maxLength: 40, size: "max" },
  )
  .map((parts) => Buffer.concat(parts));
const cuts = fc.array(fc.nat(1_000), { maxLength: 8 });

function pieces(text: string, pieceBytes: number): Uint8Array[] {
  const whole = Buffer.from(text);
  return Array.from({ length: Math.ceil(whole.length / pieceBytes) }, (_, index) =>
    whole.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  );
}

describe("any bytes", () => {
  test("give the same events, comments and rest however they are split", () => {
    fc.assert(
      fc.property(stream, cuts, (whole, places) => {
        const expected = heard([whole]);
        assert.deepEqual(heard(split(whole, places)), expected);
        assert.deepEqual(heard([...whole].map((byte) => Uint8Array.of(byte))), expected);
      }),
      { numRuns: 2_000 },
    );
  });

  test("lose one byte order mark and no second, even where the first comes in pieces", () => {
    const whole = Buffer.from("\uFEFF\uFEFFdata: x\n\n");
    for (let at = 0; at <= whole.length; at += 1) {
      assert.deepEqual(heard([whole.subarray(0, at), whole.subarray(at)]), ["left undefined"], `split at ${at}`);
    }
  });

  test("pass or miss a limit at the same place however they are split", () => {
    let refused = 0;
    fc.assert(
      fc.property(stream, cuts, fc.integer({ min: 1, max: 30 }), (whole, places, charsMax) => {
        const expected = heard([whole], charsMax);
        if (expected.at(-1) === "too long") refused += 1;
        assert.deepEqual(heard(split(whole, places), charsMax), expected);
      }),
      { numRuns: 2_000 },
    );
    assert.ok(refused > 200 && refused < 1_800, `${refused} of 2000 were too long`);
  });
});

describe("the limit of an event", () => {
  const dataChars = SSE_EVENT_CHARS_MAX - "data:".length;
  for (const pieceBytes of [32_768, 64 * 1024 * 1024]) {
    test(`is kept to the character in pieces of ${pieceBytes} bytes`, () => {
      const fits = heard(pieces(`data:${"y".repeat(dataChars)}\n\n`, pieceBytes));
      assert.deepEqual(
        fits.map(({ length }) => length),
        ['event ["",null]'.length + dataChars, "left undefined".length],
      );
      assert.deepEqual(heard(pieces(`data:${"y".repeat(dataChars + 1)}\n\n`, pieceBytes)), ["too long"]);
    });
  }

  test("counts the line breaks of data lines that hold nothing", () => {
    assert.deepEqual(heard(pieces("data:\n".repeat(95), 7), 100), [`left ${JSON.stringify("\n".repeat(94))}`]);
    assert.deepEqual(heard(pieces("data:\n".repeat(97), 7), 100), ["too long"]);
  });

  test("is reached by a stream of empty data lines that never ends", () => {
    const charsMax = 1_000_000;
    const parser = createSseParser({ event: () => undefined }, charsMax);
    const lines = Buffer.from("data\n".repeat(100_000));
    assert.throws(
      () => {
        for (let sent = 0; sent <= charsMax; sent += 100_000) parser.push(lines);
      },
      (error) => isAimoError(error, "provider_error"),
    );
  });
});

// Each would take minutes, and so pass the deadline of its file, if its work grew with the square of its bytes.
describe("the work grows with the bytes alone for", () => {
  for (const [name, end, last] of [
    ["line feeds before one carriage return", "\n", "\r"],
    ["carriage returns before one line feed", "\r", "\n"],
  ] as const) {
    test(`six million ${name}`, () => {
      const told: string[] = [];
      const parser = createSseParser({ event: (data) => told.push(data) });
      parser.push(Buffer.from(`${end.repeat(6_000_000)}data: x${end}${end}:${last}`));
      assert.deepEqual(told, ["x"]);
    });
  }

  test("an event of a million data lines", () => {
    const told: string[] = [];
    const parser = createSseParser({ event: (data) => told.push(data) });
    for (const piece of pieces(`${"data: é\n".repeat(1_000_000)}\n`, 32_768)) parser.push(piece);
    assert.equal(told.length, 1);
    assert.ok(told[0] === `é${"\né".repeat(999_999)}`, "every line stands in its place");
  });

  test("an event that comes byte by byte", () => {
    const told: number[] = [];
    const parser = createSseParser({ event: (data) => told.push(data.length) });
    for (const piece of pieces(`data:${"🙂".repeat(60_000)}\n\n`, 1)) parser.push(piece);
    assert.deepEqual(told, [120_000]);
  });
});
