// PostgreSQL without an operator: a server of this router's own, on the data in its data directory.
import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import type { Logger } from "pino";
import type { KeeperOrder, KeeperReport } from "./keeper-messages.ts";
import { EmbeddedPostgresError } from "./postgres-binaries.ts";
import { preparePostgresHome, urlOfHome } from "./postgres-home.ts";

/** A database server that lives as long as this process. */
export interface EmbeddedPostgres {
  readonly url: string;
  /** Ends every connection and the server. */
  stop(): Promise<void>;
}

/** What an embedded PostgreSQL needs. */
export interface EmbeddedPostgresOptions {
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Over the server's settings as a router needs them; tests trade durability for speed. */
  readonly settings?: Readonly<Record<string, string>>;
}

const URL_FILE = "postgres-url";
const KEEPER_PAUSE_MS = 200; // before a keeper that ended by itself is started again

// For a small machine that runs other things too; the ledger's hot rows fit many times.
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "",
  unix_socket_permissions: "0700",
  max_connections: "100",
  shared_buffers: "128MB",
  max_wal_size: "512MB",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_logical_replication_workers: "0",
  io_method: "sync",
  jit: "off",
  max_parallel_workers_per_gather: "0",
  timezone: "UTC",
  log_timezone: "UTC",
  log_line_prefix: "",
  // What a statement was about is nobody's business: neither its text nor the row it failed at.
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_checkpoints: "off",
};

function send(keeper: ChildProcess, order: KeeperOrder): void {
  // A keeper that has just ended is told nothing; its exit says all.
  keeper.send(order, () => undefined);
}

function logLine(log: Logger, { line, isUsual }: { line: string; isUsual: boolean }): void {
  if (isUsual) log.debug({ postgres: line }, "embedded PostgreSQL");
  else log.warn({ postgres: line }, "embedded PostgreSQL");
}

/** One keeper process: `ready` settles when its server takes connections, `ended` when it is gone. */
function startKeeper({ log, dataDirectory }: EmbeddedPostgresOptions, order: KeeperOrder) {
  const keeper = fork(join(import.meta.dirname, "embedded-postgres-keeper.ts"), [], {
    // In a session of its own: a terminal's Ctrl-C must not end the database under a router that still drains.
    detached: true,
    cwd: "/",
    env: {},
    execArgv: [],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const ready = Promise.withResolvers<void>();
  const ended = new Promise<void>((settle) => {
    keeper.on("error", (error) => {
      ready.reject(error);
      settle();
    });
    keeper.on("exit", (code, signal) => {
      ready.reject(new EmbeddedPostgresError(`The keeper of the embedded PostgreSQL ended (${signal ?? code}).`));
      settle();
    });
  });
  keeper.on("message", (message: KeeperReport) => {
    if (message.type === "ready") ready.resolve();
    else if (message.type === "line") logLine(log, message);
    else
      ready.reject(
        new EmbeddedPostgresError(`The embedded PostgreSQL in ${dataDirectory} did not start: ${message.reason}`),
      );
  });
  send(keeper, order);
  return { keeper, ready: ready.promise, ended };
}

/** Lets this process end by itself while it runs; its keeper notices and ends the server. */
function leave(keeper: ChildProcess): void {
  keeper.unref();
  keeper.channel?.unref();
}

/** Starts the server on `<dataDirectory>`, made at its first use; throws `EmbeddedPostgresError` with advice. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { clock, log } = options;
  const dataDirectory = resolve(options.dataDirectory);
  const home = preparePostgresHome(dataDirectory);
  const settings = { ...SETTINGS, ...options.settings };
  const order: KeeperOrder = { type: "start", plan: { home, settings, routerProcessId: process.pid } };
  const url = urlOfHome(home);
  const urlPath = join(dataDirectory, URL_FILE);
  const stopping = new AbortController();
  let current = startKeeper(options, order);
  await current.ready;
  writeFileSync(urlPath, `${url}\n`, { mode: 0o600 });

  async function watch(): Promise<void> {
    leave(current.keeper);
    await current.ended;
    while (!stopping.signal.aborted) {
      log.error("the keeper of the embedded PostgreSQL ended and is started again");
      await sleep(clock, KEEPER_PAUSE_MS, stopping.signal);
      if (stopping.signal.aborted) return;
      current = startKeeper(options, order);
      leave(current.keeper);
      current.ready.catch((error: unknown) => log.error({ error }, "the embedded PostgreSQL did not start again"));
      await current.ended;
    }
  }
  const watching = watch();

  return {
    url,
    async stop() {
      stopping.abort();
      rmSync(urlPath, { force: true });
      current.keeper.ref();
      current.keeper.channel?.ref();
      send(current.keeper, { type: "stop" });
      await watching;
    },
  };
}

/** The URL of the database that a running router keeps in `dataDirectory`; undefined where none runs. */
export function runningPostgresUrl(dataDirectory: string): string | undefined {
  try {
    return readFileSync(join(dataDirectory, URL_FILE), "utf8").trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
