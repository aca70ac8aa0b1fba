// Which names are read as what, and which are nobody's.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { plainOffer } from "../test-bed/scripted-provider.ts";
import type { ModelName } from "./model-name.ts";
import { isWallet, parseModelName, unknownVariant } from "./model-name.ts";
import { createOfferBook } from "./offer-book.ts";

const WALLET = "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV";

describe("a model's name", () => {
  for (const [text, name] of [
    ["a/b", { kind: "author", author: "a", slug: "b" }],
    ["A/B/C", { kind: "author", author: "a", slug: "b/c" }],
    ["Slug.v-1_0", { kind: "slug", slug: "slug.v-1_0" }],
    [`${WALLET}:B`, { kind: "wallet", wallet: WALLET, slug: "b" }],
    [`${WALLET}:a/B`, { kind: "wallet", wallet: WALLET, slug: "b" }],
    ["a/b:floor", { kind: "author", author: "a", slug: "b", variant: "floor" }],
    ["Slug:NITRO", { kind: "slug", slug: "slug", variant: "nitro" }],
    [`${WALLET}:b:floor`, { kind: "wallet", wallet: WALLET, slug: "b", variant: "floor" }],
    [`${WALLET}:a/b:Nitro`, { kind: "wallet", wallet: WALLET, slug: "b", variant: "nitro" }],
    [`${WALLET}:floor`, { kind: "wallet", wallet: WALLET, slug: "floor" }],
    [WALLET, { kind: "slug", slug: WALLET.toLowerCase() }],
    [`${WALLET}:`, undefined],
    [`${WALLET}:a/`, undefined],
    [`${WALLET}::floor`, undefined],
    ["/", undefined],
    ["a/", undefined],
    ["/b", undefined],
    ["a/:floor", undefined],
    [":floor", undefined],
    ["", undefined],
  ] as const) {
    test(`${JSON.stringify(text)} is ${name === undefined ? "none" : JSON.stringify(name)}`, () => {
      assert.deepEqual(parseModelName(text), name);
      assert.equal(unknownVariant(text), undefined);
    });
  }

  for (const [text, suffix] of [
    ["a/b:free", "free"],
    ["b:online", "online"],
    ["b:", ""],
    ["qwen:7b", "7b"],
    ["a/b:floor:nitro", "floor:nitro"],
    [`${WALLET}:b:fast`, "fast"],
    [`${WALLET.slice(1)}0:b`, "b"],
    [`${"1".repeat(33)}:b`, "b"], // 33 bytes are no wallet
  ] as const) {
    test(`${JSON.stringify(text)} has a suffix that nobody knows`, () => {
      assert.equal(unknownVariant(text), suffix);
      assert.equal(parseModelName(text), undefined);
    });
  }

  test("is read or refused, whatever the text, and is lower case but for the wallet", () => {
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.string().map((text) => `${WALLET}:${text}`),
      fc.string().map((text) => `${text}:floor`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const name: ModelName | undefined = parseModelName(text);
        if (name === undefined) return;
        assert.equal(unknownVariant(text), undefined);
        assert.match(name.slug, /^[\x21-\x7e]+$/);
        assert.equal(name.slug, name.slug.toLowerCase());
        if (name.kind === "wallet") assert.equal(name.wallet, WALLET);
      }),
    );
  });

  test("has as its wallet an address of 32 bytes, in the letter case it has", () => {
    assert.deepEqual([WALLET, WALLET.toLowerCase(), "1".repeat(32), "1".repeat(33), ""].map(isWallet), [
      ...[true, false, true, false, false],
    ]);
  });
});

describe("nobody has a name", () => {
  const book = createOfferBook();
  book.replace({ id: "link-1", wallet: WALLET }, [plainOffer("kimi-k2", { provider_name: "openai" })], 0);
  const found = (text: string): number => {
    const name = parseModelName(text);
    return name === undefined ? 0 : book.find(name).length;
  };

  test("but the one it has, in any letter case and with any variant", () => {
    for (const text of [
      "openai/kimi-k2",
      "OpenAI/Kimi-K2",
      "KIMI-K2",
      "openai/kimi-k2:floor",
      `${WALLET}:Kimi-K2:nitro`,
    ])
      assert.equal(found(text), 1, text);
  });

  for (const [what, text] of [
    ["with a Cyrillic letter", "open\u0430i/kimi-k2"],
    ["with a Greek letter", "\u03bfpenai/kimi-k2"],
    ["with the Kelvin sign, whose lower case is a k", "openai/\u212aimi-k2"],
    ["with a letter of full width", "openai/kimi-k\uff12"],
    ["with an invisible character", "openai/kimi\u200b-k2"],
    ["with a text direction", "\u202eopenai/kimi-k2"],
    ["with white space before it", " openai/kimi-k2"],
    ["with white space behind it", "openai/kimi-k2\n"],
    ["with white space within", "openai/ kimi-k2"],
    ["with a no-break space", "openai/kimi\u00a0k2"],
    ["with a byte of zero", "openai/kimi-k2\0"],
  ] as const) {
    test(what, () => {
      assert.equal(found(text), 0);
      assert.equal(unknownVariant(`${text}:free`), undefined);
      assert.deepEqual(book.near(text), ["openai/kimi-k2"]);
    });
  }
});
