// Follows a deposit that has landed until it can be spent.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { toast } from "sonner";
import { systemClock } from "@aimo-network/protocol/clock";
import { useNavigate } from "@tanstack/react-router";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { balanceQuery } from "../api/balance-query.ts";
import type { Landed } from "../signing/act.ts";
import { useNow } from "../ui/use-now.ts";
import { creditingState } from "./crediting.ts";
import type { Crediting, CreditingState } from "./crediting.ts";
import { CREDIT_LATE_MS, CREDIT_LOOK_MS } from "./limits.ts";

const SAID_MS = 10_000; // long enough to read, and to reach its button

/** The deposit that is being followed. */
export interface FollowedDeposit {
  readonly deposit: Crediting;
  readonly state: CreditingState;
}

/** The deposit on its last steps, if one is, and how to begin to follow one. */
export interface CreditingDesk {
  readonly followed: FollowedDeposit | undefined;
  follow(amount: MicroUsdc, depositedBefore: string | undefined, landed: Landed): void;
  /** Stops showing it. */
  dismiss(): void;
}

/** Follows one deposit at a time; the newest. */
export function useCrediting(): CreditingDesk {
  const [deposit, setDeposit] = useState<Crediting>();
  const navigate = useNavigate();
  const isOver = deposit === undefined;
  const now = useNow(isOver ? CREDIT_LATE_MS : CREDIT_LOOK_MS);
  const { data } = useQuery({
    ...balanceQuery,
    refetchInterval: isOver ? false : CREDIT_LOOK_MS, // where the live line is down, too
  });
  const state = deposit && creditingState(deposit, data?.data.deposited, now);
  useEffect(() => {
    if (deposit === undefined || state !== "spendable") return;
    toast.success(`${formatMicroUsdc(deposit.amount)} USDC can be spent now.`, {
      duration: SAID_MS,
      action: { label: "Try a model", onClick: () => void navigate({ to: "/playground" }) },
    });
    setDeposit(undefined);
  }, [deposit, state, navigate]);
  return {
    followed: deposit && state && { deposit, state },
    follow: (amount, depositedBefore, { explorerUrl }) =>
      setDeposit({ amount, depositedBefore, landedAtMs: systemClock.now(), explorerUrl }),
    dismiss: () => setDeposit(undefined),
  };
}
