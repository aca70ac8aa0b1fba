// The text of a withdrawal byte for byte, and what no such text is made for.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isAimoError } from "../errors.ts";
import { formatMicroUsdc, microUsdc } from "../money.ts";
import type { WithdrawalIntent } from "./money-intent.ts";
import { withdrawalMessage } from "./money-intent.ts";

const ROUTER = "HYuUE11tAS3QhCAioazawLSp96MJDQcTTeQhD74nZcPG";
const PLACE = "4o8oGSRYCQTvuirbtQYg9EdPMbxZ4824XY3xi7KRMz2R";
const intent: WithdrawalIntent = {
  party: "user",
  amount: microUsdc(5_000_000n),
  destination: undefined,
  routerId: ROUTER,
  dateMs: Date.UTC(2026, 10, 25, 7),
};

function refuses(changes: Partial<WithdrawalIntent>, param: string): void {
  assert.throws(
    () => withdrawalMessage({ ...intent, ...changes }),
    (error) => isAimoError(error, "invalid_request") && error.context.param === param,
    JSON.stringify(Object.keys(changes)),
  );
}

test("the text of a user's withdrawal names amount, place, router and time", () => {
  assert.equal(
    withdrawalMessage(intent),
    "AiMo Network withdraw\nAmount: 5 USDC of user funds\nTo: my own token account\n" +
      `Router: ${ROUTER}\nDate: 2026-11-25T07:00:00.000Z`,
  );
  const elsewhere = withdrawalMessage({ ...intent, amount: microUsdc(1_500_001n), destination: PLACE });
  assert.deepEqual(elsewhere.split("\n").slice(1, 3), ["Amount: 1.500001 USDC of user funds", `To: ${PLACE}`]);
});

test("the text of a provider's withdrawal is another one, and names no place", () => {
  assert.equal(
    withdrawalMessage({ ...intent, party: "provider" }),
    "AiMo Network withdraw\nAmount: 5 USDC of earnings\nTo: my payout account\n" +
      `Router: ${ROUTER}\nDate: 2026-11-25T07:00:00.000Z`,
  );
  refuses({ party: "provider", destination: PLACE }, "destination");
});

test("no text is made of what is no amount, place, router or time", () => {
  refuses({ amount: microUsdc(0n) }, "amount");
  for (const destination of ["", `${PLACE}\nRouter: any`, "0".repeat(40), "2".repeat(32), PLACE.slice(0, 33)]) {
    refuses({ destination }, "destination");
  }
  for (const routerId of ["any", "", `${ROUTER}\n`]) refuses({ routerId }, "router");
  refuses({ dateMs: 8_640_000_000_000_001 }, "date");
  refuses({ dateMs: Number.NaN }, "date");
});

test("two withdrawals that differ in anything have different texts, of five lines each", () => {
  const some = fc.record({
    party: fc.constant<"user">("user"),
    amount: fc.bigInt({ min: 1n, max: 2n ** 53n }).map((amount) => microUsdc(amount)),
    destination: fc.option(fc.constant(PLACE), { nil: undefined }),
    routerId: fc.constantFrom(ROUTER, PLACE),
    dateMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  });
  fc.assert(
    fc.property(some, some, (one, other) => {
      const [text, another] = [withdrawalMessage(one), withdrawalMessage(other)];
      assert.equal(text.split("\n").length, 5);
      assert.ok(text.includes(`${formatMicroUsdc(one.amount)} USDC`));
      const isSame = (Object.keys(one) as (keyof typeof one)[]).every((name) => one[name] === other[name]);
      assert.equal(text === another, isSame);
    }),
  );
});
