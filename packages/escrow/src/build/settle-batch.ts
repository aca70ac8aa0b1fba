// The instruction by which a router is paid for many requests at once; no token moves.
import type { Address, Instruction, ReadonlyUint8Array, TransactionSigner } from "@solana/kit";
import { assert } from "@aimo-network/protocol/assert";
import type { LedgerAccounts } from "../accounts/ledger-accounts.ts";
import type { Held } from "../accounts/read-account.ts";
import type { RouterPlace } from "../addresses.ts";
import type { Config } from "../generated/accounts/config.ts";
import { getSettleBatchInstruction } from "../generated/instructions/settleBatch.ts";
import { ENTRIES_MAX } from "../program-bounds.ts";
import { insist } from "../refusal.ts";
import { foreseeBatch } from "./foresee-batch.ts";
import type { BatchEntry } from "./foresee-batch.ts";
import { insistNotPaused, insistOnAmount, insistOnSigner } from "./requirements.ts";

/** What settling takes. */
export interface SettleBatchInput {
  readonly settler: TransactionSigner;
  readonly router: Held<Config>;
  /** 32 bytes that commit to whatever the router can prove about the batch. */
  readonly root: ReadonlyUint8Array;
  readonly batchId: bigint;
  readonly entries: readonly BatchEntry[];
  readonly now: bigint;
  /** The escrows and providers, where they were read: then the whole batch is foreseen. */
  readonly ledger?: LedgerAccounts;
}

/** The instruction for entries, whatever the program thinks of them. */
export function settleInstruction(
  input: Pick<SettleBatchInput, "settler" | "root" | "batchId" | "entries"> & { readonly router: RouterPlace },
): Instruction {
  const { settler, router, root, batchId } = input;
  assert(root.length === 32, "a root has 32 bytes");
  const places = new Map<Address, number>();
  const placeOf = (address: Address): number => {
    const place = places.get(address) ?? places.size;
    places.set(address, place);
    return place;
  };
  const entries = input.entries.map(({ escrow, provider, amount, seq }) => ({
    escrow: placeOf(escrow),
    provider: placeOf(provider),
    amount,
    seq,
  }));
  return getSettleBatchInstruction(
    { settler, config: router.address, root, batchId, entries, ledgerAccounts: [...places.keys()] },
    router,
  );
}

/** 4: moves what users owe to their providers. */
export async function buildSettleBatch(input: SettleBatchInput): Promise<Instruction[]> {
  const { settler, router, root, batchId, entries, now, ledger } = input;
  const config = router.data;
  insist(entries.length > 0, "BatchEmpty", () => ({ found: "none" }));
  insist(entries.length <= ENTRIES_MAX, "BatchTooLarge", () => ({ found: `${entries.length}` }));
  insistOnSigner(settler, { key: config.roles.settler, as: "the router's settler", name: "MissingSigner" });
  insistNotPaused(config, "settle", now);
  if (ledger === undefined) for (const { amount } of entries) insistOnAmount(amount);
  else foreseeBatch({ router, entries, ledger, now });
  return [settleInstruction({ settler, router, root, batchId, entries })];
}
