// What an answer cost that was stopped or broke off: the router says so in its list once it has charged it.
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import { CHARGE_POLL_MS, CHARGE_TRIES_MAX, CLOCKS_APART_MS } from "../limits.ts";
import type { Answer } from "./answer.ts";

/** A generation as the list of them has it, as far as it is needed here. */
export interface ChargedGeneration {
  readonly id: string;
  /** ISO 8601. */
  readonly created_at: string;
  readonly cancelled: boolean;
  /** Decimal USDC. */
  readonly cost: string;
}

/** The wallet's newest generations of a model. */
export type ListGenerations = (model: string, signal: AbortSignal) => Promise<readonly ChargedGeneration[]>;

/** An answer whose charge is looked for. */
export interface UnchargedAnswer {
  readonly answer: Answer;
  readonly model: string;
  /** Milliseconds since 1970. */
  readonly askedAt: number;
  /** Ids of generations that are known to be other answers. */
  readonly others: ReadonlySet<string>;
}

/** Whether the router has not said what it cost, and will: not for what it refused. */
export function isChargeUnknown({ cost, generationId, phase }: Answer): boolean {
  return cost === undefined && (generationId !== undefined || phase === "stopped");
}

/** Stopped before it had an id, it is the one that was left by its client since it was asked. */
function isIt({ answer, askedAt, others }: UnchargedAnswer, generation: ChargedGeneration): boolean {
  if (answer.generationId !== undefined) return generation.id === answer.generationId;
  const createdAt = Date.parse(generation.created_at);
  return generation.cancelled && !others.has(generation.id) && createdAt >= askedAt - CLOCKS_APART_MS;
}

/** Its generation; undefined where the router does not list it in time, or cannot be asked. */
export async function learnCharge(
  clock: Clock,
  list: ListGenerations,
  uncharged: UnchargedAnswer,
  signal: AbortSignal,
): Promise<ChargedGeneration | undefined> {
  for (let tries = 0; tries < CHARGE_TRIES_MAX && !signal.aborted; tries += 1) {
    await sleep(clock, CHARGE_POLL_MS, signal);
    try {
      const found = (await list(uncharged.model, signal)).find((generation) => isIt(uncharged, generation));
      if (found !== undefined) return found;
    } catch {
      return undefined; // the answer stands; its cost is under Activity when the router is back
    }
  }
  return undefined;
}
