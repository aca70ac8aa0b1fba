// Who appears in the tests of attacks.
import type { Address } from "@solana/kit";
import { named } from "./chain.ts";

/** A user with an escrow of 100 USDC and an allowance of 1,000. */
export const ANN = named("ann");
/** Another one like Ann. */
export const BEN = named("ben");
/** A provider who is registered. */
export const PAT = named("pat");
/** Another one like Pat. */
export const QUINN = named("quinn");
/** Somebody with an empty token account and nothing else. */
export const MALLORY = named("mallory");
/** Pays the rent of others. */
export const SPONSOR = named("sponsor");
/** A user whose exit is due. */
export const LEAVER = named("leaver");
/** A user whose escrow is empty, and old enough to be closed. */
export const IDLER = named("idler");
/** A user without an escrow. */
export const NEWCOMER = named("newcomer");
/** A provider without an account. */
export const BEGINNER = named("beginner");
/** May accept what the admin proposed. */
export const SUCCESSOR = named("successor");

/** All of them by name. */
export const CAST: Readonly<Record<string, Address>> = {
  ann: ANN,
  ben: BEN,
  pat: PAT,
  quinn: QUINN,
  mallory: MALLORY,
  sponsor: SPONSOR,
  leaver: LEAVER,
  idler: IDLER,
  newcomer: NEWCOMER,
  beginner: BEGINNER,
  successor: SUCCESSOR,
};
