import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "@aimo-network/protocol/clock";
import { createLog } from "../../../log.ts";
import { openDatabase } from "../database.ts";
import type { EmbeddedPostgres } from "./embedded-postgres.ts";
import { runningPostgresUrl, startEmbeddedPostgres } from "./embedded-postgres.ts";

const deps = { clock: systemClock, log: createLog("silent") };
const settings = { fsync: "off" };

function newDirectory(t: TestContext): string {
  const dataDirectory = mkdtempSync(join(tmpdir(), "aimo-embedded-"));
  t.after(() => rmSync(dataDirectory, { recursive: true, force: true }));
  return dataDirectory;
}

/** The server's process, as its own file names it. */
function serverOf(dataDirectory: string): number {
  return Number(readFileSync(join(dataDirectory, "postgres", "data", "postmaster.pid"), "utf8").split("\n")[0]);
}

function isAlive(processId: number): boolean {
  try {
    // One that has ended and that nobody has waited for has no command line.
    return process.platform !== "linux" || readFileSync(`/proc/${processId}/cmdline`, "utf8") !== "";
  } catch {
    return false;
  }
}

/** The process that started the server. */
function keeperOf(server: number): number {
  return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${server}/status`, "utf8"))?.[1]);
}

/** Waits for what other processes do, since none of them tells. */
async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = systemClock.monotonic() + 20_000;
  while (!(await isTrue())) {
    assert.ok(systemClock.monotonic() < deadlineMs, `never: ${what}`);
    await pause(20);
  }
}

/** A router in a process of its own, which can be killed. */
async function startRouterProcess(t: TestContext, dataDirectory: string): Promise<ChildProcess> {
  const file = join(import.meta.dirname, "..", "..", "..", "test-bed", "embedded-process.ts");
  const router = spawn(process.execPath, [file, dataDirectory], { stdio: ["pipe", "pipe", "inherit"] });
  t.after(() => router.kill("SIGKILL"));
  const [url] = (await once(router.stdout, "data")) as [Buffer];
  assert.match(url.toString(), /^postgres:/);
  return router;
}

async function run<Row>({ url }: Pick<EmbeddedPostgres, "url">, text: string): Promise<readonly Row[]> {
  const database = openDatabase(url, deps);
  try {
    return await database.query<Row>(text);
  } finally {
    await database.close();
  }
}

test("what was written is there at the next start, and only its owner can reach it", async (t) => {
  const dataDirectory = newDirectory(t);
  const first = await startEmbeddedPostgres({ dataDirectory, ...deps, settings });
  await run(first, "CREATE TABLE kept AS SELECT 7::int8 AS id");
  const socketDirectory = new URL(first.url).searchParams.get("host") ?? "";
  assert.equal(statSync(socketDirectory).mode & 0o777, 0o700);
  assert.equal(statSync(join(dataDirectory, "postgres-url")).mode & 0o777, 0o600);
  assert.equal(runningPostgresUrl(dataDirectory), first.url);
  await first.stop();
  assert.equal(runningPostgresUrl(dataDirectory), undefined);

  const second = await startEmbeddedPostgres({ dataDirectory, ...deps, settings });
  assert.deepEqual(await run(second, "SELECT id FROM kept"), [{ id: 7n }]);
  const [shown] = await run<Record<string, string>>(
    second,
    "SELECT current_setting('server_encoding') AS encoding, datcollate AS collate FROM pg_database WHERE datname = current_database()",
  );
  assert.deepEqual(shown, { encoding: "UTF8", collate: "C" });
  await second.stop();
});

test("a second router on the same data directory is told who uses it", async (t) => {
  const dataDirectory = newDirectory(t);
  const first = await startEmbeddedPostgres({ dataDirectory, ...deps, settings });
  const message = new RegExp(`another router \\(process ${process.pid}\\) uses it`);
  await assert.rejects(startEmbeddedPostgres({ dataDirectory, ...deps }), { name: "EmbeddedPostgresError", message });
  assert.deepEqual(await run(first, "SELECT 1 AS one"), [{ one: 1 }]);
  await first.stop();
});

test("a router that is killed takes its server with it, and the next one starts at once on what was written", async (t) => {
  const dataDirectory = newDirectory(t);
  const router = await startRouterProcess(t, dataDirectory);
  const server = serverOf(dataDirectory);
  await run({ url: runningPostgresUrl(dataDirectory) ?? "" }, "CREATE TABLE kept AS SELECT 7::int8 AS id");
  router.kill("SIGKILL");
  const next = await startEmbeddedPostgres({ dataDirectory, ...deps, settings });
  assert.equal(isAlive(server), false);
  assert.deepEqual(await run(next, "SELECT id FROM kept"), [{ id: 7n }]);
  await next.stop();
});

test("a router that just ends takes its server with it too", async (t) => {
  const dataDirectory = newDirectory(t);
  const router = await startRouterProcess(t, dataDirectory);
  const server = serverOf(dataDirectory);
  router.stdin?.end();
  assert.deepEqual(await once(router, "exit"), [0, null]);
  await until("the server ends", () => !isAlive(server));
});

test("a server that is killed is started again under a router that lives on", async (t) => {
  const dataDirectory = newDirectory(t);
  const embedded = await startEmbeddedPostgres({ dataDirectory, ...deps, settings: {} });
  const database = openDatabase(embedded.url, deps);
  await database.query("CREATE TABLE kept AS SELECT 7::int8 AS id");
  const server = serverOf(dataDirectory);
  process.kill(server, "SIGKILL");
  await assert.rejects(
    async () => {
      for (;;) await database.query("SELECT 1");
    },
    { code: "ledger_unavailable" },
  );
  await until("the database answers", () =>
    database.query("SELECT id FROM kept").then(
      ([row]) => row !== undefined,
      () => false,
    ),
  );
  assert.notEqual(serverOf(dataDirectory), server);
  await database.close();
  await embedded.stop();
});

const needsLinux = process.platform === "linux" ? false : "which process is a server's keeper is read from /proc";

test("a keeper that is killed is replaced, and the server it left behind too", { skip: needsLinux }, async (t) => {
  const dataDirectory = newDirectory(t);
  const embedded = await startEmbeddedPostgres({ dataDirectory, ...deps, settings });
  const server = serverOf(dataDirectory);
  process.kill(keeperOf(server), "SIGKILL");
  await until("the server is another one", () => !isAlive(server));
  await until("the database answers", () =>
    run(embedded, "SELECT 1").then(
      () => true,
      () => false,
    ),
  );
  const next = serverOf(dataDirectory);
  await embedded.stop();
  assert.equal(isAlive(next), false);
});

test("a router starts over what a killed router with a killed keeper left behind", { skip: needsLinux }, async (t) => {
  const dataDirectory = newDirectory(t);
  const router = await startRouterProcess(t, dataDirectory);
  const server = serverOf(dataDirectory);
  const keeper = keeperOf(server);
  process.kill(router.pid ?? 0, "SIGSTOP"); // it must not see its keeper go
  process.kill(keeper, "SIGKILL");
  router.kill("SIGKILL");
  await until("both have ended", () => !isAlive(keeper) && !isAlive(router.pid ?? 0));
  assert.ok(isAlive(server));
  const next = await startEmbeddedPostgres({ dataDirectory, ...deps, settings });
  assert.equal(isAlive(server), false);
  assert.notEqual(serverOf(dataDirectory), server);
  await next.stop();
});

test(
  "a number of a dead server that has come to mean another program is left alone",
  { skip: needsLinux },
  async (t) => {
    const dataDirectory = newDirectory(t);
    const first = await startEmbeddedPostgres({ dataDirectory, ...deps, settings });
    const path = join(dataDirectory, "postgres", "data", "postmaster.pid");
    const file = readFileSync(path, "utf8");
    await first.stop();
    const other = spawn("sleep", ["600"]);
    t.after(() => other.kill());
    writeFileSync(path, file.replace(/^\d+/, String(other.pid)));
    const second = await startEmbeddedPostgres({ dataDirectory, ...deps, settings });
    assert.ok(isAlive(other.pid ?? 0));
    await second.stop();
  },
);

test("a first start that was interrupted is begun again", async (t) => {
  const dataDirectory = newDirectory(t);
  const first = await startEmbeddedPostgres({ dataDirectory, ...deps, settings });
  await first.stop();
  const home = join(dataDirectory, "postgres");
  rmSync(join(home, "data", "global"), { recursive: true });
  renameSync(join(home, "data"), join(home, "draft"));
  mkdirSync(join(home, "data.new"));
  renameSync(join(home, "draft"), join(home, "data.new", "data"));
  const second = await startEmbeddedPostgres({ dataDirectory, ...deps, settings });
  assert.deepEqual(await run(second, "SELECT 1 AS one"), [{ one: 1 }]);
  await second.stop();
  assert.deepEqual(readdirSync(home).toSorted(), ["data", "socket"]);
});

test("a server that cannot start says why", async (t) => {
  const dataDirectory = newDirectory(t);
  const broken = startEmbeddedPostgres({ dataDirectory, ...deps, settings: { ...settings, shared_buffers: "much" } });
  await assert.rejects(broken, {
    name: "EmbeddedPostgresError",
    message: /did not start: .*invalid value for parameter "shared_buffers": "much"/,
  });
});
