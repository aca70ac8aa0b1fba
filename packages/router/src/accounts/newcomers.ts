// Strangers who would leave rows behind: wallets and keys cost nothing to make, so whoever has paid nothing is counted.
import { base58 } from "@scure/base";
import type { Query } from "../ledger/database/database.ts";

/** Counts a newcomer before anything is written for it; throws what to answer where it is one too many. */
export type AdmitNewcomer = () => void;

const HAS_DEPOSITED = "SELECT FROM users JOIN wallets USING (id) WHERE address = $1 AND has_deposited";

/** Counts a wallet that has never deposited. */
export async function admitWallet(query: Query, wallet: string, admit: AdmitNewcomer | undefined): Promise<void> {
  if (admit === undefined) return;
  const depositors = await query(HAS_DEPOSITED, [base58.decode(wallet)]);
  if (depositors.length === 0) admit();
}
