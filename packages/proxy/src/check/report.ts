// The report of a check as text: two tables, then every finding with what to do.
import type { ModelReport } from "./check-model.ts";
import type { RouterReport } from "./check-router.ts";
import type { Finding } from "./finding.ts";

/** Everything a check found out. */
export interface CheckReport {
  readonly routers: readonly RouterReport[];
  readonly models: readonly ModelReport[];
}

/** Whether requests will fail or earn nothing. */
export function hasTrouble({ routers, models }: CheckReport): boolean {
  return [...routers, ...models].some(({ findings }) => findings.some(({ severity }) => severity !== "hint"));
}

/** The report as a person reads it. */
export function reportText(report: CheckReport): string {
  const routers = report.routers.map(({ url, reachable, key }) => [url, reachable, key]);
  const models = report.models.map(({ name, plain, stream, usage, tools }) => [name, plain, stream, usage, tools]);
  const findings = [
    ...report.routers.flatMap(({ url, findings: found }) => found.map((finding) => findingText(url, finding))),
    ...report.models.flatMap(({ name, findings: found }) => found.map((finding) => findingText(name, finding))),
  ];
  return [
    table([["router", "reachable", "key"], ...routers]),
    "",
    table([["model", "plain", "stream", "usage", "tools"], ...models]),
    "",
    ...findings,
    hasTrouble(report) ? "Not ready: fix what is above, then check again." : "Ready to sell.",
    "",
  ].join("\n");
}

/** The report for programs: a stable shape. */
export function reportJson(report: CheckReport): string {
  return `${JSON.stringify({ ready: !hasTrouble(report), ...report }, undefined, 2)}\n`;
}

const WORDS: Readonly<Record<Finding["severity"], string>> = {
  fails: "FAILS",
  unpaid: "WILL NOT BE PAID",
  hint: "hint",
};

function findingText(subject: string, { severity, what, fix }: Finding): string {
  return `${WORDS[severity]}  ${subject}  ${what}\n  fix: ${fix}\n`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
