// A node's JSON-RPC over a remembered chain: honest, or behind, forgetful, silent or lying as a test wants it.
import { getBase58Encoder, getBase64Decoder } from "@solana/kit";
import type { Address, Base64EncodedWireTransaction, EncodedAccount, RpcTransport, Signature } from "@solana/kit";
import type { RememberedChain, RememberedTransaction } from "./remembered-chain.ts";

/** What a node does; a test changes it while the node is asked. */
export interface NodeBehaviour {
  /** How far it is behind. */
  lagSlots: bigint;
  /** How far what it calls final is behind that. */
  finalLagSlots: bigint;
  isDown: boolean;
  /** Whether it refuses to answer with less than `minContextSlot`. */
  heedsMinContextSlot: boolean;
  /** Transactions that it does not list yet, and does not show. */
  readonly unlisted: Set<Signature>;
  /** The first transaction that it knows of, as after a restart. */
  knownFrom: number;
  isBlockhashUnknown: boolean;
  /** Methods that it does not have. */
  readonly missing: Set<string>;
  /** What it says in place of the truth. */
  lie: (method: string, truth: unknown) => unknown;
  priorityFees: readonly bigint[];
}

/** A call as a node sees it. */
export interface NodeCall {
  readonly id: string;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** A node, how it is called, and what it was asked. */
export interface TestNode extends NodeBehaviour {
  readonly transport: RpcTransport;
  readonly calls: NodeCall[];
}

interface Options {
  readonly commitment?: string;
  readonly minContextSlot?: bigint;
  readonly until?: Signature;
  readonly limit?: number;
  readonly skipPreflight?: boolean;
  readonly filters?: readonly { readonly memcmp: { readonly offset: bigint; readonly bytes: string } }[];
}

class RpcError extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

function encoded(account: EncodedAccount | undefined): object | null {
  if (account === undefined) return null;
  const { data, lamports, programAddress, executable, space } = account;
  const base64 = getBase64Decoder().decode(data);
  return { data: [base64, "base64"], lamports, owner: programAddress, executable, space, rentEpoch: 0n };
}

function matches({ data }: EncodedAccount, { filters = [] }: Options): boolean {
  return filters.every(({ memcmp: { offset, bytes } }) => {
    const wanted = getBase58Encoder().encode(bytes);
    const found = data.slice(Number(offset), Number(offset) + wanted.length);
    return found.length === wanted.length && found.every((byte, index) => byte === wanted[index]);
  });
}

// Solana's own name for an error.
const ERROR = "err";

class Node {
  readonly #chain: RememberedChain;
  readonly #behaviour: NodeBehaviour;

  constructor(chain: RememberedChain, behaviour: NodeBehaviour) {
    this.#chain = chain;
    this.#behaviour = behaviour;
  }

  answer({ method, params }: NodeCall): unknown {
    const [first] = params;
    const options = (params.findLast((param) => typeof param === "object" && !Array.isArray(param)) ?? {}) as Options;
    const { missing, heedsMinContextSlot } = this.#behaviour;
    if (missing.has(method)) throw new RpcError(-32_601, "Method not found");
    const slot = this.#slotOf(method, options);
    if (heedsMinContextSlot && options.minContextSlot !== undefined && slot < options.minContextSlot) {
      throw new RpcError(-32_016, "Minimum context slot has not been reached", { contextSlot: slot });
    }
    const context = { slot };
    switch (method) {
      case "getMultipleAccounts":
        return { context, value: (first as Address[]).map((address) => encoded(this.#chain.accountAt(address, slot))) };
      case "getProgramAccounts": {
        const found = this.#chain.programAccountsAt(first as Address, slot);
        const wanted = found.filter((account) => matches(account, options));
        return { context, value: wanted.map((account) => ({ pubkey: account.address, account: encoded(account) })) };
      }
      case "getSignaturesForAddress":
        return this.#list(first as Address, slot, options);
      case "getTransaction":
        return this.#transaction(first as Signature, slot);
      case "getSignatureStatuses":
        return { context, value: (first as Signature[]).map((signature) => this.#status(signature, slot)) };
      case "sendTransaction":
        return this.#send(first as Base64EncodedWireTransaction, options);
      case "getBlockHeight":
        return slot;
      case "getLatestBlockhash":
        return { context, value: { blockhash: this.#chain.svm.latestBlockhash(), lastValidBlockHeight: slot + 150n } };
      case "getRecentPrioritizationFees":
        return this.#behaviour.priorityFees.map((prioritizationFee, index) => ({
          slot: BigInt(index),
          prioritizationFee,
        }));
      case "getGenesisHash":
        return "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d";
      default:
        throw new Error(`This node does not know ${method}.`);
    }
  }

  /** What is asked for without a commitment is what is final, but for statuses, which tell how sure they are. */
  #slotOf(method: string, { commitment }: Options): bigint {
    const { lagSlots, finalLagSlots } = this.#behaviour;
    const isFinal = (commitment ?? "finalized") === "finalized" && method !== "getSignatureStatuses";
    return this.#chain.slot - lagSlots - (isFinal ? finalLagSlots : 0n);
  }

  #known(slot: bigint): RememberedTransaction[] {
    const { unlisted, knownFrom } = this.#behaviour;
    const known = this.#chain.transactions.slice(knownFrom);
    return known.filter((transaction) => transaction.slot <= slot && !unlisted.has(transaction.signature));
  }

  #list(address: Address, slot: bigint, { until, limit = 1_000 }: Options): object[] {
    const all = this.#known(slot).filter(({ accountKeys, lookedUp }) =>
      [...accountKeys, ...lookedUp].includes(address),
    );
    const newestFirst = all.toReversed();
    const end = newestFirst.findIndex(({ signature }) => signature === until);
    return newestFirst
      .slice(0, end === -1 ? undefined : end)
      .slice(0, limit)
      .map((transaction) => ({
        signature: transaction.signature,
        slot: transaction.slot,
        [ERROR]: transaction.error,
      }));
  }

