// Solana's JSON-RPC over HTTP in front of the real program in this process, as much of it as commands ask for; it can be made to fail.
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import type { TestChain } from "@aimo-network/escrow/test-bed/chain";
import type { Address, EncodedAccount } from "@solana/kit";
import { getBase64Decoder, getBase64Encoder, getSignatureFromTransaction, getTransactionDecoder } from "@solana/kit";
import { serve } from "./serve.ts";

/** A node, and what it does to those who ask; a test changes it while it is asked. */
export interface ChainNode {
  readonly url: string;
  /** The methods that it was asked for, in order. */
  readonly asked: string[];
  /** What happens while it is asked. */
  onAsked: (method: string) => void;
  /** The signatures of what was sent, each as often as it was. */
  readonly sent: string[];
  /** Every connection is cut. */
  isDown: boolean;
  /** Each call is answered with this status instead. */
  httpStatus: number | undefined;
  /** How many of the next transactions are lost without a word. */
  lost: number;
  /** Statuses stay unknown. */
  isUnseen: boolean;
  /** The blockhash of what is sent is not known to it. */
  isBehind: boolean;
  /** What is sent is executed, and answered with an error of its own all the same. */
  isConfused: boolean;
  /** What is sent is executed without being tried out before. */
  isCareless: boolean;
  /** How many blocks are made whenever somebody asks how many there are; a transaction is over after 150. */
  blocksAtOnce: number;
}

interface Call {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}

class RpcError extends Error {
  readonly data: object | undefined;
  readonly code: number;

  constructor(code: number, message: string, data?: object) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

const CONTEXT = { slot: 1 };
const ERROR = "err"; // Solana's own name
const LIFE_BLOCKS = 150;

type Result = ReturnType<TestChain["svm"]["sendTransaction"]> | ReturnType<TestChain["svm"]["simulateTransaction"]>;
type Failed = Extract<Result, { [ERROR]: unknown }>;

function isFailed(result: Result): result is Failed {
  return ERROR in result;
}

/** The error of a transaction as nodes write it. */
function errorOf(failed: Failed): unknown {
  const logs = failed.meta().logs().join("\n");
  const code = /custom program error: 0x([0-9a-f]+)/.exec(logs)?.[1];
  if (code !== undefined) return { InstructionError: [0, { Custom: Number.parseInt(code, 16) }] };
  return /insufficient/i.test(String(failed.err())) ? "InsufficientFundsForFee" : "AccountNotFound";
}

class Methods {
  readonly #chain: TestChain;
  readonly #node: ChainNode;
  readonly #statuses = new Map<string, { readonly error: unknown; readonly logs: readonly string[] }>();
  #height = 1_000;

  constructor(chain: TestChain, node: ChainNode) {
    this.#chain = chain;
    this.#node = node;
  }

  answer({ method, params: [first, second] }: Call): unknown {
    switch (method) {
      case "getMultipleAccounts":
        return { context: CONTEXT, value: (first as Address[]).map((address) => this.#account(address)) };
      case "getLatestBlockhash": {
        this.#chain.svm.expireBlockhash(); // a block for each, or the same thing twice would be one transaction
        const blockhash = this.#chain.svm.latestBlockhash();
        return { context: CONTEXT, value: { blockhash, lastValidBlockHeight: this.#height + LIFE_BLOCKS } };
      }
      case "getBlockHeight":
        this.#height += this.#node.blocksAtOnce;
        return this.#height;
      case "getRecentPrioritizationFees":
        return [100, 300, 200, 400].map((prioritizationFee, slot) => ({ slot, prioritizationFee }));
      case "getSignatureStatuses":
        return { context: CONTEXT, value: (first as string[]).map((signature) => this.#status(signature)) };
      case "getTransaction": {
        const found = this.#statuses.get(first as string);
        if (found === undefined) return null;
        return { slot: 1, blockTime: 1, meta: { [ERROR]: found.error, logMessages: found.logs }, transaction: {} };
      }
      case "sendTransaction":
        return this.#send(first as string, second as { readonly skipPreflight?: boolean });
      default:
        throw new RpcError(-32_601, `Method not found: ${method}`);
    }
  }

  #account(address: Address): object | null {
    const found: EncodedAccount | undefined = this.#chain.account(address);
    if (found === undefined) return null;
    const { data, executable, lamports, programAddress, space } = found;
    const encoded = getBase64Decoder().decode(data);
    const numbers = { lamports: Number(lamports), rentEpoch: 0, space: Number(space) };
    return { data: [encoded, "base64"], executable, owner: programAddress, ...numbers };
  }

  #status(signature: string): object | null {
    const found = this.#node.isUnseen ? undefined : this.#statuses.get(signature);
    if (found === undefined) return null;
    return { slot: 1, confirmations: 1, [ERROR]: found.error, confirmationStatus: "confirmed" };
  }

  #send(wire: string, { skipPreflight = false }: { readonly skipPreflight?: boolean }): string {
    const transaction = getTransactionDecoder().decode(getBase64Encoder().encode(wire));
    const signature = getSignatureFromTransaction(transaction);
    this.#node.sent.push(signature);
    const foresee = (error: unknown, logs: readonly string[] = []): never => {
      throw new RpcError(-32_002, "Transaction simulation failed", { [ERROR]: error, logs });
    };
    if (this.#node.isBehind && !skipPreflight) foresee("BlockhashNotFound");
    if (this.#statuses.has(signature)) {
      if (!skipPreflight) foresee("AlreadyProcessed");
      return signature;
    }
    if (this.#node.lost > 0) {
      this.#node.lost -= 1;
      return signature;
    }
    const tried = this.#chain.svm.simulateTransaction(transaction);
    if (isFailed(tried) && !skipPreflight && !this.#node.isCareless) {
      foresee(errorOf(tried), tried.meta().logs());
    }
    const result = this.#chain.svm.sendTransaction(transaction);
    const [error, logs] = isFailed(result) ? [errorOf(result), result.meta().logs()] : [null, result.logs()];
    this.#statuses.set(signature, { error, logs });
    if (this.#node.isConfused) throw new RpcError(-32_603, "upstream timed out");
    return signature;
  }
}

/** Opens the node of a chain; it ends with the test. */
export async function startChainNode(t: Pick<TestContext, "after">, chain: TestChain): Promise<ChainNode> {
  const url = await serve(t, (request, response) => {
    if (node.isDown) {
      request.socket.destroy();
      return;
    }
    void text(request).then((body) => {
      const call = JSON.parse(body) as Call;
      node.asked.push(call.method);
      node.onAsked(call.method);
      if (node.isDown) {
        request.socket.destroy();
        return;
      }
      if (node.httpStatus !== undefined) {
        response.writeHead(node.httpStatus).end("busy");
        return;
      }
      const reply = { jsonrpc: "2.0", id: call.id };
      try {
        response.end(JSON.stringify({ ...reply, result: methods.answer(call) }));
      } catch (error) {
        const { code, data } = error instanceof RpcError ? error : new RpcError(-32_603, "failed");
        response.end(JSON.stringify({ ...reply, error: { code, message: String(error), data } }));
      }
    });
  });
  const node: ChainNode = {
    url,
    asked: [],
    onAsked: () => undefined,
    sent: [],
    isDown: false,
    httpStatus: undefined,
    lost: 0,
    isUnseen: false,
    isBehind: false,
    isConfused: false,
    isCareless: false,
    blocksAtOnce: 1,
  };
  const methods = new Methods(chain, node);
  return node;
}
