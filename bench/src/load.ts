// One measured burst of requests: how many a second, and how long each took.
import { Pool } from "undici";
import { systemClock } from "@aimo-network/protocol/clock";

/** Where and what to ask. */
export interface Target {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a burst showed; times in milliseconds. */
export interface Burst {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Until the first body byte. */
  readonly firstByteP50Ms: number;
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function ask(pool: Pool, target: Target): Promise<{ totalMs: number; firstByteMs: number }> {
  const startMs = systemClock.monotonic();
  const { statusCode, body } = await pool.request({
    path: target.path,
    method: "POST",
    headers: target.headers,
    body: target.body,
  });
  let firstByteMs = Number.NaN;
  let bytes = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    if (bytes === 0) firstByteMs = systemClock.monotonic() - startMs;
    bytes += piece.length;
  }
  if (statusCode !== 200) throw new Error(`status ${statusCode} from ${target.origin}`);
  return { totalMs: systemClock.monotonic() - startMs, firstByteMs };
}

/** Asks `requests` times over `connections` connections. */
export async function burst(target: Target, connections: number, requests: number): Promise<Burst> {
  const pool = new Pool(target.origin, { connections, pipelining: 1 });
  const totals: number[] = [];
  const firsts: number[] = [];
  let started = 0;
  const worker = async (): Promise<void> => {
    while (started < requests) {
      started += 1;
      const { totalMs, firstByteMs } = await ask(pool, target);
      totals.push(totalMs);
      firsts.push(firstByteMs);
    }
  };
  const startMs = systemClock.monotonic();
  await Promise.all(Array.from({ length: connections }, worker));
  const seconds = (systemClock.monotonic() - startMs) / 1_000;
  await pool.close();
  const ascending = (one: number, other: number): number => one - other;
  const sorted = totals.toSorted(ascending);
  return {
    perSecond: requests / seconds,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    firstByteP50Ms: percentile(firsts.toSorted(ascending), 0.5),
  };
}
