// Calls through a hostile program, which claims whatever signatures it likes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AccountRole, downgradeRoleToNonSigner, isSignerRole, isWritableRole } from "@solana/kit";
import type { AccountMeta, Instruction } from "@solana/kit";
import { named } from "./chain.ts";
import type { TestChain } from "./chain.ts";

const SPOOFER = named("the hostile program");
const binary = readFileSync(join(import.meta.dirname, "../../program/bin/spoofer.so"));

/** What the runtime says to a program that claims a signature it does not have. */
export const UNAUTHORIZED = "Cross-program invocation with unauthorized signer or writable account";

/** Puts the hostile program on a chain. */
export function addSpoofer(chain: TestChain): void {
  chain.svm.addProgram(SPOOFER, binary);
}

/**
 * The same instruction sent by the hostile program. It claims every signature that the instruction has; the transaction
 * really has those but of the accounts at `unsigned`.
 */
export function spoofed(instruction: Instruction, unsigned: readonly number[]): Instruction {
  const accounts = (instruction.accounts ?? []) as readonly AccountMeta[];
  const claims = accounts.map(({ role }) => (isWritableRole(role) ? 1 : 0) + (isSignerRole(role) ? 2 : 0));
  const really = accounts.map(({ address, role }, index) => ({
    address,
    role: unsigned.includes(index) ? downgradeRoleToNonSigner(role) : role,
  }));
  return {
    programAddress: SPOOFER,
    accounts: [{ address: instruction.programAddress, role: AccountRole.READONLY }, ...really],
    data: Uint8Array.from([...claims, ...(instruction.data ?? [])]),
  };
}
