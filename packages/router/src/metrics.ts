// The metrics of a router (those of its money are in money-metrics.ts): plain numbers while requests run, put together when
// asked for.
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Clock } from "@aimo-network/protocol/clock";
import type { ErrorCode } from "@aimo-network/protocol/errors";
import { ERROR_TABLE } from "@aimo-network/protocol/error-table";
import { Gauge, Histogram, Registry } from "prom-client";
import { declareCounter, declareGauge } from "./metric-declaring.ts";
import { declareMoney } from "./money-metrics.ts";
import type { MoneyTally } from "./money-metrics.ts";
import { VERSION } from "./version.ts";

/** How a request of a client came out: `refused` before any provider was asked, `failed` after. */
export type RequestOutcome = "answered" | "failed" | "client_left" | "refused";

/** What is counted while requests run; adding to it is all that a request costs. */
export interface Counts {
  readonly requests: Tally;
  readonly attempts: Tally;
  readonly errors: Tally;
  requestsOpen: number;
  streamsOpen: number;
  retries: number;
  bytesToProviders: number;
  bytesFromProviders: number;
  spansLost: number;
  readonly ledger: LedgerTally;
  readonly money: MoneyTally;
  firstOutput(afterMs: number): void;
  requestEnded(stream: boolean, afterMs: number): void;
}

/** What the ledger tells. */
export interface LedgerTally {
  batch(size: number, seconds: number): void;
  /** A batch that the database refused as a whole; `state` is SQL's. */
  refused(state: string): void;
  imbalance(nanoUsdc: bigint): void;
}

/** What other rooms know and metrics only read, when they are asked for. */
export interface Readings {
  links(): number;
  bodiesHeldBytes(): number;
  answersHeldBytes(): number;
}

/** The metrics of one router. */
export interface RouterMetrics {
  readonly counts: Counts;
  readonly contentType: string;
  /** The page that Prometheus reads. */
  page(): Promise<string>;
  /** Stops measuring. */
  close(): void;
}

/** Counts by a text of a bounded set. */
export class Tally {
  readonly #counts: Map<string, number>;

  constructor(zeros: Iterable<string>) {
    this.#counts = new Map([...zeros].map((name) => [name, 0]));
  }

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  entries(): IterableIterator<[string, number]> {
    return this.#counts.entries();
  }
}

const ENDPOINTS = ["chat_completions", "other"];
const STREAMS = ["true", "false", "unknown"];
const OUTCOMES: readonly RequestOutcome[] = ["answered", "failed", "client_left", "refused"];

/** The name under which a request is counted; `stream` is unknown where the body was not read. */
export function requestName(endpoint: string, stream: boolean | undefined, outcome: RequestOutcome): string {
  return `${endpoint} ${stream ?? "unknown"} ${outcome}`;
}

// Requests that can be: whether a stream is asked for is known of relayed chat completions alone.
function requestNames(): string[] {
  return ENDPOINTS.flatMap((endpoint) =>
    STREAMS.flatMap((stream) =>
      OUTCOMES.filter((outcome) => {
        if (stream !== "unknown") return endpoint === "chat_completions" && outcome !== "refused";
        return outcome === "refused" || outcome === "client_left" || (endpoint === "other" && outcome === "answered");
      }).map((outcome) => `${endpoint} ${stream} ${outcome}`),
    ),
  );
}

const FIRST_TOKEN_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120];
const REQUEST_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const BATCH_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2];
const BATCH_SIZES = [1, 4, 16, 64, 256, 1024, 2048];
const DEADLOCK = "40P01"; // a state that must be seen to be 0
const DELAY_RESOLUTION_MS = 10; // short enough to see what a token would wait for, and no load
const NANOSECONDS = 1e9;
const QUANTILES = [0.5, 0.99, 1];

function declareDurations(registry: Registry): Pick<Counts, "firstOutput" | "requestEnded"> {
  const registers = [registry];
  const firstToken = new Histogram({
    name: "aimo_first_token_seconds",
    help: "From the moment a stream's request was read to its first output.",
    buckets: FIRST_TOKEN_SECONDS,
    registers,
  });
  const request = new Histogram({
    name: "aimo_request_seconds",
    help: "From the moment a chat completion's request was read to the end of its answer.",
    labelNames: ["stream"],
    buckets: REQUEST_SECONDS,
    registers,
  });
  for (const stream of ["true", "false"]) request.zero({ stream });
  // Looked up once: finding a child by its labels costs more than counting does.
  const streamed = request.labels("true");
  const whole = request.labels("false");
  return {
    firstOutput: (afterMs) => firstToken.observe(afterMs / 1000),
    requestEnded: (stream, afterMs) => (stream ? streamed : whole).observe(afterMs / 1000),
  };
}

