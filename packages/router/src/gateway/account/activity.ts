// GET /activity: what a wallet used, day by day.
import type { FastifyPluginCallback, FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { Type } from "typebox";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { formatNanoUsdc } from "@aimo-network/protocol/money";
import type { DailyUsage, DaySpan, DayUsage } from "../../activity/daily-usage.ts";
import { dayOf } from "../../activity/utc-days.ts";
import { ACTIVITY_DAYS_MAX, ACTIVITY_ROWS_MAX } from "../../activity/limits.ts";
import type { AccountReaderDeps } from "./account-reader.ts";
import { appJson, AppShape } from "./generation-shapes.ts";
import { exactNumber } from "../json-number.ts";
import { KeyIdText, readDay } from "../query-values.ts";

/** What this endpoint reads. */
export interface ActivityDeps extends AccountReaderDeps {
  readonly clock: Clock;
  readonly usage: DailyUsage;
}

const Query = Type.Object({
  date: Type.Optional(Type.String({ maxLength: 10, description: "YYYY-MM-DD in UTC, of the last 30 days" })),
  api_key_hash: Type.Optional(KeyIdText),
  group_by: Type.Optional(
    Type.Union([Type.Literal("workspace"), Type.Literal("app"), Type.Literal("api_key")], {
      description:
        "A wallet is one workspace: its address; `app` tells apart what requests said they came from, `api_key` the keys",
    }),
  ),
  include_today: Type.Optional(
    Type.Union([Type.Literal("true"), Type.Literal("false")], { description: "Also the day that is not over" }),
  ),
});
type Asked = Static<typeof Query>;

const Count = Type.Integer({ minimum: 0 });
const RowShape = Type.Object({
  date: Type.String(),
  model: Type.String(),
  model_permaslug: Type.String(),
  endpoint_id: Type.String({ description: "`<wallet>:<slug>`" }),
  provider_name: Type.String({ description: "The provider's wallet" }),
  usage: Type.Number({ description: "USDC, exactly as charged" }),
  cost: Type.String({ description: "The same as a decimal string" }),
  byok_usage_inference: Type.Literal(0),
  requests: Count,
  prompt_tokens: Count,
  completion_tokens: Count,
  reasoning_tokens: Count,
  cached_tokens: Count,
  workspace_id: Type.Optional(Type.String()),
  api_key_hash: Type.Optional(Type.String({ description: "The key's id" })),
  api_key_label: Type.Optional(Type.String({ description: "Its name or tag, or its id where it has none" })),
  ...Type.Partial(AppShape).properties,
});

function rowJson(row: DayUsage): object {
  const { date, model, provider } = row;
  const cost = formatNanoUsdc(row.cost);
  return {
    date,
    model,
    model_permaslug: model,
    endpoint_id: `${provider}:${model.slice(model.indexOf("/") + 1)}`,
    provider_name: provider,
    usage: exactNumber(cost),
    cost,
    byok_usage_inference: 0,
    requests: exactNumber(row.requests.toString()),
    prompt_tokens: exactNumber(row.promptTokens.toString()),
    completion_tokens: exactNumber(row.completionTokens.toString()),
    reasoning_tokens: exactNumber(row.reasoningTokens.toString()),
    cached_tokens: exactNumber(row.cachedTokens.toString()),
  };
}

function spanOf({ date, include_today: includeToday }: Asked, today: number): DaySpan {
  const [first, last] = [today - ACTIVITY_DAYS_MAX, includeToday === "true" ? today : today - 1];
  const rowsMax = ACTIVITY_ROWS_MAX + 1;
  if (date === undefined) return { firstDay: first, lastDay: last, rowsMax };
  const day = readDay("date", date);
  if (day >= first && day <= last) return { firstDay: day, lastDay: day, rowsMax };
  const expected = `one of the last ${ACTIVITY_DAYS_MAX} days in UTC, or today with \`include_today=true\``;
  throw new AimoError("invalid_request", { expected, found: date, param: "date" });
}

/** The rows that are asked for, each with what it is told apart by. */
async function rowsOf(
  usage: DailyUsage,
  wallet: string,
  span: DaySpan,
  { group_by: by, api_key_hash: keyId }: Asked,
): Promise<readonly object[]> {
  if (by === "app") {
    const rows = await usage.ofApps(wallet, span, keyId);
    return rows.map((row) => ({ ...rowJson(row), ...appJson(row.app) }));
  }
  if (by === "api_key") {
    const rows = await usage.ofKeys(wallet, span, keyId);
    return rows.map((row) => ({ ...rowJson(row), api_key_hash: row.keyId, api_key_label: row.keyName || row.keyId }));
  }
  const rows = await usage.ofUser(wallet, span, keyId);
  return rows.map((row) => ({ ...rowJson(row), ...(by === "workspace" && { workspace_id: wallet }) }));
}

function createActivity({ accountOf, clock, usage }: ActivityDeps) {
  return async (request: FastifyRequest<{ Querystring: Asked }>): Promise<object> => {
    const { query } = request;
    const span = spanOf(query, dayOf(clock.now()));
    const { wallet } = await accountOf(request, "account");
    const rows = await rowsOf(usage, wallet, span, query);
    if (rows.length > ACTIVITY_ROWS_MAX) {
      const expected = `at most ${ACTIVITY_ROWS_MAX} rows: ask for one \`date\` or one \`api_key_hash\` at a time`;
      throw new AimoError("invalid_request", { expected, found: "more" });
    }
    return { data: rows };
  };
}

/** Creates the route. */
export function activityRoutes(deps: ActivityDeps): FastifyPluginCallback {
  return (scope, _options, next) => {
    const schema = {
      summary: "What was used, by day, model and provider",
      description: `The last ${ACTIVITY_DAYS_MAX} completed days in UTC, for a session or a key with the scope \`account\`.`,
      tags: ["Activity"],
      security: [{ session: [] }, { bearer: [] }],
      querystring: Query,
      response: { 200: Type.Object({ data: Type.Array(RowShape) }) },
    };
    const asIs = { serializerCompiler: () => JSON.stringify }; // which alone writes exact numbers
    scope.get("/activity", { schema, ...asIs }, createActivity(deps));
    next();
  };
}
