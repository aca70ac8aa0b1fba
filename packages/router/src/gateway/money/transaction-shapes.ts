// Transactions as replies show them, and what their own bytes say that they do.
import type { Static } from "typebox";
import { Type } from "typebox";
import type { MoneyDesk } from "../../billing/withdraw/money-desk.ts";
import { OptionalText, Text } from "./money-access.ts";

type Composed = Awaited<ReturnType<MoneyDesk["composer"]["open"]>>;
type Described = Composed["description"];
type Landing = Awaited<ReturnType<MoneyDesk["transactions"]["submit"]>>;

const Lamports = Type.String({ description: "Lamports" });
const OptionalCount = Type.Union([Type.Integer(), Type.Null()]);

/** What a transaction does, as the bytes themselves say. */
export const DescriptionShape = Type.Object(
  {
    version: Type.String({ description: "`legacy` or `0`" }),
    fee: Type.Object({ payer: Text, base_lamports: Lamports, priority_lamports_max: Lamports }),
    signers: Type.Array(
      Type.Object({ address: Text, signature: Type.String({ description: "`valid`, `missing` or `invalid`" }) }),
    ),
    actions: Type.Array(Type.Object({ program: Text, program_address: Text, name: OptionalText, words: Text })),
    flags: Type.Array(Type.Object({ code: Text, words: Text, instruction: OptionalCount })),
    words: Type.Array(Text, { description: "All of it in sentences" }),
  },
  { description: "As `describeTransaction` of @aimo-network/escrow derives it from the bytes" },
);

/** A transaction to sign. */
export const ComposedShape = Type.Object({
  transaction: Type.String({ description: "On the wire, in base64, with zeros in place of the signatures" }),
  message: Type.String({ description: "What is signed, in base64" }),
  last_valid_block_height: Type.Integer({ description: "It can land up to there: about a minute" }),
  signers: Type.Array(Text, { description: "Who has to sign; the first pays the fee" }),
  description: DescriptionShape,
});

/** How far a transaction is. */
export const LandingShape = Type.Object({
  signature: Text,
  status: Type.Enum(["sent", "confirmed", "finalized", "failed"]),
  slot: OptionalCount,
  failure: OptionalText,
});

/** A slot or height as a JSON number: it takes a hundred million years to outgrow one. */
export function countOf(count: bigint): number {
  return Number(count);
}

/** A description in a reply. */
export function descriptionJson({
  version,
  fee,
  signers,
  actions,
  flags,
  words,
}: Described): Static<typeof DescriptionShape> {
  return {
    version: `${version}`,
    fee: {
      payer: fee.payer,
      base_lamports: `${fee.baseLamports}`,
      priority_lamports_max: `${fee.priorityLamportsMax}`,
    },
    signers: signers.map(({ address, signature }) => ({ address, signature })),
    actions: actions.map(({ program, programAddress, name, words: said }) => ({
      program,
      program_address: programAddress,
      name: name ?? null,
      words: said,
    })),
    flags: flags.map(({ code, words: said, instruction }) => ({ code, words: said, instruction: instruction ?? null })),
    words: [...words],
  };
}

/** A transaction to sign, in a reply. */
export function composedJson({ wire, message, lastValidBlockHeight, signers, description }: Composed): object {
  return {
    transaction: wire,
    message,
    last_valid_block_height: countOf(lastValidBlockHeight),
    signers,
    description: descriptionJson(description),
  };
}

/** How far a transaction is, in a reply. */
export function landingJson({ signature, status, slot, failure }: Landing): object {
  return { signature, status, slot: slot === undefined ? null : countOf(slot), failure: failure ?? null };
}
