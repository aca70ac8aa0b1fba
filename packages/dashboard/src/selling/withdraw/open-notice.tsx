// A withdrawal that was begun and has not ended: one goes on with it, or waits until it ends by itself.
import { useInfiniteQuery } from "@tanstack/react-query";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { parseMicroUsdc } from "@aimo-network/protocol/money";
import { Hourglass } from "lucide-react";
import type { ReactNode } from "react";
import { Amount } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { useNow } from "../../ui/use-now.ts";
import type { Withdrawal } from "../answers.ts";
import { OPEN_WITHDRAWAL_REFRESH_MS } from "../limits.ts";
import { withdrawalsQuery } from "../provider-queries.ts";
import { endsWords, openWithdrawal, withdrawalState } from "./withdrawal-words.ts";

/** The withdrawal that is open, looked at again until it has ended; undefined while there is none. */
export function useOpenWithdrawal(): Withdrawal | undefined {
  const { data } = useInfiniteQuery({
    ...withdrawalsQuery,
    refetchInterval: ({ state }) =>
      openWithdrawal(state.data?.pages[0]?.data ?? []) === undefined ? false : OPEN_WITHDRAWAL_REFRESH_MS,
  });
  return openWithdrawal(data?.pages[0]?.data ?? []);
}

interface OpenNoticeProps {
  readonly open: Withdrawal;
  readonly onContinue: (amount: MicroUsdc) => void;
}

/** The notice about it. */
export function OpenNotice({ open, onContinue }: OpenNoticeProps): ReactNode {
  const now = useNow(1_000);
  const { meaning } = withdrawalState(open);
  return (
    <section
      aria-label="An open withdrawal"
      className="flex flex-wrap items-start gap-3 rounded-card border border-accent/30 bg-accent-soft px-5 py-4"
    >
      <Hourglass aria-hidden className="mt-0.5 size-5 shrink-0 text-accent" />
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium">
          A withdrawal of <Amount usdc={open.amount} /> is open
        </p>
        <p className="text-sm text-ink/85">
          {meaning} {endsWords(open, now)}
        </p>
      </div>
      {open.state !== "submitted" && (
        <Button variant="primary" onClick={() => onContinue(parseMicroUsdc(open.amount))}>
          Go on with it
        </Button>
      )}
    </section>
  );
}
