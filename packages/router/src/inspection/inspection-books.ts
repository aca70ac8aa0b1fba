// Where findings and what they cost are kept: the ledger has it, router.ts passes it in.
import type { NanoUsdc } from "@aimo-network/protocol/money";

/** What may be spent on examining, in a day by UTC: in all, and on one provider. */
export interface InspectionBounds {
  readonly dayMax: NanoUsdc;
  readonly walletMax: NanoUsdc;
  readonly dayAsksMax: number;
  readonly walletAsksMax: number;
}

/** One request that examines, and what it may cost. */
export interface InspectionCost {
  readonly atMs: number;
  /** The provider's. */
  readonly wallet: string;
  readonly amount: NanoUsdc;
}

/** What is stored of one offer. */
export interface StoredTruth {
  readonly offerId: string;
  readonly evidence: unknown;
  readonly seenAtMs: number;
}

/** The books. Writes carry the fence of the instance that leads. */
export interface InspectionBooks {
  read(
    change: bigint,
  ): Promise<{ readonly stored: readonly StoredTruth[]; readonly change: bigint; readonly isAll: boolean }>;
  save(fence: bigint, nowMs: number, offers: ReadonlyMap<string, unknown>): Promise<void>;
  seen(offerIds: readonly string[], nowMs: number): Promise<void>;
  forget(beforeMs: number, nowMs: number): Promise<void>;
  reserve(fence: bigint, cost: InspectionCost, bounds: InspectionBounds): Promise<"ok" | "wallet" | "day">;
  giveBack(cost: InspectionCost): Promise<void>;
}
