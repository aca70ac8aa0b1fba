// Whether a proxy can sell: its config, its router, its upstreams and their usage, by the proxy's own check.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { JsonObject } from "@aimo-network/protocol/json-object";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import { safeLine } from "@aimo-network/protocol/safe-line";
import { listIn, textIn } from "@aimo-network/protocol/told-members";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { runInstalledProgram } from "../installed-program.ts";
import { DOCTOR_CHECK_MS } from "../limits.ts";
import { safeText } from "../terminal/safe-text.ts";
import type { Finding, Question } from "./question.ts";
import { bad, good, needed, NotAsked } from "./question.ts";

/** The config that is meant: the option, the variable, or the usual name where it is there; undefined where none is. */
export function wantedConfig({ folder, environment }: CommandContext, given: string | undefined): string | undefined {
  const fromEnvironment = environment["CONFIG_FILE_PATH"] ?? "";
  const named = given ?? (fromEnvironment === "" ? undefined : fromEnvironment);
  if (named !== undefined) return resolve(folder, named);
  const usual = resolve(folder, "config.toml");
  return existsSync(usual) ? usual : undefined;
}

interface CheckReport {
  readonly routers: readonly JsonObject[];
  readonly models: readonly JsonObject[];
}

function reportFrom(output: string): CheckReport | undefined {
  try {
    const value: unknown = JSON.parse(output);
    const [routers, models] = [listIn(value, "routers"), listIn(value, "models")];
    if (routers === undefined || models === undefined) return undefined;
    return { routers: routers.filter(isJsonObject), models: models.filter(isJsonObject) };
  } catch {
    return undefined; // the config was not even read: the reason is in words
  }
}

async function runCheck(context: CommandContext, config: string, signal: AbortSignal): Promise<CheckReport> {
  const said = { output: "", errors: "" };
  const heard = (text: string, stream: "output" | "errors"): void => void (said[stream] += text);
  await runInstalledProgram(context, "aimo-proxy", ["check", "--json", "--config", config], { heard, signal });
  const report = reportFrom(said.output);
  if (report !== undefined) return report;
  throw new CommandFault({
    what: "aimo-proxy does not read it:",
    why: safeText(said.errors).trim().split("\n").slice(0, FAULT_LINES_MAX).join("\n    "),
    next: "Mend the lines that are named.",
    reason: "usage",
  });
}

const FAULT_LINES_MAX = 12;

/** The first thing found against one of the rows, as the proxy words it; `isMeant` chooses among what was found. */
function firstAgainst(
  rows: readonly JsonObject[],
  name: string,
  isMeant: (what: string) => boolean,
): Finding | undefined {
  for (const row of rows) {
    for (const finding of listIn(row, "findings") ?? []) {
      const [what, fix] = [textIn(finding, "what") ?? "", textIn(finding, "fix") ?? ""];
      if (textIn(finding, "severity") === "hint" || !isMeant(what)) continue;
      return bad(`${safeLine(textIn(row, name) ?? "")}: ${safeLine(what)}`, safeLine(fix));
    }
  }
  return undefined;
}

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? "" : "s"}`;
}

function upstreamFinding({ models }: CheckReport): Finding {
  const broken = models.filter((row) => textIn(row, "plain") === "fails" || textIn(row, "stream") === "fails");
  if (broken.length === 0)
    return good(`${count(models.length, "model")} ${models.length === 1 ? "answers" : "answer"}`);
  return firstAgainst(broken, "name", () => true) ?? bad("a model does not answer", "aimo provider check");
}

function usageFinding({ models }: CheckReport): Finding {
  const missing = models.filter((row) => textIn(row, "usage") === "missing");
  if (missing.length > 0) {
    return firstAgainst(missing, "name", (what) => what.includes("usage")) ?? bad("missing", "aimo provider check");
  }
  if (models.some((row) => textIn(row, "usage") === "works")) return good("every answer says what it used");
  throw new NotAsked("not asked: no model answers");
}

/** The questions about a proxy's config; they share one run of its check, which ends with `signal`. */
export function configQuestions(
  context: CommandContext,
  config: string | undefined,
  signal: AbortSignal,
): readonly Question[] {
  const none = "no config.toml here; only who sells models has one";
  const report =
    config === undefined
      ? Promise.reject<CheckReport>(new NotAsked(none, "aimo provider init, or --config <file>"))
      : runCheck(context, config, signal);
  report.catch(() => undefined); // each question that needs it tells
  const about = (id: string, name: string, judge: (found: CheckReport) => Finding): Question => ({
    id,
    name,
    waitMs: DOCTOR_CHECK_MS,
    ask: async () => judge(await needed(report, "the config is not read")),
  });
  return [
    {
      id: "config",
      name: "config",
      waitMs: DOCTOR_CHECK_MS,
      async ask() {
        const { models, routers } = await report;
        return good(`${config}: ${count(models.length, "model")}, ${count(routers.length, "router")}`);
      },
    },
    about("config.router", "config: router", ({ routers }) => {
      const against = firstAgainst(routers, "url", () => true);
      return against ?? good("takes the key of the config");
    }),
    about("config.upstream", "upstream", upstreamFinding),
    about("config.usage", "usage", usageFinding),
  ];
}
