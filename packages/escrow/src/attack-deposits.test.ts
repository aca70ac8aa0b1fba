import assert from "node:assert/strict";
import { test } from "node:test";
import { ANN, BEN, MALLORY } from "./test-bed/cast.ts";
import { signer } from "./test-bed/chain.ts";
import { AMOUNT_MAX, plantConfig, plantEscrow } from "./test-bed/planted-records.ts";
import { DAY, USDC } from "./test-bed/router-instructions.ts";
import { Scene } from "./test-bed/scene.ts";

test("a deposit of nothing, of too little, of too much, or of what is not there is refused", async () => {
  const scene = await Scene.open();
  const { ask } = scene;
  scene.refuse("ZeroAmount", ask.deposit(ANN, 0n));
  scene.refuse("BelowMinDeposit", ask.deposit(ANN, 1n));
  scene.refuse("BelowMinDeposit", ask.deposit(ANN, USDC - 1n));
  scene.refuse("AmountTooLarge", ask.deposit(ANN, AMOUNT_MAX + 1n));
  scene.refuse("AmountTooLarge", ask.deposit(ANN, 2n ** 64n - 1n));
  scene.refuse("token 1", ask.deposit(ANN, AMOUNT_MAX));
  scene.refuse("token 1", ask.deposit(ANN, 900n * USDC + 1n));
  scene.land(ask.deposit(ANN, 900n * USDC));
});

test("nobody deposits out of another's token account", async () => {
  const scene = await Scene.open();
  const { ask, bed } = scene;
  scene.refuse("token 4", ask.deposit(BEN, USDC, { source: bed.associatedOf(ANN) }));
  scene.refuse("token 4", ask.deposit(ANN, USDC, { funder: signer(MALLORY) }));
});

test("a balance, what was ever deposited, and all users' balances end at 2^53", async () => {
  const scene = await Scene.open();
  const { ask, bed } = scene;
  const { balance, depositedTotal } = bed.readEscrow(ANN);
  const { totalUser } = bed.readConfig();
  const spoil = [
    (over: bigint) => plantEscrow(bed, ANN, { balance: AMOUNT_MAX - USDC + over }),
    (over: bigint) => plantEscrow(bed, ANN, { balance, depositedTotal: AMOUNT_MAX - USDC + over }),
    (over: bigint) => plantConfig(bed, { totalUser: AMOUNT_MAX - USDC + over }),
  ];
  for (const plant of spoil) {
    plant(1n);
    scene.refuse("Overflow", ask.deposit(ANN, USDC));
    plant(0n);
    scene.land(ask.deposit(ANN, USDC));
    plantEscrow(bed, ANN, { balance, depositedTotal });
    plantConfig(bed, { totalUser });
  }
});

test("an allowance or an expiry above 2^53 is refused, and one of exactly that is not", async () => {
  const scene = await Scene.open();
  const { ask, bed } = scene;
  await bed.know(MALLORY);
  for (const [allowTotal, allowExpiresAt] of [
    [AMOUNT_MAX + 1n, 0n],
    [0n, AMOUNT_MAX + 1n],
    [0n, -1n],
  ] as const) {
    scene.refuse("AmountTooLarge", ask.openEscrow(MALLORY, { allowTotal, allowExpiresAt }));
    scene.refuse("AmountTooLarge", ask.setAllowance(ANN, allowTotal, allowExpiresAt));
  }
  scene.land(ask.openEscrow(MALLORY, { allowTotal: AMOUNT_MAX, allowExpiresAt: AMOUNT_MAX }));
  scene.land(ask.setAllowance(ANN, AMOUNT_MAX, AMOUNT_MAX));
  assert.equal(bed.readEscrow(ANN).allowTotal, AMOUNT_MAX);
});

test("a stranger's deposit holds up a closing only by giving its user money, which leaves at the user's word", async () => {
  const scene = await Scene.open();
  const { ask, bed } = scene;
  bed.giveTokens(MALLORY, USDC);
  scene.land(ask.withdrawUser(ANN, 100n * USDC));
  scene.chain.advance(DAY);
  scene.land(ask.deposit(ANN, USDC, { funder: signer(MALLORY), source: bed.associatedOf(MALLORY) }));
  scene.refuse("NotEmpty", ask.closeEscrow(ANN));
  scene.land(ask.requestExit(ANN));
  scene.chain.advance(DAY);
  scene.land(ask.finalizeExit(ANN));
  scene.refuse("TooYoung", ask.closeEscrow(ANN));
  scene.chain.advance(600n);
  scene.land(ask.closeEscrow(ANN));
  assert.equal(scene.tokensOf(ANN), 1_001n * USDC);
});

test("a withdrawal of nothing, or of more than there is, is refused", async () => {
  const scene = await Scene.open();
  const { ask } = scene;
  scene.refuse("ZeroAmount", ask.withdrawUser(ANN, 0n));
  scene.refuse("AmountTooLarge", ask.withdrawUser(ANN, AMOUNT_MAX + 1n));
  scene.refuse("InsufficientBalance", ask.withdrawUser(ANN, 100n * USDC + 1n));
  scene.land(ask.withdrawUser(ANN, 100n * USDC));
  scene.refuse("InsufficientBalance", ask.withdrawUser(ANN, 1n));
  const { balance, depositedTotal, withdrawnTotal, withdrawSeq } = scene.bed.readEscrow(ANN);
  assert.deepEqual([balance, depositedTotal, withdrawnTotal, withdrawSeq], [0n, 100n * USDC, 100n * USDC, 1]);
});

test("an exit of nobody's, a second one, and one that is not there are refused", async () => {
  const scene = await Scene.open();
  const { ask } = scene;
  scene.refuse("ExitNotRequested", ask.finalizeExit(ANN));
  scene.refuse("ExitNotRequested", ask.cancelExit(ANN));
  scene.land(ask.requestExit(ANN));
  scene.refuse("ExitPending", ask.requestExit(ANN));
  scene.chain.advance(DAY);
  scene.land(ask.finalizeExit(ANN));
  scene.refuse("ExitNotRequested", ask.finalizeExit(ANN));
});

test("an exit of an empty escrow moves nothing and is over", async () => {
  const scene = await Scene.open();
  const { ask, bed } = scene;
  scene.land(ask.withdrawUser(ANN, 100n * USDC), ask.requestExit(ANN));
  scene.chain.advance(DAY);
  const vault = scene.chain.tokens(bed.vault);
  scene.land(ask.finalizeExit(ANN));
  assert.equal(scene.chain.tokens(bed.vault), vault);
  assert.equal(bed.readEscrow(ANN).exitRequestedAt, 0n);
});
