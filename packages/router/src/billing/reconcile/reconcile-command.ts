// `aimo-router reconcile`: looks at the whole chain and the whole ledger once, and says what differs and what to do.
import type { Clock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { Logger } from "pino";
import type { ChainSettings } from "../../chain/chain-settings.ts";
import { chainSideOf } from "../../chain/chain-side.ts";
import { createEndpoints } from "../../chain/endpoints.ts";
import { RouterMissing, lookAtAll, surveyGround } from "../../chain/observation.ts";
import type { Database } from "../../ledger/database/database.ts";
import { createStandings } from "../../ledger/chain-books/standings.ts";
import { DIFFERENCES_LOGGED_MAX, RECONCILE_LOOK_MS } from "../limits.ts";
import { compareBooks } from "./compare.ts";
import { reconcileLines } from "./report-lines.ts";

/** What the command needs. */
export interface ReconciliationDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly database: Database;
}

/** What it prints, and the code it ends with: 0 they agree, 1 the chain has less than the ledger, 2 it could not be looked at. */
export interface ReconciliationOutcome {
  readonly code: 0 | 1 | 2;
  readonly lines: readonly string[];
}

/** Compares the books in a database with their chain. */
export async function runReconciliation(
  settings: ChainSettings,
  { clock, log, database }: ReconciliationDeps,
): Promise<ReconciliationOutcome> {
  const endpoints = createEndpoints(settings.rpcUrls, { clock, log });
  const late = new AbortController();
  const timer = clock.timer(RECONCILE_LOOK_MS, () => late.abort());
  try {
    const options = { floor: 0n, abortSignal: late.signal };
    const { observation } = await lookAtAll(endpoints.any, await surveyGround(settings), options);
    const standings = createStandings(database);
    const outcome = compareBooks(chainSideOf(observation), await standings.read());
    const lines = reconcileLines(outcome, await standings.surprises(DIFFERENCES_LOGGED_MAX));
    return { code: outcome.differences.some(({ kind }) => kind === "short") ? 1 : 0, lines };
  } catch (error) {
    if (!late.signal.aborted && !isAimoError(error, "chain_unavailable") && !(error instanceof RouterMissing))
      throw error;
    const why = error instanceof Error ? error.message : String(error);
    return { code: 2, lines: [`The chain could not be looked at: ${why}`] };
  } finally {
    timer.cancel();
  }
}
