// Each kind of message reads back as it was written, and what nearly fits is a violation that says where.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isAimoError } from "../errors.ts";
import { OFFERS_PER_PAGE_MAX } from "../limits.ts";
import { MESSAGE_EXAMPLES } from "../test-bed/message-examples.ts";
import type { MessageName, Messages } from "./messages.ts";
import { decodeMessage, encodeMessage } from "./messages.ts";

const encoder = new TextEncoder();
const NAMES = Object.keys(MESSAGE_EXAMPLES) as MessageName[];

type Fields = Record<string, unknown>;

/** The example of `name` with some fields replaced; `undefined` leaves a field out. */
function changed(name: MessageName, fields: Fields): Fields {
  return { ...MESSAGE_EXAMPLES[name], ...fields };
}

function read(name: MessageName, value: unknown): Messages[MessageName] {
  return decodeMessage(name, encoder.encode(JSON.stringify(value)));
}

function assertRefused(name: MessageName, value: unknown, place: RegExp): void {
  assert.throws(
    () => read(name, value),
    (error) => {
      assert.ok(isAimoError(error, "protocol_violation"), String(error));
      assert.match(error.context.detail, place);
      assert.ok(error.context.detail.startsWith(name), error.context.detail);
      return true;
    },
    `${name} accepted ${JSON.stringify(value).slice(0, 200)}`,
  );
}

/** Optional fields of each message: every other field is required. */
const OPTIONAL: { readonly [Name in MessageName]?: readonly string[] } = {
  welcome: ["message"],
  notice: ["offer"],
  "response-end": ["error"],
  "end-replay": ["error"],
};

describe("messages", () => {
  for (const name of NAMES) {
    test(`${name} reads back as it was written`, () => {
      assert.deepEqual(decodeMessage(name, encodeMessage(name, MESSAGE_EXAMPLES[name])), MESSAGE_EXAMPLES[name]);
    });

    test(`${name} needs each of its required fields and none of the others`, () => {
      for (const field of Object.keys(MESSAGE_EXAMPLES[name])) {
        const without = changed(name, { [field]: undefined });
        if (OPTIONAL[name]?.includes(field) === true)
          assert.deepEqual(read(name, without), JSON.parse(JSON.stringify(without)));
        else assertRefused(name, without, new RegExp(field));
      }
    });

    test(`${name} refuses each of its fields with another type`, () => {
      for (const [field, value] of Object.entries(MESSAGE_EXAMPLES[name])) {
        const other = typeof value === "string" ? 7 : "seven";
        assertRefused(name, changed(name, { [field]: other }), new RegExp(`/${field}`));
        if (value !== null) assertRefused(name, changed(name, { [field]: [value] }), new RegExp(`/${field}`));
      }
    });

    test(`${name} is an object, whatever else JSON has`, () => {
      for (const value of [null, [], [MESSAGE_EXAMPLES[name]], "text", 1, true]) assertRefused(name, value, /payload/);
    });

    test(`${name} keeps a field that a later version adds from breaking the link`, () => {
      const value = changed(name, { added_later: 1 });
      assert.deepEqual(read(name, value), value);
    });
  }

  test("text that is not UTF-8 is a violation", () => {
    const latin1 = Uint8Array.from('{"reason":"caf\u00e9"}', (letter) => letter.charCodeAt(0));
    const cutShort = encoder.encode('{"reason":"é"}').subarray(0, 12);
    for (const payload of [latin1, cutShort, Uint8Array.of(0xc0, 0x80), Uint8Array.of(0xff)]) {
      assert.throws(() => decodeMessage("cancel", payload), /not UTF-8 JSON/);
    }
    assert.equal(decodeMessage("cancel", encoder.encode('{"reason":"café"}')).reason, "café");
  });

  test("text that is not JSON is a violation that keeps its cause", () => {
    for (const text of ["", "{", '{"reason":"left"', '{"reason":"left"}}', "{reason:1}", "NaN", "\0"]) {
      assert.throws(
        () => decodeMessage("cancel", encoder.encode(text)),
        (error) => isAimoError(error, "protocol_violation") && error.cause instanceof Error,
        text,
      );
    }
  });

  test("arbitrary bytes and arbitrary JSON give a message or a violation", () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => encoder.encode(text)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), anything, (name, payload) => {
        try {
          decodeMessage(name, payload);
        } catch (error) {
          assert.ok(isAimoError(error, "protocol_violation"));
        }
      }),
    );
  });

  test("a violation shows no more than the beginning of a place, whose names are the peer's", () => {
    assert.throws(
      () => read("response-head", { status: 200, headers: { ["k".repeat(9_000)]: "" } }),
      (error) => error instanceof Error && error.message.length < 250,
    );
  });

  test("a violation never repeats what the payload held", () => {
    assert.throws(
      () => read("cancel", { reason: { secret: "a prompt" } }),
      (error) => error instanceof Error && !error.message.includes("a prompt"),
    );
  });
});

