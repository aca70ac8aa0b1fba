// Offers cut into pages that each fit one frame.
import type { Offers } from "@aimo-network/protocol/wire/messages";
import { OFFERS_PER_PAGE_MAX } from "@aimo-network/protocol/limits";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import { OFFERS_PAGE_BYTES_MAX } from "../limits.ts";

/** The pages that announce `offers`; at least one, because an empty last page takes all offers back. */
export function offerPages(offers: readonly Offer[]): readonly Offers[] {
  const pages: Offer[][] = [[]];
  let pageBytes = 0;
  for (const offer of offers) {
    const bytes = Buffer.byteLength(JSON.stringify(offer)) + 1;
    const page = pages.at(-1) ?? [];
    if (page.length === OFFERS_PER_PAGE_MAX || (page.length > 0 && pageBytes + bytes > OFFERS_PAGE_BYTES_MAX)) {
      pages.push([offer]);
      pageBytes = bytes;
    } else {
      page.push(offer);
      pageBytes += bytes;
    }
  }
  return pages.map((page, index) => ({ offers: page, more: index < pages.length - 1 }));
}
