// A process beside the tests that runs one PostgreSQL for all of them, and ends it with the last one.
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import type { Server, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { sleep, systemClock } from "@aimo-network/protocol/clock";
import type { Database } from "../ledger/database/database.ts";
import { openDatabase } from "../ledger/database/database.ts";
import type { EmbeddedPostgres } from "../ledger/database/embedded/embedded-postgres.ts";
import { startEmbeddedPostgres } from "../ledger/database/embedded/embedded-postgres.ts";
import { migrate } from "../ledger/database/migrate.ts";
import { systemRandom } from "@aimo-network/protocol/random";
import { createLog } from "../log.ts";

/** What a test asks for: a fresh database with these migrations. */
export interface DatabaseOrder {
  readonly migrations: string;
  /** The process that started the test and may start more. */
  readonly runnerId: number | undefined;
}

/** What it gets. */
export type DatabaseAnswer = { readonly url: string } | { readonly fault: string };

const LOOK_MS = 100; // how soon it notices that the last test has gone
const FIRST_TEST_MS_MAX = 10_000;
const NO_TEST_MS_MAX = 600_000; // whatever became of the runner
const PATIENCE = { answerMs: 60_000, lockMs: 60_000, connectionsMax: 4 };
const CRASHES_DO_NOT_MATTER = {
  fsync: "off",
  full_page_writes: "off",
  synchronous_commit: "off",
  autovacuum: "off",
  max_connections: "300",
  shared_buffers: "64MB",
  max_wal_size: "4GB",
  checkpoint_timeout: "1h",
};

const [directory = ""] = process.argv.slice(2);
const clock = systemClock;
const log = createLog("silent");
const prefix = `aimo_test_${Buffer.from(systemRandom.bytes(5)).toString("hex")}`;
const runners = new Set<number>();
const tests = new Set<Socket>();
const templates = new Map<string, Promise<string>>();
let databasesMade = 0;
let lastTestMs = clock.monotonic() + FIRST_TEST_MS_MAX;

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}

/** The URL of another database of the same server. */
function urlOf(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

function migrationsHash(migrations: string): string {
  const hash = createHash("sha256").update(migrations);
  for (const file of readdirSync(migrations).toSorted()) hash.update(file).update(readFileSync(join(migrations, file)));
  return hash.digest("hex");
}

/** The server to test on: the one given, or one of our own. */
async function startServer(): Promise<{
  url: string;
  own: { server: EmbeddedPostgres; dataDirectory: string } | undefined;
}> {
  const given = process.env["AIMO_TEST_DATABASE_URL"] ?? "";
  if (given !== "") return { url: given, own: undefined };
  for (const name of readdirSync(directory).filter((entry) => entry.startsWith("data-"))) {
    if (!isAlive(Number(name.slice("data-".length)))) rmSync(join(directory, name), { recursive: true, force: true });
  }
  const dataDirectory = join(directory, `data-${process.pid}`);
  mkdirSync(dataDirectory, { mode: 0o700 });
  const server = await startEmbeddedPostgres({ dataDirectory, clock, log, settings: CRASHES_DO_NOT_MATTER });
  return { url: server.url, own: { server, dataDirectory } };
}

async function makeTemplate(admin: Database, url: string, migrations: string): Promise<string> {
  const name = `${prefix}_template_${templates.size}`;
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0 STRATEGY file_copy`);
  await migrate(urlOf(url, name), { clock, log }, migrations);
  return name;
}

async function makeDatabase(admin: Database, url: string, migrations: string): Promise<string> {
  const key = migrationsHash(migrations);
  const template = templates.get(key) ?? makeTemplate(admin, url, migrations);
  templates.set(key, template);
  databasesMade += 1;
  const name = `${prefix}_${databasesMade}`;
  await admin.query(`CREATE DATABASE ${name} TEMPLATE ${await template} STRATEGY file_copy`);
  return name;
}

async function drop(admin: Database, names: readonly string[]): Promise<void> {
  for (const name of names) await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

/** One test process: it orders databases, and when it has gone they go too. */
async function serve(socket: Socket, started: Promise<{ admin: Database; url: string }>): Promise<void> {
  const names: string[] = [];
  try {
    // Read from its first moment: the lines of one that leaves before the server is up would never end.
    for await (const line of createInterface({ input: socket })) {
      const { migrations, runnerId } = JSON.parse(line) as DatabaseOrder;
      if (runnerId !== undefined) runners.add(runnerId);
      const { admin, url } = await started;
      const answer = await makeDatabase(admin, url, migrations).then(
        (name): DatabaseAnswer => {
          names.push(name);
          return { url: urlOf(url, name) };
        },
        (error: unknown): DatabaseAnswer => ({ fault: (error as Error).stack ?? "" }),
      );
      socket.write(`${JSON.stringify(answer)}\n`);
    }
  } finally {
    await drop((await started).admin, names);
    tests.delete(socket);
    lastTestMs = clock.monotonic();
  }
}

/** Settles when no test is left, and no runner that could start another. */
async function allGone(): Promise<void> {
  for (;;) {
    for (const id of runners) if (!isAlive(id)) runners.delete(id);
    const quietMs = clock.monotonic() - lastTestMs;
    if (tests.size === 0 && quietMs > (runners.size === 0 ? 0 : NO_TEST_MS_MAX)) return;
    await sleep(clock, LOOK_MS);
  }
}

function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

function listenOnce(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      if ("code" in error && error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    });
    server.listen(path, () => {
      chmodSync(path, 0o600);
      resolve(true);
    });
  });
}

/** Whether this keeper is the one that tests find; the socket of one that was killed is taken over. */
async function listen(server: Server): Promise<boolean> {
  const path = join(directory, "keeper.sock");
  if (await listenOnce(server, path)) return true;
  if (await isServed(path)) return false;
  rmSync(path, { force: true });
  return listenOnce(server, path);
}

// Signals come to tests from terminals; the keeper ends with its last test and not before.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
const started = Promise.withResolvers<{ admin: Database; url: string }>();
const server = createServer((socket) => {
  tests.add(socket);
  socket.on("error", () => undefined); // a test that was killed: the end of its lines says so too
  void serve(socket, started.promise);
});
// Another keeper that was faster has the socket: this one has nobody to serve.
if (await listen(server)) {
  const { url, own } = await startServer();
  const admin = openDatabase(url, { clock, log }, PATIENCE);
  started.resolve({ admin, url });
  await allGone();
  server.close();
  await drop(admin, own === undefined ? await Promise.all(templates.values()) : []);
  await admin.close();
  await own?.server.stop();
  if (own !== undefined) rmSync(own.dataDirectory, { recursive: true, force: true });
}
