// The program: what it prints, how it fails, and that a signal ends it in order.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { openLedgerBed } from "./test-bed/ledger-bed.ts";
import { VERSION } from "./version.ts";

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

describe("aimo-router", () => {
  let directory: string;
  before(() => void (directory = mkdtempSync(join(tmpdir(), "aimo-main-"))));
  after(() => rmSync(directory, { recursive: true, force: true }));

  const start = (environment: Record<string, string>, ...words: string[]): ReturnType<typeof spawn> =>
    spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...words], {
      env: { PATH: process.env["PATH"], AIMO_DATA_DIR: directory, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
  const run = async (environment: Record<string, string>, ...words: string[]): Promise<Run> => {
    const child = start(environment, ...words);
    const ended = once(child, "close") as Promise<[number | null]>;
    const [out, error, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), ended]);
    return { code, out, error };
  };

  test("prints its settings and its version without starting", async () => {
    const [help, version] = await Promise.all([run({}, "--help"), run({}, "--version")]);
    assert.equal(help.code, 0);
    assert.match(help.out, /AIMO_DATA_DIR/);
    assert.deepEqual(version, { code: 0, out: `${VERSION}\n`, error: "" });
  });

  test("ends with 1 and every fault of its settings, and no stack", async () => {
    const { code, out, error } = await run({ AIMO_PORT: "x", AIMO_DRAIN_MS: "y" });
    assert.deepEqual([code, out], [1, ""]);
    assert.match(error, /2 faults:\n {2}AIMO_PORT: .*\n {2}AIMO_DRAIN_MS: /);
    assert.doesNotMatch(error, /at .*\.ts/);
  });

  test("check-ledger ends with 0 for right books, 2 where there are none, and says so", async () => {
    const bed = await openLedgerBed({ after });
    await bed.addUser(1_500_000_000n);
    const right = await run({ DATABASE_URL: bed.url }, "check-ledger");
    assert.deepEqual([right.code, right.error], [0, ""]);
    assert.match(right.out, /^The books are right: .* 1\.5 USDC in the vault\.\n$/);
    await bed.database.query("UPDATE users SET available = available + 1 WHERE available > 0");
    assert.equal((await run({ DATABASE_URL: bed.url }, "check-ledger")).code, 1);
    const away = await run({ DATABASE_URL: "postgres://127.0.0.1:1/aimo" }, "check-ledger");
    assert.equal(away.code, 2);
    assert.equal((await run({ AIMO_PORT: "x" }, "check-ledger")).code, 2, "not 1: that says the books are wrong");
  });

  test("ends at a fault of its own with the place and without words", async () => {
    const fault = 'process.on("SIGUSR2", () => Promise.reject(new RangeError("SECRET words")))';
    const child = start({
      AIMO_PORT: "0",
      AIMO_OPERATOR_PORT: "0",
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}`,
    });
    const ended = once(child, "close") as Promise<[number | null]>;
    let said = "";
    for (const output of [child.stdout!, child.stderr!])
      output.on("data", (bytes: Buffer) => (said += bytes.toString()));
    while (!said.includes("router listens")) await once(child.stdout!, "data");
    child.kill("SIGUSR2");
    assert.deepEqual(await ended, [1, null]);
    assert.match(said, /"level":60.*"error":\{"name":"RangeError".*"the router broke"/);
    assert.doesNotMatch(said, /SECRET/);
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`logs where it listens, and ends with 0 at ${signal}`, async () => {
      const child = start({ AIMO_PORT: "0", AIMO_OPERATOR_PORT: "0" });
      const ended = once(child, "close") as Promise<[number | null]>;
      let log = "";
      child.stdout!.on("data", (bytes: Buffer) => (log += bytes.toString()));
      while (!log.includes("router listens")) await once(child.stdout!, "data");
      const { url } = JSON.parse(log.split("\n").find((line) => line.includes("router listens")) ?? "") as {
        url: string;
      };
      assert.equal((await fetch(`${url}/api/v1/models`)).status, 200);
      child.kill(signal);
      assert.deepEqual(await ended, [0, null]);
    });
  }
});
