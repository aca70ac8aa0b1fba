// The live book: what replaces what, who is found by which name, and what is suggested for a wrong one.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import fc from "fast-check";
import { plainOffer } from "../test-bed/scripted-provider.ts";
import { parseModelName } from "./model-name.ts";
import type { LiveOffer, OfferBook } from "./offer-book.ts";
import { createOfferBook } from "./offer-book.ts";

const WALLET = "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV";
const ONE = { id: "link-1", wallet: WALLET };
const SECOND_LINK = { id: "link-2", wallet: WALLET };
const OTHER = { id: "link-3", wallet: "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi" };

function ask(book: OfferBook, text: string): readonly LiveOffer[] {
  const name = parseModelName(text);
  return name === undefined ? [] : book.find(name);
}

function linksOf(offers: readonly LiveOffer[]): string[] {
  return offers.map(({ linkId }) => linkId);
}

function by(author: string, name: string, more: Partial<Offer> = {}): Offer {
  return plainOffer(name, { provider_name: author, ...more });
}

describe("an offer is found", () => {
  const book = createOfferBook();
  book.replace(ONE, [by("Acme", "Llama-3"), plainOffer("free-model")], 1_000);
  book.replace(SECOND_LINK, [by("acme", "llama-3")], 2_000);
  book.replace(OTHER, [by("umbrella", "LLAMA-3")], 3_000);

  for (const [name, links] of [
    ["acme/llama-3", ["link-1", "link-2"]],
    ["ACME/LLAMA-3", ["link-1", "link-2"]],
    ["umbrella/llama-3", ["link-3"]],
    ["llama-3", ["link-1", "link-2", "link-3"]],
    ["Llama-3", ["link-1", "link-2", "link-3"]],
    [`${WALLET}:llama-3`, ["link-1", "link-2"]],
    [`${WALLET}:LLAMA-3`, ["link-1", "link-2"]],
    [`${WALLET}:acme/llama-3`, ["link-1", "link-2"]],
    [`${OTHER.wallet}:llama-3`, ["link-3"]],
    ["community/free-model", ["link-1"]],
    ["free-model", ["link-1"]],
    ["acme/free-model", []],
    ["acme", []],
    ["llama", []],
    [`${OTHER.wallet}:free-model`, []],
    ["constructor", []],
    ["__proto__/toString", []],
  ] as const) {
    test(`as ${name} on ${links.join(" and ") || "no link"}`, () => assert.deepEqual(linksOf(ask(book, name)), links));
  }
});

describe("what a link announces again", () => {
  const m1 = by("x", "m1");
  const m2 = by("x", "m2");

  test("is as it was where nothing has changed: the same lists, of the same version", () => {
    const book = createOfferBook();
    book.replace(OTHER, [m1], 1_000);
    book.replace(ONE, [m1, m2], 1_000);
    const [offers, version] = [ask(book, "x/m1"), book.version];
    book.replace(ONE, [m2, m1], 9_000);
    assert.equal(ask(book, "x/m1"), offers);
    assert.equal(book.version, version);
  });

  test("touches the lists of what has changed, and no others", () => {
    const book = createOfferBook();
    book.replace(ONE, [m1, m2], 1_000);
    book.replace(OTHER, [m1, m2], 1_000);
    const [one, two] = [ask(book, "x/m1"), ask(book, "x/m2")];
    book.replace(ONE, [m1, { ...m2, pricing: { prompt: "9", completion: "9" } }], 2_000);
    assert.equal(ask(book, "x/m1"), one);
    assert.deepEqual(linksOf(ask(book, "x/m2")).toSorted(), ["link-1", "link-3"]);
    assert.notEqual(ask(book, "x/m2"), two);
    assert.deepEqual(
      ask(book, "x/m2").map(({ offer, sinceMs }) => [offer.pricing.prompt, sinceMs]),
      [
        [m2.pricing.prompt, 1_000],
        ["9", 1_000],
      ],
    );
  });

  test("and what it leaves out is gone, under all names", () => {
    const book = createOfferBook();
    book.replace(ONE, [m1, m2], 1_000);
    book.replace(ONE, [m2], 1_000);
    assert.deepEqual([ask(book, "x/m1"), ask(book, "m1"), [...book.models().keys()]], [[], [], ["x/m2"]]);
    assert.equal(ask(book, "m2").length, 1);
  });
});

