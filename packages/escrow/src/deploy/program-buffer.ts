// Writes a program into a buffer on the chain. Whatever a broken attempt has written is not written again.
import { createHash } from "node:crypto";
import { createAddressWithSeed } from "@solana/kit";
import type { Address, Instruction, TransactionSigner } from "@solana/kit";
import {
  getAllocateWithSeedInstruction,
  getTransferSolInstruction,
  SYSTEM_PROGRAM_ADDRESS,
} from "@solana-program/system";
import type { ChainAccount, DeploymentChain } from "./deployment-chain.ts";
import { bufferBytes, readBuffer } from "./loader-accounts.ts";
import type { LoaderBuffer } from "./loader-accounts.ts";
import { closeLoaderBuffer, initializeBuffer, LOADER_ADDRESS, writeChunk } from "./loader.ts";

/** As much as fits a transaction of 1,232 bytes beside two signatures, five keys and what is paid for priority. */
const CHUNK_BYTES = 850;
/** How many transactions are under way at once: more of them are refused by public endpoints. */
const SENT_AT_ONCE_MAX = 8;

function seedOf(code: Uint8Array): string {
  return createHash("sha256").update(code).digest("hex").slice(0, 32);
}

/** Where an authority's buffer of this code is: the same in every attempt, so no key of a buffer has to be kept. */
export async function findBuffer(authority: Address, code: Uint8Array): Promise<Address> {
  return await createAddressWithSeed({
    baseAddress: authority,
    programAddress: LOADER_ADDRESS,
    seed: seedOf(code),
  });
}

/** What an account lacks to the rent of so many bytes; anybody may have sent it lamports, which are used. */
export async function missingRent(
  chain: DeploymentChain,
  account: Address,
  held: ChainAccount | undefined,
  bytes: number,
): Promise<Instruction[]> {
  const amount = (await chain.rentOf(BigInt(bytes))) - (held?.lamports ?? 0n);
  return amount > 0n ? [getTransferSolInstruction({ source: chain.payer, destination: account, amount })] : [];
}

async function createBuffer(
  chain: DeploymentChain,
  authority: TransactionSigner,
  buffer: Address,
  code: Uint8Array,
): Promise<LoaderBuffer> {
  const held = await chain.getAccount(buffer);
  if (held !== undefined && held.programAddress !== SYSTEM_PROGRAM_ADDRESS) {
    const found = readBuffer(held);
    if (found?.authority === authority.address && found.code.length === code.length) return found;
    throw new Error(`${buffer}: expected a buffer of ${authority.address}, which is somebody else's by now. Close it.`);
  }
  const allocate = getAllocateWithSeedInstruction({
    newAccount: buffer,
    baseAccount: authority,
    base: authority.address,
    seed: seedOf(code),
    space: bufferBytes(code.length),
    programAddress: LOADER_ADDRESS,
  });
  const rent = await missingRent(chain, buffer, held, bufferBytes(code.length));
  await chain.send([...rent, allocate, initializeBuffer(buffer, authority.address)]);
  return { authority: authority.address, code: new Uint8Array(code.length) };
}

/** Fills the authority's buffer with this code and gives its address. */
export async function writeBuffer(
  chain: DeploymentChain,
  authority: TransactionSigner,
  code: Uint8Array,
): Promise<Address> {
  const buffer = await findBuffer(authority.address, code);
  const written = await createBuffer(chain, authority, buffer, code);
  const chunks = Array.from({ length: Math.ceil(code.length / CHUNK_BYTES) }, (_, index) => index * CHUNK_BYTES)
    .map((offset) => ({ offset, bytes: code.subarray(offset, offset + CHUNK_BYTES) }))
    .filter(({ offset, bytes }) => !Buffer.from(bytes).equals(written.code.subarray(offset, offset + bytes.length)));
  for (let next = 0; next < chunks.length; next += SENT_AT_ONCE_MAX) {
    const batch = chunks.slice(next, next + SENT_AT_ONCE_MAX);
    await Promise.all(batch.map(({ offset, bytes }) => chain.send([writeChunk(buffer, authority, offset, bytes)])));
  }
  const account = await chain.getAccount(buffer);
  const filled = account === undefined ? undefined : readBuffer(account);
  if (filled === undefined || !Buffer.from(code).equals(filled.code)) {
    throw new Error(`${buffer} does not hold what was written: run the same again, it writes what is missing.`);
  }
  return buffer;
}

/** Gives the rent of a buffer that is not wanted any more back to the payer. */
export async function closeBuffer(
  chain: DeploymentChain,
  authority: TransactionSigner,
  buffer: Address,
): Promise<void> {
  await chain.send([closeLoaderBuffer(buffer, chain.payer.address, authority)]);
}
