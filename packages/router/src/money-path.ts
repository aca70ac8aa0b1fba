// The money path: what follows the chain into the books, and what goes from the books onto the chain. rooms.ts opens it.
import { systemClock, within } from "@aimo-network/protocol/clock";
import { admissionStop } from "./billing/deposit/admission.ts";
import { createChainWatch } from "./billing/deposit/chain-watch.ts";
import { timeFaults } from "./billing/deposit/deadlines.ts";
import {
  FIRST_LOOK_MS,
  LIABILITY_ROOT_MS,
  PAUSE_LOOK_MS,
  TABLE_BUSY_MS,
  TABLE_TURN_MS,
  TABLE_WALLETS_MAX,
} from "./billing/limits.ts";
import { createReconciler } from "./billing/reconcile/reconciler.ts";
import type { Reconciler } from "./billing/reconcile/reconciler.ts";
import { createBatchCourse } from "./billing/settle/batch-course.ts";
import { createReceiptBook } from "./billing/settle/receipt-book.ts";
import type { ReceiptBook } from "./billing/settle/receipt-book.ts";
import { createSettler } from "./billing/settle/settler.ts";
import type { Settler } from "./billing/settle/settler.ts";
import { createLiabilityTree } from "./billing/solvency/liability-tree.ts";
import type { LiabilityTree } from "./billing/solvency/liability-tree.ts";
import { openMoneyDesk } from "./billing/withdraw/money-desk.ts";
import type { MoneyDesk } from "./billing/withdraw/money-desk.ts";
import { WITHDRAWAL_RESEND_MS } from "./billing/withdraw/limits.ts";
import { openChainDesk } from "./chain/submission/chain-desk.ts";
import { openChainLink } from "./chain/chain-link.ts";
import type { ChainLink } from "./chain/chain-link.ts";
import { chainFacts } from "./chain/chain-facts.ts";
import { chainSideOf } from "./chain/chain-side.ts";
import type { ChainSide } from "./chain/chain-side.ts";
import { RouterMissing } from "./chain/observation.ts";
import type { ChainObservation } from "./chain/observation.ts";
import { createSettling } from "./chain/settling.ts";
import { createTableUpkeep } from "./chain/table-upkeep.ts";
import type { TableUpkeep } from "./chain/table-upkeep.ts";
import { readPlace } from "./chain/chain-settings.ts";
import type { ChainSettings } from "./chain/chain-settings.ts";
import type { ChainConfig } from "./chain-settings.ts";
import { ConfigError } from "./config.ts";
import type { Config } from "./config.ts";
import type { Identity } from "./identity.ts";
import { createChainPosting } from "./ledger/chain-books/chain-posting.ts";
import type { ChainPosting } from "./ledger/chain-books/chain-posting.ts";
import { leadJob } from "./ledger/chain-books/leadership.ts";
import type { Leadership } from "./ledger/chain-books/leadership.ts";
import { createLiabilities } from "./ledger/chain-books/liabilities.ts";
import { createLedgerReceipts } from "./ledger/chain-books/receipts.ts";
import type { Settlement } from "./ledger/chain-books/settlement.ts";
import { createSettlement } from "./ledger/chain-books/settlement.ts";
import { createStandings } from "./ledger/chain-books/standings.ts";
import { createWithdrawals } from "./ledger/chain-books/withdrawals.ts";
import type { Books } from "./ledger/open-books.ts";
import { repeat } from "./ledger/repeat.ts";
import { openSigner } from "./signer/open-signer.ts";
import type { Signer } from "./signer/signer.ts";
import type { MoneyTally } from "./money-metrics.ts";
import type { RouterDeps } from "./rooms.ts";

/** What a router with a chain has of it. */
export interface MoneyPath {
  /** What people may do about their money. */
  readonly desk: MoneyDesk;
  close(): Promise<void>;
}

/** What the money path needs of the rooms before it. */
export interface MoneyPathDeps extends RouterDeps {
  readonly books: Books;
  readonly identity: Identity;
  readonly counts: MoneyTally;
  /** Told whose balances have changed. */
  posted(wallet: string): void;
}

/** The parts that run, and what they have in common. */
interface Parts {
  readonly chain: ChainConfig;
  readonly config: Config;
  readonly deps: MoneyPathDeps;
  readonly link: ChainLink;
  readonly signer: Signer;
  readonly posting: ChainPosting;
  readonly watcher: Leadership;
  readonly reconciler: Reconciler;
  readonly liabilities: LiabilityTree;
}

