// Instances of one router that share the health of offers in a real database.
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock, sleep, systemClock } from "@aimo-network/protocol/clock";
import { createLog } from "../log.ts";
import type { Database } from "../ledger/database/database.ts";
import { openDatabase } from "../ledger/database/database.ts";
import { createOfferHealthBooks } from "../ledger/market-books/offer-health-books.ts";
import type { HealthStore } from "../market/health/health-store.ts";
import type { SharedHealth } from "../market/health/health-sharing.ts";
import { openSharedHealth } from "../market/health/health-sharing.ts";
import { HEALTH_SHARE_MS } from "../market/limits.ts";
import type { HealthScene } from "./health-scene.ts";
import { healthScene } from "./health-scene.ts";
import { testDatabase } from "./test-database.ts";

/** An instance, told attempt by attempt of the bed's one offer. */
export interface HealthInstance extends HealthScene, SharedHealth {}

/** Instances on one database and one clock. */
export interface HealthBed {
  readonly clock: ManualClock;
  readonly database: Database;
  readonly url: string;
  /** Starts one; by way of `url` where it is given, and with `meddle` between it and its books. */
  instance(url?: string, meddle?: (store: HealthStore) => HealthStore): Promise<HealthInstance>;
  /** Lets the time pass after which all exchange what they know, and waits until they have. */
  exchange(): Promise<void>;
}

const LOOK_MS = 2;

/** Opens one; it closes with the test. */
export async function openHealthBed(t: { after(close: () => Promise<void>): void }): Promise<HealthBed> {
  const url = await testDatabase();
  const clock = manualClock();
  const log = createLog("silent");
  const databases: Database[] = [];
  const open = (where: string): Database => {
    const database = openDatabase(where, { clock: systemClock, log });
    databases.push(database);
    return database;
  };
  const database = open(url);
  const instances = new Set<HealthInstance>();
  let made = 0;
  /** Waits until no instance is exchanging anything: each has set the timer for the next time. */
  const resting = async (): Promise<void> => {
    while (clock.waiting < instances.size) await sleep(systemClock, LOOK_MS);
  };
  t.after(async () => {
    await Promise.all([...instances].map((instance) => instance.close()));
    await Promise.all(databases.map((one) => one.close()));
  });
  return {
    clock,
    database,
    url,
    async instance(where = url, meddle = (store) => store) {
      made += 1;
      const store = meddle(createOfferHealthBooks(open(where), made));
      const shared = await openSharedHealth({ clock, log, store });
      const instance: HealthInstance = {
        ...healthScene(shared.health, clock),
        async close() {
          if (instances.delete(instance)) await shared.close();
        },
      };
      instances.add(instance);
      return instance;
    },
    async exchange() {
      await resting();
      clock.advance(HEALTH_SHARE_MS);
      await resting();
    },
  };
}
