// The named points of the money path: where a router is when it is killed.

/** Statements that bring money one step on; each is committed by itself. */
export const STATEMENTS = {
  deposit: ["deposit-posting"],
  settlement: ["cut", "root-stored", "signed-stored", "sent-stored", "log-stored", "settlement-posting"],
  withdrawal: [
    "withdrawal-request",
    "withdrawal-signed-stored",
    "withdrawal-submitted-stored",
    "withdrawal-posting",
    "withdrawal-expiry",
  ],
} as const;

/** Calls of a node that a router waits for: before the node has heard of it, and before the router hears of it. */
export const CALLS = {
  deposit: { "accounts-read": ["after"] },
  settlement: { "batch-sent": ["before", "after"], "statuses-read": ["after"], "log-read": ["after"] },
  withdrawal: { "withdrawal-sent": ["before", "after"] },
} as const;

/** The parts of a run, in this order. */
export const STAGES = ["deposit", "settlement", "withdrawal"] as const;
/** One of them. */
export type Stage = (typeof STAGES)[number];

/** What a router does at a point. */
export type Step = (typeof STATEMENTS)[Stage][number] | { [S in Stage]: keyof (typeof CALLS)[S] }[Stage];

/** On which side of it: before it has any effect, or when it has all of it and the router does not know. */
export type Side = "before" | "after";

/** A named point. */
export interface Point {
  readonly stage: Stage;
  readonly step: Step;
  readonly side: Side;
}

/** What a point is called. */
export function pointName({ step, side }: Pick<Point, "step" | "side">): string {
  return `${side} ${step}`;
}

function pointsOf(stage: Stage): Point[] {
  const statements = STATEMENTS[stage].flatMap((step): Point[] => [
    { stage, step, side: "before" },
    { stage, step, side: "after" },
  ]);
  const calls = Object.entries(CALLS[stage]).flatMap(([step, sides]: [string, readonly Side[]]) =>
    sides.map((side): Point => ({ stage, step: step as Step, side })),
  );
  return [...statements, ...calls];
}

/** Every point there is, by its stage. */
export const POINTS: Readonly<Record<Stage, readonly Point[]>> = {
  deposit: pointsOf("deposit"),
  settlement: pointsOf("settlement"),
  withdrawal: pointsOf("withdrawal"),
};