/** Posts what is observed; after a whole look compares the books, and every hour publishes what is owed. */
function observing({
  deps,
  link,
  posting,
  watcher,
  reconciler,
  liabilities,
}: Parts): (seen: ChainObservation) => Promise<void> {
  const { clock, random, log, books, counts, posted } = deps;
  const { numbers } = books.ledger;
  const watch = createChainWatch({ clock, random, log, posting, numbers, leadership: watcher, posted });
  const publish = publishing(deps, liabilities);
  return async (observation) => {
    await watch.observe(observation);
    counts.seen(observation.slot, () => link.unseenMs());
    const { fence } = watcher;
    if (fence === undefined || !observation.isWhole) return;
    const side = chainSideOf(observation);
    await reconciler.reconcile(fence, side);
    await publish(fence, side);
  };
}

/** Publishes what is owed, every hour; where it cannot, the chain is followed all the same. */
function publishing(
  { clock, log }: MoneyPathDeps,
  liabilities: LiabilityTree,
): (fence: bigint, side: ChainSide) => Promise<void> {
  let publishedMs = -Infinity;
  return async (fence, { slot, vaultAmount, totalUser, totalProvider, feeAccrued }) => {
    if (clock.monotonic() < publishedMs + LIABILITY_ROOT_MS) return;
    const owed = { owedUsers: totalUser, owedProviders: totalProvider, owedFees: feeAccrued };
    try {
      await liabilities.publish(fence, { slot, vaultAmount, ...owed });
      publishedMs = clock.monotonic();
    } catch (error) {
      log.error({ error }, "what is owed could not be published"); // the next whole look tries again
    }
  };
}

/** Decides whether anything may be promised, and tells the ledger; only a change is worth a line in the log. */
function pausing({ config, chain, deps, link, signer, posting, watcher, reconciler }: Parts): () => Promise<void> {
  const own = { totalMs: config.totalMs, settleAgeMs: chain.settleAgeMs };
  let last: string | undefined;
  let led = watcher.fence;
  return async () => {
    const { fence } = watcher;
    // What was told while another led was posted by nobody here.
    if (fence !== undefined && fence !== led) link.follower.scan();
    led = fence;
    if (fence === undefined) return;
    const facts = chainFacts(link.latest());
    const stop = admissionStop({
      own,
      config: facts,
      isSettlerOurs: facts?.settler === signer.addresses.settler,
      unseenMs: link.unseenMs(),
      exposure: await posting.exposure(),
      isShort: reconciler.isHalted,
    });
    await posting.pause(fence, stop !== undefined);
    deps.counts.admission(stop !== undefined);
    if (stop !== last)
      deps.log.warn({ stop }, stop === undefined ? "requests are admitted again" : "requests are refused");
    last = stop;
  };
}

/** Refuses a chain on which this router could never settle in time; one that is away is waited for while it runs. */
async function insistOnChain({ config, chain, deps, link, signer: { addresses } }: Parts): Promise<void> {
  const [look] = (await within(systemClock, FIRST_LOOK_MS, Promise.allSettled([link.follower.look()]))) ?? [];
  const facts = chainFacts(link.latest());
  if (facts === undefined) {
    const error: unknown = look?.status === "rejected" ? look.reason : undefined;
    if (error instanceof Error && error.cause instanceof RouterMissing) throw new ConfigError([error.cause.message]);
    deps.log.error({ error }, "the chain was not seen: nothing is promised until it is");
    return;
  }
  const faults = [
    ...timeFaults({ totalMs: config.totalMs, settleAgeMs: chain.settleAgeMs }, facts),
    ...(["settler", "cosigner"] as const)
      .filter((role) => facts[role] !== addresses[role])
      .map((role) => `expected the key of the ${role} on chain, ${facts[role]}, found that of ${addresses[role]}`),
  ];
  if (faults.length > 0) throw new ConfigError(faults);
}

/** The settings of the chain's room. */
export function chainRoomSettings(chain: ChainConfig, routerId: string): ChainSettings {
  const { programId, rpcUrls, wsUrl, publicRpcUrl, commitment, pollMs, priorityFeeMax } = chain;
  const nodes = { rpcUrls, wsUrl, publicRpcUrl };
  return { ...nodes, commitment, pollMs, priorityFeeMax, ...readPlace(programId, routerId) };
}

