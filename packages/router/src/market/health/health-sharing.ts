// Exchanges health with the books: what this instance has seen goes there, what others have seen comes from there.
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import { within } from "@aimo-network/protocol/clock";
import type { Logger } from "pino";
import { HEALTH_BATCHES_PER_TURN_MAX, HEALTH_FIRST_READ_MS, HEALTH_SHARE_MS, HEALTH_TIDY_MS } from "../limits.ts";
import type { LearningHealth } from "./create-offer-health.ts";
import { createOfferHealth } from "./create-offer-health.ts";
import { HealthChanges } from "./health-changes.ts";
import type { HealthStore, StoredHealth } from "./health-store.ts";

/** What sharing needs. */
export interface SharedHealthDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: HealthStore;
}

/** Health that is exchanged with the books from now on. */
export interface SharedHealth {
  readonly health: LearningHealth;
  /** Writes the rest down, as far as the database answers, and ends. */
  close(): Promise<void>;
}

/** Writes changes down, each once: what got no answer is brought again as it was. */
function createWriter({ clock, store }: SharedHealthDeps, changes: HealthChanges): () => Promise<void> {
  let number = 0;
  let unanswered: StoredHealth | undefined;
  return async () => {
    for (let turn = 0; turn < HEALTH_BATCHES_PER_TURN_MAX; turn += 1) {
      if (unanswered === undefined) {
        unanswered = changes.take();
        number += 1;
      }
      if (unanswered === undefined) return;
      await store.add(number, unanswered, clock.now());
      unanswered = undefined;
    }
  };
}

/** Opens health with all that is known, and exchanges it until it is closed; while the database is away it goes by itself. */
export async function openSharedHealth(deps: SharedHealthDeps): Promise<SharedHealth> {
  const { clock, log, store } = deps;
  const changes = new HealthChanges();
  const health = createOfferHealth({ clock, changes });
  const write = createWriter(deps, changes);
  let since: Date | undefined;
  let tidiedMs = -Infinity;
  let isAway = false;
  let isClosed = false;
  let timer: Timer | undefined;

  const exchange = async (): Promise<void> => {
    await write();
    // Only now, when nothing is on its way there: what the books tell and what waits here are together all there is.
    since = await store.load(since, clock.now(), (known) => health.learn(known));
    if (clock.monotonic() - tidiedMs < HEALTH_TIDY_MS) return;
    tidiedMs = clock.monotonic();
    await store.tidy(clock.now());
  };
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      if (isAway) log.info("health is shared again");
      isAway = false;
    } catch (error) {
      // Said once: until the database is back each instance goes by what it sees itself.
      if (!isAway) log.warn({ error }, "health cannot be shared");
      isAway = true;
    }
  };
  const turn = async (): Promise<void> => {
    await attempt(exchange);
    if (!isClosed) timer = clock.timer(HEALTH_SHARE_MS, () => void (running = turn()));
  };
  let running = turn();
  await within(clock, HEALTH_FIRST_READ_MS, running);
  return {
    health,
    async close() {
      isClosed = true;
      timer?.cancel();
      await running;
      await attempt(write);
    },
  };
}
