// How far running streams have come, written down every two seconds: what a replay may be charged for after a crash.
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { Logger } from "pino";
import type { Ledger } from "../ledger/ledger.ts";
import { CHECKPOINT_MS, CHECKPOINTS_AT_ONCE_MAX } from "./limits.ts";

/** A running request, as far as checkpoints ask. */
export interface Running {
  readonly id: string;
  /** Counted up while the answer passes by. */
  readonly delivered: { readonly bytes: number };
  /** What was written down last. */
  checkpointBytes: number;
}

/** Watches running requests. */
export interface Checkpoints {
  begin(running: Running): void;
  end(running: Running): void;
  close(): Promise<void>;
}

async function writeDown(ledger: Pick<Ledger, "checkpoint">, all: ReadonlySet<Running>): Promise<void> {
  const moved = [...all].filter(({ delivered, checkpointBytes }) => delivered.bytes !== checkpointBytes);
  for (let start = 0; start < moved.length; start += CHECKPOINTS_AT_ONCE_MAX) {
    const some = moved.slice(start, start + CHECKPOINTS_AT_ONCE_MAX);
    for (const running of some) running.checkpointBytes = running.delivered.bytes;
    await ledger.checkpoint(some.map(({ id, checkpointBytes }) => ({ id, deliveredBytes: checkpointBytes })));
  }
}

/** Begins to watch; nothing runs yet. */
export function createCheckpoints(clock: Clock, log: Logger, ledger: Pick<Ledger, "checkpoint">): Checkpoints {
  const running = new Set<Running>();
  let writing: Promise<void> = Promise.resolve();
  let timer: Timer | undefined;
  const turn = async (): Promise<void> => {
    try {
      await writeDown(ledger, running);
    } catch (error) {
      // The next one says more; whatever is wrong with this one, no answer fails for it.
      if (isAimoError(error, "ledger_unavailable")) log.debug({ error }, "no checkpoint: the database is away");
      else log.error({ error }, "a checkpoint could not be written");
    }
  };
  const arm = (): void => {
    timer = clock.timer(CHECKPOINT_MS, () => {
      writing = turn().finally(() => {
        if (timer !== undefined) arm();
      });
    });
  };
  arm();
  return {
    begin: (one) => void running.add(one),
    end: (one) => void running.delete(one),
    async close() {
      timer?.cancel();
      timer = undefined;
      await writing;
    },
  };
}
