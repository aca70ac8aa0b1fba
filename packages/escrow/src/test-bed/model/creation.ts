// How accounts of the program come into being, and who pays for it.
import type { Draft } from "./draft.ts";
import { require } from "./draft.ts";
import type { Key } from "./records.ts";

/** Bytes of each account: the tables of docs/escrow.md, and SPL Token's own. */
export const BYTES = { config: 1_120n, vault: 165n, escrow: 216n, provider: 232n } as const;

/**
 * Lets the payer pay what an account at a derived address lacks of its rent; gives the account's lamports.
 * One that already has data is refused, one that only holds lamports is used.
 */
export function payRent(draft: Draft, payer: Key, address: Key, bytes: bigint): bigint {
  const there = draft.get(address);
  require(there.kind === "wallet", "AlreadyInitialized");
  const lamports = there.lamports < draft.surroundings.rent(bytes) ? draft.surroundings.rent(bytes) : there.lamports;
  const purse = draft.get(payer);
  draft.put(payer, { ...purse, lamports: purse.lamports - (lamports - there.lamports) });
  return lamports;
}
