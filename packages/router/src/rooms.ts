// The rooms that remember something while a router runs, built in order: the composition root's first half (router.ts is the second).
import { join } from "node:path";
import type { Clock } from "@aimo-network/protocol/clock";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Random } from "@aimo-network/protocol/random";
import type { Logger } from "pino";
import type { KeyUse } from "./accounts/key-use.ts";
import { createKeyUse } from "./accounts/key-use.ts";
import type { Accounts } from "./accounts/open-accounts.ts";
import { openAccounts } from "./accounts/open-accounts.ts";
import type { Activity } from "./activity/activity.ts";
import { createActivity } from "./activity/activity.ts";
import type { Billing } from "./billing/billing.ts";
import { createBilling } from "./billing/billing.ts";
import type { Checkpoints } from "./billing/checkpoints.ts";
import { createCheckpoints } from "./billing/checkpoints.ts";
import { ledgerRates } from "./billing/rate-rules.ts";
import type { Config } from "./config.ts";
import { databaseFault } from "./database-fault.ts";
import type { Identity } from "./identity.ts";
import { loadIdentity } from "./identity.ts";
import type { CheckOutcome } from "./ledger/check-ledger-command.ts";
import { lookAtBooks, runLedgerCheck } from "./ledger/check-ledger-command.ts";
import type { Books, LedgerCounts } from "./ledger/open-books.ts";
import { openBooks } from "./ledger/open-books.ts";
import { BODIES_SHARES, PREFLIGHT_WALLETS_MAX } from "./limits.ts";
import type { Readings } from "./metrics.ts";
import type { MoneyTally } from "./money-metrics.ts";
import type { MoneyPath } from "./money-path.ts";
import { chainRoomSettings, openMoneyPath } from "./money-path.ts";
import { runReconciliation } from "./billing/reconcile/reconcile-command.ts";
import type { MarketRoom } from "./market-room.ts";
import { openMarketRoom } from "./market-room.ts";
import type { Observation } from "./observation.ts";
import { startObservation } from "./observation.ts";
import type { ByteBudget } from "./providers/byte-budget.ts";
import { createByteBudget } from "./providers/byte-budget.ts";
import { openFilePreflightStore } from "./providers/file-preflight-store.ts";
import type { Links } from "./providers/links.ts";
import { createLinks } from "./providers/links.ts";
import type { Preflights } from "./providers/preflights.ts";
import { createPreflights } from "./providers/preflights.ts";

/** What a router gets from outside. */
export interface RouterDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** The rooms of a running router. */
export interface Rooms {
  readonly identity: Identity;
  readonly books: Books;
  readonly accounts: Accounts;
  readonly activity: Activity;
  readonly billing: Billing;
  /** Undefined where this router has no chain. */
  readonly moneyPath: MoneyPath | undefined;
  readonly marketRoom: MarketRoom;
  readonly links: Links;
  readonly keyUse: KeyUse;
  readonly answers: ByteBudget;
  readonly observation: Observation;
  readonly preflights: Preflights;
  isDraining(): boolean;
  /** Posts what is still owed and closes what was opened; called when no request runs any more. */
  close(): Promise<void>;
}

function buildKeyUse(config: Config): KeyUse {
  return createKeyUse({
    requestsPerKeyMax: config.requestsPerKeyMax,
    bodyBytesPerKeyMax: Math.max(config.bodyBytesMax, config.bodiesBytesMax / BODIES_SHARES),
    bodyBytesMax: config.bodiesBytesMax,
  });
}

async function openLedger(
  { databaseUrl, dataDirectory, databaseConnectionsMax, historyDays, rates }: Config,
  deps: RouterDeps,
  counts: LedgerCounts,
): Promise<Books> {
  const settings = {
    databaseUrl,
    dataDirectory,
    connectionsMax: databaseConnectionsMax,
    rates: ledgerRates(rates),
    historyDays,
  };
  try {
    return await openBooks(settings, {
      clock: deps.clock,
      ioClock: systemClock, // input and output take real time, also where a test's clock stands still
      log: deps.log.child({ room: "ledger" }),
      counts,
    });
  } catch (error) {
    throw databaseFault(error, databaseUrl, dataDirectory);
  }
}

/** Billing on the ledger, and what runs beside it. */
interface Money {
  readonly activity: Activity;
  readonly billing: Billing;
  readonly checkpoints: Checkpoints;
}

