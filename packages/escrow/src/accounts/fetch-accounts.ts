// Accounts of the program as an RPC node has them: what is asked for in one call was there at one slot.
import {
  getAddressEncoder,
  getBase58Decoder,
  getI64Decoder,
  getStructDecoder,
  getU64Decoder,
  parseBase64RpcAccount,
} from "@solana/kit";
import type {
  Address,
  Base58EncodedBytes,
  Commitment,
  GetMultipleAccountsApi,
  GetProgramAccountsApi,
  Rpc,
} from "@solana/kit";
import { assert } from "@aimo-network/protocol/assert";
import type { AccountReading } from "./read-account.ts";

/** Which state of the chain to read; a node's default where nothing is said. */
export interface ReadOptions {
  readonly commitment?: Commitment;
  /** Refuses a node that is behind this slot. */
  readonly minContextSlot?: bigint;
  readonly abortSignal?: AbortSignal;
}

/** The chain's own time, which every deadline of the program is compared with. */
export interface ChainMoment {
  /** Seconds since 1970. */
  readonly time: bigint;
  readonly slot: bigint;
}

/** Accounts as they were at one slot. */
export interface Snapshot {
  readonly slot: bigint;
  readonly accounts: readonly AccountReading[];
}

/** The account in which the chain keeps its time. */
export const CLOCK_ADDRESS = "SysvarC1ock11111111111111111111111111111111" as Address;
/** The most accounts one call may ask for: every node's limit. */
export const SNAPSHOT_ACCOUNTS_MAX = 100;

const clockDecoder = getStructDecoder([
  ["slot", getU64Decoder()],
  ["epochStart", getI64Decoder()],
  ["epoch", getU64Decoder()],
  ["nextEpoch", getU64Decoder()],
  ["time", getI64Decoder()],
]);

/** Reads the account at `CLOCK_ADDRESS`. */
export function readClock(account: AccountReading): ChainMoment {
  assert(account.exists, "every Solana has a clock");
  const { time, slot } = clockDecoder.decode(account.data);
  return { time, slot };
}

/** Reads up to a hundred accounts at one slot, in the order they are asked for. */
export async function fetchSnapshot(
  rpc: Rpc<GetMultipleAccountsApi>,
  addresses: readonly Address[],
  options: ReadOptions = {},
): Promise<Snapshot> {
  assert(addresses.length <= SNAPSHOT_ACCOUNTS_MAX, `a snapshot has at most ${SNAPSHOT_ACCOUNTS_MAX} accounts`);
  const { abortSignal, ...config } = options;
  const answer = await rpc
    .getMultipleAccounts(addresses, { ...config, encoding: "base64" })
    .send(abortSignal === undefined ? {} : { abortSignal });
  const accounts = addresses.map((address, index) => parseBase64RpcAccount(address, answer.value[index] ?? null));
  return { slot: answer.context.slot, accounts };
}

/** A part of an account's data that has to be as given. */
export interface DataFilter {
  readonly offset: bigint;
  readonly bytes: Uint8Array;
}

/** The filter for a key within an account's data. */
export function keyFilter(offset: bigint, key: Address): DataFilter {
  return { offset, bytes: Uint8Array.from(getAddressEncoder().encode(key)) };
}

/** Every account of a program whose data matches all filters, at one slot. */
export async function searchProgram(
  rpc: Rpc<GetProgramAccountsApi>,
  programAddress: Address,
  filters: readonly DataFilter[],
  options: ReadOptions = {},
): Promise<{ readonly slot: bigint; readonly accounts: readonly AccountReading[] }> {
  const { abortSignal, ...config } = options;
  const wanted = filters.map(({ offset, bytes }) => ({
    memcmp: { offset, bytes: getBase58Decoder().decode(bytes) as Base58EncodedBytes, encoding: "base58" as const },
  }));
  const answer = await rpc
    .getProgramAccounts(programAddress, { ...config, filters: wanted, encoding: "base64", withContext: true })
    .send(abortSignal === undefined ? {} : { abortSignal });
  const accounts = answer.value.map(({ pubkey, account }) => {
    return { ...parseBase64RpcAccount(pubkey, account), exists: true as const };
  });
  return { slot: answer.context.slot, accounts };
}
