// What the instructions of other programs do that stand beside ours in a transaction; everything else is unknown.
import type { AccountMeta, Address } from "@solana/kit";
import { getAddressDecoder, getU32Decoder, getU64Decoder } from "@solana/kit";
import { ADDRESS_LOOKUP_TABLE_PROGRAM_ADDRESS } from "@solana-program/address-lookup-table";
import { COMPUTE_BUDGET_PROGRAM_ADDRESS } from "@solana-program/compute-budget";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { ASSOCIATED_TOKEN_PROGRAM_ADDRESS, TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import type { Action, KnownProgram } from "./description.ts";
import { quoted, solWords, tokenWords } from "./foreign-text.ts";
import type { Onlooker } from "./onlooker.ts";

/** Lighthouse, by which wallets guard what they sign: it only asserts, and moves nothing. */
const LIGHTHOUSE = "L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95" as Address;
const MEMOS = ["MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr", "Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo"];

/** One kind of instruction of a known program. */
interface KnownInstruction {
  readonly name: string;
  /** How long its data is, which some data says itself. */
  readonly bytes: number | ((data: Uint8Array) => number);
  /** How many accounts it has; more are flagged. */
  readonly accounts: number;
  words(accounts: readonly Address[], data: Uint8Array, onlooker: Onlooker): string | Promise<string>;
}

function u32(data: Uint8Array, offset: number): number {
  return getU32Decoder().decode(data, offset);
}

function u64(data: Uint8Array, offset: number): bigint {
  return getU64Decoder().decode(data, offset);
}

const EMPTY = "" as Address; // accounts are counted before they are named

const SYSTEM: Readonly<Record<number, KnownInstruction>> = {
  0: {
    name: "create_account",
    bytes: 52,
    accounts: 2,
    words: ([payer = EMPTY, created = EMPTY], data) => {
      const owner = getAddressDecoder().decode(data, 20);
      return `Creates the account ${created} of ${u64(data, 12)} bytes for the program ${owner}; ${payer} pays ${solWords(u64(data, 4))} into it.`;
    },
  },
  2: {
    name: "transfer",
    bytes: 12,
    accounts: 2,
    words: ([from = EMPTY, to = EMPTY], data, onlooker) => {
      if (!onlooker.isKnown(to))
        onlooker.flag("foreign_destination", `${to} gets SOL and is nobody who is known here.`);
      return `Sends ${solWords(u64(data, 4))} from ${from} to ${to}.`;
    },
  },
  4: {
    name: "advance_nonce_account",
    bytes: 4,
    accounts: 3,
    words: ([nonce = EMPTY, , authority = EMPTY]) => `Uses up the durable nonce ${nonce} of ${authority}.`,
  },
};

const TOKEN: Readonly<Record<number, KnownInstruction>> = {
  12: {
    name: "transfer_checked",
    bytes: 10,
    accounts: 4,
    words: async ([source = EMPTY, mint = EMPTY, destination = EMPTY, authority = EMPTY], data, onlooker) => {
      onlooker.mint(mint);
      const owner = await onlooker.holderOf(mint, destination);
      const where = await onlooker.destination(owner, mint, destination);
      const what = tokenWords(u64(data, 1), data[9] ?? 0);
      return `Sends ${what} of the mint ${mint} from ${source} of ${authority} to ${where}.`;
    },
  },
};

const ASSOCIATED_TOKEN: Readonly<Record<number, KnownInstruction>> = {
  1: {
    name: "create_idempotent",
    bytes: 1,
    accounts: 6,
    words: ([payer = EMPTY, created = EMPTY, owner = EMPTY, mint = EMPTY]) =>
      `Opens the token account ${created} of ${owner} for the mint ${mint} where it is missing; ${payer} pays the rent.`,
  },
};

const COMPUTE_BUDGET: Readonly<Record<number, KnownInstruction>> = {
  1: {
    name: "request_heap_frame",
    bytes: 5,
    accounts: 0,
    words: (_, data) => `Asks for ${u32(data, 1)} bytes of memory.`,
  },
  2: {
    name: "set_compute_unit_limit",
    bytes: 5,
    accounts: 0,
    words: (_, data) => `Limits the compute units to ${u32(data, 1)}.`,
  },
  3: {
    name: "set_compute_unit_price",
    bytes: 9,
    accounts: 0,
    words: (_, data) => `Offers ${u64(data, 1)} micro-lamports for each compute unit.`,
  },
  4: {
    name: "set_loaded_accounts_data_size_limit",
    bytes: 5,
    accounts: 0,
    words: (_, data) => `Limits the data of its accounts to ${u32(data, 1)} bytes.`,
  },
};

const LOOKUP_TABLE: Readonly<Record<number, KnownInstruction>> = {
  0: {
    name: "create_lookup_table",
    bytes: 13,
    accounts: 4,
    words: ([table = EMPTY, authority = EMPTY, payer = EMPTY]) =>
      `Makes the lookup table ${table} of ${authority}; ${payer} pays the rent.`,
  },
  1: {
    name: "freeze_lookup_table",
    bytes: 4,
    accounts: 2,
    words: ([table = EMPTY]) => `Freezes the lookup table ${table} forever.`,
  },
  2: {
    name: "extend_lookup_table",
    bytes: (data) => 12 + 32 * (data.length < 12 ? 0 : u32(data, 4)), // no table has 2^32 addresses
    accounts: 4,
    words: ([table = EMPTY, , payer = EMPTY], data) =>
      `Adds ${u64(data, 4)} addresses to the lookup table ${table}; ${payer} pays the rent.`,
  },
  3: {
    name: "deactivate_lookup_table",
    bytes: 4,
    accounts: 2,
    words: ([table = EMPTY]) => `Takes the lookup table ${table} out of use.`,
  },
  4: {
    name: "close_lookup_table",
    bytes: 4,
    accounts: 3,
    words: ([table = EMPTY, , recipient = EMPTY]) => `Closes the lookup table ${table}; its rent goes to ${recipient}.`,
  },
};

/** A program, how its instructions are numbered, and those that are known. */
interface ProgramWords {
  readonly program: KnownProgram;
  readonly title: string;
  numberOf(data: Uint8Array): number | undefined;
  readonly instructions: Readonly<Record<number, KnownInstruction>>;
}

const firstByte = (data: Uint8Array): number | undefined => data[0];
const firstWord = (data: Uint8Array): number | undefined => (data.length < 4 ? undefined : u32(data, 0));

const PROGRAMS: ReadonlyMap<Address, ProgramWords> = new Map<Address, ProgramWords>([
  [
    SYSTEM_PROGRAM_ADDRESS,
    { program: "system", title: "the system program", numberOf: firstWord, instructions: SYSTEM },
  ],
  [TOKEN_PROGRAM_ADDRESS, { program: "token", title: "SPL Token", numberOf: firstByte, instructions: TOKEN }],
  [
    ASSOCIATED_TOKEN_PROGRAM_ADDRESS,
    {
      program: "associated_token",
      title: "the associated token program",
      numberOf: firstByte,
      instructions: ASSOCIATED_TOKEN,
    },
  ],
  [
    COMPUTE_BUDGET_PROGRAM_ADDRESS,
    { program: "compute_budget", title: "the compute budget", numberOf: firstByte, instructions: COMPUTE_BUDGET },
  ],
  [
    ADDRESS_LOOKUP_TABLE_PROGRAM_ADDRESS,
    { program: "lookup_table", title: "the lookup table program", numberOf: firstWord, instructions: LOOKUP_TABLE },
  ],
]);

function memoAction(programAddress: Address, data: Uint8Array): Action {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(data);
  return { program: "memo", programAddress, name: "memo", words: `Notes: ${quoted(text)}.` };
}

/** Tells what an instruction of another program does; flags what is not known. */
export async function otherAction(
  programAddress: Address,
  accounts: readonly AccountMeta[],
  data: Uint8Array,
  onlooker: Onlooker,
): Promise<Action> {
  if (MEMOS.includes(programAddress)) return memoAction(programAddress, data);
  if (programAddress === LIGHTHOUSE) {
    const words = "A guard of the wallet: it checks the result and moves nothing.";
    return { program: "guard", programAddress, name: undefined, words };
  }
  const known = PROGRAMS.get(programAddress);
  if (known === undefined) {
    onlooker.flag("unknown_program", `The program ${programAddress} is not known here and may do anything.`);
    return {
      program: "unknown",
      programAddress,
      name: undefined,
      words: `Calls the unknown program ${programAddress}.`,
    };
  }
  const { program, title } = known;
  const number = known.numberOf(data);
  const instruction = number === undefined ? undefined : known.instructions[number];
  if (instruction === undefined) {
    onlooker.flag(
      "unknown_instruction",
      `The instruction ${number ?? "without a number"} of ${title} is not known here.`,
    );
    return { program, programAddress, name: undefined, words: `Calls ${title} with something that is not known here.` };
  }
  const { name, bytes } = instruction;
  const fits = data.length === (typeof bytes === "number" ? bytes : bytes(data));
  if (!fits || accounts.length < instruction.accounts) {
    const found = `${data.length} bytes and ${accounts.length} accounts`;
    onlooker.flag("malformed_instruction", `${name} of ${title} has ${found}.`);
    return { program, programAddress, name, words: `Calls ${name} of ${title} in a way that it refuses.` };
  }
  if (accounts.length > instruction.accounts) {
    onlooker.flag(
      "extra_accounts",
      `${name} of ${title} has ${instruction.accounts} accounts, found ${accounts.length}.`,
    );
  }
  const words = await instruction.words(
    accounts.map(({ address }) => address),
    data,
    onlooker,
  );
  return { program, programAddress, name, words };
}
