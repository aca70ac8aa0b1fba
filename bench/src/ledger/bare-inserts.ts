// What the ledger is compared with: ids inserted into a table that has nothing else, batched as the ledger batches.
import type { Clock } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import type { Random } from "@aimo-network/protocol/random";
import type { DatabaseConnection } from "aimo-router/src/ledger/database/database.ts";
import { LEDGER_BATCH_MAX } from "aimo-router/src/ledger/limits.ts";
import type { BenchBooks } from "./bench-books.ts";
import type { MakePair } from "./pairs.ts";

interface Waiting {
  readonly id: string;
  resolve(): void;
  reject(error: unknown): void;
}

class BareInserts {
  readonly #connection: DatabaseConnection;
  readonly #waiting: Waiting[] = [];
  #isRunning = false;

  constructor(connection: DatabaseConnection) {
    this.#connection = connection;
  }

  insert(id: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id, resolve, reject });
      if (this.#isRunning) return;
      this.#isRunning = true;
      setImmediate(() => void this.#run());
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, LEDGER_BATCH_MAX);
      const values = [`{${batch.map(({ id }) => id).join(",")}}`];
      try {
        await this.#connection.query({ name: "bare", text: "INSERT INTO bare SELECT unnest($1::uuid[])", values });
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isRunning = false;
  }
}

/** Bare inserts on a connection of their own. */
export interface BarePairs {
  /** Two inserts one after the other. */
  readonly make: MakePair;
  close(): Promise<void>;
}

/** Makes their table and connects. */
export async function openBarePairs(
  { database, patient }: BenchBooks,
  clock: Clock,
  random: Random,
): Promise<BarePairs> {
  await patient.query("CREATE TABLE bare (id uuid PRIMARY KEY)");
  const connection = await database.connect();
  const inserts = new BareInserts(connection);
  return {
    async make(half) {
      await inserts.insert(uuidV7(clock, random));
      half();
      await inserts.insert(uuidV7(clock, random));
    },
    close: () => connection.end(),
  };
}
