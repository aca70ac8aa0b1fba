// Runs every static check of the project at once: `npm run check`.
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { systemClock } from "../packages/protocol/src/clock.ts";

interface Check {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

interface Outcome extends Check {
  readonly passed: boolean;
}

const CHECKS: readonly Check[] = [
  { name: "types", command: ["tsc", "-p", "."] },
  { name: "types of the console", command: ["tsc", "-p", "packages/dashboard"] },
  { name: "types of its tests", command: ["tsc", "-p", "e2e/console"] },
  { name: "lint", command: ["oxlint"] },
  { name: "format", command: ["oxfmt", "--check", "."] },
  { name: "dead code", command: ["knip"] },
  { name: "house rules", command: ["node", "tools/run-tests.ts", "tools", "tidy"] },
];

const root = join(import.meta.dirname, "..");
const environment = {
  ...process.env,
  // The tools' own scripts start with `env node`, which must find the Node of this project, whatever runs this file.
  PATH: [join(root, "node_modules", ".bin"), process.env["PATH"]].join(delimiter),
  FORCE_COLOR: process.stdout.isTTY ? "1" : "0",
};

/** Runs one check and prints its time, and what it said if it failed. */
function runCheck(check: Check): Promise<Outcome> {
  const [command, ...options] = check.command;
  const startMs = systemClock.monotonic();
  return new Promise((resolve, reject) => {
    const child = spawn(command, options, { cwd: root, env: environment, stdio: ["ignore", "pipe", "pipe"] });
    const said: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => said.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      const passed = code === 0;
      const time = `${((systemClock.monotonic() - startMs) / 1000).toFixed(1)} s`.padStart(7);
      console.log(`${passed ? "ok  " : "FAIL"} ${time}  ${check.name}: ${check.command.join(" ")}`);
      if (!passed) console.log(`\n${Buffer.concat(said).toString()}`);
      resolve({ ...check, passed });
    });
  });
}

const outcomes = await Promise.all(CHECKS.map((check) => runCheck(check)));
const failed = outcomes.filter((outcome) => !outcome.passed).map((outcome) => outcome.name);
console.log(
  failed.length === 0
    ? `All ${outcomes.length} checks passed.`
    : `${failed.length} of ${outcomes.length} checks failed: ${failed.join(", ")}.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
