import assert from "node:assert/strict";
import { test } from "node:test";
import { findErrorDocumentDrift } from "./error-documents.ts";
import { findLimitDocumentDrift } from "./limit-documents.ts";
import { findDeadLinks } from "./links.ts";
import { projectFile } from "./project-file.ts";

const TABLE = `const ENTRIES = {
  not_found: { status: 404, errorType: "not_found", retryable: false, message: () => "" },
  provider_timeout: { status: ({ phase }) => 504, errorType: "timeout", retryable: true, message: () => "" },
};`;
const DESCRIBED =
  "# Errors\n\n### `not_found`\n\nStatus 404, not retryable.\n\n### `provider_timeout`\n\nStatus 504, or 408, retryable.\n";

function errorDrift(document: string): string[] {
  const files = [projectFile("packages/protocol/src/errors.ts", TABLE), projectFile("docs/errors.md", document)];
  return findErrorDocumentDrift(files).map((finding) => finding.advice);
}

test("a described table of errors is fine", () => {
  assert.deepEqual(errorDrift(DESCRIBED), []);
});

test("errors that are missing, invented, doubled or described wrongly are found", () => {
  assert.deepEqual(errorDrift("# Errors\n"), ["not_found has no heading", "provider_timeout has no heading"]);
  assert.deepEqual(errorDrift(`${DESCRIBED}\n### \`gone\`\n`), ["gone is no error code"]);
  assert.deepEqual(errorDrift(`${DESCRIBED}\n### \`not_found\`\n\nStatus 404, not retryable.\n`), [
    "not_found has two headings",
  ]);
  assert.equal(errorDrift(DESCRIBED.replace("404", "400")).length, 1);
  assert.equal(errorDrift(DESCRIBED.replace("404, not", "404,")).length, 1);
  assert.equal(findErrorDocumentDrift([projectFile("docs/errors.md", DESCRIBED)]).length, 1, "without a table");
});

const LIMITS = new Map([
  ["packages/router/src/limits.ts", { BODY_BYTES_MAX: 32 * 1024 * 1024, IDLE_MS: 90_000, LINKS_MAX: 10_000 }],
]);

function limitDrift(...rows: string[]): string[] {
  const document = ["# Limits", "", "## The router: `packages/router/src/limits.ts`", "", ...rows].join("\n");
  return findLimitDocumentDrift(LIMITS, document).map((finding) => finding.advice);
}

test("limits may be written as numbers or in their units", () => {
  const rows = [
    "| `BODY_BYTES_MAX` | 32 MiB | 413 |",
    "| `IDLE_MS` | 90 s | the link ends |",
    "| `LINKS_MAX` | 10,000 | 503 |",
  ];
  assert.deepEqual(limitDrift(...rows), []);
  assert.deepEqual(limitDrift("| `BODY_BYTES_MAX` | 33,554,432 | 413 |", ...rows.slice(1)), []);
});

test("limits that are missing, invented or of another value are found", () => {
  const rows = ["| `BODY_BYTES_MAX` | 32 MiB | 413 |", "| `IDLE_MS` | 90 s | the link ends |"];
  assert.deepEqual(limitDrift(...rows), ["LINKS_MAX of packages/router/src/limits.ts is not listed"]);
  const wrong = limitDrift(...rows, "| `LINKS_MAX` | 1,000 | 503 |");
  assert.deepEqual(wrong, ["LINKS_MAX is 10,000, not 1,000"]);
  const invented = limitDrift(...rows, "| `LINKS_MAX` | 10,000 | 503 |", "| `GONE_MAX` | 1 | nothing |");
  assert.deepEqual(invented, ["GONE_MAX is no limit of packages/router/src/limits.ts"]);
});

function dead(text: string, path = "docs/sample.md"): string[] {
  const files = [
    projectFile(path, text),
    projectFile("docs/limits.md", "# The limits\n"),
    projectFile("tools/check.ts", ""),
  ];
  return findDeadLinks(files).map((finding) => finding.advice);
}

test("links to files and headings that are not there are found", () => {
  assert.deepEqual(dead("[a](gone.md)"), ["gone.md is not there"]);
  assert.deepEqual(dead("[a](../tools/gone.ts)"), ["../tools/gone.ts is not there"]);
  assert.deepEqual(dead("[a](limits.md#gone)"), ["limits.md#gone: docs/limits.md has no heading of that name"]);
  assert.deepEqual(
    dead("[a](limits.md) [b](limits.md#the-limits) [c](../tools/) [d](https://example.org/x) `[e](code.md)`"),
    [],
  );
  assert.deepEqual(dead("```\n[a](gone.md)\n```"), []);
});

test("places that are not there are found in the tables of AGENTS.md", () => {
  const table = "| task | place |\n|---|---|\n| check | `tools/check.ts`, `docs/*.md`, `npm test` |\n";
  assert.deepEqual(dead(table, "AGENTS.md"), []);
  assert.deepEqual(dead("| check | `tools/gone.ts` |", "AGENTS.md"), ["`tools/gone.ts` is not there"]);
});

test("documents that comments name and that are not there are found", () => {
  assert.deepEqual(dead("// As limits.md says, and docs/limits.md too.\n", "packages/router/src/a.ts"), []);
  assert.deepEqual(dead("// As gone.md says.\n", "packages/router/src/a.ts"), ["gone.md is not there, nor in docs/"]);
  assert.deepEqual(dead('"gone.md";\n', "packages/router/src/a.ts"), []);
});
