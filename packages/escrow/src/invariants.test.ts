// Random sequences of all instructions on the real program, beside a model that knows only docs/escrow.md.
// More of them, or one again: AIMO_ESCROW_STEPS=1000000, AIMO_ESCROW_SEED=<seed> AIMO_ESCROW_PATH=<path>, as a failure
// names them. `node packages/escrow/src/test-bed/chaos-main.ts --instructions 1000000` does the same and tells of it.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { systemRandom } from "@aimo-network/protocol/random";
import { ESCROW_ERROR_CODES } from "./error-codes.ts";
import { findBrokenInvariants } from "./invariants.ts";
import type { RouterAccounts } from "./invariants.ts";
import { describeCounterexample, runChaos } from "./test-bed/chaos.ts";
import { Coverage } from "./test-bed/escrow-run.ts";
import { prepareScenery } from "./test-bed/escrow-scenery.ts";
import type { Scenery } from "./test-bed/escrow-scenery.ts";
import { DEADLINE_KINDS } from "./test-bed/model/deadlines.ts";
import { INSTRUCTION_NAMES } from "./test-bed/model/judge.ts";

const STEPS = Number(process.env["AIMO_ESCROW_STEPS"] ?? 22_000);
const SEED = process.env["AIMO_ESCROW_SEED"];
const PATH = process.env["AIMO_ESCROW_PATH"];
/** The same in every run, so that what they cover is the same in every run. */
const FIXED_SEEDS = [1, 2, 3];
const OK_MIN = 20;

// What no sequence of the real programs can bring about.
const NEVER_MET: Readonly<Record<string, string>> = {
  DepositDelta: "SPL Token moves the amount it was told: only a token program that lies brings this about",
  Insolvent: "the vault always covers what it owes, which is I1",
};

/** What is refused or taken on one side of a deadline, and what is done or not taken on the other. */
const BORDERS: Readonly<Record<(typeof DEADLINE_KINDS)[number], readonly string[]>> = {
  "allowance notice": ["before: set_allowance: NoticePending", "on: set_allowance: ok"],
  "allowance expiry": ["before: settle_batch: takes something", "on: settle_batch: ok"],
  "user exit": ["before: finalize_exit: ExitTooEarly", "on: finalize_exit: ok", "on: settle_batch: ok"],
  close: ["before: close_escrow: TooYoung", "on: close_escrow: ok"],
  "provider exit": ["before: provider_finalize_exit: ExitTooEarly", "on: provider_finalize_exit: ok"],
  payout: ["before: withdraw_provider: PayoutTimelock", "on: withdraw_provider: ok"],
  params: ["before: apply_params: ParamNotReady", "on: apply_params: ok"],
  roles: ["before: apply_params: ParamNotReady", "on: apply_params: ok"],
  admin: ["before: accept_admin: ParamNotReady", "on: accept_admin: ok"],
  "pause of deposits": ["before: deposit: Paused", "on: deposit: ok"],
  "pause of settlements": ["before: settle_batch: Paused", "on: settle_batch: ok"],
  "pause of withdrawals": ["before: withdraw_user: Paused", "on: withdraw_user: ok"],
  "rest of deposits": ["before: set_pause: PauseCooldown", "on: set_pause: ok"],
  "rest of settlements": ["before: set_pause: PauseCooldown", "on: set_pause: ok"],
  "rest of withdrawals": ["before: set_pause: PauseCooldown", "on: set_pause: ok"],
  window: ["before: settle_batch: SettlerCap", "on: settle_batch: takes something"],
};

describe("the program", () => {
  let scenery: Scenery;
  const coverage = new Coverage();
  const notAll = SEED === undefined && STEPS >= 20_000 ? false : "only a full run by the fixed seeds covers everything";
  before(async () => {
    scenery = await prepareScenery();
  });

  test("answers as the model does whatever happens in whatever order, and I1 to I10 hold after each step", async (t) => {
    const fresh = Math.floor(systemRandom.fraction() * (2 ** 31 - 1));
    const seeds = SEED === undefined ? [...FIXED_SEEDS, fresh] : [Number(SEED)];
    t.diagnostic(`seeds ${seeds.join(", ")}`);
    const instructions = STEPS / seeds.length;
    let sent = 0;
    for (const seed of seeds) {
      // Only what is the same in every run counts for what was covered.
      const seen = seed === fresh ? new Coverage() : coverage;
      const already = seen.instructions;
      const counterexample = await runChaos(scenery, { seed, instructions, path: PATH }, seen);
      if (counterexample !== undefined) assert.fail(describeCounterexample(counterexample));
      sent += seen.instructions - already;
    }
    t.diagnostic(`${sent} instructions, I7 asked ${coverage.exitsAsked} times`);
    assert.ok(coverage.exitsAsked > 0);
  });

  test(`carries out every instruction at least ${OK_MIN} times in these sequences`, { skip: notAll }, () => {
    const seldom = INSTRUCTION_NAMES.filter((name) => coverage.countOf(`${name}: ok`) < OK_MIN);
    assert.deepEqual(seldom, []);
    assert.ok(coverage.countOf("settle_batch: takes something") >= 10 * OK_MIN);
  });

  test("refuses something with every code of its own but two that nothing can bring about", { skip: notAll }, () => {
    const missing = Object.keys(ESCROW_ERROR_CODES).filter((name) => coverage.countOf(name) === 0);
    assert.deepEqual(missing, Object.keys(NEVER_MET));
  });

  test(
    "changes its answer exactly on each deadline, which these sequences meet from all sides",
    { skip: notAll },
    () => {
      const expected = DEADLINE_KINDS.flatMap((kind) => BORDERS[kind].map((border) => `${kind}, ${border}`));
      const missing = expected.filter((border) => coverage.countOf(border) === 0);
      assert.deepEqual(missing, []);
      for (const kind of ["allowance expiry", "user exit"]) {
        for (const side of ["on", "behind"]) {
          assert.equal(coverage.countOf(`${kind}, ${side}: settle_batch: takes something`), 0);
        }
      }
    },
  );
});

describe("findBrokenInvariants", () => {
  const escrow = { balance: 70n, depositedTotal: 100n, withdrawnTotal: 10n, settledTotal: 20n };
  const sound: RouterAccounts = {
    config: { totalUser: 70n, totalProvider: 14n, feeAccrued: 1n },
    vaultAmount: 85n,
    escrows: [escrow],
    providers: [{ earnedTotal: 19n, withdrawnTotal: 5n }],
  };

  test("finds nothing where all sums are right, and donations do not disturb it", () => {
    assert.deepEqual(findBrokenInvariants(sound), []);
    assert.deepEqual(findBrokenInvariants({ ...sound, vaultAmount: 86n }), []);
  });

  test("says which sum is wrong", () => {
    const broken = (changes: Partial<RouterAccounts>): string[] =>
      findBrokenInvariants({ ...sound, ...changes }).map((line) => line.slice(0, 2));
    assert.deepEqual(broken({ vaultAmount: 84n }), ["I1"]);
    assert.deepEqual(broken({ config: { ...sound.config, totalUser: 69n } }), ["I2"]);
    assert.deepEqual(broken({ providers: [{ earnedTotal: 20n, withdrawnTotal: 5n }] }), ["I3"]);
    assert.deepEqual(broken({ escrows: [{ ...escrow, settledTotal: 21n }] }), ["I5"]);
  });
});
