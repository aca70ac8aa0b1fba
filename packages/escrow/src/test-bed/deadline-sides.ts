// What happens in the second before a deadline, at it, and in the second after it.
import assert from "node:assert/strict";
import type { Instruction } from "@solana/kit";
import { Scene } from "./scene.ts";
import type { SceneParams } from "./scene.ts";

/** Asks the same thing on both sides of a deadline, each time in a new scene; the answers at −1, 0 and +1 seconds. */
export async function answersAround<Answer>(
  /** Does what sets the deadline; the moment that it should be. */
  arrange: (scene: Scene) => bigint,
  ask: (scene: Scene) => Answer,
  params: SceneParams = {},
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const offset of [-1n, 0n, 1n]) {
    const scene = await Scene.open(params);
    const deadline = arrange(scene);
    assert.ok(deadline > scene.chain.time, "The deadline is in the future.");
    scene.goTo(deadline + offset);
    answers.push(ask(scene));
  }
  return answers;
}

/** What the chain says to a transaction: `lands`, or why not. */
export function answerTo(scene: Scene, ...instructions: readonly Instruction[]): string | undefined {
  const { isOk, error } = scene.chain.send(...instructions);
  return isOk ? "lands" : error;
}
