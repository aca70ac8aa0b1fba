// GET /provider/earnings and /provider/activity: what a provider earned, served, and was not paid for.
import type { FastifyPluginCallback, FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Clock } from "@aimo-network/protocol/clock";
import { formatNanoUsdc } from "@aimo-network/protocol/money";
import type { DailyUsage, DaySpan, DayUsage } from "../../activity/daily-usage.ts";
import type { Earnings, ProviderEarnings, ServedGeneration, Unpaid, UnpaidSum } from "../../activity/earnings.ts";
import { dayOf, startOfDayMs } from "../../activity/utc-days.ts";
import { ACTIVITY_DAYS_MAX, ACTIVITY_ROWS_MAX, PROVIDER_RECENT_MAX } from "../../activity/limits.ts";
import type { AccountReaderDeps } from "./account-reader.ts";
import { providerOf } from "./account-reader.ts";
import { exactNumber } from "../json-number.ts";

/** What these endpoints read. */
export interface ProviderActivityDeps extends AccountReaderDeps {
  readonly clock: Clock;
  readonly usage: DailyUsage;
  readonly earnings: ProviderEarnings;
}

const Usdc = Type.String({ description: "USDC" });
const Count = Type.Integer({ minimum: 0 });
const Text = Type.String();
const OptionalText = Type.Union([Text, Type.Null()]);

const AccountsShape = Type.Object({
  claimable: Type.String({ description: "USDC that is settled and may be withdrawn" }),
  withdrawing: Type.String({ description: "USDC that waits for a withdrawal" }),
  payable: Type.String({ description: "USDC that users were charged and that is not settled yet, before the fee" }),
});

const EarningsShape = Type.Object({
  ...AccountsShape.properties,
  by_day: Type.Array(Type.Object({ date: Text, model: Text, requests: Count, earned: Usdc })),
  unpaid: Type.Array(Type.Object({ reason: Text, count: Count, amount: Usdc })),
  recent_unpaid: Type.Array(Type.Object({ id: OptionalText, model: Text, reason: Text, amount: Usdc, at: Text })),
});

const Milliseconds = Type.Union([Count, Type.Null()]);
const ActivityShape = Type.Object({
  by_day: Type.Array(
    Type.Object({
      date: Text,
      model: Text,
      requests: Count,
      prompt_tokens: Count,
      completion_tokens: Count,
      reasoning_tokens: Count,
      cached_tokens: Count,
      cost: Usdc,
    }),
  ),
  recent: Type.Array(
    Type.Object({
      id: Text,
      created_at: Text,
      model: Text,
      cost: Usdc,
      tokens_prompt: Count,
      tokens_completion: Count,
      tokens_reasoning: Count,
      tokens_cached: Count,
      latency: Milliseconds,
      generation_time: Milliseconds,
      finish_reason: OptionalText,
      streamed: Type.Boolean(),
      cancelled: Type.Boolean(),
      interrupted: Type.Boolean(),
      usage_adjusted: Type.Boolean(),
      usage_estimated: Type.Boolean(),
      usage_replayed: Type.Boolean(),
      usage_missing: Type.Boolean(),
    }),
  ),
});

/** A provider's accounts as replies and events show them. */
export function earningsJson({ claimable, withdrawing, payable }: Earnings): Record<keyof Earnings, string> {
  return {
    claimable: formatNanoUsdc(claimable),
    withdrawing: formatNanoUsdc(withdrawing),
    payable: formatNanoUsdc(payable),
  };
}

function unpaidSumJson({ reason, count, amount }: UnpaidSum): object {
  return { reason, count: exactNumber(count.toString()), amount: formatNanoUsdc(amount) };
}

function unpaidJson({ id, model, reason, amount, at }: Unpaid): object {
  return { id: id ?? null, model, reason, amount: formatNanoUsdc(amount), at: at.toISOString() };
}

