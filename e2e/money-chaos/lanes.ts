// Does many runs: those of one shape one after the other, on a chain of their own, and all shapes at the same time.
import { isDeepStrictEqual } from "node:util";
import type { MoneyNetwork, NetworkShape } from "./money-network.ts";
import { openMoneyNetwork } from "./money-network.ts";
import type { MoneyPlan } from "./money-plan.ts";
import { SHAPES } from "./money-plan.ts";
import type { MoneyReport } from "./money-run.ts";
import { moneyRun } from "./money-run.ts";
import type { MoneyWorld } from "./money-world.ts";
import { startMoneyWorld } from "./money-world.ts";

/** Runs that are under way. */
export interface Lanes {
  /** What a run came to, by its number; rejects with what is wrong after it. */
  report(number: number): Promise<MoneyReport>;
  /** Resolves when all have ended. */
  readonly ended: Promise<void>;
}

const RUNS_PER_NETWORK = 16; // a router that has lived through more is no better a test than a new one
const FAILURES_MAX = 3; // what is fundamentally broken shows in some, and each takes long

/** One shape's chain, and the router that runs on it now. */
class Lane {
  readonly #shape: NetworkShape;
  #world: MoneyWorld | undefined;
  #network: MoneyNetwork | undefined;
  #runs = 0;

  constructor(shape: NetworkShape) {
    this.#shape = shape;
  }

  async run(plan: MoneyPlan): Promise<MoneyReport> {
    if (this.#runs >= RUNS_PER_NETWORK) await this.leave();
    this.#world ??= await startMoneyWorld(this.#shape.slotMs);
    this.#network ??= await openMoneyNetwork(this.#world, this.#shape);
    this.#runs += 1;
    return await moneyRun(this.#network, plan);
  }

  /** Ends the router: the next run gets a new one. */
  async leave(): Promise<void> {
    const network = this.#network;
    [this.#network, this.#runs] = [undefined, 0];
    await network?.close();
  }

  async close(): Promise<void> {
    await this.leave();
    await this.#world?.close();
  }
}

/** Starts runs, in their order. */
export function startLanes(plans: readonly MoneyPlan[]): Lanes {
  const reports = new Map(plans.map(({ number }) => [number, Promise.withResolvers<MoneyReport>()]));
  for (const { promise } of reports.values()) promise.catch(() => undefined); // somebody may never ask for it
  let failures = 0;
  const runAll = async (shape: NetworkShape): Promise<void> => {
    const lane = new Lane(shape);
    for (const plan of plans.filter((one) => isDeepStrictEqual(one.shape, shape))) {
      const report = reports.get(plan.number);
      try {
        if (failures >= FAILURES_MAX) throw new Error("not run: too many others have failed");
        report?.resolve(await lane.run(plan));
      } catch (error) {
        report?.reject(error);
        failures += 1;
        await lane.leave(); // the next run is not to suffer from it
      }
    }
    await lane.close();
  };
  return {
    report: (number) => reports.get(number)?.promise ?? Promise.reject(new Error(`no run ${number}`)),
    ended: Promise.all(SHAPES.map(runAll)).then(() => undefined),
  };
}
