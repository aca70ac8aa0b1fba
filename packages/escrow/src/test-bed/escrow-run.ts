// One random sequence on a chain of its own, what it has covered, and the shortest sequence that fails like it.
import assert from "node:assert/strict";
import fc from "fast-check";
import { describeAct } from "./act-text.ts";
import { withFault } from "./escrow-faults.ts";
import { AnnouncementWatch } from "./announcement-watch.ts";
import type { Scenery } from "./escrow-scenery.ts";
import { Situation } from "./escrow-situation.ts";
import { anyStep, occurrencesOf, stepOf } from "./escrow-steps.ts";
import type { Occurrence, Step } from "./escrow-steps.ts";
import { EscrowWorld } from "./escrow-world.ts";
import type { Act, Sent } from "./escrow-world.ts";
import { ExitProbe } from "./exit-probe.ts";
import { InvariantWatch } from "./invariant-watch.ts";
import { Lot } from "./lot.ts";
import { chooseInitConfig } from "./router-choices.ts";

const STEPS_PER_SEQUENCE = 400;
/** So that there is soon somebody to settle for. */
const FIRST = ["open_escrow", "register_provider", "deposit"] as const;
const FIRST_ROUNDS = 7;
const REFUSED_OPENINGS = 4;
const RICH_ONE_IN = 7;
const STEPS_PER_AUDIT = 50;
const SHRINKING_RUNS_MAX = 300;

/** A random sequence: how its routers begin, and what happens then. */
export interface Sequence {
  readonly isRich: boolean;
  readonly opening: number;
  readonly steps: readonly Step[];
}

/** Any sequence; all are of one length, for what fails is cut and thinned out afterwards. */
export const anySequence: fc.Arbitrary<Sequence> = fc.record({
  isRich: fc.nat(RICH_ONE_IN - 1).map((drawn) => drawn === 0),
  opening: fc.nat(2 ** 31 - 1),
  steps: fc
    .tuple(
      ...Array.from({ length: FIRST_ROUNDS }, () => FIRST.map(stepOf)).flat(),
      fc.array(anyStep, { minLength: STEPS_PER_SEQUENCE, maxLength: STEPS_PER_SEQUENCE }),
    )
    .map((steps) => steps.flat()),
});

/** Where and how a sequence failed. */
export interface Failure {
  readonly step: number;
  readonly error: Error;
  /** What happened until then, the last of it last. */
  readonly trace: readonly string[];
}

/** What sequences have met, by how often. */
export class Coverage {
  readonly #counts = new Map<string, number>();
  /** How many instructions of the program were sent. */
  instructions = 0;
  /** How often I7 was asked about somebody. */
  exitsAsked = 0;

  count(what: string): void {
    this.#counts.set(what, this.countOf(what) + 1);
  }