/** The lookup tables' upkeep: those who are settled again and again are worth a place. */
function tending(
  chain: ChainConfig,
  deps: MoneyPathDeps,
  link: ChainLink,
  signer: Signer,
  settlement: Settlement,
): TableUpkeep {
  const { clock, log } = deps;
  return createTableUpkeep({
    log,
    endpoints: link.endpoints,
    sender: link.sender,
    authority: signer.addresses.settler,
    commitment: chain.commitment,
    router: link.router,
    addresses: link.addresses,
    busy: () => settlement.busy(new Date(clock.now() - TABLE_BUSY_MS), TABLE_WALLETS_MAX),
    sign: (step) => signer.signTable(step),
  });
}

function settling(chain: ChainConfig, config: Config, deps: MoneyPathDeps, rest: Settling): Settler {
  const { clock, random, log } = deps;
  const { link, signer, settlement, tables, receipts, leadership } = rest;
  const settle = createSettling({ ...link, latest: () => link.latest(), tables: () => tables.usable });
  const steps = { clock, random, log, settlement, chain: settle, signer };
  const course = createBatchCourse({ ...steps, rootOf: (batch) => receipts.rootOf(batch) });
  const { settleAgeMs: ageMs, settleMin: least, sponsorMin } = chain;
  return createSettler({ ...steps, leadership, course }, { ageMs, least, sponsorMin, totalMs: config.totalMs });
}

/** What settling is put together from. */
interface Settling {
  readonly link: ChainLink;
  readonly signer: Signer;
  readonly settlement: Settlement;
  readonly tables: TableUpkeep;
  readonly receipts: ReceiptBook;
  readonly leadership: Leadership;
}

/** Opens the money path of a router; rejects with `ConfigError` where its chain's config and its settings do not fit. */
export async function openMoneyPath(chain: ChainConfig, config: Config, given: MoneyPathDeps): Promise<MoneyPath> {
  const deps = { ...given, log: given.log.child({ room: "chain" }) };
  const { clock, random, log, books, identity, counts } = deps;
  const { database, patientDatabase, instance } = books;
  const room = chainRoomSettings(chain, identity.routerId);
  const link = await openChainLink(room, { clock, log, counts });
  const signer = await openSigner(chain, { clock, database, link });
  const ioClock = systemClock;
  const jobs = { clock: ioClock, log, database };
  const [watcher, settler] = [leadJob(jobs, "watcher", instance), leadJob(jobs, "settler", instance)];
  await Promise.all([watcher.tried, settler.tried]);
  const receipts = createReceiptBook({ ...identity, ioClock, receipts: createLedgerReceipts(patientDatabase) });
  const kept = createLiabilities(patientDatabase);
  const liabilities = createLiabilityTree({ clock, ioClock, random, liabilities: kept });
  const settlement = createSettlement(database);
  const tables = tending(chain, deps, link, signer, settlement);
  const parts: Parts = {
    chain,
    config,
    deps,
    link,
    signer,
    posting: createChainPosting(database),
    watcher,
    reconciler: createReconciler({ log, standings: createStandings(patientDatabase), short: counts.short }),
    liabilities,
  };
  const turns = settling(chain, config, deps, { link, signer, settlement, tables, receipts, leadership: settler });
  const desk = openMoneyDesk({
    ...{ clock, random, log, signer, receipts, liabilities },
    numbers: books.ledger.numbers,
    withdrawals: createWithdrawals(database),
    chain: await openChainDesk(room, { clock, log, ...link }),
  });
  const stops: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    desk.close();
    await Promise.all(stops.map((stop) => stop()));
    await link.stop();
    await Promise.all([watcher.close(), settler.close()]);
  };
  const pause = pausing(parts);
  link.start(observing(parts));
  try {
    await insistOnChain(parts);
    await pause(); // before anybody can ask: what the ledger says of it may be of long ago
  } catch (error) {
    await close();
    throw error;
  }
  stops.push(
    repeat(deps, { what: "the decision on admission", restMs: PAUSE_LOOK_MS, turn: pause }),
    repeat(deps, { what: "settling", restMs: chain.pollMs, turn: async () => counts.openBatches(await turns.turn()) }),
    repeat(deps, {
      what: "following withdrawals",
      restMs: WITHDRAWAL_RESEND_MS,
      turn: async () => (watcher.fence === undefined ? undefined : await desk.sweep(watcher.fence)),
    }),
    repeat(deps, {
      what: "tending lookup tables",
      restMs: Math.min(TABLE_TURN_MS, chain.settleAgeMs),
      turn: () => tables.turn(settler.fence !== undefined),
    }),
  );
  return { desk, close };
}
