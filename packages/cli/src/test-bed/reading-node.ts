// A Solana node for readers over real HTTP, on a chain in this process: accounts, and whatever else a test tells it.
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { getBase58Encoder, getBase64Decoder } from "@solana/kit";
import type { Address, EncodedAccount } from "@solana/kit";
import type { TestChain } from "@aimo-network/escrow/test-bed/chain";
import { serve } from "./serve.ts";

/** A public chain's genesis hash. */
const DEVNET_GENESIS = "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG";

interface Filter {
  readonly memcmp: { readonly offset: number; readonly bytes: string };
}

/** A node that runs. */
export interface ReadingNode {
  readonly url: string;
  readonly asked: string[];
  /** What it says to a method in place of the chain's word. */
  readonly told: Record<string, (params: readonly unknown[]) => unknown>;
}

function encoded(account: EncodedAccount | undefined): object | null {
  if (account === undefined) return null;
  const { data, lamports, programAddress, executable, space } = account;
  const amounts = { lamports: Number(lamports), space: Number(space), rentEpoch: 0 };
  return { data: [getBase64Decoder().decode(data), "base64"], owner: programAddress, executable, ...amounts };
}

function matches({ data }: EncodedAccount, { memcmp }: Filter): boolean {
  const wanted = getBase58Encoder().encode(memcmp.bytes);
  return wanted.every((byte, index) => data[memcmp.offset + index] === byte);
}

function answerOf(chain: TestChain, method: string, params: readonly unknown[]): unknown {
  const [first, options] = params;
  const context = { slot: Number(chain.slot) };
  if (method === "getGenesisHash") return DEVNET_GENESIS;
  if (method === "getBalance") {
    return { context, value: Number(chain.account(first as Address)?.lamports ?? 0n) };
  }
  if (method === "getMultipleAccounts") {
    return { context, value: (first as Address[]).map((address) => encoded(chain.account(address))) };
  }
  if (method === "getProgramAccounts") {
    const { filters = [] } = options as { filters?: readonly Filter[] };
    const all = chain.svm.getProgramAccounts(first as Address);
    const found = all.filter((account) => filters.every((filter) => matches(account, filter)));
    return { context, value: found.map((account) => ({ pubkey: account.address, account: encoded(account) })) };
  }
  throw new Error(`This node does not know ${method}.`);
}

/** Kit reads what nodes write as numbers into bigints. */
function numbers(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

/** Starts a node; it ends with the test. */
export async function startReadingNode(t: TestContext, chain: TestChain): Promise<ReadingNode> {
  const asked: string[] = [];
  const told: ReadingNode["told"] = {};
  const url = await serve(t, (request, response) => {
    void text(request).then(async (body) => {
      const { id, method, params } = JSON.parse(body) as { id: unknown; method: string; params: readonly unknown[] };
      asked.push(method);
      response.setHeader("content-type", "application/json");
      try {
        const result = told[method] === undefined ? answerOf(chain, method, params) : await told[method](params);
        response.end(JSON.stringify({ jsonrpc: "2.0", id, result }, numbers));
      } catch (error) {
        const message = error instanceof Error ? error.message : "unknown";
        response.end(JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32_601, message } }));
      }
    });
  });
  return { url, asked, told };
}
