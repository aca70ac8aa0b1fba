// What happens in each run of the money path's chaos: every run follows from a seed and its number.
import type { Random } from "@aimo-network/protocol/random";
import { seededRandom } from "@aimo-network/protocol/random";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { microUsdc } from "@aimo-network/protocol/money";
import type { NetworkShape } from "./money-network.ts";
import type { Tokens } from "./paid-provider.ts";
import type { Point, Stage, Step } from "./points.ts";
import { POINTS, STAGES } from "./points.ts";
import type { PlannedWithdrawal, WithdrawalWay } from "./withdrawer.ts";

/**
 * What happens to a router at a point. It is killed, and what it was saying is lost, or arrives, or arrives when another
 * leads; or it is only cut off from the ledger, and goes on when another leads.
 */
export const BLOWS = ["lost", "passes", "passes-late", "cut-off"] as const;
/** One of them. */
export type Blow = (typeof BLOWS)[number];

/** A blow to a router at a point. */
export interface PlannedBlow {
  readonly point: Point;
  readonly blow: Blow;
}

/** The faults of nodes. */
export const FAULT_KINDS = ["down", "busy", "slow", "stale", "dropped", "late", "vanished", "unconfirmed"] as const;
/** One of them. */
export type FaultKind = (typeof FAULT_KINDS)[number];

const SENDING_KINDS: readonly FaultKind[] = ["dropped", "late", "vanished", "unconfirmed"];

/** Whether a fault is about transactions that are sent. */
export function isOfSending(kind: FaultKind): boolean {
  return SENDING_KINDS.includes(kind);
}

/** A fault of nodes, in force for a while. */
export interface PlannedFault {
  readonly stage: Stage;
  readonly kind: FaultKind;
  /** How long after the beginning of the stage it comes. */
  readonly afterMs: number;
  /** Whether the second node of each instance has it, too. */
  readonly everywhere: boolean;
  readonly ms: number;
  /** How late what is late comes, and how long what vanishes or is not confirmed seems to be otherwise. */
  readonly lateMs: number;
}

/** A request of a run. */
export interface PlannedRequest {
  readonly provider: number;
  readonly tokens: Tokens;
}

/** A user of a run. */
export interface PlannedUser {
  readonly deposits: readonly MicroUsdc[];
  readonly requests: readonly PlannedRequest[];
  /** How much of its allowance it leaves before it asks, in percent. */
  readonly allows: number;
  /** Asked while everybody withdraws. */
  readonly later: PlannedRequest;
  readonly withdrawal: PlannedWithdrawal;
}

/** How a provider gets at what it earned: by the router, or by leaving with it. */
export type PlannedPayout =
  | { readonly kind: "withdrawal"; readonly withdrawal: PlannedWithdrawal }
  | { readonly kind: "exit"; readonly percent: number };

/** What a run does. */
export interface MoneyPlan {
  readonly seed: number;
  /** From 1 on. */
  readonly number: number;
  readonly shape: NetworkShape;
  readonly users: readonly PlannedUser[];
  /** One for each provider. */
  readonly payouts: readonly PlannedPayout[];
  readonly blows: Readonly<Partial<Record<Stage, PlannedBlow>>>;
  readonly fault: PlannedFault;
}

/** Of so many runs one has a blow in the stage, and of so many all but one. */
const DEPOSIT_BLOW_EVERY = 5;
const NO_WITHDRAWAL_BLOW_EVERY = 4;
/** How routers are run: of each three runs each is taken once. */
export const SHAPES: readonly [NetworkShape, ...NetworkShape[]] = [
  { instances: 2, nodes: 1, slotMs: 20 },
  { instances: 1, nodes: 2, slotMs: 30 },
  { instances: 1, nodes: 1, slotMs: 20 },
];

function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  const drawn = items.map((item) => ({ item, lot: random.fraction() }));
  return drawn.toSorted((one, other) => one.lot - other.lot).map(({ item }) => item);
}

/** Deals items in turns: all of them come equally often. */
function createDeck<Item>(random: Random, items: readonly Item[]): () => Item {
  let left: Item[] = [];
  return () => {
    if (left.length === 0) left = shuffled(random, items);
    const item = left.pop();
    if (item === undefined) throw new Error("expected a deck of some items, found none");
    return item;
  };
}

