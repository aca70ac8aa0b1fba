// Solana's JSON-RPC over HTTP in front of a chain in this process: as much of it as a deployment asks for.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import {
  address,
  getBase64Decoder,
  getBase64Encoder,
  getSignatureFromTransaction,
  getTransactionDecoder,
} from "@solana/kit";
import { FailedTransactionMetadata } from "litesvm";
import type { LiteSVM } from "litesvm";

interface Call {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** A cluster that can be made to lose transactions, and to hurry through its blocks. */
export interface RpcOnLiteSvm extends AsyncDisposable {
  readonly url: string;
  /** How many of the next transactions are lost without a word. */
  lost: number;
  /** How many of the next questions after statuses are answered with none. */
  unseen: number;
  /** How many blocks are made whenever somebody asks how many there are; a blockhash is over after 150. */
  blocksAtOnce: number;
  /** What tells one cluster from another. */
  genesisHash: string;
  /** The signatures of what was sent, lost or not, each as often as it was sent. */
  readonly sent: string[];
}

const CONTEXT = { slot: 1 };

/** A transaction that failed when the node tried it, with what nodes say of that. */
class PreflightFailure extends Error {
  readonly data: object;

  constructor(data: object) {
    super("Transaction simulation failed");
    this.data = data;
  }
}

class Methods {
  readonly #svm: LiteSVM;
  readonly #cluster: RpcOnLiteSvm;
  readonly #statuses = new Map<string, unknown>();
  #blockHeight = 0;
  #lastValidBlockHeight = 150;

  constructor(svm: LiteSVM, cluster: RpcOnLiteSvm) {
    this.#svm = svm;
    this.#cluster = cluster;
  }

  answer({ method, params }: Call): unknown {
    const [first, second] = params;
    switch (method) {
      case "getLatestBlockhash":
        return { context: CONTEXT, value: this.#lifetime() };
      case "getBlockHeight":
        this.#blockHeight += this.#cluster.blocksAtOnce;
        return this.#blockHeight;
      case "getMinimumBalanceForRentExemption":
        return Number(this.#svm.minimumBalanceForRentExemption(BigInt(first as number)));
      case "getSignatureStatuses":
        return { context: CONTEXT, value: this.#statusesOf(first as string[]) };
      case "getMultipleAccounts":
        return { context: CONTEXT, value: (first as string[]).map((name) => this.#account(name)) };
      case "getBalance":
        return { context: CONTEXT, value: Number(this.#svm.getBalance(address(first as string)) ?? 0n) };
      case "getGenesisHash":
        return this.#cluster.genesisHash;
      case "getAccountInfo":
        return { context: CONTEXT, value: this.#account(first as string) };
      case "sendTransaction":
        return this.#send(first as string, second as { skipPreflight?: boolean });
      default:
        throw new Error(`no such method: ${method}`);
    }
  }

  #statusesOf(signatures: readonly string[]): unknown[] {
    const isUnseen = this.#cluster.unseen > 0;
    if (isUnseen) this.#cluster.unseen -= 1;
    return signatures.map((signature) => (isUnseen ? null : (this.#statuses.get(signature) ?? null)));
  }

  #lifetime(): unknown {
    if (this.#blockHeight > this.#lastValidBlockHeight) {
      this.#svm.expireBlockhash();
      this.#lastValidBlockHeight = this.#blockHeight + 150;
    }
    return { blockhash: this.#svm.latestBlockhash(), lastValidBlockHeight: this.#lastValidBlockHeight };
  }

  #account(name: string): unknown {
    const found = this.#svm.getAccount(address(name));
    if (!found.exists) return null;
    const { data, executable, lamports, programAddress, space } = found;
    const encoded = getBase64Decoder().decode(data);
    return {
      data: [encoded, "base64"],
      executable,
      lamports: Number(lamports),
      owner: programAddress,
      rentEpoch: 0,
      space: Number(space),
    };
  }

  #send(wire: string, { skipPreflight }: { skipPreflight?: boolean }): string {
    const transaction = getTransactionDecoder().decode(getBase64Encoder().encode(wire));
    const signature = getSignatureFromTransaction(transaction);
    this.#cluster.sent.push(signature);
    if (this.#statuses.has(signature)) throw new Error("This transaction has already been processed");
    if (this.#cluster.lost > 0) {
      this.#cluster.lost -= 1;
      return signature;
    }
    const result = this.#svm.sendTransaction(transaction);
    const refusal = result instanceof FailedTransactionMetadata ? result : undefined;
    if (refusal !== undefined && skipPreflight !== true) {
      // oxlint-disable-next-line eslint/id-denylist -- Solana's own name
      throw new PreflightFailure({ err: { InstructionError: [0, { Custom: 1 }] }, logs: refusal.meta().logs() });
    }
    this.#statuses.set(signature, {
      confirmationStatus: "confirmed",
      confirmations: 1,
      // oxlint-disable-next-line eslint/id-denylist -- Solana's own name
      err: refusal === undefined ? null : { InstructionError: [0, String(refusal.err())] },
      slot: 1,
      status: { Ok: null },
    });
    return signature;
  }
}

function rpcErrorOf(error: unknown): object {
  const isRefused = error instanceof PreflightFailure;
  return { code: isRefused ? -32_002 : -32_600, message: String(error), ...(isRefused && { data: error.data }) };
}

/** Opens the RPC of a chain on a free port. */
export async function serveRpc(svm: LiteSVM): Promise<RpcOnLiteSvm> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const call = JSON.parse(body) as Call;
      const reply = { jsonrpc: "2.0", id: call.id };
      try {
        response.end(JSON.stringify({ ...reply, result: methods.answer(call) }));
      } catch (error) {
        response.end(JSON.stringify({ ...reply, error: rpcErrorOf(error) }));
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const cluster: RpcOnLiteSvm = {
    url: `http://127.0.0.1:${port}`,
    lost: 0,
    unseen: 0,
    blocksAtOnce: 1,
    genesisHash: "LiteSvm1111111111111111111111111111111111111",
    sent: [],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  const methods = new Methods(svm, cluster);
  return cluster;
}
