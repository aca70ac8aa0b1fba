// Which withdrawals are signed: what waits for them in the ledger, and is nobody else's on chain.
import { divide } from "@aimo-network/protocol/money";
import { pauseState } from "@aimo-network/escrow/accounts/config-facts";
import { claimable } from "@aimo-network/escrow/accounts/provider-facts";
import type { Held } from "@aimo-network/escrow/accounts/read-account";
import type { Escrow } from "@aimo-network/escrow/generated/accounts/escrow";
import type { Provider } from "@aimo-network/escrow/generated/accounts/provider";
import { momentWords, usdcWords } from "@aimo-network/escrow/plain-words";
import { NOBODY } from "@aimo-network/escrow/program-bounds";
import type { Address } from "@solana/kit";
import type { Withdrawal } from "../ledger/chain-books/withdrawals.ts";
import type { ChainView } from "./chain-view.ts";
import type { WithdrawalView } from "./ledger-view.ts";
import { insist } from "./refuse.ts";

const NANO_PER_MICRO = 1_000n;

/** Refuses a withdrawal that the ledger does not hold money for, or that somebody signed already. */
export function insistRequested(id: string, view: WithdrawalView | undefined): asserts view is WithdrawalView {
  insist(view !== undefined, "withdrawal_unknown", () => ({
    expected: `a withdrawal ${id} in the ledger`,
    found: "none",
  }));
  const { withdrawal, held, withdrawing } = view;
  insist(withdrawal.state === "requested", "already_signed", () => ({
    expected: `that nobody has signed the withdrawal ${id}`,
    found: `that it is ${withdrawal.state}`,
  }));
  const amount = withdrawal.amount * NANO_PER_MICRO;
  insist(held === amount && withdrawing >= amount, "not_held", () => ({
    expected: `${usdcWords(withdrawal.amount)} held for the withdrawal ${id}`,
    found: `${held} nano-USDC of ${withdrawing} that the account has waiting`,
  }));
}

/** Refuses a router that pays nobody at once, or not with this key. */
export function insistMayCosign({ router, now }: ChainView, cosigner: Address): void {
  const { data } = router;
  const { cosigner: named } = data.roles;
  insist(named === cosigner && cosigner !== NOBODY, "not_cosigner", () => ({
    expected: `${cosigner} as the router's cosigner on chain (CosignerRequired)`,
    found: named,
  }));
  const { isPaused, until } = pauseState(data, "coop_withdraw", now.time);
  insist(!isPaused, "paused", () => ({
    expected: "that withdrawals are not paused (Paused)",
    found: `a pause until ${momentWords(until)}`,
  }));
}

/** Refuses an account that was closed, opened again or withdrawn from since the withdrawal was asked for. */
function insistUnmoved(
  withdrawal: Withdrawal,
  found: { readonly openedSlot: bigint; readonly withdrawSeq: number | bigint } | undefined,
): void {
  const { openedSlot, withdrawSeq } = withdrawal;
  const isSame = found?.openedSlot === openedSlot && BigInt(found.withdrawSeq) === withdrawSeq;
  insist(isSame, "wrong_incarnation", () => ({
    expected: `an account opened in slot ${openedSlot} with ${withdrawSeq} withdrawals`,
    found: found === undefined ? "none" : `one of slot ${found.openedSlot} with ${found.withdrawSeq}`,
  }));
}

/** What a user owes or has locked and that is still in the escrow, in micro-USDC: what was settled meanwhile is not. */
function stillOwed({ owed, waiting }: WithdrawalView, { openedSlot, settleSeq }: Escrow): bigint {
  const settled = waiting.filter((entry) => entry.openedSlot === openedSlot && entry.seq <= BigInt(settleSeq));
  const gone = settled.reduce((sum, { amount }) => sum + amount, 0n);
  return gone >= owed ? 0n : divide(owed - gone, NANO_PER_MICRO, "up");
}

/** The user's escrow; refuses one that is about to be left, or holds less than this beside what the user owes. */
export function insistUserMayHave(view: WithdrawalView, escrow: Held<Escrow> | undefined): Held<Escrow> {
  const { withdrawal } = view;
  insistUnmoved(withdrawal, escrow?.data);
  insist(escrow?.data.exitRequestedAt === 0n, "exit_pending", () => ({
    expected: "an escrow whose user stays",
    found: "an exit that was asked for",
  }));
  const { balance } = escrow.data;
  const owed = stillOwed(view, escrow.data);
  insist(withdrawal.amount + owed <= balance, "above_claimable", () => ({
    expected: `at most ${usdcWords(balance > owed ? balance - owed : 0n)}, with ${usdcWords(owed)} owed or locked`,
    found: usdcWords(withdrawal.amount),
  }));
  return escrow;
}

/** The provider's account; refuses one that has earned less than this beyond what it was paid. */
export function insistProviderMayHave(
  { withdrawal }: WithdrawalView,
  provider: Held<Provider> | undefined,
): Held<Provider> {
  insistUnmoved(withdrawal, provider?.data);
  const most = provider === undefined ? 0n : claimable(provider.data);
  insist(provider !== undefined && withdrawal.amount <= most, "above_claimable", () => ({
    expected: `at most ${usdcWords(most)} earned and not paid`,
    found: usdcWords(withdrawal.amount),
  }));
  return provider;
}
