// What the page of activity asks the router.
import { queryOptions } from "@tanstack/react-query";
import type { UndefinedInitialDataInfiniteOptions, UseQueryOptions } from "@tanstack/react-query";
import { systemClock } from "@aimo-network/protocol/clock";
import { isApiFault } from "../api/api-fault.ts";
import { answerOf, routerApi } from "../api/router-api.ts";
import type { Generation, GenerationPage } from "./generation.ts";
import type { GenerationFilter, KeptPages } from "./generation-list.ts";
import { distinctNames } from "./key-names.ts";
import { ACTIVITY_DAYS, GENERATIONS_PER_PAGE, KEYS_NAMED_MAX } from "./limits.ts";
import type { ActivityRow, GroupedBy } from "./used.ts";
import { lastDays } from "./utc-days.ts";

/** A row of usage, of one provider. */
export type UsedRow = ActivityRow & { readonly provider_name: string };

async function askUsed(by: GroupedBy, signal: AbortSignal, date?: string): Promise<readonly UsedRow[]> {
  const grouped = by === "key" ? ({ group_by: "api_key" } as const) : {};
  const query = { include_today: "true", ...grouped, ...(date !== undefined && { date }) } as const;
  return (await answerOf(routerApi.GET("/api/v1/activity", { params: { query }, signal }))).data;
}

/** Asks for all days at once; where that is more than a router gives at once, day by day. */
async function askAllUsed(by: GroupedBy, signal: AbortSignal): Promise<readonly UsedRow[]> {
  try {
    return await askUsed(by, signal);
  } catch (error) {
    if (!isApiFault(error, "invalid_request")) throw error;
  }
  const rows: UsedRow[] = [];
  for (const day of lastDays(systemClock.now(), ACTIVITY_DAYS)) rows.push(...(await askUsed(by, signal, day)));
  return rows;
}

/** Days of usage: the last thirty and today, told apart by model, or by key too. */
export function usedQuery(by: GroupedBy): UseQueryOptions<readonly UsedRow[]> {
  return { queryKey: ["activity", by], queryFn: async ({ signal }) => await askAllUsed(by, signal) };
}

/** A page of generations. */
export async function askGenerations(
  filter: GenerationFilter,
  cursor: string | undefined,
  signal?: AbortSignal,
): Promise<GenerationPage> {
  const wanted = Object.entries({ ...filter, cursor }).filter(([, value]) => value !== undefined && value !== "");
  const query = { limit: `${GENERATIONS_PER_PAGE}`, ...Object.fromEntries(wanted) };
  return await answerOf(
    routerApi.GET("/api/v1/generations", { params: { query }, ...(signal !== undefined && { signal }) }),
  );
}

/** Generations page by page. Live events bring the new ones: what was asked once is not asked again. */
export function generationsQuery(
  filter: GenerationFilter,
): UndefinedInitialDataInfiniteOptions<GenerationPage, Error, KeptPages> {
  return {
    queryKey: ["generation-list", filter.model, filter.provider, filter.key],
    queryFn: async ({ pageParam, signal }) =>
      await askGenerations(filter, typeof pageParam === "string" ? pageParam : undefined, signal),
    initialPageParam: undefined,
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
    staleTime: Infinity,
    structuralSharing: false, // comparing a hundred thousand of them with themselves would be felt
  };
}

/** The names of the wallet's keys by their ids; the console's own is the playground. */
export const keyNamesQuery = queryOptions({
  queryKey: ["keys", "names"],
  queryFn: async ({ signal }) => {
    const query = { limit: `${KEYS_NAMED_MAX}`, include_disabled: "true", include_signed: "true" } as const;
    const { data } = await answerOf(routerApi.GET("/api/v1/keys", { params: { query }, signal }));
    return distinctNames(data.map(({ hash, name, aimo }) => [hash, aimo.kind === "console" ? "Playground" : name]));
  },
});

/** One generation. */
export function generationQuery(id: string): UseQueryOptions<Generation> {
  return {
    queryKey: ["generation", id],
    queryFn: async ({ signal }) =>
      (await answerOf(routerApi.GET("/api/v1/generation", { params: { query: { id } }, signal }))).data,
    staleTime: Infinity, // it has ended, and stays as it is
  };
}
