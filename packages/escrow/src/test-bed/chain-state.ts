// What a chain holds, to be compared: a transaction that is refused changes nothing.
import type { Address } from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "../generated/programs/aimoEscrow.ts";
import { named } from "./chain.ts";
import type { TestChain } from "./chain.ts";

/** The token program whose accounts the escrow refuses. */
export const TOKEN_2022 = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb" as Address;
/** A program that nobody knows. */
export const FOREIGN_PROGRAM = named("a foreign program");

const OWNERS = [
  AIMO_ESCROW_PROGRAM_ADDRESS,
  TOKEN_PROGRAM_ADDRESS,
  TOKEN_2022,
  SYSTEM_PROGRAM_ADDRESS,
  FOREIGN_PROGRAM,
];

/** Lamports, owner and data of every account but the one that pays all fees. */
export function stateOf(chain: TestChain): ReadonlyMap<Address, string> {
  const state = new Map<Address, string>();
  for (const owner of OWNERS) {
    for (const { address, lamports, data } of chain.svm.getProgramAccounts(owner)) {
      if (address === chain.payer) continue;
      state.set(address, `${lamports} ${owner} ${Buffer.from(data).toString("hex")}`);
    }
  }
  return state;
}

/** The accounts that are not what they were. */
export function changesSince(before: ReadonlyMap<Address, string>, chain: TestChain): Address[] {
  const after = stateOf(chain);
  const addresses = new Set([...before.keys(), ...after.keys()]);
  return [...addresses].filter((address) => before.get(address) !== after.get(address));
}
