// The allowance of an escrow as people and programs are told of it.
import { allowanceInForce, allowanceLeft, pendingAllowance } from "@aimo-network/escrow/accounts/escrow-facts";
import type { Held } from "@aimo-network/escrow/accounts/read-account";
import type { UserView } from "@aimo-network/escrow/accounts/views";
import type { Escrow } from "@aimo-network/escrow/generated/accounts/escrow";
import { momentWords, usdcWords } from "@aimo-network/escrow/plain-words";
import { microUsdc } from "@aimo-network/protocol/money";
import { amountJson } from "../chain/amount.ts";
import { momentJson } from "../chain/moments.ts";
import { factsText } from "../terminal/table.ts";

/** What is told of an allowance. */
export interface AllowanceFacts {
  readonly data: object;
  readonly text: string;
}

/** The allowance in force, what is used of it, and a lowering that waits. */
export function allowanceFacts({ router, now }: UserView, escrow: Held<Escrow>): AllowanceFacts {
  const { data } = escrow;
  const { total, expiresAt } = allowanceInForce(data, now.time);
  const left = allowanceLeft(data, router.data, now.time);
  const pending = pendingAllowance(data, now.time);
  const facts: [string, string][] = [
    ["allowance", `${usdcWords(total)} in all, until ${momentWords(expiresAt)}`],
    ["settled", usdcWords(data.settledTotal)],
    ["left", usdcWords(left)],
    ["balance", usdcWords(data.balance)],
  ];
  if (pending !== undefined) {
    const what = `${usdcWords(pending.total)} in all, until ${momentWords(pending.expiresAt)}`;
    facts.push(["pending", `${what}: in force from ${momentWords(pending.at)} on`]);
  }
  return {
    data: {
      total: amountJson(total),
      expires_at: momentJson(expiresAt),
      settled: amountJson(microUsdc(data.settledTotal)),
      left: amountJson(left),
      balance: amountJson(microUsdc(data.balance)),
      pending:
        pending === undefined
          ? null
          : {
              total: amountJson(pending.total),
              expires_at: momentJson(pending.expiresAt),
              in_force_at: momentJson(pending.at),
            },
    },
    text: factsText(facts),
  };
}
