// The upgradeable loader of Solana: its instructions, of which no client is published that this package could use.
import {
  AccountRole,
  addEncoderSizePrefix,
  address,
  getBytesEncoder,
  getStructEncoder,
  getU32Encoder,
  getU64Encoder,
} from "@solana/kit";
import type { AccountMeta, AccountSignerMeta, Address, Instruction, TransactionSigner } from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";

/** The program that owns every upgradeable program. */
export const LOADER_ADDRESS: Address = address("BPFLoaderUpgradeab1e11111111111111111111111");
const RENT_SYSVAR = address("SysvarRent111111111111111111111111111111111");
const CLOCK_SYSVAR = address("SysvarC1ock11111111111111111111111111111111");

const kind = getU32Encoder();
const write = getStructEncoder([
  ["kind", getU32Encoder()],
  ["offset", getU32Encoder()],
  ["bytes", addEncoderSizePrefix(getBytesEncoder(), getU64Encoder())],
]);
const deploy = getStructEncoder([
  ["kind", getU32Encoder()],
  ["bytesMax", getU64Encoder()],
]);

type LoaderAccount = AccountMeta | AccountSignerMeta;

function reads(account: Address): LoaderAccount {
  return { address: account, role: AccountRole.READONLY };
}

function writes(account: Address): LoaderAccount {
  return { address: account, role: AccountRole.WRITABLE };
}

function signs(signer: TransactionSigner): LoaderAccount {
  return { address: signer.address, role: AccountRole.READONLY_SIGNER, signer };
}

function instruction(accounts: readonly LoaderAccount[], data: Instruction["data"]): Instruction {
  return { programAddress: LOADER_ADDRESS, accounts, ...(data !== undefined && { data }) };
}

/** Makes a buffer of an account that the loader owns; only its authority may write to it. */
export function initializeBuffer(buffer: Address, authority: Address): Instruction {
  return instruction([writes(buffer), reads(authority)], kind.encode(0));
}

/** Writes a part of a program into its buffer. */
export function writeChunk(
  buffer: Address,
  authority: TransactionSigner,
  offset: number,
  bytes: Uint8Array,
): Instruction {
  return instruction([writes(buffer), signs(authority)], write.encode({ kind: 1, offset, bytes }));
}

/** The accounts of a program that is deployed or upgraded. */
export interface LoadedProgram {
  readonly program: Address;
  readonly programData: Address;
  readonly buffer: Address;
  readonly authority: TransactionSigner;
}

/** Makes a program of a full buffer, with room for `bytesMax`. Its address has to be an empty account of the loader. */
export function deployBuffer(payer: TransactionSigner, loaded: LoadedProgram, bytesMax: number): Instruction {
  const accounts = [
    { address: payer.address, role: AccountRole.WRITABLE_SIGNER, signer: payer },
    writes(loaded.programData),
    writes(loaded.program),
    writes(loaded.buffer),
    reads(RENT_SYSVAR),
    reads(CLOCK_SYSVAR),
    reads(SYSTEM_PROGRAM_ADDRESS),
    signs(loaded.authority),
  ];
  return instruction(accounts, deploy.encode({ kind: 2, bytesMax }));
}

/** Puts a full buffer in the place of a program's code; `spill` gets the buffer's rent. */
export function upgradeFromBuffer(spill: Address, loaded: LoadedProgram): Instruction {
  const accounts = [
    writes(loaded.programData),
    writes(loaded.program),
    writes(loaded.buffer),
    writes(spill),
    reads(RENT_SYSVAR),
    reads(CLOCK_SYSVAR),
    signs(loaded.authority),
  ];
  return instruction(accounts, kind.encode(3));
}

/** Gives a buffer or a program's data to another authority; to nobody is for ever, and only programs can be. */
export function setLoaderAuthority(account: Address, authority: TransactionSigner, next?: Address): Instruction {
  const accounts = [writes(account), signs(authority), ...(next === undefined ? [] : [reads(next)])];
  return instruction(accounts, kind.encode(4));
}

/** Gives a buffer's rent back. */
export function closeLoaderBuffer(buffer: Address, recipient: Address, authority: TransactionSigner): Instruction {
  return instruction([writes(buffer), writes(recipient), signs(authority)], kind.encode(5));
}
