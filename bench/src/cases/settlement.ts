// Settling what thousands of users owe, while requests go on: with every account named in full, and by lookup tables.
import { walletSigner } from "@aimo-network/escrow/wallet-signer";
import { chargeInLedger } from "@aimo-network/localnet/test-bed/charges-in-ledger";
import type { ChargedAnswer } from "@aimo-network/localnet/test-bed/charges-in-ledger";
import { plantCrowd } from "@aimo-network/localnet/test-bed/planted-crowd";
import { loadWallet } from "@aimo-network/localnet/wallets";
import { sleep } from "@aimo-network/protocol/clock";
import { microUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import { parseConfig } from "aimo-router/src/config.ts";
import { openDatabase } from "aimo-router/src/ledger/database/database.ts";
import { createLog } from "aimo-router/src/log.ts";
import { reconcileBooks } from "aimo-router/src/rooms.ts";
import { newWallet } from "aimo-router/src/test-bed/new-wallet.ts";
import type { BenchCase, BenchTools } from "../bench-case.ts";
import type { Burst } from "../load/burst.ts";
import type { MoneySite } from "../money/money-site.ts";
import { onMoneySite } from "../money/money-site.ts";
import type { CrowdBooks, SettledBatches } from "../money/settled-batches.ts";
import { openCrowdBooks } from "../money/settled-batches.ts";
import type { TableCosts } from "../money/settler-fees.ts";
import { tableAddresses, tableCosts, transactionFees } from "../money/settler-fees.ts";
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";

const USERS = 10_000;
const PROVIDERS = 200;
const ENTRIES_MIN = 50; // a transaction, where tables are there
const DEPOSIT = microUsdc(1_000_000n);
const COST = nanoUsdc(10_000_000n);
const CONNECTIONS = 16;
const REQUESTS = 2_000; // of a burst
const TABLES_LOOK_MS = 2_000;
const TABLES_STEADY_LOOKS = 10; // in a row that show as many addresses: no more are added
const WITHOUT = "every account named";
const WITH = "by lookup tables";
const log = createLog("silent");

/** One round of settling. */
interface Round {
  readonly batches: SettledBatches;
  readonly fees: bigint;
  /** Requests that went on meanwhile. */
  readonly bursts: readonly Burst[];
}

interface Stage extends MoneySite {
  readonly tools: BenchTools;
  readonly books: CrowdBooks;
  readonly answers: readonly ChargedAnswer[];
}

function ask({ load, target }: MoneySite): Promise<Burst> {
  const question = { kind: "json", stream: false } as const;
  return load.run("burst", { target, question, connections: CONNECTIONS, requests: REQUESTS });
}

/** Charges every pair once and waits until it is settled; requests are asked all the time. */
async function settleRound(stage: Stage, answers: readonly ChargedAnswer[]): Promise<Round> {
  const { tools, books, databaseUrl } = stage;
  const { clock } = tools;
  await chargeInLedger(databaseUrl, clock, answers);
  const settled = books.settled().then(() => true);
  const bursts: Burst[] = [];
  do bursts.push(await ask(stage));
  while (!(await Promise.race([settled, sleep(clock, 0).then(() => false)])));
  const batches = await books.batches();
  return { batches, fees: await transactionFees(stage, batches.signatures), bursts };
}

/** Waits until the router adds no more addresses to its tables. */
async function waitForTables(stage: Stage): Promise<void> {
  const { clock, say } = stage.tools;
  let last = await tableAddresses(stage);
  for (let steady = 0; steady < TABLES_STEADY_LOOKS || last === 0;) {
    await sleep(clock, TABLES_LOOK_MS);
    const now = await tableAddresses(stage);
    steady = now === last ? steady + 1 : 0;
    if (now !== last) say(`settle: ${now} addresses in tables`);
    last = now;
  }
}

async function insistOnAgreement({ tools, settings }: Stage): Promise<void> {
  const { code, lines } = await reconcileBooks(parseConfig(settings), { clock: tools.clock, log });
  if (code !== 0) throw new Error(lines.join("\n"));
}

function figures(row: string, { batches, fees, bursts }: Round, before: Burst): Figure[] {
  const about = { table: `Settling what ${USERS} users owe to ${PROVIDERS} providers`, case: row, digits: 2 };
  const { entries, signatures, seconds } = batches;
  const least = row === WITH ? { atLeast: ENTRIES_MIN } : {};
  const ratios = (read: (burst: Burst) => number): number[] => bursts.map((burst) => read(burst) / read(before));
  return [
    figure({ ...about, what: "entries /s", digits: 0 }, [entries / seconds]),
    figure({ ...about, what: "transactions", digits: 0 }, [signatures.length]),
    figure({ ...about, what: "entries a transaction", digits: 1, ...least }, [entries / signatures.length]),
    figure({ ...about, what: "lamports an entry", digits: 0 }, [Number(fees) / entries]),
    figure(
      { ...about, what: "requests /s, meanwhile / before", better: "higher" },
      ratios(({ perSecond }) => perSecond),
    ),
    figure(
      { ...about, what: "p50, meanwhile / before", better: "lower" },
      ratios(({ whole }) => whole.p50Ms),
    ),
    figure(
      { ...about, what: "p99, meanwhile / before", better: "lower" },
      ratios(({ whole }) => whole.p99Ms),
    ),
  ];
}

function tableFigures({ addresses, fees, rent }: TableCosts): Figure[] {
  const about = { table: "An account's place in a lookup table", case: "once", digits: 0 };
  return [
    figure({ ...about, what: "accounts" }, [addresses]),
    figure({ ...about, what: "lamports" }, [Number(fees) / addresses]),
    figure({ ...about, what: "lamports of rent, which come back" }, [Number(rent) / addresses]),
  ];
}

async function measureOn(stage: Stage): Promise<Figure[]> {
  const { tools, answers } = stage;
  const { say } = tools;
  await ask(stage); // warm-up, not counted
  const before = await ask(stage);
  say("settle: providers' accounts are opened");
  const first = await settleRound(stage, answers.slice(0, PROVIDERS));
  say(`settle: ${WITHOUT}`);
  const named = await settleRound(stage, answers);
  say("settle: again, and tables are made for those who were settled twice");
  const again = await settleRound(stage, answers);
  await waitForTables(stage);
  const rounds = [first, named, again];
  const costs = await tableCosts(stage, new Set(rounds.flatMap(({ batches }) => batches.signatures)));
  say(`settle: ${WITH}`);
  const lookedUp = await settleRound(stage, answers);
  await insistOnAgreement(stage);
  return [...figures(WITHOUT, named, before), ...figures(WITH, lookedUp, before), ...tableFigures(costs)];
}

async function measure(tools: BenchTools): Promise<Figure[]> {
  return await onMoneySite(tools, async (site) => {
    const { clock, say } = tools;
    say(`settle: ${USERS} users deposit`);
    const { router } = await site.faucet.look(site.chain.payer.address);
    const place = { router, mint: site.money.mint };
    const crowd = { count: USERS, deposit: DEPOSIT };
    const users = await plantCrowd(site.money.rpcUrl, site.chain, place, crowd);
    const { publicKey } = loadWallet(site.localnet.file.user.wallet_file);
    const database = openDatabase(site.databaseUrl, { clock, log }, { connectionsMax: 1 });
    try {
      const books = openCrowdBooks(clock, database, publicKey);
      await books.credited(USERS);
      const providers = Array.from({ length: PROVIDERS }, () => walletSigner(newWallet()).address);
      const providerOf = (index: number): string => providers[index % PROVIDERS] ?? "";
      const answers = users.map((user, index) => ({ user, provider: providerOf(index), cost: COST }));
      return await measureOn({ ...site, tools, books, answers });
    } finally {
      await database.close();
    }
  });
}

/** The subject `settle`. */
export const SETTLEMENT: BenchCase = { name: "settle", measure };
