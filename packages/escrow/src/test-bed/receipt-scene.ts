// Receipts of a batch that was really settled, and what a node says of its transaction.
import assert from "node:assert/strict";
import { createSolanaRpcFromTransport, getBase58Decoder, getBase64Decoder, getTransactionDecoder } from "@solana/kit";
import type { Address, Instruction, RpcTransport, Signature, Transaction } from "@solana/kit";
import { FailedTransactionMetadata } from "litesvm";
import { manualClock } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { merkleTree } from "@aimo-network/protocol/merkle";
import { microUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import { seededRandom } from "@aimo-network/protocol/random";
import { receiptLeaf } from "@aimo-network/protocol/receipt";
import type { Receipt } from "@aimo-network/protocol/receipt";
import { owedFor } from "@aimo-network/protocol/receipt-cost";
import type { ReceiptEvidence } from "../verify-receipt.ts";
import type { TransactionAnswer } from "../verify-receipt-transaction.ts";
import { ANN, BEN, PAT, QUINN } from "./cast.ts";
import { Scene } from "./scene.ts";
import { bytesOf, unsigned } from "./wire-bytes.ts";

const random = seededRandom(9);
const clock = manualClock();

/** A receipt of a router for what Ann owes Pat, charged in full unless a test says otherwise. */
function receiptOf(routerId: Address, changes: Partial<Receipt> = {}): Receipt {
  clock.advance(1_000);
  const receipt: Receipt = {
    routerId,
    id: uuidV7(clock, random),
    user: ANN,
    provider: PAT,
    model: "qwen/qwen3-32b",
    price: {
      prompt: microUsdc(150_000n),
      completion: microUsdc(600_000n),
      image: microUsdc(0n),
      request: microUsdc(0n),
    },
    promptTokens: 2_000,
    completionTokens: 900,
    cachedTokens: 0,
    reasoningTokens: 100,
    imageCount: 0,
    cost: nanoUsdc(0n),
    flags: 1,
    finishReason: "stop",
    ...changes,
  };
  return changes.cost === undefined ? { ...receipt, cost: nanoUsdc(owedFor(receipt).nano) } : receipt;
}

/** What a node of a test knows of a transaction, before it is asked. */
export interface Kept {
  readonly transaction: Transaction;
  readonly error: unknown;
  readonly logs: readonly string[] | null;
  readonly loaded?: { readonly writable: readonly Address[]; readonly readonly: readonly Address[] };
}

/** What kit makes of a node's answer to `getTransaction`. */
export async function answerOf({ transaction, error, logs, loaded }: Kept): Promise<TransactionAnswer | null> {
  const base64 = getBase64Decoder().decode(bytesOf(transaction));
  const meta = {
    // oxlint-disable-next-line id-denylist -- the name that nodes give it
    err: error,
    logMessages: logs,
    loadedAddresses: loaded ?? { writable: [], readonly: [] },
    fee: 5_000,
    preBalances: [],
    postBalances: [],
    innerInstructions: [],
    computeUnitsConsumed: 1,
  };
  const result = { slot: 1, blockTime: 1, version: 0, meta, transaction: [base64, "base64"] };
  const transport: RpcTransport = async <Response>(): Promise<Response> => {
    const envelope: unknown = { jsonrpc: "2.0", id: "1", result };
    return envelope as Response;
  };
  const rpc = createSolanaRpcFromTransport(transport);
  const options = { encoding: "base64", maxSupportedTransactionVersion: 0 } as const;
  return await rpc.getTransaction(signatureOf(transaction), options).send();
}

/** A transaction's name on the chain. */
export function signatureOf(transaction: Transaction): Signature {
  const [first] = Object.values(getTransactionDecoder().decode(bytesOf(transaction)).signatures);
  return getBase58Decoder().decode(first ?? new Uint8Array(64)) as Signature;
}

/** Sends a transaction that its fee payer signed, and keeps what the chain made of it. */
export function deliver(scene: Scene, ...instructions: readonly Instruction[]): Kept {
  const { chain } = scene;
  const draft = unsigned(chain.payer, instructions);
  const signatures = { ...draft.signatures, [chain.payer]: random.bytes(64) as never };
  const transaction: Transaction = { ...draft, signatures };
  const result = chain.svm.sendTransaction(transaction);
  if (!(result instanceof FailedTransactionMetadata)) return { transaction, error: null, logs: result.logs() };
  const logs = result.meta().logs();
  const code = /custom program error: 0x([0-9a-f]+)/.exec(logs.join("\n"))?.[1] ?? "";
  return { transaction, error: { InstructionError: [0, { Custom: Number.parseInt(code, 16) }] }, logs };
}

/** A batch of receipts that was settled, and the evidence for one of them. */
export class ReceiptScene {
  readonly scene: Scene;
  readonly receipts: readonly Receipt[];
  readonly salts: readonly Uint8Array[];

  private constructor(scene: Scene, receipts: readonly Receipt[]) {
    this.scene = scene;
    this.receipts = receipts;
    this.salts = receipts.map(() => random.bytes(16));
  }

  static async open(count = 7, changes: Partial<Receipt> = {}): Promise<ReceiptScene> {
    const scene = await Scene.open();
    const { routerId } = scene.bed.keys;
    const receipts = Array.from({ length: count }, (_, index) =>
      receiptOf(routerId, index === 0 ? changes : { user: BEN, provider: QUINN, promptTokens: 100 + index }),
    );
    return new ReceiptScene(scene, receipts);
  }

  get leaves(): Uint8Array[] {
    return this.receipts.map((receipt, index) => receiptLeaf(receipt, this.salts[index]!));
  }

  get root(): Uint8Array {
    return merkleTree(this.leaves).root;
  }

  /** The instruction that settles what Ann owes Pat. */
  settlement(root = this.root, batchId = 41n): Instruction {
    return this.scene.ask.settle([this.scene.bill(ANN, 840n)], { root, batchId });
  }

  /** Evidence that holds, for what a transaction has. */
  async evidence(kept: Kept): Promise<ReceiptEvidence> {
    const { bed, chain } = this.scene;
    const [receipt, salt] = [this.receipts[0], this.salts[0]];
    assert.ok(receipt !== undefined && salt !== undefined);
    return {
      receipt,
      salt,
      proof: { index: 0, size: this.receipts.length, path: merkleTree(this.leaves).proofOf(0) },
      batch: { batchId: 41n, root: this.root, signature: signatureOf(kept.transaction) },
      transaction: await answerOf(kept),
      programAddress: chain.programAddress,
      routerId: bed.keys.routerId,
      config: bed.config,
    };
  }

  /** Settles the batch, and gives the evidence for its first receipt. */
  async settled(): Promise<{ readonly kept: Kept; readonly evidence: ReceiptEvidence }> {
    const kept = deliver(this.scene, this.settlement());
    assert.equal(kept.error, null, kept.logs?.join("\n"));
    return { kept, evidence: await this.evidence(kept) };
  }
}
