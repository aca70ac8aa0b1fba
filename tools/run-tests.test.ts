import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";

const RUNNER = join(import.meta.dirname, "run-tests.ts");
const TEST = 'import { test } from "node:test";\n';
const PASSING = `${TEST}test("holds", () => {});\n`;
const FAILING = `${TEST}test("breaks", () => { throw new Error("boom"); });\n`;

// node:test refuses to run inside a test process, which it knows by this variable.
const ENVIRONMENT = { ...process.env, CI: "false", NODE_TEST_CONTEXT: undefined };

/** Writes a project of these files and returns its folder. */
function writeProject(t: TestContext, files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "run-tests-"));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function runTests(
  t: TestContext,
  files: Record<string, string>,
  options: string[],
  isCi = false,
): { status: number | null; output: string } {
  const { status, stdout } = spawnSync(process.execPath, [RUNNER, ...options], {
    cwd: writeProject(t, files),
    env: { ...ENVIRONMENT, CI: String(isCi) },
    encoding: "utf8",
  });
  return { status, output: stdout };
}

test("a run whose tests pass exits with 0 and prints node's own counts", (t) => {
  const { status, output } = runTests(t, { "packages/a/src/a.test.ts": PASSING }, ["packages"]);
  assert.equal(status, 0, output);
  assert.match(output, /✔ holds/);
  assert.match(output, /ℹ tests 1\n/);
  assert.match(output, /ℹ pass 1\n/);
  assert.match(output, /1 tests ran in 1 files of packages: all passed\.\n$/);
});

test("a failing test, a file that does not load and a file without a test each fail the run", (t) => {
  const failing = runTests(t, { "packages/a.test.ts": FAILING, "packages/b.test.ts": PASSING }, ["packages"]);
  assert.equal(failing.status, 1);
  assert.match(failing.output, /2 tests ran in 2 files of packages: 1 failed\./);
  const broken = runTests(t, { "packages/a.test.ts": 'throw new Error("load");', "packages/b.test.ts": PASSING }, [
    "packages",
  ]);
  assert.equal(broken.status, 1);
  assert.match(broken.output, /1 failed\.\n$/);
  const empty = runTests(t, { "packages/a.test.ts": "export {};", "packages/b.test.ts": PASSING }, ["packages"]);
  assert.equal(empty.status, 1);
  assert.match(empty.output, /packages\/a\.test\.ts holds no test\.\n$/);
});

test("a run in which no test ran fails", (t) => {
  const none = runTests(t, { "packages/a.ts": "export {};" }, ["packages"]);
  assert.equal(none.status, 1);
  assert.match(none.output, /no test ran/);
  const filteredAway = runTests(t, { "packages/a.test.ts": PASSING }, ["packages", "nowhere"]);
  assert.equal(filteredAway.status, 1);
  const unnamed = runTests(t, { "packages/a.test.ts": PASSING }, ["packages", "--name", "nothing of that name"]);
  assert.equal(unnamed.status, 1);
});

test("skipped tests are listed with their reasons at the end", (t) => {
  const skipping = `${PASSING}test("flies", { skip: "needs the moon" }, () => {});\n`;
  const { status, output } = runTests(t, { "packages/a.test.ts": skipping }, ["packages"]);
  assert.equal(status, 0, output);
  assert.match(output, /Skipped \(1\):\n {2}packages\/a\.test\.ts: flies\n {4}why: needs the moon\n/);
});

test("further arguments filter by path, --name by the test's name", (t) => {
  const files = { "packages/one.test.ts": PASSING, "packages/two.test.ts": `${FAILING}test("stands", () => {});\n` };
  assert.match(runTests(t, files, ["packages", "one"]).output, /1 tests ran in 1 files of packages: all passed/);
  assert.match(
    runTests(t, files, ["packages", "--name", "stands"]).output,
    /1 tests ran in 2 files of packages: all passed/,
  );
});

test("in CI a passing test is not printed, its file and a failing test are", (t) => {
  const { output } = runTests(t, { "packages/a.test.ts": PASSING, "packages/b.test.ts": FAILING }, ["packages"], true);
  assert.doesNotMatch(output, /holds/);
  assert.match(output, /^ok +\d+\.\d s +1 tests {2}packages\/a\.test\.ts$/m);
  assert.match(output, /^FAIL +\d+\.\d s +1 tests {2}packages\/b\.test\.ts$/m);
  assert.match(output, /✖ breaks/);
  assert.match(output, /ℹ fail 1\n/);
});

test("a run that is told to stop ends the test files it started", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  // The open connection keeps the file's process alive, and its end shows that the process is gone.
  const connecting = `import { connect } from "node:net";\n${TEST}test("hangs", () => new Promise(() => connect(${port}, "127.0.0.1")));\n`;
  const root = writeProject(t, { "packages/a.test.ts": connecting });
  const runner = spawn(process.execPath, [RUNNER, "packages"], { cwd: root, env: ENVIRONMENT, stdio: "ignore" });
  const ended = once(runner, "close");
  const [connection] = (await once(server, "connection")) as [Socket];
  const gone = once(connection.on("error", () => undefined).resume(), "close");
  runner.kill("SIGTERM");
  const [status] = (await ended) as [number | null];
  assert.equal(status, 1);
  await gone;
});