  #transaction(signature: Signature, slot: bigint): object | null {
    const found = this.#known(slot).find((transaction) => transaction.signature === signature);
    if (found === undefined) return null;
    const { accountKeys, header, lookedUp, logs, error } = found;
    const meta = { [ERROR]: error, logMessages: logs, loadedAddresses: { writable: lookedUp, readonly: [] } };
    return { slot: found.slot, meta, transaction: { message: { accountKeys, header }, signatures: [signature] } };
  }

  #status(signature: Signature, slot: bigint): object | null {
    const found = this.#known(slot).find((transaction) => transaction.signature === signature);
    if (found === undefined) return null;
    const depth = slot - found.slot;
    const isFinal = depth >= this.#behaviour.finalLagSlots;
    const confirmationStatus = isFinal ? "finalized" : depth === 0n ? "processed" : "confirmed";
    return { slot: found.slot, confirmations: isFinal ? null : depth, [ERROR]: found.error, confirmationStatus };
  }

  #send(wire: Base64EncodedWireTransaction, { skipPreflight = false }: Options): Signature {
    const fail = (error: unknown, logs: readonly string[] = []): never => {
      throw new RpcError(-32_002, "Transaction simulation failed", { [ERROR]: error, logs, unitsConsumed: 0n });
    };
    if (this.#behaviour.isBlockhashUnknown && !skipPreflight) fail("BlockhashNotFound");
    const before = this.#chain.transactions.length;
    const transaction = this.#chain.sendWire(wire);
    const isRepeated = this.#chain.transactions.length === before;
    if (isRepeated && !skipPreflight) fail("AlreadyProcessed");
    if (transaction.error !== null && !skipPreflight) {
      this.#chain.transactions.pop(); // a preflight leaves nothing behind
      fail(transaction.error, transaction.logs);
    }
    return transaction.signature;
  }
}

/** Puts a node on a chain. */
export function nodeOn(chain: RememberedChain): TestNode {
  const calls: NodeCall[] = [];
  const transport: RpcTransport = async <Answer>({ payload }: Readonly<{ payload: unknown }>): Promise<Answer> => {
    const call = payload as NodeCall;
    calls.push(call);
    if (node.isDown) throw new Error("nobody is there");
    const reply = { jsonrpc: "2.0", id: call.id };
    try {
      const envelope: unknown = { ...reply, result: node.lie(call.method, behaved.answer(call)) };
      return envelope as Answer;
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      const { code, message, data } = error;
      const envelope: unknown = { ...reply, error: { code, message, data } };
      return envelope as Answer;
    }
  };
  const node: TestNode = {
    lagSlots: 0n,
    finalLagSlots: 31n,
    isDown: false,
    heedsMinContextSlot: true,
    unlisted: new Set(),
    knownFrom: 0,
    isBlockhashUnknown: false,
    missing: new Set(),
    lie: (_method, truth) => truth,
    priorityFees: [],
    transport,
    calls,
  };
  const behaved = new Node(chain, node);
  return node;
}
