// `aimo models`: what is on sale at a router.
import { safeLine } from "@aimo-network/protocol/safe-line";
import { countIn, listIn, measureIn, objectIn, textIn } from "@aimo-network/protocol/told-members";
import type { CommandContext } from "../context.ts";
import type { Outcome, RunCommand } from "../command-spec.ts";
import { findRouter } from "../network/find-router.ts";
import type { Router } from "../network/find-router.ts";
import { strangeAnswer } from "../network/router-answer.ts";
import { tableText } from "../terminal/table.ts";
import { contextText, latencyText, speedText, uptimeText } from "./measure-text.ts";
import { modelQuery } from "./model-query.ts";
import { readPrice } from "./price-text.ts";
import type { ShownPrice } from "./price-text.ts";

const MODEL_CHARS = 200; // of an id: no id is as long

interface ListedModel {
  readonly id: string;
  readonly name: string;
  readonly price: ShownPrice;
  readonly context: number | undefined;
  readonly latency: number | undefined;
  readonly throughput: number | undefined;
  readonly uptime: number | undefined;
  readonly providers: number;
  readonly verified: number;
}

function readModel(value: unknown): ListedModel | undefined {
  const id = textIn(value, "id");
  if (id === undefined) return undefined;
  const aimo = objectIn(value, "aimo");
  return {
    id: safeLine(id, MODEL_CHARS),
    name: safeLine(textIn(value, "name") ?? id, MODEL_CHARS),
    price: readPrice(objectIn(value, "pricing")),
    context: countIn(value, "context_length"),
    latency: measureIn(aimo, "latency_p50"),
    throughput: measureIn(aimo, "throughput_p50"),
    uptime: measureIn(aimo, "uptime_last_30m"),
    providers: countIn(aimo, "providers") ?? 0,
    verified: countIn(aimo, "verified") ?? 0,
  };
}

function modelJson({
  id,
  name,
  price,
  context,
  latency,
  throughput,
  uptime,
  providers,
  verified,
}: ListedModel): object {
  return {
    id,
    name,
    prompt_per_million: price.prompt ?? null,
    completion_per_million: price.completion ?? null,
    cached_per_million: price.cached ?? null,
    each_request: price.request ?? null,
    each_image: price.image ?? null,
    context_length: context ?? null,
    latency_p50_ms: latency ?? null,
    throughput_p50: throughput ?? null,
    uptime_percent: uptime ?? null,
    providers,
    verified,
  };
}

const COLUMNS = [
  { title: "MODEL", isElastic: true },
  { title: "IN/M", isNumber: true },
  { title: "OUT/M", isNumber: true },
  { title: "CONTEXT", isNumber: true, isExtra: true },
  { title: "VERIFIED", isNumber: true, isExtra: true },
  { title: "UPTIME", isNumber: true, isExtra: true },
  { title: "P50", isNumber: true, isExtra: true },
  { title: "TOK/S", isNumber: true, isExtra: true },
];
const [VERIFIED, UPTIME] = [4, 5];
const UPTIME_DOUBTFUL = 99; // percent
const MORE = { title: "BESIDES", isElastic: true };

function rowOf({ id, price, context, latency, throughput, uptime, providers, verified }: ListedModel): string[] {
  return [
    id,
    price.prompt ?? "?",
    price.completion ?? "?",
    contextText(context),
    `${verified}/${providers}`,
    uptimeText(uptime),
    latencyText(latency),
    speedText(throughput),
  ];
}

function modelsText(models: readonly ListedModel[], { terminal }: CommandContext): string {
  const { style, width } = terminal;
  const hasMore = models.some(({ price }) => price.more !== "");
  const rows = models.map((model) => [...rowOf(model), ...(hasMore ? [model.price.more] : [])]);
  const paint = (cell: string, row: number, column: number): string => {
    const model = models[row];
    if (column === 0) return style.strong(cell);
    if (column === UPTIME && (model?.uptime ?? 100) < UPTIME_DOUBTFUL) return style.doubtful(cell);
    if (column === VERIFIED) return (model?.verified ?? 0) > 0 ? style.good(cell) : style.faint(cell);
    return cell;
  };
  return tableText(hasMore ? [...COLUMNS, MORE] : COLUMNS, rows, { width, paint });
}

/** For a person who sees such a table for the first time. */
function explainTable({ terminal }: CommandContext): void {
  if (!terminal.isShown) return;
  terminal.note(
    terminal.noteStyle.faint("Prices are USDC per million tokens; aimo models --help has the other columns."),
  );
}

async function listAll(context: CommandContext, router: Router, query: Record<string, string>): Promise<Outcome> {
  const body = await router.client.call("/api/v1/models", { query, what: "The router lists no models." });
  const models = listIn(body, "data")?.map(readModel);
  if (models === undefined || models.includes(undefined)) throw strangeAnswer(router.client.url, "/api/v1/models");
  const known = models.filter((model) => model !== undefined);
  if (known.length === 0) {
    const isNarrowed = Object.keys(query).length > 0;
    context.terminal.note(
      isNarrowed ? "No model matches: aimo models lists all." : "Nobody sells a model at this router at the moment.",
    );
  }
  if (known.length > 0) explainTable(context);
  return {
    data: { router: router.id, models: known.map(modelJson) },
    text: known.length === 0 ? "" : modelsText(known, context),
  };
}

/** Lists the models, or who sells one of them. */
export const listModels: RunCommand = async (context, input) => {
  const query = modelQuery(input);
  const router = await findRouter(context);
  const { providers: model } = input.options;
  if (typeof model !== "string") return await listAll(context, router, query);
  const { listProviders } = await import("./list-providers.ts");
  return await listProviders(context, router, model);
};