/** The decks of all runs of a seed. */
interface Decks {
  readonly points: Readonly<Record<Stage, () => Point>>;
  readonly faults: () => FaultKind;
  readonly blows: () => Blow;
}

/** How the first user has to withdraw for a step to come about; any way for all others. */
const NEEDED_WAYS: Readonly<Partial<Record<Step, WithdrawalWay>>> = {
  "withdrawal-submitted-stored": "submits",
  "withdrawal-sent": "submits",
  "withdrawal-posting": "submits",
  "withdrawal-expiry": "never",
};
const PROVIDERS = 2;

/** Draws what a run is made of. */
class Draw {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  between(least: number, most: number): number {
    return least + Math.floor(this.#random.fraction() * (most - least));
  }

  isTrue(share: number): boolean {
    return this.#random.fraction() < share;
  }

  request(): PlannedRequest {
    const tokens = { prompt: this.between(11, 70), completion: this.between(3, 52) };
    return { provider: this.between(0, PROVIDERS), tokens };
  }

  withdrawal(): PlannedWithdrawal {
    const lot = this.between(0, 40);
    const way = lot < 28 ? "submits" : lot < 37 ? "sends" : lot < 39 ? "sends-late" : "never";
    return { way, percent: this.between(20, 60) };
  }

  user(): PlannedUser {
    return {
      deposits: Array.from({ length: this.between(1, 3) }, () => microUsdc(BigInt(this.between(700_000, 1_600_000)))),
      requests: Array.from({ length: this.between(1, 4) }, () => this.request()),
      allows: this.isTrue(0.25) ? this.between(60, 95) : 100,
      later: this.request(),
      withdrawal: this.withdrawal(),
    };
  }

  payout(): PlannedPayout {
    if (this.isTrue(0.1)) return { kind: "exit", percent: this.between(20, 80) };
    return { kind: "withdrawal", withdrawal: this.withdrawal() };
  }
}

function planRun(draw: Draw, seed: number, number: number, decks: Decks): MoneyPlan {
  const blow = (stage: Stage): PlannedBlow => ({ point: decks.points[stage](), blow: decks.blows() });
  const shape = SHAPES[number % SHAPES.length] ?? SHAPES[0];
  const blows = {
    ...(number % DEPOSIT_BLOW_EVERY === 1 && { deposit: blow("deposit") }),
    settlement: blow("settlement"),
    ...(number % NO_WITHDRAWAL_BLOW_EVERY !== 0 && { withdrawal: blow("withdrawal") }),
  };
  const way = blows.withdrawal && NEEDED_WAYS[blows.withdrawal.point.step];
  const users = Array.from({ length: draw.between(2, 4) }, (_, index) => {
    const user = draw.user();
    return index > 0 || way === undefined ? user : { ...user, withdrawal: { ...user.withdrawal, way } };
  });
  return {
    ...{ seed, number, shape, users, blows },
    payouts: Array.from({ length: PROVIDERS }, () => draw.payout()),
    fault: planFault(draw, decks.faults()),
  };
}

function planFault(draw: Draw, kind: FaultKind): PlannedFault {
  const isSending = isOfSending(kind);
  const stages: readonly Stage[] = isSending ? ["settlement", "withdrawal"] : STAGES;
  return {
    stage: stages[draw.between(0, stages.length)] ?? "settlement",
    kind,
    everywhere: draw.isTrue(0.5),
    afterMs: isSending ? 0 : draw.between(0, 600),
    ms: draw.between(100, 1_000),
    lateMs: draw.between(300, 2_500),
  };
}

/** The runs of a seed. */
export function planRuns(seed: number, count: number): MoneyPlan[] {
  const random = seededRandom(seed);
  const decks: Decks = {
    points: {
      deposit: createDeck(random, POINTS.deposit),
      settlement: createDeck(random, POINTS.settlement),
      withdrawal: createDeck(random, POINTS.withdrawal),
    },
    faults: createDeck(random, FAULT_KINDS),
    blows: createDeck(random, BLOWS),
  };
  const draw = new Draw(random);
  return Array.from({ length: count }, (_, index) => planRun(draw, seed, index + 1, decks));
}
