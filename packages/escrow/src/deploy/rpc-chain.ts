// A deployment's chain over Solana's JSON-RPC: signs, sends, and waits until the cluster has confirmed.
import { sleep } from "@aimo-network/protocol/clock";
import type { Clock } from "@aimo-network/protocol/clock";
import {
  appendTransactionMessageInstructions,
  createSolanaRpc,
  createTransactionMessage,
  fetchEncodedAccount,
  getBase64EncodedWireTransaction,
  getSignatureFromTransaction,
  isSolanaError,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
} from "@solana/kit";
import type { Base64EncodedWireTransaction, Instruction, Signature, TransactionSigner } from "@solana/kit";
import { getSetComputeUnitPriceInstruction } from "@solana-program/compute-budget";
import type { DeploymentChain } from "./deployment-chain.ts";

/** How often a signature is asked for, and the transaction sent once more: clusters drop some when they are busy. */
const POLL_MS = 500;
/** A transaction that expired can never land, so it may be signed again; after so many the cluster is too busy. */
const ATTEMPTS_MAX = 5;

/** What a chain over JSON-RPC is made of. */
export interface RpcChainOptions {
  readonly url: string;
  readonly payer: TransactionSigner;
  readonly clock: Clock;
  /** Paid for each compute unit, so that a busy cluster takes the transaction; 0 for none. */
  readonly microLamportsPerUnit: bigint;
}

type Rpc = ReturnType<typeof createSolanaRpc>;

interface SentTransaction {
  readonly wire: Base64EncodedWireTransaction;
  readonly signature: Signature;
  readonly lastValidBlockHeight: bigint;
}

async function sign(
  rpc: Rpc,
  options: RpcChainOptions,
  instructions: readonly Instruction[],
): Promise<SentTransaction> {
  const { payer, microLamportsPerUnit: microLamports } = options;
  const { value: lifetime } = await rpc.getLatestBlockhash({ commitment: "confirmed" }).send();
  const price = microLamports > 0n ? [getSetComputeUnitPriceInstruction({ microLamports })] : [];
  const message = pipe(
    createTransactionMessage({ version: 0 }),
    (draft) => setTransactionMessageFeePayerSigner(payer, draft),
    (draft) => setTransactionMessageLifetimeUsingBlockhash(lifetime, draft),
    (draft) => appendTransactionMessageInstructions([...price, ...instructions], draft),
  );
  const signed = await signTransactionMessageWithSigners(message);
  return {
    wire: getBase64EncodedWireTransaction(signed),
    signature: getSignatureFromTransaction(signed),
    lastValidBlockHeight: lifetime.lastValidBlockHeight,
  };
}

/** What a cluster said of a transaction it refused before it landed, with the program's log where there is one. */
function refusalOf(error: unknown): Error {
  const logs = isSolanaError(error) && "logs" in error.context ? error.context.logs : undefined;
  const words = error instanceof Error ? error.message : String(error);
  const lines = Array.isArray(logs) ? [words, ...logs.map(String)] : [words];
  return new Error(`The cluster refused the transaction: ${lines.join("\n  ")}`, { cause: error });
}

async function isConfirmed(rpc: Rpc, signature: Signature): Promise<boolean> {
  const { value } = await rpc.getSignatureStatuses([signature]).send();
  const status = value[0] ?? null;
  if (status !== null && status.err !== null) {
    const words = JSON.stringify(status.err, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part));
    throw new Error(`The transaction ${signature} failed: ${words}`);
  }
  return status?.confirmationStatus === "confirmed" || status?.confirmationStatus === "finalized";
}

/** Whether the transaction was confirmed; false when it expired, after which it never can be. */
async function sendUntilConfirmed(rpc: Rpc, clock: Clock, sent: SentTransaction): Promise<boolean> {
  const encoding = "base64";
  try {
    await rpc.sendTransaction(sent.wire, { encoding, preflightCommitment: "confirmed" }).send();
  } catch (error) {
    throw refusalOf(error);
  }
  for (;;) {
    // The height first: what expired at it and has no status afterwards has not landed.
    const height = await rpc.getBlockHeight({ commitment: "confirmed" }).send();
    if (await isConfirmed(rpc, sent.signature)) return true;
    if (height > sent.lastValidBlockHeight) return false;
    await sleep(clock, POLL_MS);
    // Some clusters refuse what they know already. What became of it is asked for next, so their answer decides nothing.
    await rpc
      .sendTransaction(sent.wire, { encoding, skipPreflight: true })
      .send()
      .catch(() => undefined);
  }
}

/** Opens a chain at a cluster's URL. */
export function createRpcChain(options: RpcChainOptions): DeploymentChain {
  const rpc = createSolanaRpc(options.url);
  return {
    payer: options.payer,
    async send(instructions) {
      for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
        const sent = await sign(rpc, options, instructions);
        if (await sendUntilConfirmed(rpc, options.clock, sent)) return;
      }
      throw new Error(
        `${ATTEMPTS_MAX} transactions expired: the cluster is busy. Offer more for a compute unit and run the same again.`,
      );
    },
    async getAccount(address) {
      const found = await fetchEncodedAccount(rpc, address, { commitment: "confirmed" });
      if (!found.exists) return undefined;
      const { programAddress, lamports } = found;
      return { programAddress, lamports, data: Uint8Array.from(found.data) };
    },
    async rentOf(bytes) {
      return await rpc.getMinimumBalanceForRentExemption(bytes).send();
    },
  };
}
