// The standing of users of the real program, as a node tells it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fetchUser } from "@aimo-network/escrow/accounts/views";
import { ANN, NEWCOMER } from "@aimo-network/escrow/test-bed/cast";
import { rpcOf } from "@aimo-network/escrow/test-bed/chain-transport";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { SCENE_EXPIRY, Scene } from "@aimo-network/escrow/test-bed/scene";
import type { Address } from "@solana/kit";
import { standingOf } from "./read-standing.ts";
import type { Standing } from "./standing.ts";

const NOW_MS = 1_800_000_000_000;

async function standing(scene: Scene, user: Address): Promise<Standing> {
  const { bed, chain } = scene;
  const view = await fetchUser(rpcOf(chain).rpc, { router: bed.place, mint: bed.mint, user });
  assert.ok(view !== undefined);
  return standingOf(view, 7n, NOW_MS);
}

const ms = (seconds: bigint): number => Number(seconds) * 1_000;

test("a user with an escrow has its balance, allowance and the router's terms", async () => {
  const scene = await Scene.open();
  const { escrow, terms, lamports, aheadMs, address, usdc } = await standing(scene, ANN);
  assert.ok(escrow !== undefined);
  const { balance, settledTotal, allowTotal } = scene.bed.readEscrow(ANN);
  assert.deepEqual([escrow.balance, escrow.settled], [balance, settledTotal]);
  assert.deepEqual(escrow.allowance, {
    total: allowTotal,
    left: allowTotal - settledTotal,
    expiresAtMs: ms(SCENE_EXPIRY),
  });
  assert.deepEqual([escrow.coming, escrow.exit], [undefined, undefined]);
  assert.equal(address, scene.bed.escrowOf(ANN));
  assert.equal(usdc, scene.tokensOf(ANN));
  assert.ok(terms.minDeposit > 0n && terms.exitDelayS > 0n && terms.noticeS > 0n);
  assert.deepEqual([lamports, aheadMs], [7n, ms(scene.chain.time) - NOW_MS]);
});

test("a lowering and an exit are told with when they come", async () => {
  const scene = await Scene.open();
  scene.land(scene.ask.setAllowance(ANN, 10n * USDC, SCENE_EXPIRY));
  scene.land(scene.ask.requestExit(ANN));
  const { escrow, terms } = await standing(scene, ANN);
  assert.ok(escrow !== undefined);
  assert.deepEqual(escrow.coming, {
    total: 10n * USDC,
    expiresAtMs: ms(SCENE_EXPIRY),
    atMs: ms(scene.chain.time + terms.noticeS),
  });
  assert.deepEqual(escrow.exit, {
    requestedAtMs: ms(scene.chain.time),
    dueAtMs: ms(scene.chain.time + terms.exitDelayS),
  });
});

test("whoever never came has no escrow, and what is in the wallet", async () => {
  const scene = await Scene.open();
  await scene.bed.know(NEWCOMER);
  const { escrow, usdc } = await standing(scene, NEWCOMER);
  assert.deepEqual([escrow, usdc], [undefined, 0n]);
});
