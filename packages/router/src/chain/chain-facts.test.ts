import assert from "node:assert/strict";
import { test } from "node:test";
import { ANN, BEN, PAT } from "@aimo-network/escrow/test-bed/cast";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { chainFacts } from "./chain-facts.ts";
import { chainSideOf } from "./chain-side.ts";
import { FollowerBed } from "./test-bed/follower-bed.ts";

test("without an observation there are no facts", () => {
  assert.equal(chainFacts(undefined), undefined);
});

test("the facts are what the config says at the chain's time", async () => {
  const bed = await FollowerBed.open();
  const { scene, chain } = bed;
  scene.collect(ANN, 5n * USDC);
  scene.land(scene.ask.setPause(2));
  await bed.start();
  const { config, vault, mint, keys } = scene.bed;
  const expected = {
    config,
    vault,
    mint,
    programId: chain.programAddress,
    settler: keys.settler,
    cosigner: keys.cosigner,
    feeBps: 250,
    minDeposit: USDC,
    userExitDelay: 86_400n,
    providerExitDelay: 7n * 86_400n,
    allowanceNotice: 43_200n,
    settlerWindow: 3_600n,
    windowCap: 100_000n * USDC,
    windowRoom: 99_995n * USDC,
    isSettlePaused: true,
  };
  assert.deepEqual(chainFacts(bed.observed.at(-1)), expected);
  chain.pass(1n, 43_200n); // both the pause and the window are over
  await bed.pump(bed.follower.look([scene.bed.escrowOf(ANN)]));
  assert.deepEqual(chainFacts(bed.observed.at(-1)), {
    ...expected,
    windowRoom: 100_000n * USDC,
    isSettlePaused: false,
  });
  await bed.pump(bed.follower.stop());
});

test("the chain's side has every account, and what the program owes and has", async () => {
  const bed = await FollowerBed.open();
  const { scene } = bed;
  scene.collect(ANN, 5n * USDC);
  await bed.start();
  const side = chainSideOf(bed.observed[0]!);
  assert.deepEqual(side.escrows.map(({ wallet }) => wallet).toSorted(), [ANN, BEN].toSorted());
  assert.equal(side.escrows.find(({ wallet }) => wallet === ANN)!.settled, 5n * USDC);
  assert.equal(side.providers.find(({ wallet }) => wallet === PAT)!.earned, 4_875_000n);
  const { slot, vaultAmount, totalUser, totalProvider, feeAccrued } = side;
  assert.deepEqual(
    { slot, vaultAmount, totalUser, totalProvider, feeAccrued },
    {
      slot: bed.observed[0]!.slot,
      vaultAmount: 200n * USDC,
      totalUser: 195n * USDC,
      totalProvider: 4_875_000n,
      feeAccrued: 125_000n,
    },
  );
  await bed.pump(bed.follower.stop());
});