function dayJson(row: DayUsage): object {
  return {
    date: row.date,
    model: row.model,
    requests: exactNumber(row.requests.toString()),
    prompt_tokens: exactNumber(row.promptTokens.toString()),
    completion_tokens: exactNumber(row.completionTokens.toString()),
    reasoning_tokens: exactNumber(row.reasoningTokens.toString()),
    cached_tokens: exactNumber(row.cachedTokens.toString()),
    cost: formatNanoUsdc(row.cost),
  };
}

function servedJson(served: ServedGeneration): object {
  return {
    id: served.id,
    created_at: new Date(served.createdAtMs).toISOString(),
    model: served.model,
    cost: formatNanoUsdc(served.cost),
    tokens_prompt: served.promptTokens,
    tokens_completion: served.completionTokens,
    tokens_reasoning: served.reasoningTokens,
    tokens_cached: served.cachedTokens,
    latency: served.firstOutputMs,
    generation_time: served.durationMs,
    finish_reason: served.finishReason,
    streamed: served.isStreamed,
    cancelled: served.isCancelled,
    interrupted: served.isInterrupted,
    usage_adjusted: served.isUsageAdjusted,
    usage_estimated: served.isUsageEstimated,
    usage_replayed: served.isUsageReplayed,
    usage_missing: served.hasNoUsage,
  };
}

/** Today and the days before it that are told. */
function spanOf(nowMs: number): DaySpan & { readonly sinceMs: number } {
  const today = dayOf(nowMs);
  const firstDay = today - ACTIVITY_DAYS_MAX;
  return { firstDay, lastDay: today, rowsMax: ACTIVITY_ROWS_MAX, sinceMs: startOfDayMs(firstDay) };
}

function createEarnings(deps: ProviderActivityDeps) {
  const { clock, usage, earnings } = deps;
  return async (request: FastifyRequest): Promise<object> => {
    const wallet = await providerOf(deps, request);
    const span = spanOf(clock.now());
    const [accounts, days, sums, recent] = await Promise.all([
      earnings.of(wallet),
      usage.ofProvider(wallet, span),
      earnings.unpaidSums(wallet, span.sinceMs),
      earnings.unpaid(wallet, span.sinceMs, PROVIDER_RECENT_MAX),
    ]);
    const byDay = days.map(({ date, model, requests, cost }) => ({
      date,
      model,
      requests: exactNumber(requests.toString()),
      earned: formatNanoUsdc(cost),
    }));
    const unpaid = { unpaid: sums.map(unpaidSumJson), recent_unpaid: recent.map(unpaidJson) };
    return { data: { ...earningsJson(accounts), by_day: byDay, ...unpaid } };
  };
}

function createActivity(deps: ProviderActivityDeps) {
  const { clock, usage, earnings } = deps;
  return async (request: FastifyRequest): Promise<object> => {
    const wallet = await providerOf(deps, request);
    const span = spanOf(clock.now());
    const [days, recent] = await Promise.all([
      usage.ofProvider(wallet, span),
      earnings.served(wallet, span.sinceMs, PROVIDER_RECENT_MAX),
    ]);
    return { data: { by_day: days.map(dayJson), recent: recent.map(servedJson) } };
  };
}

/** Creates the routes. */
export function providerActivityRoutes(deps: ProviderActivityDeps): FastifyPluginCallback {
  return (scope, _options, next) => {
    const common = {
      description: "For a session or a key that may serve models.",
      tags: ["Providers"],
      security: [{ session: [] }, { bearer: [] }],
    };
    const asIs = { serializerCompiler: () => JSON.stringify }; // which alone writes exact numbers
    const earnings = {
      summary: "What this provider earned, and what it was not paid for",
      ...common,
      response: { 200: Type.Object({ data: EarningsShape }) },
    };
    scope.get("/provider/earnings", { schema: earnings, ...asIs }, createEarnings(deps));
    const activity = {
      summary: "What this provider served",
      ...common,
      response: { 200: Type.Object({ data: ActivityShape }) },
    };
    scope.get("/provider/activity", { schema: activity, ...asIs }, createActivity(deps));
    next();
  };
}
