// A receipt and what its check finds, for the page of its answer; looked at again until it is settled.
import { useQuery } from "@tanstack/react-query";
import type { UseQueryResult } from "@tanstack/react-query";
import { answerOf, routerApi } from "../../api/router-api.ts";
import { useRpcUrl } from "../../signing/rpc-choice.ts";
import type { Generation } from "../generation.ts";
import { RECEIPT_LOOK_MS } from "../limits.ts";
import { verdictOf } from "./check-steps.ts";
import type { LookedAt } from "./look-at-receipt.ts";

/** The proof as the router gave it, and what was found. */
export interface CheckedProof {
  readonly proof: unknown;
  readonly findings: LookedAt;
}

/** The check as it is now. */
export type ReceiptCheck = UseQueryResult<CheckedProof>;

async function check(id: string, wallet: string, record: Generation): Promise<CheckedProof> {
  const [{ lookAtReceipt }, told, router] = await Promise.all([
    import("./look-at-receipt.ts"),
    answerOf(routerApi.GET("/api/v1/generation/{id}/proof", { params: { path: { id } } })),
    answerOf(routerApi.GET("/api/v1/router")),
  ]);
  const { router_id: routerId, limits, chain } = router.data;
  const settling = { routerId, programId: chain?.program_id, settleAgeMs: limits.settle_age_ms };
  const findings = await lookAtReceipt({ id, wallet, record: { data: record }, proof: told, ...settling });
  return { proof: told, findings };
}

/** Checks the receipt of an answer, once its record is there. */
export function useReceiptCheck(id: string, wallet: string, record: Generation | undefined): ReceiptCheck {
  const node = useRpcUrl();
  return useQuery({
    queryKey: ["generation", id, "receipt", wallet, node],
    enabled: record !== undefined,
    staleTime: Infinity,
    refetchInterval: ({ state }) => {
      return state.data !== undefined && verdictOf(state.data.findings) === "waits" && RECEIPT_LOOK_MS;
    },
    queryFn: async () => {
      if (record === undefined) throw new TypeError("It is asked for once its record is there.");
      return await check(id, wallet, record);
    },
  });
}
