// Which process dies when: every run of the crash tests follows from a seed.
import type { Random } from "@aimo-network/protocol/random";
import { seededRandom } from "@aimo-network/protocol/random";

/**
 * Where in a request's life the kill comes: its provider's upstream has it; its client has seen some of the answer; all of
 * the answer has been relayed, and PostgreSQL has not heard of the charge; PostgreSQL works on it; it is committed, and the
 * client has seen no end.
 */
export const POINTS = ["after-lock", "mid-stream", "before-charge", "during-commit", "after-commit"] as const;
/** One of them. */
export type CrashPoint = (typeof POINTS)[number];

/** Who is killed. */
export const VICTIMS = ["router", "postgres", "proxy", "router+proxy"] as const;
/** One of them. */
export type Victim = (typeof VICTIMS)[number];

/** One request of a run. */
export interface PlannedRequest {
  /** What is asked of the demo model, behind `test/`. */
  readonly model: string;
  readonly stream: boolean;
  /** Which of the users asks. */
  readonly user: number;
}

/** What one run asks for, and what it kills when. */
export interface CrashPlan {
  /** From 1 on. */
  readonly number: number;
  readonly point: CrashPoint;
  readonly victim: Victim;
  /** The request whose life the point is in. */
  readonly target: PlannedRequest;
  /** Requests that have ended when the target is asked. */
  readonly before: readonly PlannedRequest[];
  /** Requests that run beside it. */
  readonly beside: readonly PlannedRequest[];
  /** What is killed of PostgreSQL: one of its processes, whereupon it recovers, or the one that started all others. */
  readonly postgresProcess: "backend" | "postmaster";
  /** Whether the answer of a committed charge is let through at the moment of the kill. */
  readonly answerPasses: boolean;
  /** Whether both proxies die, or only the one that serves the target. */
  readonly allProxies: boolean;
  /** Whether the locks that the dead leave have expired before their Ends are told again. */
  readonly expiresFirst: boolean;
}

/** How many users ask. */
export const USERS = 3;

/** The tokens of every answer to a model of a run. */
export const COMPLETION_TOKENS = 24;

const model = (traits: string): string => `demo.fixed-${COMPLETION_TOKENS}${traits}`;
/** The models of the runs: one that answers at once, one that thinks before it answers, one that speaks slowly. */
export const MODELS = {
  quick: model(""),
  thinking: model(".slow-first-byte-250ms"),
  slow: model(".pace-12ms"),
} as const;

const CELLS = POINTS.flatMap((point) => VICTIMS.map((victim) => ({ point, victim })));

function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  const drawn = items.map((item) => ({ item, lot: random.fraction() }));
  return drawn.toSorted((one, other) => one.lot - other.lot).map(({ item }) => item);
}

function planRun(random: Random, number: number, { point, victim }: (typeof CELLS)[number]): CrashPlan {
  const one = <Item>(items: readonly [Item, ...Item[]]): Item =>
    items[Math.floor(random.fraction() * items.length)] ?? items[0];
  const isTrue = (share: number): boolean => random.fraction() < share;
  const request = (name: string, stream = isTrue(0.6)): PlannedRequest => ({
    model: name,
    stream,
    user: Math.floor(random.fraction() * USERS),
  });
  const several = (most: number, make: () => PlannedRequest): PlannedRequest[] =>
    Array.from({ length: 1 + Math.floor(random.fraction() * most) }, make);
  return {
    number,
    point,
    victim,
    target:
      point === "mid-stream"
        ? request(MODELS.slow, true)
        : request(point === "after-lock" ? MODELS.thinking : MODELS.quick),
    before: several(2, () => request(MODELS.quick)),
    beside: several(3, () => request(one([MODELS.slow, MODELS.thinking]))),
    postgresProcess: isTrue(0.25) ? "postmaster" : "backend",
    answerPasses: isTrue(0.4),
    allProxies: isTrue(0.5),
    expiresFirst: isTrue(0.3),
  };
}

/** The runs of a seed: of every twenty each point is reached once with each victim. */
export function planRuns(seed: number, count: number): CrashPlan[] {
  const random = seededRandom(seed);
  const plans: CrashPlan[] = [];
  while (plans.length < count) {
    for (const cell of shuffled(random, CELLS)) plans.push(planRun(random, plans.length + 1, cell));
  }
  return plans.slice(0, count);
}
