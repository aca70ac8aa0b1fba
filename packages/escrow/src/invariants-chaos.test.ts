import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { chaosFromArguments } from "./test-bed/chaos-main.ts";
import { runChaos } from "./test-bed/chaos.ts";
import { Coverage } from "./test-bed/escrow-run.ts";
import { prepareScenery } from "./test-bed/escrow-scenery.ts";
import type { Scenery } from "./test-bed/escrow-scenery.ts";

describe("chaos", () => {
  let scenery: Scenery;
  before(async () => {
    scenery = await prepareScenery();
  });

  /** A world in which the model takes another token account for the associated one of a provider. */
  function sabotaged(): Scenery {
    const { surroundings, owners, spares } = scenery;
    const { derive } = surroundings;
    const [spare] = spares.keys();
    const associated: typeof derive.associated = (owner, mint) =>
      owner === owners[1] ? spare : derive.associated(owner, mint);
    return { ...scenery, surroundings: { ...surroundings, derive: { ...derive, associated } } };
  }

  test("prints its seed first, and by the same seed the same happens", async () => {
    const tell = async (...words: string[]): Promise<string[]> => {
      const lines: string[] = [];
      assert.ok(
        await chaosFromArguments(scenery, ["--instructions", "400", ...words], (line) => void lines.push(line)),
      );
      return lines.filter((line) => !line.includes("per second"));
    };
    const lines = await tell();
    const seed = /^Seed (\d+);/.exec(lines[0] ?? "")?.[1];
    assert.ok(seed !== undefined && lines.length > 20);
    assert.deepEqual(await tell("--seed", seed), lines);
  });

  test("names seed, path and the one step that it takes where program and model disagree", async () => {
    const world = sabotaged();
    const found = await runChaos(world, { seed: 1, instructions: 4_000 }, new Coverage());
    assert.ok(found !== undefined);
    assert.deepEqual(
      found.sequence.steps.map((step) => step.do),
      ["register_provider"],
    );
    assert.match(found.failure.error.message, /^provider account of provider 1 at router .*: the chain \(first\)/);
    const again = await runChaos(world, { seed: 1, instructions: 4_000, path: found.path }, new Coverage());
    assert.deepEqual(again?.sequence, found.sequence);
    const lines: string[] = [];
    assert.ok(
      !(await chaosFromArguments(world, ["--seed", "1", "--path", found.path], (line) => void lines.push(line))),
    );
    assert.ok(lines.includes(`Again: --seed 1 --path ${found.path}`));
  });
});
