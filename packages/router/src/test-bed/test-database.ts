// A fresh PostgreSQL database for a test: cloned from one that has the migrations, dropped when the test process ends.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Database } from "../ledger/database/database.ts";
import { openDatabase } from "../ledger/database/database.ts";
import { MIGRATIONS_DIRECTORY } from "../ledger/database/migrate.ts";
import { createLog } from "../log.ts";
import type { DatabaseAnswer, DatabaseOrder } from "./test-database-keeper.ts";

const TRIES_MAX = 600; // with the pause below, 30 s for a busy machine to start PostgreSQL
const PAUSE_MS = 50;
const KEEPERS_MAX = 3;

// Tests of one checkout share a server, and those of another, or against another server, do not.
const identity = createHash("sha256")
  .update(`${import.meta.dirname} ${process.env["AIMO_TEST_DATABASE_URL"] ?? ""}`)
  .digest("hex")
  .slice(0, 12);
const directory = join(tmpdir(), `aimo-test-${process.getuid?.()}-${identity}`);

class KeeperGone extends Error {}

/** A conversation with the keeper: one order at a time, and its databases live as long as this is open. */
interface Keeper {
  order(migrations: string): Promise<string>;
}

function makeDirectory(): void {
  mkdirSync(directory, { recursive: true });
  if (lstatSync(directory).uid !== process.getuid?.()) throw new Error(`${directory} belongs to somebody else`);
  // Others may pass and see nothing: where this is root, the server runs as another user and must get to its data.
  chmodSync(directory, 0o711);
}

function spawnKeeper(): void {
  const file = join(import.meta.dirname, "test-database-keeper.ts");
  spawn(process.execPath, [file, directory], { detached: true, cwd: "/", stdio: "ignore" }).unref();
}

function dial(): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(join(directory, "keeper.sock"));
    socket.on("connect", () => resolve(socket));
    socket.on("error", () => resolve(undefined));
  });
}

async function findKeeper(): Promise<Keeper> {
  makeDirectory();
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const socket = await dial();
    if (socket !== undefined) return converse(socket);
    // One that was killed leaves its socket behind, and one that loses a race ends by itself.
    if (tries % 40 === 0) spawnKeeper();
    await pause(PAUSE_MS);
  }
  throw new Error("the test database's keeper did not start");
}

function converse(socket: Socket): Keeper {
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();
  // `node --test` and this project's runner start each file as a child; a file run by itself is its own runner.
  const runnerId = process.env["NODE_TEST_CONTEXT"] === undefined ? undefined : process.ppid;

  async function ask(migrations: string): Promise<string> {
    socket.ref();
    socket.write(`${JSON.stringify({ migrations, runnerId } satisfies DatabaseOrder)}\n`);
    const { value, done } = await lines.next();
    socket.unref();
    if (done === true) throw new KeeperGone("the keeper of the test databases ended");
    const answer = JSON.parse(value) as DatabaseAnswer;
    if ("fault" in answer) throw new Error(`no test database: ${answer.fault}`);
    return answer.url;
  }

  return {
    order(migrations) {
      const answer = last.then(() => ask(migrations));
      last = answer.catch(() => undefined);
      return answer;
    },
  };
}

let keeper: Promise<Keeper> | undefined;

/** The URL of a database of this test's own, with the ledger's schema or that of another folder of migrations. */
export async function testDatabase(migrations: string = MIGRATIONS_DIRECTORY): Promise<string> {
  for (let tries = 1; ; tries++) {
    keeper ??= findKeeper();
    const asked = keeper;
    try {
      return await (await asked).order(migrations);
    } catch (error) {
      // The keeper of the last test run may have been on its way out.
      if (!(error instanceof KeeperGone) || tries === KEEPERS_MAX) throw error;
      if (keeper === asked) keeper = undefined;
    }
  }
}

/** The same, opened; the test closes it. */
export async function openTestDatabase(migrations?: string): Promise<Database> {
  return openDatabase(await testDatabase(migrations), { clock: systemClock, log: createLog("silent") });
}
