// What the page of credits asks: the router, and the chain by the node of this browser's choice.
import type { UndefinedInitialDataInfiniteOptions, UseQueryOptions } from "@tanstack/react-query";
import { answerOf, routerApi } from "../api/router-api.ts";
import { loadChain } from "../signing/chain-place.ts";
import { HISTORY_PER_PAGE, STANDING_LOOK_MS } from "./limits.ts";
import type { Withdrawal } from "./money-desk.ts";
import type { Standing } from "./standing.ts";

/** What a wallet has at the router, in decimal texts of USDC. */
export interface ToldBalance {
  readonly available: string;
  readonly locked: string;
  readonly withdrawing: string;
  readonly payable: string;
  readonly lockable: string;
  readonly deposited: string;
}

/** The wallet's standing by the chain; asked without the router, and again now and then. */
export function standingQuery(wallet: string, node: string | undefined): UseQueryOptions<Standing> {
  return {
    queryKey: ["credits", "standing", wallet, node],
    queryFn: async () => {
      const [chain, { readStanding }] = await Promise.all([loadChain(), import("./read-standing.ts")]);
      return await readStanding(chain, wallet);
    },
    refetchInterval: STANDING_LOOK_MS,
    structuralSharing: false, // its amounts are bigint
  };
}

/** A deposit as the router tells of it. */
export interface ToldDeposit {
  readonly id: string;
  readonly amount: string;
  readonly at: string;
}

/** A page of a history, the newest first. */
export interface HistoryPage<Entry> {
  readonly data: readonly Entry[];
  readonly next_cursor: string | null;
}

type HistoryOptions<Entry> = UndefinedInitialDataInfiniteOptions<HistoryPage<Entry>>;

function historyOptions<Entry>(
  name: string,
  ask: (asked: {
    params: { query: { limit: string; cursor?: string } };
    signal: AbortSignal;
  }) => Promise<HistoryPage<Entry>>,
): HistoryOptions<Entry> {
  return {
    queryKey: ["credits", name],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: `${HISTORY_PER_PAGE}`, ...(typeof pageParam === "string" && { cursor: pageParam }) };
      return await ask({ params: { query }, signal });
    },
    initialPageParam: undefined,
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
  };
}

/** Deposits, the newest first. */
export function depositsQuery(): HistoryOptions<ToldDeposit> {
  return historyOptions<ToldDeposit>("deposits", async (asked) =>
    answerOf(routerApi.GET("/api/v1/account/deposits", asked)),
  );
}

/** Withdrawals, the newest first. */
export function withdrawalsQuery(): HistoryOptions<Withdrawal> {
  return historyOptions<Withdrawal>("withdrawals", async (asked) =>
    answerOf(routerApi.GET("/api/v1/account/withdrawals", asked)),
  );
}
