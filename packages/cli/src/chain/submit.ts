// Sends what was signed, by the router or by a node alone, again and again while it may land, and waits for what becomes of it.
import {
  SOLANA_ERROR__JSON_RPC__INTERNAL_ERROR,
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE,
  SOLANA_ERROR__TRANSACTION_ERROR__ALREADY_PROCESSED,
  SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND,
  isSolanaError,
} from "@solana/kit";
import type { Address } from "@solana/kit";
import { sleep } from "@aimo-network/protocol/clock";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import {
  LANDING_BLOCKS_MAX,
  LANDING_POLL_MS,
  LANDING_RESEND_MS,
  LANDING_UNANSWERED_MS,
  LANDING_WAIT_MS,
} from "../limits.ts";
import type { Cluster } from "../network/clusters.ts";
import { expired, rejectedByChain, unsettled } from "./landing.ts";
import type { Landed } from "./landing.ts";
import { howToLook } from "./landing-words.ts";
import { askNode } from "./solana-node.ts";
import type { SolanaNode } from "./solana-node.ts";
import type { SignedTransaction } from "./wallet-signer.ts";

/** A node, and the program whose refusals have names. */
export interface SendingChain {
  readonly node: SolanaNode;
  readonly programAddress: Address;
  readonly cluster?: Cluster | undefined;
}

/** What is sent. */
export interface SendingTransaction extends SignedTransaction {
  /** Absent where nobody but a router has said it: whoever calls a transaction over too early has it paid twice. */
  readonly lastValidBlockHeight?: bigint;
}

/** The reason of a preflight, or the error itself. */
function reasonOf(error: unknown): unknown {
  return isSolanaError(error, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE)
    ? error.cause
    : error;
}

/** One transaction on its way by one node. */
class Sending {
  readonly #context: CommandContext;
  readonly #chain: SendingChain;
  readonly #sent: SendingTransaction;
  readonly #startedMs: number;
  #answeredMs: number;
  #sentMs = Number.NEGATIVE_INFINITY;
  #lastHeight: bigint | undefined;
  #unanswered: CommandFault | undefined;

  constructor(context: CommandContext, chain: SendingChain, sent: SendingTransaction) {
    this.#context = context;
    this.#chain = chain;
    this.#sent = sent;
    this.#lastHeight = sent.lastValidBlockHeight;
    this.#startedMs = context.clock.monotonic();
    this.#answeredMs = this.#startedMs;
  }