describe("numbers in messages", () => {
  const misfits: readonly (readonly [MessageName, string, readonly unknown[]])[] = [
    ["hello", "max_concurrency", [0, -1, 1.5, 1_000_001]],
    ["welcome", "heartbeat_ms", [-1, 0.5, 86_400_001]],
    ["drain", "deadline_ms", [-1, 0.5, 86_400_001]],
    ["request-head", "content_length", [-1, 0.5, 2 ** 53, 1e300]],
    ["request-head", "deadline_ms", [-1, 0.5, 86_400_001]],
    ["response-head", "status", [0, 99, 101, 199, 600, 200.5]],
    ["response-end", "body_bytes", [-1, 0.5, 2 ** 53, 1e300]],
    ["response-end", "upstream_ms", [-1, 0.5, 86_400_001]],
    ["response-end", "first_byte_ms", [-1, 0.5, 86_400_001]],
  ];
  for (const [name, field, values] of misfits) {
    test(`${field} of ${name} is a whole number within its range`, () => {
      for (const value of values) assertRefused(name, changed(name, { [field]: value }), new RegExp(`/${field}`));
    });
  }

  test("the ends of each range fit", () => {
    assert.ok(read("hello", changed("hello", { max_concurrency: 1_000_000 })));
    assert.ok(read("drain", changed("drain", { deadline_ms: 0 })));
    assert.ok(read("request-head", changed("request-head", { content_length: Number.MAX_SAFE_INTEGER })));
    assert.ok(read("response-head", changed("response-head", { status: 599 })));
    assert.ok(read("response-end", changed("response-end", { first_byte_ms: null, body_bytes: 0 })));
  });

  test("hostile usage is refused: negative, fractional, text, or above 2^53", () => {
    const usage = { prompt_tokens: 1, completion_tokens: 1, cached_tokens: 0, reasoning_tokens: 0 };
    for (const tokens of [-1, 0.5, "1", 2 ** 53, 1e300, null]) {
      for (const field of Object.keys(usage)) {
        assertRefused("response-end", changed("response-end", { usage: { ...usage, [field]: tokens } }), /\/usage/);
      }
    }
    assert.ok(read("response-end", changed("response-end", { usage: null, finish_reason: null })));
  });
});

describe("text in messages", () => {
  test("an attempt id is 32 lower-case hexadecimal digits", () => {
    for (const id of [
      "",
      "0".repeat(31),
      "0".repeat(33),
      `${"0".repeat(31)}G`,
      "A".repeat(32),
      `${"0".repeat(32)}\n`,
    ]) {
      assertRefused("request-head", changed("request-head", { attempt_id: id }), /attempt_id/);
      assertRefused("end-ack", changed("end-ack", { attempt_id: id }), /attempt_id/);
    }
  });

  test("text is at most 2,000 characters", () => {
    assert.ok(read("cancel", { reason: "r".repeat(2_000) }));
    assertRefused("cancel", { reason: "r".repeat(2_001) }, /reason/);
    assertRefused("cancel", { reason: `r${"\u0301".repeat(2_000)}` }, /reason/);
  });

  for (const name of ["request-head", "response-head"] as const) {
    test(`a header name of ${name} is lower-case letters, digits and hyphens`, () => {
      for (const header of ["Content-Type", "content type", "content_type", "x\r\ny", "", "x".repeat(65), "é"]) {
        assertRefused(name, changed(name, { headers: { [header]: "value" } }), /headers/);
      }
      assert.ok(read(name, changed(name, { headers: { ["x".repeat(64)]: "value" } })));
    });

    test(`a header value of ${name} is text that an HTTP header can carry`, () => {
      for (const value of ["a\r\nset-cookie: b", "a\nb", "a\0b", "\u007f", "日本", "v".repeat(4_097), 5, null, ["a"]]) {
        assertRefused(name, changed(name, { headers: { accept: value } }), /headers/);
      }
      for (const value of ["", "text/html; q=0.5", "tab\there", "caf\u00e9", "v".repeat(4_096)]) {
        assert.ok(read(name, changed(name, { headers: { accept: value } })));
      }
    });
  }

  test("an offer's name and prices keep to their alphabets", () => {
    const [offer] = MESSAGE_EXAMPLES.offers.offers;
    const page = (fields: Fields): Fields => ({ offers: [{ ...offer, ...fields }], more: false });
    for (const name of ["", "with space", "author/slug", "x".repeat(65)]) {
      assertRefused("offers", page({ name }), /\/offers\/0\/name/);
    }
    for (const prompt of ["-1", "1e3", "0.1234567", "01", "", 0.1]) {
      assertRefused("offers", page({ pricing: { prompt, completion: "1" } }), /\/offers\/0\/pricing\/prompt/);
    }
    assertRefused("offers", page({ endpoints: ["/completions"] }), /\/offers\/0\/endpoints/);
    assertRefused("offers", page({ input_modalities: [] }), /\/offers\/0\/input_modalities/);
  });

  test("a page holds at most the offers of one page", () => {
    const [offer] = MESSAGE_EXAMPLES.offers.offers;
    const full = Array.from({ length: OFFERS_PER_PAGE_MAX }, () => offer);
    assert.ok(read("offers", { offers: full, more: true }));
    assertRefused("offers", { offers: [...full, offer], more: true }, /\/offers/);
  });

  test("an End's error names one of the four deadlines, or none", () => {
    const error = { code: "provider_timeout", message: "Too late." };
    for (const phase of ["connect", "first_byte", "idle", "total"]) {
      assert.ok(read("response-end", changed("response-end", { error: { ...error, phase, limit_ms: 1 } })));
    }
    assertRefused("response-end", changed("response-end", { error: { ...error, phase: "later" } }), /\/error/);
    assertRefused("response-end", changed("response-end", { error: { code: "provider_timeout" } }), /\/error/);
  });
});

describe("writing messages", () => {
  test("a message that the peer would refuse is a fault of whoever writes it", () => {
    const tooLong: Messages["cancel"] = { reason: "r".repeat(2_001) };
    assert.throws(() => encodeMessage("cancel", tooLong), /assertion failed: cancel fits its schema: \/reason/);
  });
});
