// One measured burst of requests: how many a second, how long each took, and what asking cost this process itself.
import type { Clock } from "@aimo-network/protocol/clock";
import { percentile } from "../results/spread.ts";
import { Connection } from "./connection.ts";
import type { Question, Target } from "./request.ts";
import { getBytes, requestBytes } from "./request.ts";

/** How often to ask, and how many at once. */
export interface BurstOrder {
  readonly target: Target;
  readonly question: Question;
  readonly connections: number;
  readonly requests: number;
}

/** How often to get the same thing, and how many at once. */
export interface GetOrder {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of every answer. */
  readonly status: number;
  readonly connections: number;
  readonly requests: number;
}

/** Times of some requests, in milliseconds. */
export interface Times {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What a burst showed. */
export interface Burst {
  readonly perSecond: number;
  /** Until the answer was whole. */
  readonly whole: Times;
  /** Until the first byte of its body. */
  readonly firstByte: Times;
  /** What this process spent. */
  readonly cpuSeconds: number;
}

/** Median and 99th percentile of all values. */
export function timesOf(values: readonly number[]): Times {
  return { p50Ms: percentile(values, 0.5), p99Ms: percentile(values, 0.99) };
}

/** Opens connections to a port; resolves when all of them stand. */
export function openConnections(port: number, count: number): Promise<Connection[]> {
  const opening = Array.from({ length: count }, () => {
    const { promise, resolve } = Promise.withResolvers<Connection>();
    const connection: Connection = new Connection(port, () => resolve(connection));
    return promise;
  });
  return Promise.all(opening);
}

/** A request, how often it is asked, and what its answers must be. */
interface Asked {
  readonly bytes: Buffer;
  readonly status: number;
  readonly requests: number;
}

/** What the requests of a burst took. */
class Measured {
  readonly wholeMs: number[] = [];
  readonly firstByteMs: number[] = [];
}

/** Keeps every connection busy until `requests` have been answered. */
function askAll(
  clock: Clock,
  connections: readonly Connection[],
  { bytes, status: expected, requests }: Asked,
): Promise<Measured> {
  const measured = new Measured();
  let started = 0;
  return new Promise((resolve, reject) => {
    const askNext = (connection: Connection): void => {
      if (started === requests) return;
      started += 1;
      const startMs = clock.monotonic();
      connection.ask(bytes, {
        firstByte: () => measured.firstByteMs.push(clock.monotonic() - startMs),
        ended: (status) => {
          if (status !== expected) reject(new Error(`expected status ${expected}, found ${status}`));
          measured.wholeMs.push(clock.monotonic() - startMs);
          if (measured.wholeMs.length === requests) resolve(measured);
          else askNext(connection);
        },
        lost: (why) => reject(new Error(`a connection was lost in the middle of an answer: ${why}`)),
      });
    };
    for (const connection of connections) askNext(connection);
  });
}

async function burstOf(clock: Clock, port: number, count: number, asked: Asked): Promise<Burst> {
  const connections = await openConnections(port, count);
  const startMs = clock.monotonic();
  const startUsage = process.cpuUsage();
  const measured = await askAll(clock, connections, asked);
  const seconds = (clock.monotonic() - startMs) / 1_000;
  const { user, system } = process.cpuUsage(startUsage);
  for (const connection of connections) connection.leave();
  return {
    perSecond: asked.requests / seconds,
    whole: timesOf(measured.wholeMs),
    firstByte: timesOf(measured.firstByteMs),
    cpuSeconds: (user + system) / 1_000_000,
  };
}

/** Asks `requests` times over `connections` connections, each of which asks again as soon as it is answered. */
export async function burst(clock: Clock, { target, question, connections, requests }: BurstOrder): Promise<Burst> {
  return await burstOf(clock, target.port, connections, {
    bytes: requestBytes(target, question),
    status: 200,
    requests,
  });
}

/** Gets the same thing as often, likewise. */
export async function burstOfGets(clock: Clock, order: GetOrder): Promise<Burst> {
  const { port, path, headers, status, connections, requests } = order;
  return await burstOf(clock, port, connections, { bytes: getBytes(port, path, headers), status, requests });
}
