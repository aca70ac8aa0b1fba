// Which accounts a transaction may have changed.
import { SOLANA_ERROR__JSON_RPC__SERVER_ERROR_UNSUPPORTED_TRANSACTION_VERSION, isSolanaError } from "@solana/kit";
import type { Address, Rpc, Signature, SolanaRpcApi } from "@solana/kit";
import { TRANSACTIONS_AT_ONCE_MAX } from "./limits.ts";

const VERSION_MAX = 0; // of transactions whose accounts are understood here

/** The accounts of a message: first those that sign, and of both kinds first those that may be written. */
interface MessageAccounts {
  readonly accountKeys: readonly Address[];
  readonly header: {
    readonly numReadonlySignedAccounts: number;
    readonly numReadonlyUnsignedAccounts: number;
    readonly numRequiredSignatures: number;
  };
}

/** Those that may be written and do not sign: no account of the program has a key that could. */
function writableOf({ accountKeys, header }: MessageAccounts): readonly Address[] {
  return accountKeys.slice(header.numRequiredSignatures, accountKeys.length - header.numReadonlyUnsignedAccounts);
}

interface TouchedOptions {
  readonly commitment: "confirmed" | "finalized";
  readonly abortSignal: AbortSignal;
}

/** What a transaction may have changed; undefined where the node cannot say. */
async function fetchTouched(
  rpc: Rpc<SolanaRpcApi>,
  signature: Signature,
  options: TouchedOptions,
): Promise<readonly Address[] | undefined> {
  const { commitment, abortSignal } = options;
  try {
    const found = await rpc
      .getTransaction(signature, { commitment, encoding: "json", maxSupportedTransactionVersion: VERSION_MAX })
      .send({ abortSignal });
    if (found === null) return undefined;
    const lookedUp = found.meta?.loadedAddresses?.writable ?? [];
    return [...writableOf(found.transaction.message), ...lookedUp];
  } catch (error) {
    if (isSolanaError(error, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_UNSUPPORTED_TRANSACTION_VERSION)) return undefined;
    throw error;
  }
}

/** What transactions may have changed, but for those who signed them; undefined where a node cannot say it of one. */
export async function fetchAllTouched(
  rpc: Rpc<SolanaRpcApi>,
  signatures: readonly Signature[],
  options: TouchedOptions,
): Promise<ReadonlySet<Address> | undefined> {
  const touched = new Set<Address>();
  for (let start = 0; start < signatures.length; start += TRANSACTIONS_AT_ONCE_MAX) {
    const some = signatures.slice(start, start + TRANSACTIONS_AT_ONCE_MAX);
    const found = await Promise.all(some.map((signature) => fetchTouched(rpc, signature, options)));
    for (const addresses of found) {
      if (addresses === undefined) return undefined;
      for (const address of addresses) touched.add(address);
    }
  }
  return touched;
}
