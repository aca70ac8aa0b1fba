// A node's JSON-RPC over a test chain's accounts, as far as readers ask: a lambda in place of HTTP.
import { createSolanaRpcFromTransport, getBase58Encoder, getBase64Decoder } from "@solana/kit";
import type { Address, EncodedAccount, Rpc, RpcTransport, SolanaRpcApi } from "@solana/kit";
import type { TestChain } from "./chain.ts";

interface Filter {
  readonly memcmp?: { readonly offset: bigint; readonly bytes: string };
}

/** A call as a transport sees it. */
interface Call {
  readonly id: string;
  readonly method: string;
  readonly params: readonly [unknown, { readonly filters?: readonly Filter[] }?];
}

function encoded({ data, lamports, programAddress, executable, space }: EncodedAccount): object {
  const base64 = getBase64Decoder().decode(data);
  return { data: [base64, "base64"], lamports, owner: programAddress, executable, space, rentEpoch: 0n };
}

function matches({ data }: EncodedAccount, filters: readonly Filter[]): boolean {
  return filters.every(({ memcmp }) => {
    if (memcmp === undefined) throw new Error("This node knows no filter but memcmp.");
    const wanted = getBase58Encoder().encode(memcmp.bytes);
    const found = data.slice(Number(memcmp.offset), Number(memcmp.offset) + wanted.length);
    return found.length === wanted.length && found.every((byte, index) => byte === wanted[index]);
  });
}

function answer(chain: TestChain, { method, params }: Call): unknown {
  const [first, options] = params;
  const context = { slot: chain.slot, apiVersion: "test" };
  const valueAt = (address: Address): object | null => {
    const found = chain.account(address);
    return found === undefined ? null : encoded(found);
  };
  if (method === "getMultipleAccounts") return { context, value: (first as readonly Address[]).map(valueAt) };
  if (method === "getProgramAccounts") {
    const found = chain.svm.getProgramAccounts(first as Address);
    const wanted = found.filter((account) => matches(account, options?.filters ?? []));
    return { context, value: wanted.map((account) => ({ pubkey: account.address, account: encoded(account) })) };
  }
  throw new Error(`This node does not know ${method}.`);
}

/** A node of this chain, and the calls it was asked. */
export function rpcOf(chain: TestChain): { rpc: Rpc<SolanaRpcApi>; calls: Call[] } {
  const calls: Call[] = [];
  const transport: RpcTransport = async <Response>({ payload }: Readonly<{ payload: unknown }>): Promise<Response> => {
    const call = payload as Call;
    calls.push(call);
    const envelope: unknown = { jsonrpc: "2.0", id: call.id, result: answer(chain, call) };
    return envelope as Response;
  };
  return { rpc: createSolanaRpcFromTransport(transport), calls };
}
