// `aimo activity`: what was used, by day and model, or answer by answer.
import { formatNanoUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { safeLine } from "@aimo-network/protocol/safe-line";
import { countIn, listIn, textIn, usdcIn } from "@aimo-network/protocol/told-members";
import type { Outcome, RunCommand } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { findRouter } from "../network/find-router.ts";
import type { Router } from "../network/find-router.ts";
import { readingKey } from "../network/reading-key.ts";
import { strangeAnswer } from "../network/router-answer.ts";
import { tableText } from "../terminal/table.ts";
import type { ActivityWish } from "./activity-wish.ts";
import { readActivityWish } from "./activity-wish.ts";
import { csvText } from "./csv-text.ts";

const PATH = "/api/v1/activity";
const NAME_CHARS = 200; // of a model

interface Used {
  readonly date: string;
  readonly model: string;
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cost: NanoUsdc;
}

function readRow(value: unknown): Used | undefined {
  const [date, model, cost] = [textIn(value, "date"), textIn(value, "model"), usdcIn(value, "usage")];
  const [requests, prompt] = [countIn(value, "requests"), countIn(value, "prompt_tokens")];
  const completion = countIn(value, "completion_tokens");
  if (date === undefined || model === undefined || cost === undefined) return undefined;
  if (requests === undefined || prompt === undefined || completion === undefined) return undefined;
  const named = { date: safeLine(date.slice(0, 10)), model: safeLine(model, NAME_CHARS) };
  return { ...named, requests, promptTokens: prompt, completionTokens: completion, cost };
}

/** The rows of one day and model as one, whoever answered. */
function summed(rows: readonly Used[]): readonly Used[] {
  const found = new Map<string, Used>();
  for (const row of rows) {
    const name = `${row.date} ${row.model}`;
    const before = found.get(name);
    found.set(name, before === undefined ? row : sumOf(before, row));
  }
  return [...found.values()].toSorted((one, other) =>
    one.date === other.date
      ? Number(other.cost > one.cost) - Number(other.cost < one.cost)
      : one.date < other.date
        ? 1
        : -1,
  );
}

function sumOf(one: Used, other: Used): Used {
  return {
    ...one,
    requests: one.requests + other.requests,
    promptTokens: one.promptTokens + other.promptTokens,
    completionTokens: one.completionTokens + other.completionTokens,
    cost: nanoUsdc(one.cost + other.cost),
  };
}

async function readUsed({ client }: Router, bearer: string, { day, model }: ActivityWish): Promise<readonly Used[]> {
  const query = { include_today: "true", date: day };
  const body = await client.call(PATH, { bearer, query, what: "The router does not say what was used." });
  const rows = listIn(body, "data")?.map(readRow);
  if (rows === undefined || rows.includes(undefined)) throw strangeAnswer(client.url, PATH);
  const known = rows.filter((row) => row !== undefined);
  return summed(known.filter((row) => model === undefined || row.model.toLowerCase() === model));
}

const COLUMNS = [
  { title: "DAY" },
  { title: "MODEL", isElastic: true },
  { title: "REQUESTS", isNumber: true },
  { title: "PROMPT", isNumber: true },
  { title: "COMPLETION", isNumber: true },
  { title: "USDC", isNumber: true },
];
const CSV = ["day", "model", "requests", "prompt_tokens", "completion_tokens", "usdc"];

function cellsOf({ date, model, requests, promptTokens, completionTokens, cost }: Used): string[] {
  return [date, model, `${requests}`, `${promptTokens}`, `${completionTokens}`, formatNanoUsdc(cost)];
}

function usedText(used: readonly Used[], { terminal }: CommandContext): string {
  const [first, ...others] = used;
  if (first === undefined) return "";
  const whole = cellsOf(others.reduce(sumOf, { ...first, date: "", model: "all" }));
  const rows = [...used.map(cellsOf), whole];
  const paint = (cell: string, row: number): string =>
    row === used.length && cell !== "" ? terminal.style.strong(cell) : cell;
  return tableText(COLUMNS, rows, { width: terminal.width, paint });
}

async function listUsed(context: CommandContext, router: Router, bearer: string, wish: ActivityWish): Promise<Outcome> {
  const used = await readUsed(router, bearer, wish);
  if (used.length === 0) context.terminal.note("Nothing was used in these days.");
  const days = used.map(({ date, model, requests, promptTokens, completionTokens, cost }) => ({
    ...{ day: date, model, requests, prompt_tokens: promptTokens, completion_tokens: completionTokens },
    cost: formatNanoUsdc(cost),
  }));
  const total = formatNanoUsdc(nanoUsdc(used.reduce((sum, { cost }) => sum + cost, 0n)));
  return {
    data: { router: router.id, days, total },
    text: wish.isCsv ? csvText(CSV, used.map(cellsOf)) : usedText(used, context),
  };
}

/** Lists what was used. */
export const activity: RunCommand = async (context, input) => {
  const wish = readActivityWish(input, context.options.isJson);
  const router = await findRouter(context);
  const bearer = await readingKey(context, router);
  if (!wish.isGenerations) return await listUsed(context, router, bearer, wish);
  const { listGenerations } = await import("./list-generations.ts");
  return await listGenerations(context, router, bearer, wish);
};
