// What a router may put into a deposit's transaction beside the deposit, by what the chain says of the user.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address, Instruction } from "@solana/kit";
import { microUsdc } from "@aimo-network/protocol/money";
import { fetchUser } from "../accounts/views.ts";
import type { UserView } from "../accounts/views.ts";
import { ALLOWANCE_END_SLACK_S } from "../limits.ts";
import { DAY } from "../program-bounds.ts";
import { ANN, NEWCOMER } from "../test-bed/cast.ts";
import { rpcOf } from "../test-bed/chain-transport.ts";
import { signer } from "../test-bed/chain.ts";
import { USDC } from "../test-bed/router-instructions.ts";
import { SCENE_EXPIRY, Scene } from "../test-bed/scene.ts";
import { bytesOf, unsigned } from "../test-bed/wire-bytes.ts";
import { checkTransaction } from "./check-transaction.ts";
import { depositWish } from "./deposit-wish.ts";

const FIVE = microUsdc(5n * USDC);

class Till {
  readonly scene: Scene;
  readonly user: Address;

  constructor(scene: Scene, user: Address) {
    this.scene = scene;
    this.user = user;
  }

  async view(): Promise<UserView | undefined> {
    const { bed, chain } = this.scene;
    return await fetchUser(rpcOf(chain).rpc, { router: bed.place, mint: bed.mint, user: this.user });
  }

  /** What is said of a deposit of five with these before it. */
  async kindOf(view: UserView | undefined, ...before: readonly Instruction[]): Promise<string> {
    const { bed, ask } = this.scene;
    const router = { place: bed.place, mint: bed.mint, routerId: bed.keys.routerId, url: "https://router.example" };
    const wish = await depositWish(router, this.user, { amount: FIVE, view });
    assert.equal(wish.question, "Deposit 5.00 USDC at https://router.example?");
    assert.deepEqual(wish.names, { [bed.config]: `${bed.keys.routerId} (https://router.example)` });
    const bytes = bytesOf(unsigned(this.user, [...before, ask.deposit(this.user, FIVE)]));
    return (await checkTransaction(bytes, wish)).kind;
  }
}

test("an open escrow's allowance may rise by the deposit, and end in a year at the latest", async () => {
  const scene = await Scene.open();
  const till = new Till(scene, ANN);
  const view = await till.view();
  const raise = (total: bigint, end = SCENE_EXPIRY): Instruction => scene.ask.setAllowance(ANN, total, end);
  const total = 1_005n * USDC;
  assert.equal(await till.kindOf(view), "as_wished");
  assert.equal(await till.kindOf(view, raise(total)), "as_wished");
  assert.equal(await till.kindOf(view, raise(total + 1n)), "different");
  const most = scene.chain.time + 365n * DAY + ALLOWANCE_END_SLACK_S;
  assert.equal(await till.kindOf(view, raise(total, most)), "as_wished");
  assert.equal(await till.kindOf(view, raise(total, most + 1n)), "different");
  assert.equal(await till.kindOf(view, raise(total, SCENE_EXPIRY - 1n)), "different", "it would end earlier");
  assert.equal(await till.kindOf(undefined, raise(total + 1n)), "as_wished", "its words show it");
});

test("an allowance that is being lowered is left alone", async () => {
  const scene = await Scene.open();
  scene.land(scene.ask.setAllowance(ANN, 10n * USDC, SCENE_EXPIRY));
  const till = new Till(scene, ANN);
  const view = await till.view();
  assert.equal(await till.kindOf(view), "as_wished");
  assert.equal(await till.kindOf(view, scene.ask.setAllowance(ANN, 1_005n * USDC, SCENE_EXPIRY)), "different");
});

test("whoever has no escrow gets one, whose allowance is the deposit", async () => {
  const scene = await Scene.open();
  await scene.bed.know(NEWCOMER);
  const till = new Till(scene, NEWCOMER);
  const view = await till.view();
  const opening = (allowTotal: bigint, allowExpiresAt?: bigint): Instruction =>
    scene.ask.openEscrow(NEWCOMER, {
      payer: signer(NEWCOMER),
      allowTotal,
      ...(allowExpiresAt !== undefined && { allowExpiresAt }),
    });
  assert.equal(await till.kindOf(view, opening(FIVE)), "as_wished");
  assert.equal(await till.kindOf(view, opening(FIVE + 1n)), "different");
  assert.equal(await till.kindOf(view, opening(FIVE, scene.chain.time + 1n)), "different", "it would end at once");
  assert.equal(await till.kindOf(view), "different", "there is no escrow to deposit into");
  assert.equal(await till.kindOf(undefined), "as_wished", "nobody knows whether there is one");
});
