// Every offer is announced once, in order, on pages that fit their frames.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FRAME_PAYLOAD_BYTES_MAX, OFFERS_PER_PAGE_MAX } from "@aimo-network/protocol/limits";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import { encodeMessage } from "@aimo-network/protocol/wire/messages";
import { OFFERS_PAGE_BYTES_MAX } from "../limits.ts";
import { offerPages } from "./offer-pages.ts";

function offers(count: number, displayName = "A model"): Offer[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `model-${index}`,
    display_name: displayName,
    input_modalities: ["text"],
    output_modalities: ["text"],
    capabilities: [],
    endpoints: ["/chat/completions"],
    pricing: { prompt: "1", completion: "2" },
  }));
}

describe("offer pages", () => {
  for (const count of [0, 1, OFFERS_PER_PAGE_MAX, OFFERS_PER_PAGE_MAX + 1, 250]) {
    test(`${count} offers come whole and only the last page says so`, () => {
      const all = offers(count);
      const pages = offerPages(all);
      assert.deepEqual(
        pages.flatMap((page) => page.offers),
        all,
      );
      assert.ok(pages.every((page) => page.offers.length <= OFFERS_PER_PAGE_MAX));
      assert.deepEqual(
        pages.map((page) => page.more),
        [...pages.slice(1).map(() => true), false],
      );
      assert.equal(pages.length, Math.max(1, Math.ceil(count / OFFERS_PER_PAGE_MAX)));
    });
  }

  test("a page takes offers up to its bytes, and one byte more begins another", () => {
    const [short, long] = offers(2);
    assert.ok(short !== undefined && long !== undefined);
    const bytesOf = (offer: Offer): number => Buffer.byteLength(JSON.stringify(offer)) + 1; // with the comma
    const fill = OFFERS_PAGE_BYTES_MAX - bytesOf(short) - bytesOf(long);
    const filled = (bytes: number): Offer[] => [short, { ...long, display_name: `A model${"x".repeat(bytes)}` }];
    assert.equal(offerPages(filled(fill)).length, 1);
    assert.equal(offerPages(filled(fill + 1)).length, 2);
  });

  test("long offers make smaller pages", () => {
    const all = offers(100, "長".repeat(200)).map((offer) => ({
      ...offer,
      data_policy: "策".repeat(200),
      capabilities: Array.from({ length: 40 }, () => "能".repeat(40)),
    }));
    const pages = offerPages(all);
    assert.deepEqual(
      pages.flatMap((page) => page.offers),
      all,
    );
    assert.ok(pages.length > 1);
    for (const page of pages) assert.ok(encodeMessage("offers", page).length <= FRAME_PAYLOAD_BYTES_MAX);
  });
});
