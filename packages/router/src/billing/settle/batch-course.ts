// One batch's course: signed before it is sent, sent until it has landed or can never land, and then signed again.
import { isAimoError } from "@aimo-network/protocol/errors";
import type { SigningReason } from "@aimo-network/protocol/errors";
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
  BATCHES_READ_MAX,
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

/** Why a batch did not land. */
interface Failure {
  readonly words: string;
  /** Whether it is about some of its entries, so that the others would land without them. */
  readonly isOfEntries: boolean;
  /** The users it is about, where they are named. */
  readonly users: readonly number[];
}

/** What a node said of bytes that it did not want. */
interface Sending {
  readonly atMs: number;
  readonly refusal: Failure | undefined;
}

// What the program and nodes say of the router itself: smaller batches would fare no better.
const OF_ALL = /SettlerCap|Paused|MissingSigner|fee payer/;
const SIGNERS_OF_ENTRIES: readonly SigningReason[] = [
  "not_owed",
  "escrow_closed",
  "seq_gap",
  "provider_unknown",
  "too_large",
  "program_refuses",
];

const waitingOf = ({ entries }: OpenBatch): readonly SettleEntry[] => entries.filter(({ isPosted }) => !isPosted);

function failureOf(words: string): Failure {
  return { words, isOfEntries: !OF_ALL.test(words), users: [] };
}

function refusalOf(error: Error): Failure {
  const failure = failureOf(error.message);
  if (!isAimoError(error, "signing_refused")) return failure;
  const { reason, users = [] } = error.context;
  return { ...failure, isOfEntries: failure.isOfEntries && SIGNERS_OF_ENTRIES.includes(reason), users };
}

/** How long a batch rests that cannot land as it is: longer each time, for a config or a program takes people to change. */
export function retryRestMs(attempts: number): number {
  return Math.min(BATCH_RETRY_MS * 2 ** Math.max(0, attempts - BATCH_RETRIES_RAPID), BATCH_RETRY_MS_MAX);
}

class Course implements BatchCourse {
  readonly #deps: BatchCourseDeps;
  readonly #sendings = new LRUCache<string, Sending>({ max: BATCHES_REMEMBERED_MAX });
  /** How often each batch was refused before it had a signature, which the ledger does not count. */
  readonly #refused = new LRUCache<bigint, number>({ max: BATCHES_REMEMBERED_MAX });

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
    const { settlement, signer, rootOf, log } = this.#deps;
    const { id } = batch;
    if (batch.root === undefined) await settlement.setRoot(fence, id, await rootOf(id));
    try {
      const signed = await signer.signBatch(id);
      this.#refused.delete(id);
      await settlement.signed(fence, id, signed);
      // Nothing is sent but what the ledger has: another instance may have signed meanwhile, and leads.
      const kept = (await settlement.open(BATCHES_READ_MAX)).find((one) => one.id === id);
      if (kept?.signature !== signed.signature) return;
      await this.#send(signed.wire, signed.signature);
      await settlement.sent(fence, id);
    } catch (error) {
      if (!isAimoError(error, "signing_refused") && !isAimoError(error, "escrow_refused")) throw error;
      log.warn({ batch: String(id), error }, "a batch was not signed");
      this.#refused.set(id, (this.#refused.get(id) ?? 0) + 1);
      await this.#fail(fence, batch, refusalOf(error));
    }
  }

  /** Sends, or sends again; what a node says against it is kept until the bytes are dead: another node may have taken them. */
  async #send(wire: string, signature: string): Promise<void> {
    const { chain, clock, log } = this.#deps;
    let refusal: Failure | undefined;
    try {
      await chain.submit(wire);
    } catch (error) {
      if (!isAimoError(error)) throw error;
      if (!isAimoError(error, "chain_unavailable")) refusal = refusalOf(error);
      log.debug({ signature, error }, "a node did not take a batch");
    }
    const earlier = this.#sendings.get(signature)?.refusal;
    this.#sendings.set(signature, { atMs: clock.monotonic(), refusal: refusal ?? earlier });
  }

  async #follow(fence: bigint, batch: OpenBatch): Promise<void> {
    const { settlement, chain, clock } = this.#deps;
    const { id, signature = "", wire = "", lastValidBlockHeight = 0n } = batch;
    const fate = await chain.fate(signature);
    if (fate.kind === "landed") return await this.#land(fence, batch, signature);
    if (fate.kind === "failed") return await this.#fail(fence, batch, failureOf(fate.reason));
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
    // Some may have been posted since it was signed, and some before.
    const signed = [batch.entries, waiting].find(({ length }) => length === said?.entries.length);
    if (said !== undefined && signed !== undefined) {
      await settlement.logged(fence, batch.id, said.slot, loggedOf(signed, said));
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
    if (refusal !== undefined) return await this.#fail(fence, batch, refusal);
    await settlement.again(fence, batch.id, "expired", new Date(clock.now()), signature);
  }

  /** Tries again, where it is about some entries without them or in two halves: nobody holds up all others for long. */
  async #fail(fence: bigint, batch: OpenBatch, { words, isOfEntries, users }: Failure): Promise<void> {
    const { settlement, clock, random, log } = this.#deps;
    const { id, attempts, signature = null } = batch;
    const all = [...new Set(waitingOf(batch).map(({ user }) => user))];
    const named = all.filter((user) => users.includes(user));
    const at = new Date(clock.now());
    if (all.length === 1 || named.length === all.length || !isOfEntries) {
      log.error({ batch: String(id), failure: words, attempts }, "a batch cannot be settled for now");
      const restMs = retryRestMs(attempts + (this.#refused.get(id) ?? 0));
      return await settlement.again(fence, id, words, new Date(at.getTime() + restMs), signature);
    }
    await settlement.again(fence, id, words, at, signature);
    const apart = named.length > 0 ? named : all.slice(0, Math.ceil(all.length / 2));
    await settlement.split(fence, at, id, uuidV7(clock, random), apart);
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
