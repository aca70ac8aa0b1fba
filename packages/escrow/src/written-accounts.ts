// What a place in a block is paid for: the accounts that a transaction writes, and what was enough for them lately.
import { isWritableRole } from "@solana/kit";
import type { Address, Instruction } from "@solana/kit";

/** The accounts that instructions write, each once, by which nodes tell what a place in a block costs. */
export function writtenBy(instructions: readonly Instruction[]): readonly Address[] {
  const accounts = instructions.flatMap(({ accounts: metas = [] }) => metas);
  return [...new Set(accounts.filter(({ role }) => isWritableRole(role)).map(({ address }) => address))];
}

/** The least of these fees that was enough in so many percent of the slots; 0 of none. */
export function feePercentile(fees: readonly bigint[], percent: number): bigint {
  const sorted = fees.toSorted((one, other) => (one === other ? 0 : one < other ? -1 : 1));
  return sorted[Math.max(Math.ceil((sorted.length * percent) / 100) - 1, 0)] ?? 0n;
}
