// What a transaction's bytes say that it does, by the very function that clients have, in plain values.
import { base64 } from "@scure/base";
import { describeTransaction } from "@aimo-network/escrow/describe/describe-transaction";
import type { TransactionDescription } from "@aimo-network/escrow/describe/description";
import type { Address } from "@solana/kit";

/** A transaction in words: what it does, who pays and signs, and what somebody asked to sign should look at. */
export interface DescribedTransaction {
  readonly version: "legacy" | 0;
  readonly fee: { readonly payer: string; readonly baseLamports: bigint; readonly priorityLamportsMax: bigint };
  readonly signers: readonly {
    readonly address: string;
    readonly signature: "valid" | "missing" | "invalid" | "unchecked";
  }[];
  readonly actions: readonly {
    readonly program: string;
    readonly programAddress: string;
    readonly name: string | undefined;
    readonly words: string;
  }[];
  readonly flags: readonly {
    readonly code: string;
    readonly words: string;
    readonly instruction: number | undefined;
  }[];
  readonly words: readonly string[];
}

/** What a transaction of this router is expected to be about. */
export interface DescribedWith {
  readonly programAddress: Address;
  readonly router: Address;
  /** Undefined where it is not known: then only USDC is nothing odd. */
  readonly mint: Address | undefined;
  readonly people?: readonly Address[];
}

/** A description without its typed instructions, which whoever has the bytes has too. */
function plain({ version, fee, signers, actions, flags, words }: TransactionDescription): DescribedTransaction {
  return {
    version,
    fee,
    signers,
    actions: actions.map(({ program, programAddress, name, words: said }) => ({
      program,
      programAddress,
      name,
      words: said,
    })),
    flags: flags.map(({ code, words: said, instruction }) => ({ code, words: said, instruction })),
    words,
  };
}

/** Describes wire bytes in base64 that this router made; undefined for any that no chain would take. */
export async function describeWire(wire: string, expected: DescribedWith): Promise<DescribedTransaction | undefined> {
  const { mint, ...others } = expected;
  const described = await describeTransaction(base64.decode(wire), { ...others, ...(mint !== undefined && { mint }) });
  return described.kind === "unreadable" ? undefined : plain(described);
}
