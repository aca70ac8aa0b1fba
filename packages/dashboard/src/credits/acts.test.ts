import assert from "node:assert/strict";
import { test } from "node:test";
import type { Chain } from "../signing/chain-place.ts";
import { openWithdrawalAct } from "./acts.ts";
import type { Withdrawal } from "./money-desk.ts";

test("an open withdrawal whose amount is none is told as that, and nothing is made of it", async () => {
  const open = (amount: string): Withdrawal => {
    const withdrawal: Pick<Withdrawal, "id" | "amount"> = { id: "w", amount };
    return withdrawal as Withdrawal;
  };
  assert.equal(openWithdrawalAct("wallet", open("1.5")).title, "Withdraw 1.5 USDC");
  for (const amount of ["0.0000001", "0", "1e3", "-1", ""]) {
    const made = openWithdrawalAct("wallet", open(amount)).make({} as unknown as Chain);
    await assert.rejects(made, { name: "ConsoleFault", message: /its amount is none/ });
  }
});
