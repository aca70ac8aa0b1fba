import assert from "node:assert/strict";
import { test } from "node:test";
import { formatRouterPlan, readRouterPlan } from "./router-plan.ts";

const KEYS = ["4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU", "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"] as const;
const PLAN = {
  mint: KEYS[0],
  url: "https://router.example",
  roles: { settler: KEYS[1], cosigner: KEYS[0], guardian: null, fee_owner: KEYS[1] },
  params: {
    fee_bps: 250,
    min_deposit: 1_000_000,
    user_exit_delay: 86_400,
    provider_exit_delay: 604_800,
    allowance_notice: 43_200,
    settler_window: 3_600,
    settler_window_cap: 5_000_000_000,
  },
};

function read(changes: object): unknown {
  return readRouterPlan(JSON.stringify({ ...PLAN, ...changes }));
}

test("a plan has every role and param, and null is nobody", () => {
  assert.deepEqual(read({}), {
    mint: KEYS[0],
    url: "https://router.example",
    roles: { settler: KEYS[1], cosigner: KEYS[0], guardian: "11111111111111111111111111111111", feeOwner: KEYS[1] },
    params: {
      feeBps: 250n,
      minDeposit: 1_000_000n,
      userExitDelay: 86_400n,
      providerExitDelay: 604_800n,
      allowanceNotice: 43_200n,
      settlerWindow: 3_600n,
      settlerWindowCap: 5_000_000_000n,
    },
  });
});

test("what is missing, odd or misspelt is told by its place", () => {
  const { settler: _, ...fewer } = PLAN.roles;
  const cases: readonly (readonly [changes: object, words: RegExp])[] = [
    [{ roles: fewer }, /roles\.settler: expected an address, found nothing/],
    [{ roles: { ...PLAN.roles, owner: KEYS[0] } }, /roles: there is no owner; expected settler, cosigner/],
    [{ mint: "USDC" }, /mint: expected an address, found "USDC"/],
    [{ url: undefined }, /url: expected/],
    [{ params: { ...PLAN.params, fee_bps: 2.5 } }, /params\.fee_bps: expected a whole number, found 2\.5/],
    [{ params: { ...PLAN.params, fee_bps: "250" } }, /params\.fee_bps: expected a whole number, found "250"/],
    [{ params: { ...PLAN.params, min_deposit: -1 } }, /params\.min_deposit: expected a whole number/],
    [{ params: null }, /params: expected an object/],
    [{ fee: 1 }, /the plan: there is no fee/],
  ];
  for (const [changes, words] of cases) assert.throws(() => read(changes), words);
});

test("a plan is written as it is read, whoever has no role among it", () => {
  const plan = readRouterPlan(JSON.stringify(PLAN));
  const text = formatRouterPlan(plan);
  assert.deepEqual(JSON.parse(text), PLAN);
  assert.deepEqual(readRouterPlan(text), plan);
});