  countOf(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  entries(): [what: string, count: number][] {
    return [...this.#counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
  }
}

function takesSomething({ before, after }: Sent): boolean {
  return [...before].some(([key, old]) => {
    const now = after.get(key);
    return old.kind === "escrow" && now?.kind === "escrow" && now.settledTotal > old.settledTotal;
  });
}

/** Does one thing after the other, and holds the invariants to each. */
class Run {
  readonly world: EscrowWorld;
  readonly trace: string[] = [];
  readonly #watch: InvariantWatch;
  readonly #announcements = new AnnouncementWatch();
  readonly #probe: ExitProbe;
  readonly #coverage: Coverage;

  constructor(scenery: Scenery, isRich: boolean, coverage: Coverage) {
    this.world = new EscrowWorld(scenery, isRich);
    this.#watch = new InvariantWatch(this.world);
    this.#probe = new ExitProbe(this.world);
    this.#coverage = coverage;
  }

  /** Opens the first two routers, each after some attempts that are refused, as a seed says. */
  open(opening: number): void {
    for (const router of this.world.scenery.routers.slice(0, 2)) {
      let refused = 0;
      for (let seed = opening; this.world.account(router.config).kind !== "config"; seed += 1) {
        const situation = new Situation(this.world, new Lot(seed), router);
        const good = chooseInitConfig(situation);
        if (this.world.predict(good) !== undefined) continue;
        const instruction = refused < REFUSED_OPENINGS ? withFault(situation, good) : good;
        if (instruction !== good && this.world.predict(instruction) === undefined) continue;
        this.do({ act: { do: "send", instruction } });
        refused += 1;
      }
    }
  }

  do({ act, deadline }: Occurrence): void {
    this.trace.push(describeAct(act, this.world.scenery.labels));
    const sent = this.world.perform(act);
    if (act.do === "donate") this.#watch.donated(act.router.config, act.amount);
    if (sent === undefined) this.#watch.assertTotals();
    else this.#observe(sent, deadline);
    this.#coverage.exitsAsked += this.#probe.assertDueExitsArePaid();
  }

  #observe(sent: Sent, deadline: string | undefined): void {
    const { instruction, outcome } = sent;
    const answer = outcome.error ?? "ok";
    this.#coverage.instructions += 1;
    for (const what of [answer, `${instruction.name}: ${answer}`]) this.#coverage.count(what);
    const isTaking = takesSomething(sent);
    if (isTaking) this.#coverage.count(`${instruction.name}: takes something`);
    if (deadline !== undefined) {
      this.#coverage.count(`${deadline}: ${instruction.name}: ${answer}`);
      if (isTaking) this.#coverage.count(`${deadline}: ${instruction.name}: takes something`);
    }
    if (!outcome.isOk) return; // the world has seen that nothing changed
    this.#watch.observe(sent);
    this.#announcements.observe(sent);
    if (instruction.name === "settle_batch") this.#sendAgain({ do: "send", instruction });
  }

  /** I9: a batch sent again changes no ledger account. */
  #sendAgain(act: Act): void {
    const again = this.world.perform(act);
    this.#coverage.instructions += 1;
    assert.ok(again?.outcome.isOk, "I9: a batch is accepted again");
    for (const [key, account] of again.before) {
      const isLedger = account.kind === "escrow" || account.kind === "provider";
      if (isLedger) assert.equal(again.after.get(key), account, "I9: a batch sent again changes no ledger account");
    }
    this.#watch.observe(again);
  }
}

/** Runs a sequence; gives how it failed, if it did. */
export function runSequence(
  scenery: Scenery,
  { isRich, opening, steps }: Sequence,
  coverage = new Coverage(),
): Failure | undefined {
  const run = new Run(scenery, isRich, coverage);
  let step = -1;
  try {
    run.open(opening);
    for (step = 0; step < steps.length; step += 1) {
      for (const occurrence of occurrencesOf(run.world, steps[step]!)) run.do(occurrence);
      if (step % STEPS_PER_AUDIT === 0) run.world.audit();
    }
    run.world.audit();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Error);
    return { step, error, trace: run.trace };
  }
}

function firstLineOf({ error }: Failure): string {
  return error.message.split("\n")[0] ?? "";
}

/** Leaves out of a failing sequence what it fails without, in halves, quarters and so on, down to single steps. */
export function shrinkSequence(scenery: Scenery, failing: Sequence, failure: Failure): [Sequence, Failure] {
  let best: [Sequence, Failure] = [{ ...failing, steps: failing.steps.slice(0, failure.step + 1) }, failure];
  let runs = 0;
  for (let size = Math.ceil(best[0].steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let end = best[0].steps.length; end > 0 && runs < SHRINKING_RUNS_MAX; end -= size) {
      const [{ steps }] = best;
      const shorter = { ...failing, steps: [...steps.slice(0, Math.max(0, end - size)), ...steps.slice(end)] };
      const found = runSequence(scenery, shorter);
      runs += 1;
      if (found === undefined || firstLineOf(found) !== firstLineOf(failure)) continue;
      best = [{ ...failing, steps: shorter.steps.slice(0, found.step + 1) }, found];
    }
  }
  return best;
}
