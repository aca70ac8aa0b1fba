// Where the router makes withdrawals of earnings.
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import { answerOf, routerApi } from "../../api/router-api.ts";
import type { Withdrawal } from "../answers.ts";

/** What the router does for a withdrawal; throws `ApiFault` for what it refuses. */
export interface WithdrawalDesk {
  /** Asks for it; the same amount again is the same withdrawal while it is open. */
  ask(amount: MicroUsdc): Promise<Withdrawal>;
  /** Hands in what the wallet has signed, in base64. */
  submit(id: string, transaction: string): Promise<Pick<Withdrawal, "signature">>;
}

/** The router's own. */
export const routerDesk: WithdrawalDesk = {
  async ask(amount) {
    const body = { amount: formatMicroUsdc(amount) };
    return (await answerOf(routerApi.POST("/api/v1/provider/withdrawals", { body }))).data;
  },
  async submit(id, transaction) {
    const asked = { params: { path: { id } }, body: { transaction } };
    return (await answerOf(routerApi.POST("/api/v1/provider/withdrawals/{id}/submit", asked))).data;
  },
};
