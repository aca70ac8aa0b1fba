// How long people wait who look at what happened, with full tables: lists of generations, days and balances.
import type { Clock } from "@aimo-network/protocol/clock";
import type { Random } from "@aimo-network/protocol/random";
import { dayOf } from "aimo-router/src/activity/utc-days.ts";
import { createActivity } from "aimo-router/src/activity/activity.ts";
import { walletAddress } from "aimo-router/src/activity/wallet-bytes.ts";
import { createLog } from "aimo-router/src/log.ts";
import { timesOf } from "../load/burst.ts";
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";
import type { BenchBooks } from "./bench-books.ts";
import type { Cast } from "./cast.ts";

const READS = 300; // of each kind, one after the other
const ROWS_MAX = 1_000;
const DAYS = 30;
const PAGE = 50;

async function addressOf({ patient }: BenchBooks, number: number): Promise<string> {
  const [row] = await patient.query<{ address: Uint8Array }>("SELECT address FROM wallets WHERE id = $1", [number]);
  if (row === undefined) throw new Error(`there is no wallet ${number}`);
  return walletAddress(row.address);
}

/** Figures of reading by wallets at random, each by itself, on books at rest. */
export async function readFigures(books: BenchBooks, cast: Cast, clock: Clock, random: Random): Promise<Figure[]> {
  const activity = createActivity(books.database, { clock, log: createLog("silent") });
  const lastDay = dayOf(clock.now());
  const span = { firstDay: lastDay - DAYS + 1, lastDay, rowsMax: ROWS_MAX };
  const kinds = [
    {
      title: `a user's ${PAGE} newest generations`,
      among: cast.users,
      read: (wallet: string) => activity.generations.list({ wallet }, { limit: PAGE }),
    },
    { title: "a user's thirty days", among: cast.users, read: (wallet: string) => activity.usage.ofUser(wallet, span) },
    { title: "a user's balances", among: cast.users, read: (wallet: string) => activity.balances.of(wallet) },
    {
      title: "a provider's thirty days",
      among: cast.providers,
      read: (wallet: string) => activity.usage.ofProvider(wallet, span),
    },
  ];
  const figures: Figure[] = [];
  for (const { title, among, read } of kinds) {
    const tookMs: number[] = [];
    for (let count = 0; count < READS; count += 1) {
      const wallet = await addressOf(books, 1 + Math.floor(random.fraction() * among));
      const startMs = clock.monotonic();
      await read(wallet);
      tookMs.push(clock.monotonic() - startMs);
    }
    const { p50Ms, p99Ms } = timesOf(tookMs);
    const about = { table: "Reading with ten million generations, milliseconds", case: title, digits: 2 };
    figures.push(figure({ ...about, what: "p50" }, [p50Ms]), figure({ ...about, what: "p99" }, [p99Ms]));
  }
  activity.live.close();
  return figures;
}