function openMoney(
  { rates, totalMs }: Config,
  { clock, log }: RouterDeps,
  { database, ledger }: Books,
  { idempotencySecret }: Identity,
): Money {
  const billingLog = log.child({ room: "billing" });
  const activity = createActivity(database, { clock, log: log.child({ room: "activity" }) });
  const checkpoints = createCheckpoints(clock, billingLog, ledger);
  const { hint } = activity.live;
  const billing = createBilling(
    { clock, ioClock: systemClock, log: billingLog, ledger, checkpoints, posted: hint },
    { rates, totalMs, idempotencySecret },
  );
  return { activity, billing, checkpoints };
}

function openChainPath(
  config: Config,
  deps: RouterDeps,
  money: Money,
  books: Books,
  identity: Identity,
  counts: MoneyTally,
) {
  const posted = money.activity.live.hint;
  if (config.chain !== undefined)
    return openMoneyPath(config.chain, config, { ...deps, books, identity, counts, posted });
  deps.log.warn("no chain: AIMO_RPC_URL is not set, so nobody can deposit or withdraw");
  return undefined;
}

function readingsOf(links: Links, keyUse: KeyUse, answers: ByteBudget): Readings {
  return {
    links: () => links.count,
    bodiesHeldBytes: () => keyUse.bodyBytes,
    answersHeldBytes: () => answers.usedBytes,
  };
}

/** Builds the rooms; `url` is asked only when the router listens. */
export async function buildRooms(
  config: Config,
  deps: RouterDeps,
  isDraining: () => boolean,
  url: () => string,
): Promise<Rooms> {
  const { clock, log } = deps;
  const links = createLinks();
  const keyUse = buildKeyUse(config);
  const answers = createByteBudget(config.answersBytesMax);
  const observing = { clock, log: log.child({ room: "gateway" }), readings: readingsOf(links, keyUse, answers), url };
  const observation = await startObservation(config.traces, observing);
  // Before anything else makes the data directory: an unprivileged database must be able to reach its folder.
  const books = await openLedger(config, deps, observation.metrics.counts.ledger).catch(async (error: unknown) => {
    await observation.close();
    throw error;
  });
  const identity = loadIdentity(config.dataDirectory);
  const store = await openFilePreflightStore(log, join(config.dataDirectory, "preflights"));
  const preflights = await createPreflights(store, PREFLIGHT_WALLETS_MAX);
  const money = openMoney(config, deps, books, identity);
  const { activity, billing, checkpoints } = money;
  const accounts = await openAccounts(
    {
      clock,
      random: deps.random,
      log: log.child({ room: "accounts" }),
      database: books.database,
      heed: (revoked) => links.endKeys(revoked),
    },
    { routerId: identity.routerId, acceptV1Spending: config.acceptV1Spending },
  );
  const marketRoom = await openMarketRoom(deps, books);
  const closeRest = async (): Promise<void> => {
    await marketRoom.close();
    activity.live.close();
    accounts.close();
    await checkpoints.close();
    await books.close();
    await observation.close();
  };
  const { counts } = observation.metrics;
  const opening = openChainPath(config, deps, money, books, identity, counts.money);
  const moneyPath = await opening?.catch(async (error: unknown) => {
    await closeRest(); // or what is open would keep a process alive that has refused to start
    throw error;
  });
  return {
    identity,
    books,
    accounts,
    activity,
    billing,
    moneyPath,
    marketRoom,
    links,
    preflights,
    keyUse,
    answers,
    observation,
    isDraining,
    async close() {
      await moneyPath?.close();
      await closeRest();
    },
  };
}

/** Checks the books that a router with these settings has, whether it runs or not. */
export function checkBooks(config: Config, deps: Pick<RouterDeps, "clock" | "log">): Promise<CheckOutcome> {
  return runLedgerCheck(config, deps);
}

/** Compares the books of a router with these settings with its chain, whether it runs or not. */
export function reconcileBooks(config: Config, deps: Pick<RouterDeps, "clock" | "log">): Promise<CheckOutcome> {
  const { chain } = config;
  if (chain === undefined) {
    return Promise.resolve({ code: 2, lines: ["This router has no chain: set AIMO_RPC_URL and AIMO_PROGRAM_ID."] });
  }
  return lookAtBooks(config, deps, (database) => {
    const { routerId } = loadIdentity(config.dataDirectory);
    return runReconciliation(chainRoomSettings(chain, routerId), { ...deps, database });
  });
}