  /** The first send, which a node tries out: what it foresees to fail is not sent, and costs nothing. */
  async first(): Promise<void> {
    const { rpc } = this.#chain.node;
    const options = { encoding: "base64", maxRetries: 0n, preflightCommitment: "confirmed" } as const;
    try {
      await this.#asked(rpc.sendTransaction(this.#sent.wire, options).send());
      this.#sentMs = this.#context.clock.monotonic();
    } catch (error) {
      const reason = reasonOf(error);
      if (isSolanaError(reason, SOLANA_ERROR__TRANSACTION_ERROR__ALREADY_PROCESSED)) return;
      // A node a little behind the one that made the transaction does not know its blockhash yet: it is sent again.
      if (isSolanaError(reason, SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND)) return;
      // What stands before a node may have handed it on before it broke: whoever pays again then pays twice.
      if (isSolanaError(error, SOLANA_ERROR__JSON_RPC__INTERNAL_ERROR)) return;
      if (reason === error) throw error; // the node itself refuses, and has tried nothing out
      throw rejectedByChain({ error, programs: this.#sent.programs }, this.#chain.programAddress);
    }
  }

  /** What became of it by now; undefined while that is open. Throws where it never will, or where it has failed. */
  async look(): Promise<Landed | undefined> {
    const { rpc } = this.#chain.node;
    const { signature } = this.#sent;
    // The height first: what had no status after its last block has not landed.
    const height = await this.#told(rpc.getBlockHeight({ commitment: "confirmed" }).send());
    if (height === undefined) return undefined;
    this.#lastHeight ??= height + LANDING_BLOCKS_MAX;
    const isOver = height > this.#lastHeight;
    const statuses = await this.#told(
      rpc.getSignatureStatuses([signature], { searchTransactionHistory: isOver }).send(),
    );
    if (statuses === undefined) return undefined;
    const status = statuses.value[0] ?? null;
    if (status === null) {
      if (isOver) throw expired();
      await this.#again();
      return undefined;
    }
    if (status.err !== null) throw await this.#failed(status.err);
    const { confirmationStatus } = status;
    return confirmationStatus === "confirmed" || confirmationStatus === "finalized"
      ? { signature, status: confirmationStatus }
      : undefined;
  }

  /** Throws where waiting has to end without knowing. */
  insistOnWaiting(): void {
    const { clock, interrupted } = this.#context;
    const { signature } = this.#sent;
    const nowMs = clock.monotonic();
    const give = (why: string): never => {
      throw unsettled(signature, why, howToLook(signature, this.#chain.cluster, this.#chain.node), this.#unanswered);
    };
    if (interrupted.aborted) give("interrupted while it was on its way; it may land within a minute.");
    if (nowMs - this.#answeredMs >= LANDING_UNANSWERED_MS) {
      give(`the node does not answer: ${this.#unanswered?.words.why ?? "it may have arrived all the same."}`);
    }
    if (nowMs - this.#startedMs >= LANDING_WAIT_MS)
      give("the node has heard of it, or may yet, and does not confirm it.");
  }

  /** A question whose answer counts as a sign of life; undefined where there is none. */
  async #asked<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
    try {
      const found = await answer;
      this.#answeredMs = this.#context.clock.monotonic();
      return found;
    } catch (error) {
      if (!(error instanceof CommandFault)) throw error;
      this.#unanswered = error;
      return undefined;
    }
  }

  /** The same, where a node that refuses to answer is none. */
  async #told<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
    return await this.#asked(askNode(this.#chain.node, answer));
  }

  async #again(): Promise<void> {
    const { clock } = this.#context;
    const { rpc } = this.#chain.node;
    if (clock.monotonic() - this.#sentMs < LANDING_RESEND_MS) return;
    this.#sentMs = clock.monotonic();
    // Its fate is asked for next, so what a node says to a repeat decides nothing.
    await rpc
      .sendTransaction(this.#sent.wire, { encoding: "base64", maxRetries: 0n, skipPreflight: true })
      .send()
      .catch(() => undefined);
  }

  /** Why it failed: its log knows, and where the node does not have that, its error alone. */
  async #failed(error: unknown): Promise<CommandFault> {
    const { rpc } = this.#chain.node;
    const options = { commitment: "confirmed", encoding: "json", maxSupportedTransactionVersion: 0 } as const;
    const found = await this.#told(rpc.getTransaction(this.#sent.signature, options).send());
    const logs = found?.meta?.logMessages ?? null;
    return rejectedByChain({ error, logs, programs: this.#sent.programs }, this.#chain.programAddress);
  }
}

/**
 * Sends by a node alone, and waits until most of the cluster has voted for it. Throws `CommandFault`: rejected, expired,
 * or `unsettled` where nobody can tell yet.
 */
export async function submitByNode(
  context: CommandContext,
  chain: SendingChain,
  sent: SendingTransaction,
): Promise<Landed> {
  const progress = context.terminal.progress(`Sending ${sent.signature}`);
  const sending = new Sending(context, chain, sent);
  try {
    await askNode(chain.node, sending.first());
    progress.at(`Sent ${sent.signature}, waiting for the chain to confirm it`);
    for (;;) {
      const landed = await sending.look();
      if (landed !== undefined) return landed;
      sending.insistOnWaiting();
      await sleep(context.clock, LANDING_POLL_MS, context.interrupted);
    }
  } finally {
    progress.done();
  }
}
