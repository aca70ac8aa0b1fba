// A node's JSON-RPC over HTTP in front of a test's chain, as much of it as a signer asks for.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { TestChain } from "@aimo-network/escrow/test-bed/chain";
import type { Address, EncodedAccount } from "@solana/kit";
import { getBase58Encoder, getBase64Decoder } from "@solana/kit";
import { BLOCKHASH_BLOCKS } from "../limits.ts";

interface Options {
  readonly minContextSlot?: number;
  readonly filters?: readonly { readonly memcmp: { readonly offset: number; readonly bytes: string } }[];
}

interface Call {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** A node; a test changes what it does while it is asked. */
export interface ChainNode extends AsyncDisposable {
  readonly url: string;
  /** How many blocks there are. */
  blockHeight: bigint;
  /** What recent transactions paid. */
  priorityFees: readonly number[];
  /** Runs before a call is answered, by its method. */
  onCall: (method: string) => Promise<void> | void;
  /** The methods that were asked for. */
  readonly calls: string[];
}

function encoded(account: EncodedAccount | undefined): object | null {
  if (account === undefined) return null;
  const { data, lamports, programAddress, executable, space } = account;
  const base64 = getBase64Decoder().decode(data);
  return { data: [base64, "base64"], lamports, owner: programAddress, executable, space, rentEpoch: 0 };
}

function matches({ data }: EncodedAccount, { filters = [] }: Options): boolean {
  return filters.every(({ memcmp: { offset, bytes } }) => {
    const wanted = getBase58Encoder().encode(bytes);
    return wanted.every((byte, index) => byte === data[offset + index]);
  });
}

function answer(chain: TestChain, node: ChainNode, { method, params }: Call): unknown {
  const [first, second] = params;
  const options = (second ?? {}) as Options;
  const context = { slot: chain.slot };
  switch (method) {
    case "getMultipleAccounts":
      return { context, value: (first as Address[]).map((address) => encoded(chain.account(address))) };
    case "getProgramAccounts": {
      const found = chain.svm.getProgramAccounts(first as Address).filter((account) => matches(account, options));
      return { context, value: found.map((account) => ({ pubkey: account.address, account: encoded(account) })) };
    }
    case "getLatestBlockhash":
      return {
        context,
        value: { blockhash: chain.svm.latestBlockhash(), lastValidBlockHeight: node.blockHeight + BLOCKHASH_BLOCKS },
      };
    case "getRecentPrioritizationFees":
      return node.priorityFees.map((prioritizationFee, slot) => ({ slot, prioritizationFee }));
    default:
      throw new Error(`This node does not know ${method}.`);
  }
}

function plainly(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

/** Puts a node in front of a chain, on a free port. */
export async function openChainNode(chain: TestChain): Promise<ChainNode> {
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const call = JSON.parse(body) as Call;
      node.calls.push(call.method);
      await node.onCall(call.method);
      response.end(JSON.stringify({ jsonrpc: "2.0", id: call.id, result: answer(chain, node, call) }, plainly));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const node: ChainNode = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    blockHeight: 1_000n,
    priorityFees: [],
    onCall: () => undefined,
    calls: [],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  return node;
}
