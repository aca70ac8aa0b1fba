// GET /datasets/app-rankings: the apps that many wallets pay for, in OpenRouter's shape.
import type { FastifyPluginCallback, FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { Type } from "typebox";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import type { AppRanking, AppRankings, RankedApp, RankedDays } from "../../activity/apps-ranked.ts";
import { dayOf, startOfDayMs } from "../../activity/utc-days.ts";
import { exactNumber } from "../json-number.ts";
import { readDay } from "../query-values.ts";
import { RANKED_PAGE_MAX } from "./limits.ts";

/** What this endpoint reads. */
export interface AppRankingsDeps {
  readonly clock: Clock;
  readonly appRankings: AppRankings;
}

const PERIODS = { day: 1, week: 7, month: 30 } as const;
const LIMIT_DEFAULT = 50;

const Query = Type.Object({
  period: Type.Optional(
    Type.Union([Type.Literal("day"), Type.Literal("week"), Type.Literal("month")], {
      description: "1, 7 or 30 days in UTC; `month` where nothing else is said",
    }),
  ),
  start_date: Type.Optional(
    Type.String({ maxLength: 10, description: "YYYY-MM-DD: the first day, which with the last makes 1, 7 or 30" }),
  ),
  end_date: Type.Optional(
    Type.String({
      maxLength: 10,
      description: "YYYY-MM-DD: the last day; the newest that is ranked where it is absent",
    }),
  ),
  sort: Type.Optional(Type.Literal("popular")),
  limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$", description: `1 to ${RANKED_PAGE_MAX}` })),
  offset: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$", description: `0 to ${RANKED_PAGE_MAX}` })),
});
type Asked = Static<typeof Query>;

const Rounded = "rounded down to two digits";
const AppShape = Type.Object({
  rank: Type.Integer({ description: "By the wallets that paid, then by tokens" }),
  app_id: Type.Integer(),
  app_name: Type.String({ description: "What most of its wallets call it, or its host" }),
  app_url: Type.String(),
  total_tokens: Type.String({ description: `Prompt and completion tokens, ${Rounded}` }),
  total_requests: Type.Integer({ description: Rounded }),
  total_wallets: Type.Integer({ description: `Wallets that paid, ${Rounded}` }),
  models: Type.Array(Type.String(), { description: "The models that most of them used" }),
});
const MetaShape = Type.Object({
  as_of: Type.String({ format: "date-time" }),
  version: Type.Literal("v1"),
  start_date: Type.String(),
  end_date: Type.String(),
});

const dateOf = (day: number): string => new Date(startOfDayMs(day)).toISOString().slice(0, 10);

function readCount(param: "limit" | "offset", text: string | undefined, least: number, otherwise: number): number {
  const count = text === undefined ? otherwise : Number.parseInt(text, 10);
  if (count >= least && count <= RANKED_PAGE_MAX) return count;
  throw new AimoError("invalid_request", { expected: `${least} to ${RANKED_PAGE_MAX}`, found: `${count}`, param });
}

/** How many days are asked for: by name, or by the first of them. */
function readDays({ period, start_date: start }: Asked, lastDay: number | undefined): RankedDays {
  const named = period === undefined ? undefined : PERIODS[period];
  if (start === undefined) return named ?? PERIODS.month;
  const days = lastDay === undefined ? undefined : lastDay - readDay("start_date", start) + 1;
  const found = Object.values(PERIODS).find((size) => size === days);
  if (found !== undefined && (named ?? found) === found) return found;
  const expected = "with `end_date`, and with `period` where that is given, 1, 7 or 30 days";
  throw new AimoError("invalid_request", { expected, found: start, param: "start_date" });
}

function readLastDay({ end_date: end }: Asked, today: number): number | undefined {
  if (end === undefined) return undefined;
  const day = readDay("end_date", end);
  if (day < today) return day;
  throw new AimoError("invalid_request", { expected: "a day that is over in UTC", found: end, param: "end_date" });
}

function appJson({ rank, id, title, url, tokens, requests, wallets, models }: RankedApp): object {
  return {
    rank,
    app_id: id,
    app_name: title === "" ? new URL(url).hostname : title,
    app_url: url,
    total_tokens: tokens.toString(),
    total_requests: exactNumber(requests.toString()),
    total_wallets: exactNumber(wallets.toString()),
    models,
  };
}

function createList({ clock, appRankings }: AppRankingsDeps) {
  return async ({ query }: FastifyRequest<{ Querystring: Asked }>): Promise<object> => {
    const today = dayOf(clock.now());
    const [limit, offset] = [
      readCount("limit", query.limit, 1, LIMIT_DEFAULT),
      readCount("offset", query.offset, 0, 0),
    ];
    const asked = readLastDay(query, today);
    const days = readDays(query, asked);
    const nothing: AppRanking = { lastDay: asked ?? today - 1, madeAtMs: clock.now(), apps: [] };
    const { lastDay, madeAtMs, apps } = (await appRankings.of(days, asked)) ?? nothing;
    return {
      data: apps.slice(offset, offset + limit).map(appJson),
      meta: {
        as_of: new Date(madeAtMs).toISOString(),
        version: "v1",
        start_date: dateOf(lastDay - days + 1),
        end_date: dateOf(lastDay),
      },
    };
  };
}

/** Creates the route. */
export function appRankingRoutes(deps: AppRankingsDeps): FastifyPluginCallback {
  return (scope, _options, next) => {
    const schema = {
      summary: "The apps that most wallets pay for",
      description:
        "Of requests that named their app and let it be counted (`x-aimo-public-app: 1`), over completed days in UTC; nothing behind which there are fewer than ten wallets that paid.",
      tags: ["Datasets"],
      querystring: Query,
      response: { 200: Type.Object({ data: Type.Array(AppShape), meta: MetaShape }) },
    };
    const asIs = { serializerCompiler: () => JSON.stringify }; // which alone writes exact numbers
    scope.get("/datasets/app-rankings", { schema, ...asIs }, createList(deps));
    next();
  };
}
