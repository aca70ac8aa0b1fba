// What a router that lies may hand out in place of the transaction that was asked for; it signs it like an honest one.
import { getTransferSolInstruction } from "@solana-program/system";
import type {
  Address,
  Instruction,
  TransactionMessage,
  TransactionMessageWithFeePayer,
  TransactionMessageWithLifetime,
  TransactionPartialSigner,
} from "@solana/kit";
import {
  AccountRole,
  address,
  appendTransactionMessageInstruction,
  compileTransaction,
  createNoopSigner,
  decompileTransactionMessage,
  getBase64Encoder,
  getBase64EncodedWireTransaction,
  getCompiledTransactionMessageDecoder,
  getTransactionDecoder,
  setTransactionMessageFeePayer,
} from "@solana/kit";

type Draft = TransactionMessage & TransactionMessageWithFeePayer & TransactionMessageWithLifetime;

/** A change of a transaction. */
export type Tampering = (draft: Draft) => Draft;

const TOKEN_PROGRAM = address("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
const COMPUTE_BUDGET = address("ComputeBudget111111111111111111111111111111");
const [TRANSFER, APPROVE, SET_AUTHORITY, CLOSE_ACCOUNT] = [3, 4, 6, 9];
const SET_UNIT_PRICE = 3;

function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

/** Changes a transaction in base64 and signs it with the keys of whoever tampers. */
export async function tampered(
  wire: string,
  change: Tampering,
  signers: readonly TransactionPartialSigner[],
): Promise<string> {
  const { messageBytes } = getTransactionDecoder().decode(getBase64Encoder().encode(wire));
  const draft = decompileTransactionMessage(getCompiledTransactionMessageDecoder().decode(messageBytes));
  const compiled = compileTransaction(change(draft));
  const wanted = signers.filter((signer) => signer.address in compiled.signatures);
  let { signatures } = compiled;
  for (const signer of wanted) {
    const [made] = await signer.signTransactions([compiled as never]);
    signatures = { ...signatures, ...made };
  }
  return getBase64EncodedWireTransaction({ ...compiled, signatures });
}

const added =
  (instruction: Instruction): Tampering =>
  (draft) =>
    appendTransactionMessageInstruction(instruction, draft) as Draft;

const changedInstructions =
  (change: (instruction: Instruction) => Instruction): Tampering =>
  (draft) => {
    const instructions = (draft.instructions as readonly Instruction[]).map(change);
    const changed = { ...draft, instructions };
    return changed as Draft;
  };

/** Sends the person's SOL elsewhere, too. */
export function solTransfer(from: Address, to: Address): Tampering {
  return added(getTransferSolInstruction({ source: createNoopSigner(from), destination: to, amount: 5_000_000n }));
}

function tokenInstruction(accounts: readonly Address[], owner: Address, data: Uint8Array): Tampering {
  return added({
    programAddress: TOKEN_PROGRAM,
    accounts: [
      ...accounts.map((one) => ({ address: one, role: AccountRole.WRITABLE })),
      { address: owner, role: AccountRole.READONLY_SIGNER },
    ],
    data,
  });
}

/** Sends the person's USDC elsewhere, too. */
export function tokenTransfer(from: Address, to: Address, owner: Address): Tampering {
  return tokenInstruction([from, to], owner, Uint8Array.from([TRANSFER, ...u64(1_000_000n)]));
}

/** Lets another spend the person's USDC from now on. */
export function tokenApproval(account: Address, delegate: Address, owner: Address): Tampering {
  return tokenInstruction([account, delegate], owner, Uint8Array.from([APPROVE, ...u64((1n << 64n) - 1n)]));
}

/** Makes the person's token account another's: what it holds, and whatever it is sent. */
export function tokenOwnership(account: Address, owner: Address): Tampering {
  const taker = new Uint8Array(32).fill(7);
  return tokenInstruction([account], owner, Uint8Array.from([SET_AUTHORITY, 2, 1, ...taker]));
}

/** Closes the person's token account, whose rent goes elsewhere. */
export function tokenClosure(account: Address, to: Address, owner: Address): Tampering {
  return tokenInstruction([account, to], owner, Uint8Array.from([CLOSE_ACCOUNT]));
}

/** Has another pay for it, who is asked for nothing; the person's own signature is wanted for the rest. */
export function otherPayer(payer: Address): Tampering {
  return (draft) => setTransactionMessageFeePayer(payer, draft);
}

/** Calls another program with what was meant for this one. */
export function otherProgram(program: Address, instead: Address): Tampering {
  return changedInstructions((instruction) =>
    instruction.programAddress === program ? { ...instruction, programAddress: instead } : instruction,
  );
}

/** Puts another account everywhere in the place of one. */
export function otherAccount(account: Address, instead: Address): Tampering {
  return changedInstructions((instruction) => ({
    ...instruction,
    ...(instruction.accounts !== undefined && {
      accounts: instruction.accounts.map((one) => (one.address === account ? { ...one, address: instead } : one)),
    }),
  }));
}

/** Puts another amount in the place of one, wherever its eight bytes stand. */
export function otherAmount(amount: bigint, instead: bigint): Tampering {
  const [wanted, put] = [u64(amount), u64(instead)];
  return changedInstructions((instruction) => {
    if (instruction.data === undefined) return instruction;
    const data = Uint8Array.from(instruction.data);
    for (let at = 0; at + 8 <= data.length; at += 1) {
      if (wanted.every((byte, index) => data[at + index] === byte)) data.set(put, at);
    }
    return { ...instruction, data };
  });
}

/** Pays the leader of the block a fortune for a place in it. */
export function fortuneForFees(): Tampering {
  return changedInstructions((instruction) =>
    instruction.programAddress === COMPUTE_BUDGET && instruction.data?.[0] === SET_UNIT_PRICE
      ? { ...instruction, data: Uint8Array.from([SET_UNIT_PRICE, ...u64(1_000_000_000_000n)]) }
      : instruction,
  );
}
