// How an instruction is written down: its number, what it does, its accounts in order, its arguments.
import {
  fieldDiscriminatorNode,
  instructionAccountNode,
  instructionArgumentNode,
  instructionNode,
  numberValueNode,
  publicKeyValueNode,
} from "codama";
import type {
  InstructionAccountNode,
  InstructionInputValueNode,
  InstructionNode,
  InstructionRemainingAccountsNode,
  TypeNode,
} from "codama";
import { derived } from "./derived-addresses.ts";
import { u8 } from "./fields.ts";

/** `w` writable, `s` signs, `s?` may sign; as docs/escrow.md writes it. */
type AccountRole = "" | "w" | "s" | "ws" | "s?";

/** An account of an instruction; with a default, the client finds it where the caller names none. */
export function account(
  name: string,
  role: AccountRole,
  defaultValue?: InstructionInputValueNode,
): InstructionAccountNode {
  return instructionAccountNode({
    name,
    isWritable: role.startsWith("w"),
    isSigner: role === "s?" ? "either" : role.endsWith("s"),
    ...(defaultValue !== undefined && { defaultValue }),
  });
}

/** The cosigner where the owner or admin may also act alone: left out, the program's own address stands in its place. */
export const optionalCosigner: InstructionAccountNode = { ...account("cosigner", "s?"), isOptional: true };

/** SPL Token, which every mint of the program belongs to. */
export const tokenProgram = account(
  "token_program",
  "",
  publicKeyValueNode("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", "splToken"),
);

/** The system program, where an account is created. */
export const systemProgram = account(
  "system_program",
  "",
  publicKeyValueNode("11111111111111111111111111111111", "splSystem"),
);

/** A router's vault, out of or into which tokens move. */
export const vault = account("vault", "w", derived.vault);
/** The vault's owner, which signs inside the program. */
export const vaultAuthority = account("vault_authority", "", derived.authority);

interface Instruction {
  /** The first byte of its data. */
  readonly number: number;
  readonly name: string;
  readonly docs: string;
  readonly accounts: readonly InstructionAccountNode[];
  readonly arguments?: Readonly<Record<string, TypeNode>>;
  /** Accounts after those, as many as the caller likes. */
  readonly remainingAccounts?: InstructionRemainingAccountsNode;
}

/** Makes an instruction's description; arguments follow its number without padding. */
export function instruction(written: Instruction): InstructionNode {
  const { number, name, docs, accounts, remainingAccounts } = written;
  const discriminator = instructionArgumentNode({
    name: "discriminator",
    type: u8,
    defaultValue: numberValueNode(number),
    defaultValueStrategy: "omitted",
  });
  const given = Object.entries(written.arguments ?? {}).map(([argument, type]) =>
    instructionArgumentNode({ name: argument, type }),
  );
  return instructionNode({
    name,
    docs,
    accounts: [...accounts],
    arguments: [discriminator, ...given],
    discriminators: [fieldDiscriminatorNode("discriminator", 0)],
    ...(remainingAccounts !== undefined && { remainingAccounts: [remainingAccounts] }),
  });
}
