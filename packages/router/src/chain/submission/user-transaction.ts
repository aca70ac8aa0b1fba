// Which transactions this router sends for users: those about their money at its own escrow, and nothing else beside.
import { describeTransaction } from "@aimo-network/escrow/describe/describe-transaction";
import type { Action, FlagCode, KnownProgram } from "@aimo-network/escrow/describe/description";
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import { AimoError } from "@aimo-network/protocol/errors";
import type { Address, Base64EncodedWireTransaction, Signature } from "@solana/kit";
import { insistOnSignatures, readHandedIn } from "./handed-in.ts";

/** A transaction that this router sends. */
export interface UserTransaction {
  readonly signature: Signature;
  readonly wire: Base64EncodedWireTransaction;
  /** The escrows it is about. */
  readonly escrows: readonly Address[];
}

/** Instructions by their programs; `any` for programs that move nothing. */
const ALLOWED: Readonly<Partial<Record<KnownProgram, ReadonlySet<string> | "any">>> = {
  escrow: new Set(["open_escrow", "deposit", "set_allowance", "request_exit", "cancel_exit", "finalize_exit"]),
  associated_token: new Set(["create_idempotent"]),
  compute_budget: "any",
  memo: "any",
  guard: "any",
};

/** What nobody can say the meaning of, or what the program would refuse in any case. */
const STOPPERS: ReadonlySet<FlagCode> = new Set<FlagCode>([
  "unknown_program",
  "unknown_instruction",
  "malformed_instruction",
  "unresolved_lookup",
  "durable_nonce",
  "wrong_address",
]);

function isAllowed({ program, name }: Action): boolean {
  const names = program === "unknown" ? undefined : ALLOWED[program];
  return names === "any" || (name !== undefined && names?.has(name) === true);
}

/** The escrow that an instruction is about; refuses one of another router. */
function escrowOf({ escrow }: Action, router: RouterPlace): Address[] {
  if (escrow === undefined) return [];
  const { accounts } = escrow;
  if ("config" in accounts && accounts.config.address !== router.address) {
    const [expected, found] = [`the router ${router.address}`, `the router ${accounts.config.address}`];
    throw new AimoError("transaction_foreign", { expected, found });
  }
  return "escrow" in accounts ? [accounts.escrow.address] : [];
}

/** Reads what a user hands in; throws the reason where this router does not send it. */
export async function readUserTransaction(text: string, router: RouterPlace): Promise<UserTransaction> {
  const { transaction, bytes, wire } = readHandedIn(text);
  const described = await describeTransaction(bytes, { programAddress: router.programAddress });
  if (described.kind === "unreadable") throw new AimoError("transaction_unreadable", { detail: described.reason });
  const refuse = (detail: string): never => {
    throw new AimoError("transaction_unacceptable", { detail });
  };
  for (const [index, action] of described.actions.entries()) {
    if (!isAllowed(action)) refuse(`instruction ${index + 1} of it does this: ${action.words}`);
  }
  const stopper = described.flags.find(({ code }) => STOPPERS.has(code));
  if (stopper !== undefined) refuse(stopper.words);
  const escrows = described.actions.flatMap((action) => escrowOf(action, router));
  if (escrows.length === 0) refuse("no instruction of it is about an escrow.");
  return { signature: await insistOnSignatures(transaction), wire, escrows: [...new Set(escrows)] };
}