function declareLedger(registry: Registry): LedgerTally {
  const declare = (name: string, help: string, buckets: number[]): Histogram =>
    new Histogram({ name, help, buckets, registers: [registry] });
  const took = "From sending a batch of locks and charges to its commit.";
  const seconds = declare("aimo_ledger_batch_seconds", took, BATCH_SECONDS);
  const sizes = declare("aimo_ledger_batch_size", "Locks and charges of one batch.", BATCH_SIZES);
  const refused = new Tally([DEADLOCK]);
  declareCounter(
    registry,
    {
      name: "aimo_ledger_batches_refused_total",
      help: "Batches the database refused as a whole, which went row by row; a deadlock (40P01) is a fault.",
      labels: ["state"],
    },
    () => refused.entries(),
  );
  let imbalance = 0n;
  declareGauge(
    registry,
    "ledger_imbalance_nano_usdc",
    "How far the books were from balancing when somebody looked last, at boot and every minute; 0.",
    () => Number(imbalance),
  );
  return {
    batch(size, tookSeconds) {
      sizes.observe(size);
      seconds.observe(tookSeconds);
    },
    refused: (state) => refused.add(state),
    imbalance: (nanoUsdc) => void (imbalance = nanoUsdc),
  };
}

function declareCounts(registry: Registry, counts: Counts): void {
  const declare = (
    name: string,
    help: string,
    labels: readonly string[],
    read: () => Iterable<readonly [string, number]>,
  ): void => declareCounter(registry, { name, help, labels }, read);
  declare("aimo_requests_total", "Requests of clients, by how they came out.", ["endpoint", "stream", "outcome"], () =>
    counts.requests.entries(),
  );
  declare("aimo_errors_total", "Errors that clients were answered with, in-band ones included.", ["code"], () =>
    counts.errors.entries(),
  );
  declare("aimo_attempts_total", "Tries at providers: `answered`, or the error they ended with.", ["outcome"], () =>
    counts.attempts.entries(),
  );
  declare("aimo_retries_total", "Tries at a further provider after one has failed.", [], () => [["", counts.retries]]);
  declare("aimo_relay_bytes_total", "Bytes of request and answer bodies on provider links.", ["direction"], () => [
    ["to_provider", counts.bytesToProviders],
    ["from_provider", counts.bytesFromProviders],
  ]);
  declare("aimo_spans_lost_total", "Spans that could not be exported.", [], () => [["", counts.spansLost]]);
}

function declareReadings(registry: Registry, counts: Counts, readings: Readings): void {
  const declare = (name: string, help: string, read: () => number): void => declareGauge(registry, name, help, read);
  declare("aimo_requests_open", "Chat completions that are being relayed.", () => counts.requestsOpen);
  declare("aimo_streams_open", "Attempts that run on provider links.", () => counts.streamsOpen);
  declare("aimo_links", "Connected provider links.", () => readings.links());
  declare("aimo_bodies_held_bytes", "Request bodies in memory.", () => readings.bodiesHeldBytes());
  declare("aimo_answers_held_bytes", "Answers in memory that cannot be passed on yet.", () =>
    readings.answersHeldBytes(),
  );
}

function declareProcess(registry: Registry, clock: Clock): void {
  const startedSeconds = clock.now() / 1000 - process.uptime();
  new Gauge({
    name: "aimo_build_info",
    help: "1; what runs, as labels.",
    labelNames: ["version", "node"],
    registers: [registry],
  }).set({ version: VERSION, node: process.versions.node }, 1);
  declareCounter(
    registry,
    { name: "process_cpu_seconds_total", help: "Processor time, user and system.", labels: [] },
    () => {
      const { user, system } = process.cpuUsage();
      return [["", (user + system) / 1e6]];
    },
  );
  const declare = (name: string, help: string, read: () => number): void => declareGauge(registry, name, help, read);
  declare("process_resident_memory_bytes", "Memory of the process.", () => process.memoryUsage.rss());
  declare("process_heap_bytes", "JavaScript heap in use.", () => process.memoryUsage().heapUsed);
  declare("process_start_time_seconds", "When the process started, in seconds since 1970.", () => startedSeconds);
}

/** Declares how long the event loop keeps a due timer waiting; each reading starts a new window. */
function declareEventLoopDelay(registry: Registry): { close(): void } {
  const delays = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  delays.enable();
  const gauge = new Gauge({
    name: "aimo_event_loop_delay_seconds",
    help: "How late timers fired since the last reading.",
    labelNames: ["quantile"],
    registers: [],
    collect() {
      for (const quantile of QUANTILES) {
        // What Node measures is the time between two firings, the delay that was asked for included.
        const seconds = delays.count === 0 ? 0 : delays.percentile(quantile * 100) / NANOSECONDS;
        this.set({ quantile }, Math.max(0, seconds - DELAY_RESOLUTION_MS / 1000));
      }
      delays.reset();
    },
  });
  registry.registerMetric(gauge);
  return { close: () => void delays.disable() };
}

/** Creates the metrics of one router, in a registry of their own. */
export function createMetrics(clock: Clock, readings: Readings): RouterMetrics {
  const registry = new Registry();
  const codes = Object.keys(ERROR_TABLE) as ErrorCode[];
  const counts: Counts = {
    requests: new Tally(requestNames()),
    attempts: new Tally(["answered"]),
    errors: new Tally(codes),
    requestsOpen: 0,
    streamsOpen: 0,
    retries: 0,
    bytesToProviders: 0,
    bytesFromProviders: 0,
    spansLost: 0,
    ledger: declareLedger(registry),
    money: declareMoney(registry),
    ...declareDurations(registry),
  };
  declareCounts(registry, counts);
  declareReadings(registry, counts, readings);
  const delay = declareEventLoopDelay(registry);
  declareProcess(registry, clock);
  return {
    counts,
    contentType: registry.contentType,
    page: () => registry.metrics(),
    close: () => delay.close(),
  };
}
