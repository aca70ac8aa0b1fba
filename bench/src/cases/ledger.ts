// The ledger by itself: locks and charges a second beside bare inserts on the same PostgreSQL, and what they leave on disk.
import type { Clock } from "@aimo-network/protocol/clock";
import { seededRandom, systemRandom } from "@aimo-network/protocol/random";
import type { BenchCase, BenchTools } from "../bench-case.ts";
import { openBarePairs } from "../ledger/bare-inserts.ts";
import type { BenchBooks } from "../ledger/bench-books.ts";
import { onFreshBooks } from "../ledger/bench-books.ts";
import type { Cast } from "../ledger/cast.ts";
import { enterCast } from "../ledger/cast.ts";
import { fillTables } from "../ledger/full-tables.ts";
import type { Pairs } from "../ledger/pairs.ts";
import { ledgerPair, makePairs } from "../ledger/pairs.ts";
import { readFigures } from "../ledger/reads.ts";
import { rowSizeFigures } from "../ledger/row-sizes.ts";
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";

const USERS = 300;
const PROVIDERS = 5;
const SECONDS = 2; // of a burst
const PAIRS_PER_SECOND_MIN = 8_000; // at 256 at once
const SIZES = [{ atOnce: 1 }, { atOnce: 64 }, { atOnce: 256, atLeast: PAIRS_PER_SECOND_MIN }] as const;

/** One round: both kinds of pairs on the same server, one after the other. */
interface Round {
  readonly ledger: Pairs;
  readonly bare: Pairs;
  /** Bytes of the database's log for a lock and its charge. */
  readonly logBytes: number;
}

async function logPosition({ patient }: BenchBooks): Promise<number> {
  const [row] = await patient.query<{ at: number }>("SELECT (pg_current_wal_insert_lsn() - '0/0')::float8 AS at");
  return row?.at ?? Number.NaN;
}

function figures(table: string, size: (typeof SIZES)[number], rounds: readonly Round[]): Figure[] {
  const { atOnce, ...bound } = size;
  const about = { table, case: `${atOnce} at once`, digits: 2 };
  return [
    figure(
      { ...about, what: "pairs /s", digits: 0, ...bound },
      rounds.map(({ ledger }) => ledger.perSecond),
    ),
    figure(
      { ...about, what: "pairs of bare inserts /s", digits: 0 },
      rounds.map(({ bare }) => bare.perSecond),
    ),
    figure(
      { ...about, what: "ledger / bare", digits: 3, better: "higher" },
      rounds.map(({ ledger, bare }) => ledger.perSecond / bare.perSecond),
    ),
    figure(
      { ...about, what: "lock p50 ms" },
      rounds.map(({ ledger }) => ledger.first.p50Ms),
    ),
    figure(
      { ...about, what: "lock p99 ms" },
      rounds.map(({ ledger }) => ledger.first.p99Ms),
    ),
    figure(
      { ...about, what: "bare insert p50 ms" },
      rounds.map(({ bare }) => bare.first.p50Ms),
    ),
    figure(
      { ...about, what: "log bytes a pair", digits: 0 },
      rounds.map(({ logBytes }) => logBytes),
    ),
  ];
}

async function measurePairs(tools: BenchTools, table: string, books: BenchBooks, cast: Cast): Promise<Figure[]> {
  const { clock, rounds, say } = tools;
  const ledger = ledgerPair(books.ledger, cast, clock, systemRandom);
  const bare = await openBarePairs(books, clock, systemRandom);
  const measureRound = async (atOnce: number): Promise<Round> => {
    const order = { atOnce, seconds: SECONDS };
    const before = await logPosition(books);
    const pairs = await makePairs(clock, order, ledger);
    const logBytes = ((await logPosition(books)) - before) / pairs.count;
    return { ledger: pairs, logBytes, bare: await makePairs(clock, order, bare.make) };
  };
  const measured: Figure[] = [];
  for (const size of SIZES) {
    say(`${table}: ${size.atOnce} at once`);
    await measureRound(size.atOnce); // warm-up, not counted
    const all: Round[] = [];
    for (let round = 0; round < rounds; round += 1) all.push(await measureRound(size.atOnce));
    measured.push(...figures(table, size, all));
  }
  await bare.close();
  return measured;
}

function measureSmall(tools: BenchTools, clock: Clock): Promise<Figure[]> {
  return onFreshBooks(clock, async (books) => {
    const cast = await enterCast(books, USERS, PROVIDERS);
    const pairs = await measurePairs(tools, "A lock and its charge, by itself", books, cast);
    return [...pairs, ...(await rowSizeFigures(books))];
  });
}

function measureFull(tools: BenchTools, clock: Clock): Promise<Figure[]> {
  return onFreshBooks(clock, async (books) => {
    const cast = await fillTables(books, clock, tools.say);
    const reads = await readFigures(books, cast, clock, seededRandom(1));
    const table = "A lock and its charge with ten million generations of 100,000 users";
    return [...(await measurePairs(tools, table, books, cast)), ...reads];
  });
}

/** The subject `ledger`. */
export const LEDGER: BenchCase = {
  name: "ledger",
  async measure(tools) {
    const small = await measureSmall(tools, tools.clock);
    return tools.fullTables ? [...small, ...(await measureFull(tools, tools.clock))] : small;
  },
};
