// The signer in this process: its keys, its own view of ledger and chain, and what it remembers of what it signed.
import { LivingSignatures } from "./living-signatures.ts";
import { createOwnTables } from "./own-tables.ts";
import { signBatch } from "./sign-batch.ts";
import { signRegistration } from "./sign-registration.ts";
import { signTable } from "./sign-table.ts";
import { signWithdrawal } from "./sign-withdrawal.ts";
import type { Signer } from "./signer.ts";
import type { SigningBounds, SigningDeps, SigningDesk } from "./signing-desk.ts";
import { UnseenEntries } from "./unseen-entries.ts";

/** Creates a signer. */
export function createSigner(deps: SigningDeps, bounds: SigningBounds): Signer {
  const { settler, cosigner } = deps.keys;
  const desk: SigningDesk = { ...deps, bounds, tables: createOwnTables(deps, settler.address) };
  const unseen = new UnseenEntries();
  const living = new LivingSignatures();
  return {
    addresses: { settler: settler.address, cosigner: cosigner.address },
    signBatch: (batchId) => signBatch(desk, unseen, batchId),
    signRegistration: (providers) => signRegistration(desk, providers),
    signWithdrawal: (id) => signWithdrawal(desk, living, id),
    signTable: (step) => signTable(desk, step),
  };
}
