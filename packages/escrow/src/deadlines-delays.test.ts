import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address } from "@solana/kit";
import { TestChain, named } from "./test-bed/chain.ts";
import { AMOUNT_MAX } from "./test-bed/planted-records.ts";
import { PARAMS, RouterBed } from "./test-bed/router-bed.ts";
import { DAY, HOUR } from "./test-bed/router-instructions.ts";

/** Where delays of real routers are required; every other mint is for tests. */
const MAINNET_USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v" as Address;
const TEST_MINT = named("mint");

test("delays have two ends, and only mints that are not Circle's on mainnet have delays of seconds", async () => {
  const chain = new TestChain();
  let routers = 0;
  const answer = async (mint: Address, params: Partial<typeof PARAMS>): Promise<string> => {
    routers += 1;
    const bed = await RouterBed.prepare(chain, `router ${routers}`, mint);
    return bed.init({ ...PARAMS, ...params }).error ?? "lands";
  };
  const ENDS = [
    ["userExitDelay", HOUR, 7n * DAY],
    ["providerExitDelay", DAY, 30n * DAY],
    ["settlerWindow", HOUR, 7n * DAY],
  ] as const;
  for (const [name, least, most] of ENDS) {
    for (const [mint, low] of [
      [MAINNET_USDC, least],
      [TEST_MINT, 1n],
    ] as const) {
      const answers = [];
      for (const value of [low - 1n, low, most, most + 1n]) {
        answers.push(await answer(mint, { allowanceNotice: 0n, [name]: value }));
      }
      assert.deepEqual(answers, ["DelayOutOfRange", "lands", "lands", "DelayOutOfRange"], `${name} of ${mint}`);
    }
  }
  assert.equal(await answer(MAINNET_USDC, { userExitDelay: 2n * HOUR + 1n, allowanceNotice: HOUR }), "lands");
  assert.equal(await answer(MAINNET_USDC, { userExitDelay: 2n * HOUR, allowanceNotice: HOUR + 1n }), "DelayOutOfRange");
});

test("a fee, a smallest deposit and a cap have a greatest value, whatever the mint", async () => {
  const chain = new TestChain();
  const ENDS = [
    ["feeBps", 500n, "FeeTooHigh"],
    ["minDeposit", AMOUNT_MAX, "AmountTooLarge"],
    ["settlerWindowCap", AMOUNT_MAX, "AmountTooLarge"],
  ] as const;
  for (const [name, most, error] of ENDS) {
    const bed = await RouterBed.prepare(chain, `a router of the greatest ${name}`);
    for (const value of [most + 1n, 2n ** 64n - 1n]) assert.equal(bed.init({ ...PARAMS, [name]: value }).error, error);
    assert.ok(bed.init({ ...PARAMS, [name]: most }).isOk);
  }
});
