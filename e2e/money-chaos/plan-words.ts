// A run in words.
import type { MoneyPlan } from "./money-plan.ts";
import { STAGES, pointName } from "./points.ts";

/** What a run does, on one line. */
export function planWords({ shape, blows, fault }: MoneyPlan): string {
  const struck = STAGES.flatMap((stage) => {
    const planned = blows[stage];
    return planned === undefined ? [] : [`${pointName(planned.point)} (${planned.blow})`];
  });
  const nodes = shape.nodes === 1 ? "one node" : fault.everywhere ? "both nodes" : "the first of two nodes";
  const routers = shape.instances === 1 ? "one router" : "one of two routers";
  return `${routers} struck ${struck.join(", ")}; ${nodes} ${fault.kind} for ${fault.ms} ms of the ${fault.stage}`;
}
