// Sends what users hand in, again and again while it may land, and says how far it is.
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import { within } from "@aimo-network/protocol/clock";
import type { Timer } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import { isSignature } from "@solana/kit";
import type { Signature } from "@solana/kit";
import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import type { Follower } from "../follow.ts";
import type { Fate, Sender } from "../send.ts";
import { awaitLanding, fateOf, isSettled, landingOf } from "./landing.ts";
import type { Landing, LandingDeps } from "./landing.ts";
import {
  NEWER_BLOCKS_MAX,
  POSTING_WAIT_MS,
  RESEND_FOR_MS,
  RESEND_MS,
  RESENT_AT_ONCE_MAX,
  SUBMISSIONS_REMEMBERED_MAX,
} from "./limits.ts";
import { readUserTransaction } from "./user-transaction.ts";
import type { UserTransaction } from "./user-transaction.ts";

/** Where users hand in what they have signed. */
export interface TransactionDesk {
  /** Sends a transaction in base64 and waits a little; said twice it is the same. Throws why it is not sent. */
  submit(text: string): Promise<Landing>;
  /** How far a transaction is; undefined where nobody knows it. */
  find(signature: string): Promise<Landing | undefined>;
  close(): void;
}

/** What the desk needs. */
export interface TransactionDeskDeps extends LandingDeps {
  readonly log: Logger;
  readonly router: RouterPlace;
  readonly sender: Pick<Sender, "fates" | "transaction" | "submit" | "latestBlockhash" | "isDeadEverywhere">;
  readonly follower: Pick<Follower, "look">;
}

interface Submission extends UserTransaction {
  /** A height that its own last one is not above. */
  readonly deadAbove: bigint;
  /** Until when it is sent again. */
  readonly untilMs: number;
}

class Desk implements TransactionDesk {
  readonly #deps: TransactionDeskDeps;
  readonly #remembered = new LRUCache<Signature, Submission>({ max: SUBMISSIONS_REMEMBERED_MAX });
  /** Those that have not landed. */
  readonly #waiting = new Map<Signature, Submission>();
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(deps: TransactionDeskDeps) {
    this.#deps = deps;
  }

  async submit(text: string): Promise<Landing> {
    const { sender, router } = this.#deps;
    const transaction = await readUserTransaction(text, router);
    const { signature } = transaction;
    // A node foresees nothing but "too old" for what has landed minutes ago.
    const before = await fateOf(sender, signature, true);
    if (before === "unknown") await this.#send(transaction);
    const fate = isSettled(before) ? before : await awaitLanding(this.#deps, signature);
    if (isSettled(fate)) await this.#end(transaction, fate);
    return await landingOf(this.#deps, signature, fate);
  }

  async find(text: string): Promise<Landing | undefined> {
    if (!isSignature(text)) return undefined;
    const { sender } = this.#deps;
    const fate = await fateOf(sender, text, true);
    const known = this.#remembered.get(text);
    if (fate === "unknown" && known === undefined) return undefined;
    if (fate === "unknown" && known !== undefined && (await this.#isDead(known))) {
      const failure = "It expired before it landed: ask for a new one, and sign and submit it within a minute.";
      return { signature: text, status: "failed", slot: undefined, failure };
    }
    return await landingOf(this.#deps, text, fate);
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  async #send(transaction: UserTransaction): Promise<void> {
    const { clock, sender } = this.#deps;
    const { lastValidBlockHeight } = await sender.latestBlockhash();
    const untilMs = clock.monotonic() + RESEND_FOR_MS;
    const submission = { ...transaction, deadAbove: lastValidBlockHeight + NEWER_BLOCKS_MAX, untilMs };
    this.#remembered.set(transaction.signature, submission);
    if (this.#waiting.size < RESENT_AT_ONCE_MAX) this.#waiting.set(transaction.signature, submission);
    this.#sendLater();
    try {
      await sender.submit(transaction.wire);
    } catch (error) {
      // A node that foresees a failure has not sent it on; without any node it may have arrived all the same.
      if (!isAimoError(error, "chain_unavailable")) this.#forget(transaction.signature);
      throw error;
    }
  }

  #forget(signature: Signature): void {
    this.#waiting.delete(signature);
    this.#remembered.delete(signature);
  }

  /** What has landed is looked at, so that a deposit can be spent at once. */
  async #end({ signature, escrows }: UserTransaction, fate: Fate): Promise<void> {
    this.#waiting.delete(signature);
    if (fate === "unknown" || fate.kind !== "landed") return;
    const { clock, follower, log } = this.#deps;
    const looked = follower.look(escrows).catch((error: unknown) => {
      log.debug({ error, signature }, "what a transaction changed is seen later");
    });
    await within(clock, POSTING_WAIT_MS, looked);
  }

  /** Asked for once more at the end: it may have landed in the last block it could. */
  async #isDead({ signature, deadAbove }: Submission): Promise<boolean> {
    const { sender } = this.#deps;
    return (await sender.isDeadEverywhere(deadAbove)) && (await fateOf(sender, signature, true)) === "unknown";
  }

  #sendLater(): void {
    if (this.#isClosed || this.#timer !== undefined || this.#waiting.size === 0) return;
    this.#timer = this.#deps.clock.timer(RESEND_MS, () => {
      void this.#sendAgain().finally(() => {
        this.#timer = undefined;
        this.#sendLater();
      });
    });
  }

  async #sendAgain(): Promise<void> {
    const { clock, sender, log } = this.#deps;
    const waiting = [...this.#waiting.values()];
    try {
      const fates = await sender.fates(waiting.map(({ signature }) => signature));
      for (const [index, submission] of waiting.entries()) {
        const fate = fates[index] ?? "unknown";
        if (isSettled(fate)) await this.#end(submission, fate);
        else if (clock.monotonic() >= submission.untilMs) this.#waiting.delete(submission.signature);
        else if (fate === "unknown") await this.#sendOnceMore(submission);
      }
    } catch (error) {
      log.debug({ error }, "what users handed in is sent again later");
    }
  }

  async #sendOnceMore({ signature, wire }: Submission): Promise<void> {
    try {
      await this.#deps.sender.submit(wire);
    } catch (error) {
      if (isAimoError(error, "chain_unavailable")) throw error;
      this.#waiting.delete(signature); // by now it would fail, and its user would pay for that
    }
  }
}

/** Opens the desk; nothing runs while nobody hands anything in. */
export function createTransactionDesk(deps: TransactionDeskDeps): TransactionDesk {
  return new Desk(deps);
}
