// What an instruction of the escrow program does, in words and types.
import type { AccountMeta, Address } from "@solana/kit";
import { AimoEscrowInstruction, parseAimoEscrowInstruction } from "../generated/programs/aimoEscrow.ts";
import type { Action, EscrowInstruction } from "./description.ts";
import type { Onlooker } from "./onlooker.ts";
import { providerWords } from "./provider-words.ts";
import { routerWords } from "./router-words.ts";
import { userWords } from "./user-words.ts";

// The bytes of each instruction's data, by number; settle_batch's and those with a URL say their length themselves.
const INIT_HEAD_BYTES = 1 + 128 + 56 + 1;
const SETTLE_HEAD_BYTES = 1 + 32 + 8 + 1;
const ENTRY_BYTES = 14;
const DATA_BYTES: readonly (number | ((data: Uint8Array) => number))[] = [
  (data) => INIT_HEAD_BYTES + (data[INIT_HEAD_BYTES - 1] ?? 0),
  17,
  9,
  17,
  (data) => SETTLE_HEAD_BYTES + (data[SETTLE_HEAD_BYTES - 1] ?? 0) * ENTRY_BYTES,
  21,
  1,
  1,
  1,
  1,
  1,
  21,
  9,
  1,
  1,
  9,
  57,
  1,
  33,
  1,
  129,
  3,
  1,
  (data) => 2 + (data[1] ?? 0),
];
const ACCOUNTS: readonly number[] = [9, 5, 7, 3, 2, 9, 3, 3, 8, 4, 5, 9, 3, 7, 5, 7, 2, 2, 2, 2, 3, 2, 7, 2];

const NAMES = new Map(
  Object.entries(AimoEscrowInstruction).map(([name, number]): [number, string] => [
    number,
    name.replaceAll(/(?<=.)[A-Z]/g, "_$&").toLowerCase(),
  ]),
);

/** The name of an instruction of the escrow program, as the page has it; undefined for other numbers. */
export function escrowInstructionName(data: Uint8Array): string | undefined {
  return NAMES.get(data[0] ?? -1);
}

async function wordsOf(parsed: EscrowInstruction, onlooker: Onlooker): Promise<string> {
  switch (parsed.instructionType) {
    case AimoEscrowInstruction.OpenEscrow:
    case AimoEscrowInstruction.Deposit:
    case AimoEscrowInstruction.SetAllowance:
    case AimoEscrowInstruction.SettleBatch:
    case AimoEscrowInstruction.WithdrawUser:
    case AimoEscrowInstruction.RequestExit:
    case AimoEscrowInstruction.CancelExit:
    case AimoEscrowInstruction.FinalizeExit:
    case AimoEscrowInstruction.CloseEscrow:
      return userWords(parsed, onlooker);
    case AimoEscrowInstruction.RegisterProvider:
    case AimoEscrowInstruction.WithdrawProvider:
    case AimoEscrowInstruction.ProviderRequestExit:
    case AimoEscrowInstruction.ProviderFinalizeExit:
    case AimoEscrowInstruction.SetPayout:
      return providerWords(parsed, onlooker);
    default:
      return routerWords(parsed, onlooker);
  }
}

/** The same accounts without a cosigner who is only the program standing in for nobody. */
function withoutStandIn<Given extends { readonly cosigner?: AccountMeta | undefined }>(
  accounts: Given,
  programAddress: Address,
): Given {
  if (accounts.cosigner?.address !== programAddress) return accounts;
  return { ...accounts, cosigner: undefined };
}

/**
 * An instruction by its parts. Where an account is left out the program's own address stands in for it; the generated
 * parser knows that of the localnet's address only, and would tell it as a cosigner at any other.
 */
function parse(accounts: readonly AccountMeta[], data: Uint8Array, programAddress: Address): EscrowInstruction {
  const parsed = parseAimoEscrowInstruction({ programAddress, accounts, data });
  switch (parsed.instructionType) {
    case AimoEscrowInstruction.SetPayout:
      return { ...parsed, accounts: withoutStandIn(parsed.accounts, programAddress) };
    case AimoEscrowInstruction.SetRoles:
      return { ...parsed, accounts: withoutStandIn(parsed.accounts, programAddress) };
    default:
      return parsed;
  }
}

/** Tells what it does; flags what the program would refuse, and what is unusual. */
export async function escrowAction(
  accounts: readonly AccountMeta[],
  data: Uint8Array,
  onlooker: Onlooker,
): Promise<Action> {
  const { programAddress } = onlooker;
  const known = { program: "escrow", programAddress } as const;
  const number = data[0] ?? -1;
  const name = escrowInstructionName(data);
  const [bytes, count] = [DATA_BYTES[number], ACCOUNTS[number]];
  if (name === undefined || bytes === undefined || count === undefined) {
    onlooker.flag("unknown_instruction", "The escrow program has no such instruction.");
    return { ...known, name: undefined, words: "Calls the escrow program with an unknown instruction." };
  }
  const expected = typeof bytes === "number" ? bytes : bytes(data);
  if (data.length !== expected || accounts.length < count) {
    const found = `${data.length} bytes and ${accounts.length} accounts`;
    onlooker.flag("malformed_instruction", `Expected ${expected} bytes and ${count} accounts, found ${found}.`);
    return { ...known, name, words: `Calls ${name} of the escrow program in a way that it refuses.` };
  }
  if (accounts.length > count && number !== AimoEscrowInstruction.SettleBatch) {
    onlooker.flag("extra_accounts", `${name} has ${count} accounts, found ${accounts.length}.`);
  }
  const parsed = parse(accounts, data, programAddress);
  return { ...known, name, words: await wordsOf(parsed, onlooker), escrow: parsed };
}
