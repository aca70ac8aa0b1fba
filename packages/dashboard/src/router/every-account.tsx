// The button that adds up every account of the router on the chain.
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { countWords } from "../market/figures.ts";
import { Button } from "../ui/button.tsx";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { ExactUsdc } from "./exact-usdc.tsx";
import { addUpAccounts } from "./add-up.ts";

/** The button, and what it came to. */
export function EveryAccount(): ReactNode {
  const { mutate, data, error, isPending } = useMutation({ mutationFn: addUpAccounts });
  return (
    <div className="flex flex-col items-start gap-3">
      <Button size="small" isBusy={isPending} onClick={() => mutate()}>
        Add up every account on the chain
      </Button>
      {error !== null && <FaultNotice fault={error} onRetry={() => mutate()} />}
      {data !== undefined && (
        <p role="status" className="text-sm">
          {countWords(data.users, "user")} {data.users === 1 ? "has" : "have"} <ExactUsdc usdc={data.usersHave} /> and{" "}
          {countWords(data.providers, "provider")} {data.providers === 1 ? "has" : "have"}{" "}
          <ExactUsdc usdc={data.providersHave} />, account by account at slot {String(data.slot)}.
        </p>
      )}
    </div>
  );
}
