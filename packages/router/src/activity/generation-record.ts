// One answered request as its row tells it.
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { nanoUsdc } from "@aimo-network/protocol/money";
import { RECEIPT_FLAGS } from "@aimo-network/protocol/receipt-cost";
import { generationId, uuidTimeMs } from "@aimo-network/protocol/ids";
import { keyIdText, walletAddress } from "./wallet-bytes.ts";

/** What a generation is shown with to whom may see it. */
export interface Generation {
  readonly id: string;
  readonly createdAtMs: number;
  readonly keyId: string;
  readonly model: string;
  /** The provider's wallet. */
  readonly provider: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
  readonly imageCount: number;
  /** From admission to the first output; null where nothing was shown. */
  readonly firstOutputMs: number | null;
  readonly durationMs: number;
  readonly cost: NanoUsdc;
  /** What the cached tokens cost less than others, in pico-USDC; null where they did not. */
  readonly cacheDiscountPico: bigint | null;
  /** Null where the answer was broken off before it said why it ended. */
  readonly finishReason: string | null;
  readonly isStreamed: boolean;
  readonly isCancelled: boolean;
  readonly isUsageAdjusted: boolean;
  readonly isUsageEstimated: boolean;
  readonly isUsageReplayed: boolean;
  readonly isInterrupted: boolean;
  readonly hasNoUsage: boolean;
  /** What the request said it came from; undefined where it said nothing. */
  readonly app: NamedApp | undefined;
}

/** An app as its users see it. */
export interface NamedApp {
  readonly id: number;
  readonly url: string;
  /** Empty where it has none. */
  readonly title: string;
}

/** The columns of `APP_COLUMNS`; all null where there is no app. */
export interface AppRow {
  readonly app_id: number | null;
  readonly app_url: string | null;
  readonly app_title: string | null;
}

/** The columns of `GENERATION_COLUMNS`. */
export interface GenerationRow extends AppRow {
  readonly id: string;
  readonly key_id: Uint8Array;
  readonly model: string;
  readonly provider: Uint8Array;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cached_tokens: number;
  readonly reasoning_tokens: number;
  readonly image_count: number;
  readonly first_output_ms: number | null;
  readonly duration_ms: number;
  readonly cost: bigint;
  readonly saved_per_token: bigint;
  readonly flags: number;
  readonly finish_reason: string;
}

/** What is selected of the app of a row, where it is joined by `appJoin`. */
export const APP_COLUMNS = "app.id AS app_id, app.url AS app_url, app.title AS app_title";

/** Finds the app of `number`, a column of `generations` or `usage_daily`: row by row, however many apps and few rows there are. */
export const appJoin = (number: string): string =>
  `LEFT JOIN LATERAL (SELECT s.id, s.url, a.title FROM apps a JOIN app_sites s ON s.id = a.site_id WHERE a.id = abs(${number}) LIMIT 1) app ON true`;

/** The app of a row. */
export function appOf({ app_id: id, app_url: url, app_title: title }: AppRow): NamedApp | undefined {
  return id === null || url === null || title === null ? undefined : { id, url, title };
}

/** What is selected of a row of `generations` that is called `g`. */
export const GENERATION_COLUMNS = `g.id, k.key_id, m.name AS model, p.address AS provider, g.prompt_tokens, g.completion_tokens,
  g.cached_tokens, g.reasoning_tokens, g.image_count, g.first_output_ms, g.duration_ms, g.cost,
  r.prompt - coalesce(r.cache_read, r.prompt) AS saved_per_token, g.flags, g.finish_reason, ${APP_COLUMNS}`;

/** What its numbers stand for. */
export const GENERATION_JOINS = `JOIN models m ON m.id = g.model_id JOIN wallets p ON p.id = g.provider_id
  JOIN keys k ON k.id = g.key_id JOIN prices r ON r.id = g.price_id ${appJoin("g.app_id")}`;

function savedPico({ cached_tokens, saved_per_token }: GenerationRow): bigint | null {
  const saved = BigInt(cached_tokens) * saved_per_token;
  return saved > 0n ? saved : null;
}

/** The generation of a row. */
export function generationOf(row: GenerationRow): Generation {
  const has = (flag: number): boolean => (row.flags & flag) !== 0;
  return {
    id: generationId(row.id),
    createdAtMs: uuidTimeMs(row.id),
    keyId: keyIdText(row.key_id),
    model: row.model,
    provider: walletAddress(row.provider),
    promptTokens: row.prompt_tokens,
    completionTokens: row.completion_tokens,
    cachedTokens: row.cached_tokens,
    reasoningTokens: row.reasoning_tokens,
    imageCount: row.image_count,
    firstOutputMs: row.first_output_ms,
    durationMs: row.duration_ms,
    cost: nanoUsdc(row.cost),
    cacheDiscountPico: savedPico(row),
    finishReason: row.finish_reason === "" ? null : row.finish_reason,
    isStreamed: has(RECEIPT_FLAGS.streamed),
    isCancelled: has(RECEIPT_FLAGS.cancelled),
    isUsageAdjusted: has(RECEIPT_FLAGS.usageAdjusted),
    isUsageEstimated: has(RECEIPT_FLAGS.usageEstimated),
    isUsageReplayed: has(RECEIPT_FLAGS.replayed),
    isInterrupted: has(RECEIPT_FLAGS.interrupted),
    hasNoUsage: has(RECEIPT_FLAGS.noUsage),
    app: appOf(row),
  };
}
