// `aimo models --providers`: who sells a model, how much of its traffic each gets, and why.
import { safeLine } from "@aimo-network/protocol/safe-line";
import { countIn, listIn, measureIn, objectIn, textIn, textsIn } from "@aimo-network/protocol/told-members";
import type { CommandContext } from "../context.ts";
import type { Outcome } from "../command-spec.ts";
import { CommandFault } from "../fault.ts";
import type { Router } from "../network/find-router.ts";
import { strangeAnswer } from "../network/router-answer.ts";
import { tableText } from "../terminal/table.ts";
import { contextText, latencyText, speedText, uptimeText } from "./measure-text.ts";
import { readPrice } from "./price-text.ts";
import type { ShownPrice } from "./price-text.ts";

const WORD_CHARS = 60; // of a wallet, a tier or a verdict
const NAMES_SHOWN = 5; // models with the same slug that a message names

interface Endpoint {
  readonly tag: string;
  readonly wallet: string;
  readonly share: number;
  readonly tier: string;
  readonly verdict: string;
  readonly status: number;
  readonly price: ShownPrice;
  readonly context: number | undefined;
  readonly latency: number | undefined;
  readonly throughput: number | undefined;
  readonly uptime: number | undefined;
  readonly withdrawn: readonly string[];
  readonly reasons: readonly { readonly code: string; readonly words: string }[];
}

function word(value: unknown, name: string): string {
  return safeLine(textIn(value, name) ?? "", WORD_CHARS);
}

function readEndpoint(value: unknown): Endpoint | undefined {
  const aimo = objectIn(value, "aimo");
  const share = measureIn(aimo, "share");
  const wallet = word(value, "provider_name");
  if (wallet === "" || share === undefined) return undefined;
  return {
    tag: safeLine(textIn(value, "tag") ?? ""),
    wallet,
    share,
    tier: word(aimo, "tier"),
    verdict: word(aimo, "verdict"),
    status: countIn(value, "status") ?? 0,
    price: readPrice(objectIn(value, "pricing")),
    context: countIn(value, "context_length"),
    latency: measureIn(objectIn(value, "latency_last_30m"), "p50"),
    throughput: measureIn(objectIn(value, "throughput_last_30m"), "p50"),
    uptime: measureIn(value, "uptime_last_1d"),
    withdrawn: textsIn(aimo, "withdrawn").map((each) => safeLine(each, WORD_CHARS)),
    reasons: (listIn(aimo, "reasons") ?? []).map((reason) => ({
      code: word(reason, "code"),
      words: safeLine(textIn(reason, "words") ?? ""),
    })),
  };
}

function endpointJson({ wallet, tag, share, tier, verdict, status, price, reasons, ...more }: Endpoint): object {
  return {
    provider: wallet,
    tag,
    ...{ share, tier, verdict, status },
    prompt_per_million: price.prompt ?? null,
    completion_per_million: price.completion ?? null,
    cached_per_million: price.cached ?? null,
    each_request: price.request ?? null,
    each_image: price.image ?? null,
    context_length: more.context ?? null,
    latency_p50_ms: more.latency ?? null,
    throughput_p50: more.throughput ?? null,
    uptime_percent: more.uptime ?? null,
    withdrawn: more.withdrawn,
    reasons,
  };
}

const COLUMNS = [
  { title: "SHARE", isNumber: true },
  { title: "TIER" },
  { title: "VERDICT" },
  { title: "IN/M", isNumber: true },
  { title: "OUT/M", isNumber: true },
  { title: "CONTEXT", isNumber: true, isExtra: true },
  { title: "UPTIME", isNumber: true, isExtra: true },
  { title: "P50", isNumber: true, isExtra: true },
  { title: "TOK/S", isNumber: true, isExtra: true },
];
const [TIER, VERDICT] = [1, 2];

function endpointsText(endpoints: readonly Endpoint[], { terminal }: CommandContext): string {
  const { style, width } = terminal;
  const paint = (cell: string, row: number, column: number): string => {
    const endpoint = endpoints[row];
    if (column === TIER) return endpoint?.tier === "good" ? style.good(cell) : style.doubtful(cell);
    if (column === VERDICT && endpoint?.verdict === "verified") return style.good(cell);
    return column === VERDICT && endpoint?.verdict === "unverified" ? style.bad(cell) : cell;
  };
  const rows = endpoints.map(({ share, tier, verdict, price, ...more }) => [
    `${(share * 100).toFixed(share === 1 || share === 0 ? 0 : 1)}%`,
    tier,
    verdict,
    price.prompt ?? "?",
    price.completion ?? "?",
    contextText(more.context),
    uptimeText(more.uptime),
    latencyText(more.latency),
    speedText(more.throughput),
  ]);
  const [titles = "", ...lines] = tableText(COLUMNS, rows, { width, paint }).split("\n");
  const withWhy = lines.flatMap((line, row) => {
    const { wallet = "", reasons = [], withdrawn = [] } = endpoints[row] ?? {};
    const why = reasons.map(({ words }) => words);
    if (withdrawn.length > 0) why.push(`cannot do what it says: ${withdrawn.join(", ")}`);
    return [line, `  ${style.strong(wallet)}`, ...why.map((words) => style.faint(`  · ${words}`))];
  });
  return [titles, ...withWhy].join("\n");
}

/** The id of the model that is meant: itself, or the only one with this slug. */
async function wholeId({ client }: Router, model: string): Promise<string> {
  if (model.includes("/")) return model;
  const body = await client.call("/api/v1/models", { query: { q: model }, what: "The router lists no models." });
  const ids = (listIn(body, "data") ?? []).flatMap((each) => textIn(each, "id") ?? []);
  const [only, ...others] = ids.filter((id) => id.toLowerCase().endsWith(`/${model.toLowerCase()}`));
  if (only !== undefined && others.length === 0) return only;
  const near = (only === undefined ? ids : [only, ...others])
    .slice(0, NAMES_SHOWN)
    .map((id) => safeLine(id, WORD_CHARS));
  throw new CommandFault({
    what:
      only === undefined
        ? `No model is called ${safeLine(model, WORD_CHARS)}.`
        : `Which ${safeLine(model, WORD_CHARS)}?`,
    why: near.length === 0 ? "nobody sells one of that name here." : `there is ${near.join(", ")}.`,
    next: "Name it whole: author/slug, as `aimo models` lists it.",
    reason: "usage",
    code: "model_not_found",
  });
}

/** Shows the endpoints of a model. */
export async function listProviders(context: CommandContext, router: Router, model: string): Promise<Outcome> {
  const id = await wholeId(router, model);
  const path = `/api/v1/models/${id.split("/").map(encodeURIComponent).join("/")}/endpoints`;
  const body = await router.client.call(path, {
    what: `The router does not show who sells ${safeLine(id, WORD_CHARS)}.`,
  });
  const data = objectIn(body, "data");
  const endpoints = listIn(data, "endpoints")?.map(readEndpoint);
  if (endpoints === undefined || endpoints.includes(undefined)) throw strangeAnswer(router.client.url, path);
  const known = endpoints.filter((endpoint) => endpoint !== undefined);
  return {
    data: { router: router.id, model: safeLine(textIn(data, "id") ?? id), providers: known.map(endpointJson) },
    text: endpointsText(known, context),
  };
}
