// A Solana node that takes what it is sent, and says of it what a test says.
import { createSolanaRpcFromTransport } from "@solana/kit";
import type { Rpc, RpcTransport, SolanaRpcApi } from "@solana/kit";

/** A node's word on a signature: why it failed, where it did; null where it has none. */
export type NodeWord = { readonly error: unknown } | null;

/** What a node does. */
export interface ScriptedNode {
  readonly rpc: Rpc<SolanaRpcApi>;
  /** The methods that it was asked for, in order. */
  readonly calls: string[];
  /** The transactions that it was sent, in base64. */
  readonly sent: string[];
  /** What it says of every signature. */
  word: NodeWord;
  height: bigint;
  /** What it throws in place of answering; undefined where it answers. */
  fault: (method: string) => Error | undefined;
}

function statusOf({ error }: Exclude<NodeWord, null>): object {
  const status = { slot: 1n, confirmations: null, status: null, confirmationStatus: "confirmed" };
  return Object.assign(status, { ["err"]: error }); // Solana's own name
}

/** Makes a node that confirms whatever it is asked for. */
export function scriptedNode(): ScriptedNode {
  const answer = (method: string, params: readonly unknown[]): unknown => {
    switch (method) {
      case "sendTransaction":
        node.sent.push(String(params[0]));
        return "1".repeat(64);
      case "getBlockHeight":
        return node.height;
      case "getSignatureStatuses": {
        const { word } = node;
        return { context: { slot: 1n }, value: [word && statusOf(word)] };
      }
      default:
        return null;
    }
  };
  const transport: RpcTransport = async <Answer>({ payload }: Readonly<{ payload: unknown }>): Promise<Answer> => {
    const { id, method, params } = payload as { id: string; method: string; params: readonly unknown[] };
    node.calls.push(method);
    const fault = node.fault(method);
    if (fault !== undefined) throw fault;
    const envelope: unknown = { jsonrpc: "2.0", id, result: answer(method, params) };
    return envelope as Answer;
  };
  const node: ScriptedNode = {
    rpc: createSolanaRpcFromTransport(transport),
    calls: [],
    sent: [],
    word: { error: null },
    height: 1n,
    fault: () => undefined,
  };
  return node;
}
