// All live provider links of this router.
import type { ProviderLink } from "./provider-link.ts";

/** A key that has ended by its wallet's word. */
export interface RevokedKey {
  readonly keyId: string;
  readonly wallet: string;
}

/** Finds links by id and counts them. */
export interface Links {
  add(link: ProviderLink): void;
  remove(linkId: string): void;
  get(linkId: string): ProviderLink | undefined;
  all(): IterableIterator<ProviderLink>;
  readonly count: number;
  countOf(wallet: string): number;
  /** Ends every link that one of these revoked keys has opened. */
  endKeys(revoked: readonly RevokedKey[]): void;
}

/** Creates an empty register. */
export function createLinks(): Links {
  const links = new Map<string, ProviderLink>();
  const counts = new Map<string, number>();
  const countUp = (wallet: string, by: number): void => {
    const count = (counts.get(wallet) ?? 0) + by;
    if (count === 0) counts.delete(wallet);
    else counts.set(wallet, count);
  };
  return {
    add(link) {
      links.set(link.id, link);
      countUp(link.wallet, 1);
    },
    remove(linkId) {
      const link = links.get(linkId);
      if (link === undefined) return;
      links.delete(linkId);
      countUp(link.wallet, -1);
    },
    get: (linkId) => links.get(linkId),
    all: () => links.values(),
    get count() {
      return links.size;
    },
    countOf: (wallet) => counts.get(wallet) ?? 0,
    endKeys(revoked) {
      const walletsByKey = Map.groupBy(revoked, ({ keyId }) => keyId);
      for (const link of links.values()) {
        // Whoever names a key that is not its own has said nothing about it.
        if (walletsByKey.get(link.keyId)?.some(({ wallet }) => wallet === link.wallet) === true) link.endKey("revoked");
      }
    },
  };
}
