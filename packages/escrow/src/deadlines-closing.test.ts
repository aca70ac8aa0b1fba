import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address } from "@solana/kit";
import { ANN, MALLORY, PAT } from "./test-bed/cast.ts";
import { answerTo } from "./test-bed/deadline-sides.ts";
import { DAY, USDC } from "./test-bed/router-instructions.ts";
import { Scene } from "./test-bed/scene.ts";

/** Closes an escrow 1,499, 1,500 and 1,501 slots after something, each time in a new scene. */
async function closingAround(happen: (scene: Scene) => unknown, user: Address): Promise<(string | undefined)[]> {
  const answers: (string | undefined)[] = [];
  for (const slots of [1_499n, 1_500n, 1_501n]) {
    const scene = await Scene.open();
    await scene.bed.know(MALLORY);
    scene.chain.advance(DAY);
    happen(scene);
    scene.chain.setTime(scene.chain.time, scene.chain.slot + slots);
    answers.push(answerTo(scene, scene.ask.closeEscrow(user)));
  }
  return answers;
}

test("an escrow that was never debited closes 1,500 slots after it opened, and not a slot before", async () => {
  const answers = await closingAround((scene) => scene.land(scene.ask.openEscrow(MALLORY)), MALLORY);
  assert.deepEqual(answers, ["TooYoung", "lands", "lands"]);
});

test("an escrow closes 1,500 slots after settlement, withdrawal or exit took something of it, and not a slot before", async () => {
  const DEBITS: readonly ((scene: Scene) => unknown)[] = [
    (scene) => scene.collect(ANN, 100n * USDC),
    (scene) => scene.land(scene.ask.withdrawUser(ANN, 100n * USDC)),
    (scene) => {
      scene.land(scene.ask.requestExit(ANN));
      scene.chain.advance(DAY);
      scene.land(scene.ask.finalizeExit(ANN));
    },
  ];
  for (const debit of DEBITS) assert.deepEqual(await closingAround(debit, ANN), ["TooYoung", "lands", "lands"]);
});

test("what takes nothing does not make an escrow younger", async () => {
  const empty = (scene: Scene): void => {
    scene.land(scene.ask.withdrawUser(ANN, 100n * USDC));
    const { slot } = scene.chain;
    scene.chain.advance(500n);
    scene.collect(ANN, USDC, PAT);
    scene.land(scene.ask.setAllowance(ANN, 1n, 1n), scene.ask.requestExit(ANN));
    scene.chain.advance(DAY);
    scene.land(scene.ask.finalizeExit(ANN));
    scene.chain.setTime(scene.chain.time, slot);
  };
  assert.deepEqual(await closingAround(empty, ANN), ["TooYoung", "lands", "lands"]);
});
