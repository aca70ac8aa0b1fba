// What the upgradeable loader keeps in its accounts: buffers, programs and their data.
import { getAddressDecoder, getAddressEncoder, getProgramDerivedAddress } from "@solana/kit";
import type { Address } from "@solana/kit";
import type { ChainAccount, DeploymentChain } from "./deployment-chain.ts";
import { LOADER_ADDRESS } from "./loader.ts";

const KIND_BUFFER = 1;
const KIND_PROGRAM = 2;
const KIND_PROGRAM_DATA = 3;
const BUFFER_HEAD_BYTES = 37;
const PROGRAM_DATA_HEAD_BYTES = 45;
/** The bytes of a program's own account, which only says where its data is. */
export const PROGRAM_ACCOUNT_BYTES = 36;

/** The bytes of a buffer for a program of this size. */
export function bufferBytes(codeBytes: number): number {
  return BUFFER_HEAD_BYTES + codeBytes;
}

/** A program that is being written. */
export interface LoaderBuffer {
  readonly authority: Address | undefined;
  readonly code: Uint8Array;
}

/** A program as it is deployed. */
export interface DeployedProgram {
  readonly programData: Address;
  /** The slot of the last deployment or upgrade. */
  readonly slot: bigint;
  /** Who may upgrade it; undefined when nobody can any more. */
  readonly authority: Address | undefined;
  /** Its code, and zeros behind as far as there is room. */
  readonly code: Uint8Array;
}

function viewOf(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.byteLength);
}

function isOfKind(account: ChainAccount, kind: number, bytesMin: number): boolean {
  const { data, programAddress } = account;
  return programAddress === LOADER_ADDRESS && data.length >= bytesMin && viewOf(data).getUint32(0, true) === kind;
}

function authorityAt(data: Uint8Array, offset: number): Address | undefined {
  return data[offset] === 1 ? getAddressDecoder().decode(data, offset + 1) : undefined;
}

/** The buffer in an account; undefined where it is something else. */
export function readBuffer(account: ChainAccount): LoaderBuffer | undefined {
  if (!isOfKind(account, KIND_BUFFER, BUFFER_HEAD_BYTES)) return undefined;
  return { authority: authorityAt(account.data, 4), code: account.data.subarray(BUFFER_HEAD_BYTES) };
}

/** The address of the account that holds a program's code. */
export async function findProgramData(program: Address): Promise<Address> {
  const seeds = [getAddressEncoder().encode(program)];
  const [programData] = await getProgramDerivedAddress({ programAddress: LOADER_ADDRESS, seeds });
  return programData;
}

/** The program that is deployed at an address; undefined where there is none. */
export async function readDeployed(chain: DeploymentChain, program: Address): Promise<DeployedProgram | undefined> {
  const account = await chain.getAccount(program);
  if (account === undefined || !isOfKind(account, KIND_PROGRAM, PROGRAM_ACCOUNT_BYTES)) return undefined;
  const programData = await findProgramData(program);
  const held = await chain.getAccount(programData);
  if (held === undefined || !isOfKind(held, KIND_PROGRAM_DATA, PROGRAM_DATA_HEAD_BYTES)) return undefined;
  return {
    programData,
    slot: viewOf(held.data).getBigUint64(4, true),
    authority: authorityAt(held.data, 12),
    code: held.data.subarray(PROGRAM_DATA_HEAD_BYTES),
  };
}

/** Whether these bytes are what is deployed: the same, and nothing but zeros behind. */
export function isSameCode(deployed: DeployedProgram, code: Uint8Array): boolean {
  const { length } = code;
  const isRoomEmpty = deployed.code.subarray(length).every((byte) => byte === 0);
  return deployed.code.length >= length && isRoomEmpty && Buffer.from(code).equals(deployed.code.subarray(0, length));
}
