// Sends what was signed by a node, again and again while it may land, and follows its signature to what becomes of it.
import {
  SOLANA_ERROR__JSON_RPC__INTERNAL_ERROR,
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE,
  SOLANA_ERROR__TRANSACTION_ERROR__ALREADY_PROCESSED,
  SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND,
  isSolanaError,
} from "@solana/kit";
import { sleep } from "@aimo-network/protocol/clock";
import {
  LANDING_BLOCKS_MAX,
  LANDING_POLL_MS,
  LANDING_RESEND_MS,
  LANDING_UNANSWERED_MS,
  LANDING_WAIT_MS,
} from "../limits.ts";
import type { LandedVerdict, LandingSite, LandingVerdict, SentTransaction } from "./landing-verdict.ts";

/** The reason of a preflight, or the error itself. */
function reasonOf(error: unknown): unknown {
  return isSolanaError(error, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE)
    ? error.cause
    : error;
}

/** One transaction on its way by one node. */
class Sending {
  readonly #site: LandingSite;
  readonly #sent: SentTransaction;
  readonly #startedMs: number;
  #answeredMs: number;
  #sentMs = Number.NEGATIVE_INFINITY;
  #lastHeight: bigint | undefined;
  #unanswered: unknown;

  constructor(site: LandingSite, sent: SentTransaction) {
    this.#site = site;
    this.#sent = sent;
    this.#lastHeight = sent.lastValidBlockHeight;
    this.#startedMs = site.clock.monotonic();
    this.#answeredMs = this.#startedMs;
  }

  /** The first send, which a node tries out: what it foresees to fail is not sent, and costs nothing. */
  async first(): Promise<LandingVerdict | undefined> {
    const { rpc, clock, isAway } = this.#site;
    const options = { encoding: "base64", maxRetries: 0n, preflightCommitment: "confirmed" } as const;
    try {
      await rpc.sendTransaction(this.#sent.wire, options).send();
      this.#answeredMs = clock.monotonic();
      this.#sentMs = this.#answeredMs;
      return undefined;
    } catch (error) {
      if (isAway(error)) {
        this.#unanswered = error;
        return undefined;
      }
      const reason = reasonOf(error);
      if (isSolanaError(reason, SOLANA_ERROR__TRANSACTION_ERROR__ALREADY_PROCESSED)) return undefined;
      // A node a little behind the one that made the transaction does not know its blockhash yet: it is sent again.
      if (isSolanaError(reason, SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND)) return undefined;
      // What stands before a node may have handed it on before it broke: whoever pays again then pays twice.
      if (isSolanaError(error, SOLANA_ERROR__JSON_RPC__INTERNAL_ERROR)) return undefined;
      if (reason === error) throw error; // the node itself refuses, and has tried nothing out
      return { kind: "rejected", failure: { error, programs: this.#sent.programs } };
    }
  }

  /** What became of it by now; undefined while that is open. */
  async look(): Promise<LandingVerdict | undefined> {
    const { rpc } = this.#site;
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
      if (isOver) return { kind: "expired" };
      await this.#again();
      return undefined;
    }
    if (status.err !== null) return await this.#failed(status.err);
    const { confirmationStatus } = status;
    return confirmationStatus === "confirmed" || confirmationStatus === "finalized"
      ? ({ kind: "landed", signature, status: confirmationStatus } satisfies LandedVerdict)
      : undefined;
  }

  /** Where waiting has to end without knowing. */
  givenUp(): LandingVerdict | undefined {
    const { clock, signal } = this.#site;
    const nowMs = clock.monotonic();
    const cause = this.#unanswered;
    if (signal.aborted) return { kind: "unknown", why: "interrupted", cause };
    if (nowMs - this.#answeredMs >= LANDING_UNANSWERED_MS) return { kind: "unknown", why: "unanswered", cause };
    if (nowMs - this.#startedMs >= LANDING_WAIT_MS) return { kind: "unknown", why: "unconfirmed", cause };
    return undefined;
  }

  /** A question whose answer counts as a sign of life; undefined where there is none, also where a node refuses. */
  async #told<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
    try {
      const found = await answer;
      this.#answeredMs = this.#site.clock.monotonic();
      return found;
    } catch (error) {
      this.#unanswered = error;
      return undefined;
    }
  }

  async #again(): Promise<void> {
    const { clock, rpc } = this.#site;
    if (clock.monotonic() - this.#sentMs < LANDING_RESEND_MS) return;
    this.#sentMs = clock.monotonic();
    // Its fate is asked for next, so what a node says to a repeat decides nothing.
    await rpc
      .sendTransaction(this.#sent.wire, { encoding: "base64", maxRetries: 0n, skipPreflight: true })
      .send()
      .catch(() => undefined);
  }

  /** Why it failed: its log knows, and where the node does not have that, its error alone. */
  async #failed(error: unknown): Promise<LandingVerdict> {
    const options = { commitment: "confirmed", encoding: "json", maxSupportedTransactionVersion: 0 } as const;
    const found = await this.#told(this.#site.rpc.getTransaction(this.#sent.signature, options).send());
    const logs = found?.meta?.logMessages ?? null;
    return { kind: "rejected", failure: { error, logs, programs: this.#sent.programs } };
  }
}

/**
 * Sends it, and waits until most of the cluster has voted for it, or it never can land, or nobody can tell yet. Throws
 * the node's own error where that refuses the first send without having tried it out.
 */
export async function landTransaction(site: LandingSite, sent: SentTransaction): Promise<LandingVerdict> {
  const sending = new Sending(site, sent);
  const foreseen = await sending.first();
  if (foreseen !== undefined) return foreseen;
  site.onSent?.();
  for (;;) {
    const verdict = (await sending.look()) ?? sending.givenUp();
    if (verdict !== undefined) return verdict;
    await sleep(site.clock, LANDING_POLL_MS, site.signal);
  }
}
