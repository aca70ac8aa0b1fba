// `aimo activity --generations`: the newest answers, each with what it cost and how fast it came.
import { formatNanoUsdc } from "@aimo-network/protocol/money";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { safeLine } from "@aimo-network/protocol/safe-line";
import { countIn, listIn, textIn, usdcIn } from "@aimo-network/protocol/told-members";
import type { Outcome } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { GENERATIONS_PER_PAGE, GENERATION_PAGES_MAX } from "../limits.ts";
import { latencyText } from "../models/measure-text.ts";
import type { Router } from "../network/find-router.ts";
import { strangeAnswer } from "../network/router-answer.ts";
import { tableText } from "../terminal/table.ts";
import type { ActivityWish } from "./activity-wish.ts";
import { csvText } from "./csv-text.ts";

const PATH = "/api/v1/generations";
const NAME_CHARS = 200; // of a model, an id or a wallet
const DAY_MS = 24 * 60 * 60_000;

interface Answered {
  readonly id: string;
  readonly at: string;
  readonly model: string;
  readonly provider: string;
  readonly prompt: number;
  readonly completion: number;
  readonly cost: NanoUsdc;
  readonly latency: number | undefined;
  readonly duration: number | undefined;
  readonly end: string;
}

const ENDS = [
  ["interrupted", "broken off, free"],
  ["usage_missing", "no usage, free"],
  ["cancelled", "cancelled"],
  ["usage_replayed", "charged later"],
  ["usage_adjusted", "clamped"],
  ["usage_estimated", "estimated"],
] as const;

/** How it ended: what sets it apart, else the reason that the provider gave. */
function endOf(value: object): string {
  const found = ENDS.find(([name]) => (value as Record<string, unknown>)[name] === true);
  return found?.[1] ?? safeLine(textIn(value, "finish_reason") ?? "", 20);
}

function readAnswered(value: unknown): Answered | undefined {
  const [id, at, model] = [textIn(value, "id"), textIn(value, "created_at"), textIn(value, "model")];
  const cost = usdcIn(value, "cost");
  if (id === undefined || at === undefined || model === undefined || cost === undefined) return undefined;
  return {
    id: safeLine(id, NAME_CHARS),
    at: safeLine(at.slice(0, 24)),
    model: safeLine(model, NAME_CHARS),
    provider: safeLine(textIn(value, "provider_name") ?? "", NAME_CHARS),
    prompt: countIn(value, "tokens_prompt") ?? 0,
    completion: countIn(value, "tokens_completion") ?? 0,
    cost,
    latency: countIn(value, "latency"),
    duration: countIn(value, "generation_time"),
    end: endOf(value as object),
  };
}

function spanOf(day: string | undefined): { readonly from?: string; readonly to?: string } {
  if (day === undefined) return {};
  const from = new Date(day);
  return { from: from.toISOString(), to: new Date(from.getTime() + DAY_MS).toISOString() };
}

async function readAll({ client }: Router, bearer: string, { limit, model, day }: ActivityWish): Promise<Answered[]> {
  const all: Answered[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < GENERATION_PAGES_MAX && all.length < limit; page += 1) {
    const wanted = Math.min(limit - all.length, GENERATIONS_PER_PAGE);
    const query = { limit: `${wanted}`, cursor, model, ...spanOf(day) };
    const body = await client.call(PATH, { bearer, query, what: "The router lists no answers." });
    const found = listIn(body, "data")?.map(readAnswered);
    if (found === undefined || found.includes(undefined)) throw strangeAnswer(client.url, PATH);
    all.push(...found.filter((each) => each !== undefined));
    cursor = textIn(body, "next_cursor");
    if (cursor === undefined) break;
  }
  return all.slice(0, limit);
}

const COLUMNS = [
  { title: "UTC" },
  { title: "MODEL", isElastic: true },
  { title: "PROMPT", isNumber: true },
  { title: "COMPLETION", isNumber: true },
  { title: "USDC", isNumber: true },
  { title: "END", isExtra: true },
  { title: "FIRST", isNumber: true, isExtra: true },
  { title: "WHOLE", isNumber: true, isExtra: true },
];
const CSV = [
  "id",
  "at",
  "model",
  "provider",
  "prompt_tokens",
  "completion_tokens",
  "usdc",
  "latency_ms",
  "duration_ms",
  "end",
];

function answersText(answers: readonly Answered[], { terminal }: CommandContext): string {
  const rows = answers.map(({ at, model, prompt, completion, cost, latency, duration, end }) => [
    at.slice(0, 19).replace("T", " "),
    model,
    `${prompt}`,
    `${completion}`,
    formatNanoUsdc(cost),
    end,
    latencyText(latency),
    latencyText(duration),
  ]);
  const [titles = "", ...lines] = tableText(COLUMNS, rows, { width: terminal.width }).split("\n");
  const withIds = lines.flatMap((line, row) => {
    const answer = answers[row];
    return [line, terminal.style.faint(`  ${answer?.id} by ${answer?.provider}`)];
  });
  return [titles, ...withIds].join("\n");
}

function csvRow({ id, at, model, provider, prompt, completion, cost, latency, duration, end }: Answered): string[] {
  const numbers = [`${prompt}`, `${completion}`, formatNanoUsdc(cost), `${latency ?? ""}`, `${duration ?? ""}`];
  return [id, at, model, provider, ...numbers, end];
}

/** Lists the newest answers. */
export async function listGenerations(
  context: CommandContext,
  router: Router,
  bearer: string,
  wish: ActivityWish,
): Promise<Outcome> {
  const answers = await readAll(router, bearer, wish);
  if (answers.length === 0) context.terminal.note("There are no such answers.");
  const generations = answers.map(({ id, at, model, provider, prompt, completion, cost, latency, duration, end }) => ({
    ...{ id, created_at: at, model, provider, prompt_tokens: prompt, completion_tokens: completion },
    ...{ cost: formatNanoUsdc(cost), latency_ms: latency ?? null, duration_ms: duration ?? null, end },
  }));
  const table = answers.length === 0 ? "" : answersText(answers, context);
  return {
    data: { router: router.id, generations },
    text: wish.isCsv ? csvText(CSV, answers.map(csvRow)) : table,
  };
}
