// Lets tests ask what the project's linter says about files that are not in the project.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";

/** One complaint of the linter. */
export interface LintFinding {
  readonly path: string;
  readonly line: number;
  /** The rule, as `plugin(rule-name)`. */
  readonly rule: string;
}

interface Diagnostic {
  code: string;
  filename: string;
  labels: { span: { line: number } }[];
}

const ROOT = join(import.meta.dirname, "..");

/** Lints `files` (path from the root → text) under the project's own configuration, in a copy of its layout. */
export function lintSamples(t: TestContext, files: ReadonlyMap<string, string>): LintFinding[] {
  const folder = mkdtempSync(join(tmpdir(), "lint-samples-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const name of [".oxlintrc.json", "tsconfig.json"]) copyFileSync(join(ROOT, name), join(folder, name));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  for (const [path, text] of files) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const oxlint = join(ROOT, "node_modules", "oxlint", "bin", "oxlint");
  const options = ["--format", "json", ...files.keys()];
  const { stdout, stderr } = spawnSync(process.execPath, [oxlint, ...options], {
    cwd: folder,
    encoding: "utf8",
    timeout: 60_000,
  });
  assert.ok(stdout.startsWith("{"), `oxlint did not lint: ${stdout}${stderr}`);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] };
  return diagnostics.map(({ code, filename, labels }) => ({
    path: filename,
    line: labels[0]?.span.line ?? 0,
    rule: code,
  }));
}