describe("a book", () => {
  test("names a model by author and slug in lower case, an offer by wallet and slug", () => {
    const book = createOfferBook();
    book.replace(ONE, [by("Acme", "Llama-3")], 1_000);
    const [offer] = ask(book, "llama-3");
    assert.deepEqual(
      [offer?.modelId, offer?.id, offer?.wallet, offer?.linkId],
      ["acme/llama-3", `${WALLET}/llama-3`, WALLET, "link-1"],
    );
    assert.equal(offer?.offer.name, "Llama-3", "the provider is asked by its own spelling");
    assert.deepEqual([...book.models().keys()], ["acme/llama-3"]);
  });

  test("replaces one link's offers whole and leaves the others'", () => {
    const book = createOfferBook();
    book.replace(ONE, [plainOffer("a"), plainOffer("b")], 1_000);
    book.replace(OTHER, [plainOffer("a")], 1_000);
    book.replace(ONE, [plainOffer("b"), plainOffer("c")], 2_000);
    assert.deepEqual(
      [...book.models()].map(([id, offers]) => [id, linksOf(offers)]),
      [
        ["community/a", ["link-3"]],
        ["community/b", ["link-1"]],
        ["community/c", ["link-1"]],
      ],
    );
  });

  test("remembers since when an offer has been there, whatever its new price", () => {
    const book = createOfferBook();
    book.replace(ONE, [plainOffer("a")], 1_000);
    book.replace(ONE, [plainOffer("A", { pricing: { prompt: "9", completion: "9" } }), plainOffer("b")], 2_000);
    assert.deepEqual(
      [...ask(book, "a"), ...ask(book, "b")].map(({ sinceMs }) => sinceMs),
      [1_000, 2_000],
    );
  });

  test("forgets a link without a trace", () => {
    const book = createOfferBook();
    book.replace(ONE, [plainOffer("a"), by("x", "b")], 1_000);
    book.remove("link-1");
    book.remove("link-1");
    book.remove("never-there");
    assert.equal(book.models().size, 0);
    assert.deepEqual(ask(book, "a"), []);
    assert.deepEqual(book.near("a"), []);
    book.replace(ONE, [plainOffer("a")], 5_000);
    assert.equal(ask(book, "a")[0]?.sinceMs, 5_000, "a link that comes back starts anew");
  });

  test("refuses an absurd price and keeps what the link sold before", () => {
    const book = createOfferBook();
    book.replace(ONE, [plainOffer("a")], 1_000);
    const dear = plainOffer("b", { pricing: { prompt: "1000000.000001", completion: "1" } });
    assert.throws(
      () => book.replace(ONE, [plainOffer("c"), dear], 2_000),
      (error) => isAimoError(error, "invalid_amount"),
    );
    assert.deepEqual([...book.models().keys()], ["community/a"]);
  });

  test("holds exactly what its links sold last, whatever came before", () => {
    const names = fc.array(fc.constantFrom("a", "B", "c", "D"), { maxLength: 4 }).map((list) => [...new Set(list)]);
    const step = fc.record({ link: fc.constantFrom(ONE, SECOND_LINK, OTHER), names: fc.option(names) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const book = createOfferBook();
        const expected = new Map<string, readonly string[]>();
        for (const { link, names: sold } of steps) {
          if (sold === null) book.remove(link.id);
          else
            book.replace(
              link,
              sold.map((name) => plainOffer(name)),
              0,
            );
          expected.set(link.id, sold ?? []);
        }
        const pairs = [...book.models()].flatMap(([id, offers]) => offers.map(({ linkId }) => `${id} ${linkId}`));
        const wanted = [...expected].flatMap(([id, sold]) =>
          sold.map((name) => `community/${name.toLowerCase()} ${id}`),
        );
        assert.deepEqual(pairs.toSorted(), wanted.toSorted());
        for (const name of ["a", "b", "c", "d"]) {
          assert.deepEqual(linksOf(ask(book, name)), linksOf(ask(book, `community/${name}`)));
        }
      }),
    );
  });
});

describe("near names", () => {
  const book = createOfferBook();
  book.replace(
    ONE,
    [by("openai", "gpt-4o"), by("openai", "gpt-4o-mini"), by("meta", "llama-3-70b"), by("z", "qwen")],
    0,
  );

  for (const [wrong, near] of [
    ["openai/gpt4o", "openai/gpt-4o"],
    ["gpt-4o-minni", "openai/gpt-4o-mini"],
    ["LLAMA-3-70B", "meta/llama-3-70b"],
    ["wrong/llama-3-70b", "meta/llama-3-70b"],
    ["qwen2", "z/qwen"],
    ["something completely different", undefined],
    ["x".repeat(200), undefined],
    ["", undefined],
  ] as const) {
    test(`of ${wrong.slice(0, 30)} ${near === undefined ? "are never none while anything is on sale" : `begin with ${near}`}`, () => {
      const found = book.near(wrong);
      assert.ok(found.length >= 1 && found.length <= 3, `${found.length} names`);
      if (near !== undefined) assert.equal(found[0], near);
    });
  }

  test("are three at most", () => {
    const many = createOfferBook();
    many.replace(
      ONE,
      ["a1", "a2", "a3", "a4", "a5"].map((name) => plainOffer(`model-${name}`)),
      0,
    );
    assert.equal(many.near("model-a").length, 3);
  });

  test("of an empty book are none", () => assert.deepEqual(createOfferBook().near("x"), []));
});
