// Where the router takes part in a user's money: it composes deposits, signs withdrawals first, and hands both in.
import { answerOf, routerApi } from "../api/router-api.ts";
import type { paths } from "../api/generated/schema.d.ts";

type Withdrawals = paths["/api/v1/account/withdrawals"]["get"]["responses"][200]["content"]["application/json"];

/** A withdrawal as the router tells of it. */
export type Withdrawal = Withdrawals["data"][number];

/** What a deposit's transaction is composed from; amounts are decimal texts of USDC. */
export interface DepositOrder {
  readonly amount: string;
  /** The allowance of an escrow that is opened with it; where it is absent, it is the deposit. */
  readonly openWith?: string;
  /** Whether an open escrow's allowance stays as it is. */
  readonly keepsAllowance?: boolean;
}

/** The router's part, or a test's in its place. All transactions are in base64. */
export interface MoneyDesk {
  deposit(order: DepositOrder): Promise<string>;
  /** Throws `ApiFault` `withdrawal_open` where another one is. */
  withdraw(amount: string): Promise<Pick<Withdrawal, "id" | "state" | "transaction">>;
  /** Gives the signature. */
  handIn(transaction: string): Promise<string>;
  /** Gives the signature; undefined where the router has none yet. */
  handInWithdrawal(id: string, transaction: string): Promise<string | undefined>;
}

/** The router that served this page. */
export const moneyDesk: MoneyDesk = {
  async deposit({ amount, openWith, keepsAllowance }) {
    const asked =
      openWith === undefined
        ? routerApi.POST("/api/v1/account/deposit", {
            body: { amount, ...(keepsAllowance === true && { raise_allowance: false }) },
          })
        : routerApi.POST("/api/v1/account/open", { body: { amount, allowance: openWith } });
    return (await answerOf<{ data: { transaction: string } }>(asked)).data.transaction;
  },
  async withdraw(amount) {
    return (await answerOf(routerApi.POST("/api/v1/account/withdraw", { body: { amount } }))).data;
  },
  async handIn(transaction) {
    return (await answerOf(routerApi.POST("/api/v1/account/transactions", { body: { transaction } }))).data.signature;
  },
  async handInWithdrawal(id, transaction) {
    const params = { path: { id } };
    const asked = routerApi.POST("/api/v1/account/withdrawals/{id}/submit", { params, body: { transaction } });
    const { data } = await answerOf(asked);
    return data.landing?.signature ?? data.signature ?? undefined;
  },
};
