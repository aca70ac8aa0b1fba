// The wallet's keys, all of them: the router gives them page by page.
import { queryOptions } from "@tanstack/react-query";
import { answerOf, routerApi } from "../api/router-api.ts";
import type { KeyRecord } from "./key-record.ts";
import { KEYS_LISTED_MAX, KEYS_PER_PAGE } from "./limits.ts";

async function readPage(offset: number, signal: AbortSignal): Promise<readonly KeyRecord[]> {
  const query = {
    offset: `${offset}`,
    limit: `${KEYS_PER_PAGE}`,
    include_disabled: "true",
    include_signed: "true",
  } as const;
  const { data } = await answerOf(routerApi.GET("/api/v1/keys", { params: { query }, signal }));
  return data as readonly KeyRecord[];
}

/** The question for all keys of the wallet that is signed in, oldest first, `KEYS_LISTED_MAX` at most. */
export const keysQuery = queryOptions({
  queryKey: ["keys"],
  queryFn: async ({ signal }) => {
    const keys: KeyRecord[] = [];
    while (keys.length < KEYS_LISTED_MAX) {
      const page = await readPage(keys.length, signal);
      keys.push(...page);
      if (page.length < KEYS_PER_PAGE) break;
    }
    return keys;
  },
});
