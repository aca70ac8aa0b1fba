// Billing for a test: on books of its own, real ones.
import { systemClock } from "@aimo-network/protocol/clock";
import type { Billing } from "../billing/billing.ts";
import { createBilling } from "../billing/billing.ts";
import { createCheckpoints } from "../billing/checkpoints.ts";
import type { RateRules } from "../billing/rate-rules.ts";
import { createLog } from "../log.ts";
import type { TestBooks } from "./test-books.ts";
import { testBooks, WIDE_RATES } from "./test-books.ts";

/** Billing under test. */
export interface TestBilling {
  readonly books: TestBooks;
  readonly billing: Billing;
  close(): Promise<void>;
}

/** Opens billing; `url` for a second instance on the database of a first. */
export async function testBilling(rates: RateRules = WIDE_RATES, url?: string): Promise<TestBilling> {
  const books = await testBooks({ rates, ...(url !== undefined && { url }) });
  const log = createLog("silent");
  const checkpoints = createCheckpoints(systemClock, log, books.ledger);
  const deps = {
    clock: systemClock,
    ioClock: systemClock,
    log,
    ledger: books.ledger,
    checkpoints,
    posted: () => undefined,
  };
  const billing = createBilling(deps, { rates, totalMs: 600_000, idempotencySecret: new Uint8Array(32) });
  return {
    books,
    billing,
    async close() {
      await checkpoints.close();
      await books.close();
    },
  };
}
