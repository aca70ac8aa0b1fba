// Does many runs: those of one shape one after the other, on a chain of their own, and all shapes at the same time.
import { isDeepStrictEqual } from "node:util";
import type { MoneyNetwork, NetworkShape } from "./money-network.ts";
import { openMoneyNetwork } from "./money-network.ts";
import type { MoneyPlan } from "./money-plan.ts";
import { SHAPES } from "./money-plan.ts";
import type { MoneyReport } from "./money-run.ts";
import { moneyRun } from "./money-run.ts";
import { startMoneyWorld } from "./money-world.ts";

/** Runs that are under way. */
export interface Lanes {
  /** What a run came to, by its number; rejects with what is wrong after it. */
  report(number: number): Promise<MoneyReport>;
  /** Resolves when all have ended. */
  readonly ended: Promise<void>;
}

const RUNS_PER_NETWORK = 12; // a router that has lived through more is no better a test than a new one
const FAILURES_MAX = 3; // what is fundamentally broken shows in some, and each takes long

/** Starts runs, in their order. */
export function startLanes(plans: readonly MoneyPlan[]): Lanes {
  const reports = new Map(plans.map(({ number }) => [number, Promise.withResolvers<MoneyReport>()]));
  for (const { promise } of reports.values()) promise.catch(() => undefined); // somebody may never ask for it
  let failures = 0;
  const lane = async (shape: NetworkShape): Promise<void> => {
    const own = plans.filter((plan) => isDeepStrictEqual(plan.shape, shape));
    if (own.length === 0) return;
    const world = await startMoneyWorld(shape.slotMs);
    let network: MoneyNetwork | undefined;
    let runs = 0;
    const leave = async (): Promise<void> => {
      const left = network;
      [network, runs] = [undefined, 0];
      await left?.close();
    };
    for (const plan of own) {
      const report = reports.get(plan.number);
      try {
        if (failures >= FAILURES_MAX) throw new Error(`not run: ${failures} others have failed`);
        if (runs >= RUNS_PER_NETWORK) await leave();
        network ??= await openMoneyNetwork(world, shape);
        runs += 1;
        report?.resolve(await moneyRun(network, plan));
      } catch (error) {
        report?.reject(error);
        failures += 1;
        await leave(); // the next run is not to suffer from it
      }
    }
    await leave();
    await world.close();
  };
  return {
    report: (number) => reports.get(number)?.promise ?? Promise.reject(new Error(`no run ${number}`)),
    ended: Promise.all(SHAPES.map(lane)).then(() => undefined),
  };
}
