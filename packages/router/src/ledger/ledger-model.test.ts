import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Operation } from "../test-bed/ledger-model.ts";
import type { World } from "../test-bed/ledger-world.ts";
import { openWorld, together, WALLETS } from "../test-bed/ledger-world.ts";

// More steps, or one run again: AIMO_LEDGER_STEPS=1000000, AIMO_LEDGER_SEED=<the seed a failure names>.
const STEPS = Number(process.env["AIMO_LEDGER_STEPS"] ?? 10_000);
const SEED = process.env["AIMO_LEDGER_SEED"];
const STEPS_PER_RUN_MAX = 400;
const SHRINKING_MS_MAX = 60_000;

const wallet = fc.nat(WALLETS - 1);
const key = fc.nat(2 * WALLETS - 1);
const amount = (most: bigint): fc.Arbitrary<bigint> => fc.bigInt({ min: 0n, max: most });
const some = (most: bigint): fc.Arbitrary<bigint> => fc.bigInt({ min: 1n, max: most });

/** An operation whose lock, where it has one, is any number: the run takes it round the locks there are. */
const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("deposit" as const), user: wallet, total: amount(300n) }) },
  {
    weight: 10,
    arbitrary: fc
      .record({ do: fc.constant("lock" as const), key, full: amount(200n), least: amount(200n), isShort: fc.boolean() })
      .map((lock) => ({ ...lock, least: lock.least > lock.full ? lock.full : lock.least })),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lock again" as const), lock: fc.nat() }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constantFrom("charge" as const, "charge" as const, "release" as const, "show" as const),
      lock: fc.nat(),
      amount: amount(220n),
      provider: wallet,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("expire" as const), afterMs: fc.constantFrom(0, 600, 86_400_000) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      user: wallet,
      provider: wallet,
      applied: amount(100n),
      fee: amount(20n),
      shortfall: fc.oneof(fc.constant(0n), amount(40n)),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("withdraw" as const),
      party: fc.constantFrom("user" as const, "provider" as const),
      step: fc.constantFrom("request" as const, "confirm" as const, "expire" as const),
      wallet,
      amount: some(80n),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("exit" as const),
      party: fc.constantFrom("user" as const, "provider" as const),
      wallet,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("collect fees" as const), amount: some(30n) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("allow" as const),
      user: wallet,
      allowance: fc.oneof(fc.constant(null), amount(1_500n)),
      isExiting: fc.nat(4).map((one) => one === 0),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("pause" as const), isPaused: fc.nat(4).map((one) => one === 0) }),
  },
);

let steps = 0;
const outcomes = new Map<string, number>();

/** One step of a run: an operation, or up to three at once on two connections. */
class Step implements fc.AsyncCommand<object, World> {
  readonly operations: readonly Operation[];
  readonly first: number;

  constructor(operations: readonly Operation[], first: number) {
    this.operations = operations;
    this.first = first;
  }

  check(): boolean {
    return true;
  }

  async run(_: object, world: World): Promise<void> {
    const { model, totals } = world;
    const operations = this.operations
      .filter((operation) => !("lock" in operation) || model.locks.length > 0)
      .map((operation): Operation => {
        if (operation.do === "deposit") {
          const total = (totals[operation.user] ?? 0n) + operation.total;
          totals[operation.user] = total;
          return { ...operation, total };
        }
        // A clock that moves while others ask has no one answer.
        if (operation.do === "expire" && this.operations.length > 1) return { ...operation, afterMs: 0 };
        // Mostly recent locks: those of long ago have ended.
        if ("lock" in operation) {
          const back = operation.lock % Math.min(model.locks.length, operation.lock % 5 === 0 ? 1_000 : 8);
          return { ...operation, lock: model.locks.length - 1 - back };
        }
        return operation;
      });
    await together(world, operations, this.first);
    steps += operations.length;
    for (const { do: name } of operations) outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
  }

  toString(): string {
    return JSON.stringify([this.first, ...this.operations], (_, value: unknown) =>
      typeof value === "bigint" ? `${value}n` : value,
    );
  }
}

const anyStep = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.array(anyOperation, { minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.array(anyOperation, { minLength: 2, maxLength: 3 }) },
    ),
    fc.nat(1),
  )
  .map(([operations, first]) => new Step(operations, first));

/** One run on a database of its own; a failure is shrunk and names its seed. */
async function run(seed: string | undefined): Promise<number> {
  const before = steps;
  const property = fc.asyncProperty(
    fc.commands([anyStep], { maxCommands: STEPS_PER_RUN_MAX, size: "max" }),
    async (commands) => {
      // Closed at once and not with the test: there are many.
      const closings: (() => Promise<void>)[] = [];
      const world = await openWorld({ after: (close) => void closings.push(close) });
      try {
        await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
      } finally {
        for (const close of closings.toReversed()) await close();
      }
    },
  );
  await fc.assert(property, {
    numRuns: 1,
    ...(seed !== undefined && { seed: Number(seed) }),
    interruptAfterTimeLimit: SHRINKING_MS_MAX,
  });
  return steps - before;
}

test("whatever happens in whatever order, the ledger answers and stands as its model does, and the books balance after each step", async (t) => {
  if (SEED !== undefined) {
    t.diagnostic(`${await run(SEED)} steps`);
    return;
  }
  for (let done = 0; done < STEPS;) done += await run(undefined);
  t.diagnostic(`${steps} steps`);
  assert.equal(outcomes.size, 13, `everything happened: ${[...outcomes.keys()].join(", ")}`);
});
