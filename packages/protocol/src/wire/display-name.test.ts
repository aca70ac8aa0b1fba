// Which names people may be shown, and what becomes of the others.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { DISPLAY_NAME_CHARS_MAX, displayNameFault, isDisplayName, plainDisplayName } from "./display-name.ts";

describe("a display name", () => {
  for (const name of [
    "OpenAI: GPT-4o",
    "GPT \u{1f642}",
    "Яндекс GPT",
    "GPT/Яндекс",
    "模型 α",
    "Café",
    "x".repeat(DISPLAY_NAME_CHARS_MAX),
  ]) {
    test(`is shown as it is: ${name.slice(0, 20)}`, () => {
      assert.equal(isDisplayName(name), true);
      assert.equal(plainDisplayName(name), name);
    });
  }

  for (const [what, name, plain] of [
    ["a Cyrillic letter in a Latin word", "Open\u0410I: GPT-4o", "OpenAI: GPT-4o"],
    ["Greek letters in a Latin word", "\u03bfpenAI \u0391nthropic", "openAI Anthropic"],
    ["a Cyrillic letter that looks like none", "a\u0416\u0430", "a-a"],
    ["white space before it", " GPT", "GPT"],
    ["white space behind it", "GPT ", "GPT"],
    ["two spaces", "GPT  4o", "GPT 4o"],
    ["a tabulator", "GPT\t4o", "GPT 4o"],
    ["a line break", "GPT\r\n4o", "GPT 4o"],
    ["a no-break space", "GPT\u00a04o", "GPT 4o"],
    ["a space without width", "GPT\u200b-4o", "GPT-4o"],
    ["a joiner without width", "GPT\u200d-4o", "GPT-4o"],
    ["a soft hyphen", "GPT\u00ad-4o", "GPT-4o"],
    ["a variation selector", "GPT\ufe0f-4o", "GPT-4o"],
    ["a text direction", "\u202eo4-TPG", "o4-TPG"],
    ["an isolated text direction", "GPT\u2066-4o\u2069", "GPT-4o"],
    ["a control character", "GPT\u0007-4o", "GPT-4o"],
    ["a character of private use", "GPT\ue000-4o", "GPT-4o"],
    ["half of a surrogate pair", "GPT\ud83d-4o", "GPT-4o"],
    ["an invisible word between two", "GPT \u200b 4o", "GPT 4o"],
    [
      "too many characters",
      `${"x".repeat(DISPLAY_NAME_CHARS_MAX - 1)}\u{1f642}`,
      "x".repeat(DISPLAY_NAME_CHARS_MAX - 1),
    ],
    ["nothing", "", ""],
    ["nothing that can be seen", "\u200b \u2800", ""],
  ] as const) {
    test(`with ${what} is refused with its spelling`, () => {
      assert.equal(isDisplayName(name), false);
      assert.equal(plainDisplayName(name), plain);
      const words = plain === "" ? "must be one line of" : `must be such as ${JSON.stringify(plain)}: one line of`;
      assert.ok(displayNameFault(name).startsWith(words), displayNameFault(name));
    });
  }

  test("is fine once it is spelled plainly, whatever it was, and stays as it is where it was fine", () => {
    const letters = fc.constantFrom(
      "a",
      "\u0430",
      "\u0416",
      "\u03b1",
      " ",
      "\u200b",
      "\u2800",
      "\ud83d",
      "\u{1f642}",
      "\u0301",
      "-",
    );
    const names = fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.string({ unit: letters, maxLength: 300 }));
    fc.assert(
      fc.property(names, (name) => {
        const plain = plainDisplayName(name);
        assert.ok(plain === "" || isDisplayName(plain), JSON.stringify(plain));
        if (isDisplayName(name)) assert.equal(plain, name);
      }),
      { numRuns: 2_000 },
    );
  });
});
