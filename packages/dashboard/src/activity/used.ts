// What a wallet used, by day, model and key: added up without losing a digit.
import { formatNanoUsdc, nanoUsdc, parseNanoUsdc } from "@aimo-network/protocol/money";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import type { ChartEntry } from "../ui/chart-scale.ts";
import { countWords } from "./generation.ts";
import { keyName } from "./key-names.ts";
import type { KeyNames } from "./key-names.ts";

/** A row of `GET /activity`, as far as it is used here. */
export interface ActivityRow {
  readonly date: string;
  readonly model: string;
  /** A decimal text of USDC. */
  readonly cost: string;
  readonly requests: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cached_tokens: number;
  readonly reasoning_tokens: number;
  /** Only where the rows are told apart by key. */
  readonly api_key_hash?: string;
  readonly api_key_label?: string | null;
}

/** What is measured. */
export type Measure = "spend" | "requests" | "tokens";
/** What is told apart. */
export type GroupedBy = "model" | "key";

/** What was used, all numbers exact. */
export interface Used {
  readonly cost: NanoUsdc;
  readonly requests: bigint;
  readonly promptTokens: bigint;
  readonly completionTokens: bigint;
  readonly cachedTokens: bigint;
  readonly reasoningTokens: bigint;
}

/** What was used on a day by one model or key. */
export interface UsedBy extends Used {
  readonly day: string;
  readonly id: string;
  readonly name: string;
}

const NOTHING: Used = {
  cost: nanoUsdc(0n),
  requests: 0n,
  promptTokens: 0n,
  completionTokens: 0n,
  cachedTokens: 0n,
  reasoningTokens: 0n,
};

function sumOf(one: Used, other: Used): Used {
  return {
    cost: nanoUsdc(one.cost + other.cost),
    requests: one.requests + other.requests,
    promptTokens: one.promptTokens + other.promptTokens,
    completionTokens: one.completionTokens + other.completionTokens,
    cachedTokens: one.cachedTokens + other.cachedTokens,
    reasoningTokens: one.reasoningTokens + other.reasoningTokens,
  };
}

/** All of it together. */
export function totalOf(used: readonly Used[]): Used {
  return used.reduce(sumOf, NOTHING);
}

function usedIn(row: ActivityRow): Used {
  return {
    cost: parseNanoUsdc(row.cost),
    requests: BigInt(row.requests),
    promptTokens: BigInt(row.prompt_tokens),
    completionTokens: BigInt(row.completion_tokens),
    cachedTokens: BigInt(row.cached_tokens),
    reasoningTokens: BigInt(row.reasoning_tokens),
  };
}

/** Rows as one for each day and model or key, the newest day and what cost most first. */
export function usedBy(rows: readonly ActivityRow[], by: GroupedBy, names?: KeyNames): readonly UsedBy[] {
  const found = new Map<string, UsedBy>();
  for (const row of rows) {
    const id = by === "model" ? row.model : (row.api_key_hash ?? "");
    const name = by === "model" ? row.model : keyName(names, id, row.api_key_label);
    const place = `${row.date} ${id}`;
    found.set(place, { day: row.date, id, name, ...sumOf(found.get(place) ?? NOTHING, usedIn(row)) });
  }
  return [...found.values()].toSorted((one, other) => {
    if (one.day !== other.day) return one.day < other.day ? 1 : -1;
    if (one.cost !== other.cost) return one.cost < other.cost ? 1 : -1;
    return one.name < other.name ? -1 : 1;
  });
}

/** How much of a measure was used: nano-USDC, or a count. */
function measured(used: Used, measure: Measure): bigint {
  if (measure === "spend") return used.cost;
  return measure === "requests" ? used.requests : used.promptTokens + used.completionTokens;
}

/** The entries of a chart. */
export function chartEntries(used: readonly UsedBy[], measure: Measure): readonly ChartEntry[] {
  return used.map((one) => ({ day: one.day, id: one.id, name: one.name, value: measured(one, measure) }));
}

/** A value of a measure with its unit, all digits: `0.00042 USDC`, `1,234 tokens`, `1 request`. */
export function measureWords(value: bigint, measure: Measure): string {
  if (measure === "spend") return `${formatNanoUsdc(nanoUsdc(value))} USDC`;
  const unit = measure === "requests" ? "request" : "token";
  return `${countWords(value)} ${value === 1n ? unit : `${unit}s`}`;
}

const SHORT = [
  [1_000_000_000n, "B"],
  [1_000_000n, "M"],
  [1_000n, "k"],
] as const;

/** A value of a scale, short: the ticks of a scale are numbers of one or two digits with zeros. */
export function measureTick(value: bigint, measure: Measure): string {
  if (measure === "spend") return formatNanoUsdc(nanoUsdc(value));
  const unit = SHORT.find(([size]) => value >= size && value % (size / 10n) === 0n);
  if (unit === undefined) return `${value}`;
  const [size, letter] = unit;
  const tenths = (value % size) / (size / 10n);
  return `${value / size}${tenths === 0n ? "" : `.${tenths}`}${letter}`;
}

const TITLES = ["requests", "prompt_tokens", "cached_tokens", "completion_tokens", "reasoning_tokens", "usdc"];

/** The titles and cells of the CSV file, all digits. */
export function usedCells(used: readonly UsedBy[], by: GroupedBy): readonly (readonly string[])[] {
  const names = by === "model" ? ["model"] : ["key", "key_id"];
  return [
    ["day", ...names, ...TITLES],
    ...used.map((one) => [
      one.day,
      ...(by === "model" ? [one.name] : [one.name, one.id]),
      ...[one.requests, one.promptTokens, one.cachedTokens, one.completionTokens, one.reasoningTokens].map(String),
      formatNanoUsdc(one.cost),
    ]),
  ];
}
