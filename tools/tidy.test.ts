import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { findMissingComments } from "./tidy/comments.ts";
import { findEnvironmentReads } from "./tidy/environment-reads.ts";
import { findErrorDocumentDrift } from "./tidy/error-documents.ts";
import { findStrayImports } from "./tidy/imports.ts";
import { findLimitDocumentDrift } from "./tidy/limit-documents.ts";
import type { Limits } from "./tidy/limit-documents.ts";
import { findDeadLinks } from "./tidy/links.ts";
import { findLockfileGaps } from "./tidy/lockfile.ts";
import { findMachineTraces } from "./tidy/machine-traces.ts";
import { findMoneyArithmetic } from "./tidy/money-arithmetic.ts";
import { findEmptyNames } from "./tidy/names.ts";
import { findVersionDrift } from "./tidy/package-versions.ts";
import { findAbsentWitnesses } from "./tidy/named-tests.ts";
import type { Finding, HouseRule } from "./tidy/project-file.ts";
import { readProject } from "./tidy/read-project.ts";
import { findSecretKeys } from "./tidy/secret-keys.ts";
import { findFaultyTests } from "./tidy/test-files.ts";
import { findTimeAndChance } from "./tidy/time-and-chance.ts";
import { findUnfinishedWork } from "./tidy/unfinished-work.ts";

const ROOT = join(import.meta.dirname, "..");

const RULES: readonly (readonly [claim: string, rule: HouseRule])[] = [
  ["files, exports and silenced lint rules say what they mean", findMissingComments],
  ["names name an idea", findEmptyNames],
  ["time and chance are passed in", findTimeAndChance],
  ["money is never a floating-point number", findMoneyArithmetic],
  ["the environment is read only in config.ts, main.ts and tools", findEnvironmentReads],
  ["relative imports stay in their package", findStrayImports],
  ["tests are alive and stand beside what they test", findFaultyTests],
  ["nothing promises to be finished later", findUnfinishedWork],
  ["nothing knows the machine it was written on", findMachineTraces],
  ["no secret key lies in the project but the localnet's program id", findSecretKeys],
  ["what documents point at is there", findDeadLinks],
  ["tests that a SECURITY.md names are there", findAbsentWitnesses],
  ["packages share one version and exact dependencies", findVersionDrift],
  ["the lockfile is whole", findLockfileGaps],
  ["docs/errors.md has every error code and no other", findErrorDocumentDrift],
];

const project = readProject(ROOT);

function assertNone(findings: readonly Finding[]): void {
  const listed = findings.map(({ path, line, advice }) => `  ${path}:${line} ${advice}`).join("\n");
  assert.equal(findings.length, 0, `${findings.length} to mend:\n${listed}\n`);
}

for (const [claim, rule] of RULES) {
  test(claim, () => assertNone(rule(project)));
}

test("docs/limits.md has every limit with its value and no other", async () => {
  const limits: Map<string, Record<string, unknown>> = new Map();
  for (const { path } of project.filter((file) => file.path.endsWith("/limits.ts"))) {
    limits.set(path, (await import(pathToFileURL(join(ROOT, path)).href)) as Record<string, unknown>);
  }
  const document = project.find((file) => file.path === "docs/limits.md");
  assertNone(findLimitDocumentDrift(limits satisfies Limits, document?.text ?? ""));
});
