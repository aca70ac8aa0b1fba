// One batch's course: signed before it is sent, sent until it has landed or can never land, and then signed again.
import { isAimoError } from "@aimo-network/protocol/errors";
import type { Clock } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import type { Random } from "@aimo-network/protocol/random";
import type { Logger } from "pino";
import type { OpenBatch, SettleEntry, Settlement } from "../../ledger/chain-books/settlement.ts";
import {
  BATCH_RESEND_MS,
  BATCH_RETRIES_RAPID,
  BATCH_RETRY_MS,
  BATCH_RETRY_MS_MAX,
  BATCHES_REMEMBERED_MAX,
} from "../limits.ts";
import { LRUCache } from "lru-cache";
import type { BatchLog, SettleChain } from "../../chain/settle-chain.ts";
import type { SettleSigner } from "./settle-signer.ts";

/** What a batch's course needs. */
export interface BatchCourseDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly settlement: Settlement;
  readonly chain: SettleChain;
  readonly signer: SettleSigner;
  /** Makes the root of a batch's receipts. */
  rootOf(batch: bigint): Promise<Uint8Array>;
}

/** Brings batches on, step by step; whoever takes over goes on from what the ledger says. */
export interface BatchCourse {
  advance(fence: bigint, batch: OpenBatch): Promise<void>;
}

/** What a node said of bytes that it did not want. */
interface Sending {
  readonly atMs: number;
  readonly refusal: string | undefined;
}

const waitingOf = ({ entries }: OpenBatch): readonly SettleEntry[] => entries.filter(({ isPosted }) => !isPosted);

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** How long a batch rests that cannot land as it is: longer each time, for a config or a program takes people to change. */
export function retryRestMs(attempts: number): number {
  return Math.min(BATCH_RETRY_MS * 2 ** Math.max(0, attempts - BATCH_RETRIES_RAPID), BATCH_RETRY_MS_MAX);
}

class Course implements BatchCourse {
  readonly #deps: BatchCourseDeps;
  readonly #sendings = new LRUCache<string, Sending>({ max: BATCHES_REMEMBERED_MAX });

  constructor(deps: BatchCourseDeps) {
    this.#deps = deps;
  }

  async advance(fence: bigint, batch: OpenBatch): Promise<void> {
    const { clock } = this.#deps;
    if (waitingOf(batch).length === 0) return; // it ends with the posting of its last entry
    if (batch.state === "queued") {
      if (batch.notBefore.getTime() > clock.now()) return;
      await this.#sign(fence, batch);
    } else {
      await this.#follow(fence, batch);
    }
  }

  async #sign(fence: bigint, batch: OpenBatch): Promise<void> {
    const { settlement, signer, rootOf, clock, log } = this.#deps;
    if (batch.root === undefined) await settlement.setRoot(fence, batch.id, await rootOf(batch.id));
    try {
      const signed = await signer.signBatch(batch.id);
      await settlement.signed(fence, batch.id, signed);
      await this.#send(signed.wire, signed.signature);
      await settlement.sent(fence, batch.id);
    } catch (error) {
      if (!isAimoError(error, "signing_refused") && !isAimoError(error, "escrow_refused")) throw error;
      log.warn({ batch: String(batch.id), error }, "a batch was not signed");
      await this.#part(fence, batch, words(error), new Date(clock.now() + retryRestMs(batch.attempts)));
    }
  }

  /** Sends, or sends again; what a node says against it is kept until the bytes are dead: another node may have taken them. */
  async #send(wire: string, signature: string): Promise<void> {
    const { chain, clock, log } = this.#deps;
    let refusal: string | undefined;
    try {
      await chain.submit(wire);
    } catch (error) {
      if (!isAimoError(error)) throw error;
      if (!isAimoError(error, "chain_unavailable")) refusal = words(error);
      log.debug({ signature, error }, "a node did not take a batch");
    }
    const earlier = this.#sendings.get(signature)?.refusal;
    this.#sendings.set(signature, { atMs: clock.monotonic(), refusal: refusal ?? earlier });
  }

  async #follow(fence: bigint, batch: OpenBatch): Promise<void> {
    const { settlement, chain, clock } = this.#deps;
    const { id, signature = "", wire = "", lastValidBlockHeight = 0n } = batch;
    const [fate = { kind: "unknown" }] = await chain.fates([signature]);
    if (fate.kind === "landed") return await this.#land(fence, batch, signature);
    if (fate.kind === "failed") {
      const rest = new Date(clock.now() + retryRestMs(batch.attempts));
      return await this.#part(fence, batch, fate.reason, rest);
    }
    const sending = this.#sendings.get(signature);
    if (sending === undefined || clock.monotonic() >= sending.atMs + BATCH_RESEND_MS) {
      await this.#send(wire, signature);
      if (batch.state === "signed") await settlement.sent(fence, id);
    }
    if (fate.kind === "unknown" && (await chain.isDead(lastValidBlockHeight)))
      await this.#bury(fence, batch, signature);
  }

  async #land(fence: bigint, batch: OpenBatch, signature: string): Promise<void> {
    const { settlement, chain, log } = this.#deps;
    const said = await chain.log(signature);
    const waiting = waitingOf(batch);
    if (said !== undefined && said.entries.length === waiting.length) {
      await settlement.logged(fence, batch.id, said.slot, loggedOf(waiting, said));
    } else if (said !== undefined) {
      log.error({ batch: String(batch.id), signature }, "a batch's log has another number of entries than the batch");
    }
    await chain.look(waiting);
  }

  /** The bytes are dead. Where nothing of them was applied, on any node, the same entries are signed again. */
  async #bury(fence: bigint, batch: OpenBatch, signature: string): Promise<void> {
    const { settlement, chain, clock, log } = this.#deps;
    const waiting = waitingOf(batch);
    if (!(await chain.areUnapplied(waiting))) return await chain.look(waiting);
    const refusal = this.#sendings.get(signature)?.refusal;
    this.#sendings.delete(signature);
    log.warn({ batch: String(batch.id), signature, refusal }, "a batch expired");
    if (refusal === undefined) {
      return await settlement.again(fence, batch.id, "expired", new Date(clock.now()));
    }
    await this.#part(fence, batch, refusal, new Date(clock.now() + retryRestMs(batch.attempts)));
  }

  /** Tries again in two halves: one user whose entry the program does not take holds up nobody else for long. */
  async #part(fence: bigint, batch: OpenBatch, failure: string, notBefore: Date): Promise<void> {
    const { settlement, clock, random, log } = this.#deps;
    const users = [...new Set(waitingOf(batch).map(({ user }) => user))];
    const isRouters = /SettlerCap|Paused|MissingSigner/.test(failure); // says nothing of any entry
    if (users.length === 1 || isRouters) {
      log.error({ batch: String(batch.id), failure, attempts: batch.attempts }, "a batch cannot be settled for now");
      return await settlement.again(fence, batch.id, failure, notBefore);
    }
    const at = new Date(clock.now());
    await settlement.again(fence, batch.id, failure, at);
    await settlement.split(fence, at, batch.id, uuidV7(clock, random), users.slice(0, Math.ceil(users.length / 2)));
  }
}

function loggedOf(entries: readonly SettleEntry[], { entries: said }: BatchLog): Parameters<Settlement["logged"]>[3] {
  return entries.flatMap(({ id }, place) => {
    const line = said[place];
    return line === undefined || line === "noop" ? [] : [{ id, ...line }];
  });
}

/** Creates the course of batches. */
export function createBatchCourse(deps: BatchCourseDeps): BatchCourse {
  return new Course(deps);
}
