import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { insistOnAgreement } from "../../test-bed/chain-books-agreement.ts";
import type { MoneyWorld } from "../../test-bed/chain-books-world.ts";
import {
  cut,
  endLock,
  fail,
  finish,
  insistOnBooks,
  land,
  lock,
  lookAtAll,
  lookAtFees,
  lookAtProvider,
  lookAtUser,
  openMoneyWorld,
  PARTIES,
  passTime,
  request,
  send,
} from "../../test-bed/chain-books-world.ts";

// More steps, or one run again: AIMO_CHAIN_STEPS=100000, AIMO_CHAIN_SEED=<the seed a failure names>.
const STEPS = Number(process.env["AIMO_CHAIN_STEPS"] ?? 1_000);
const SEED = process.env["AIMO_CHAIN_SEED"];
const STEPS_PER_RUN_MAX = 200;
const SHRINKING_MS_MAX = 60_000;

type Act = (world: MoneyWorld) => unknown;
type Choice = fc.Arbitrary<{ readonly name: string; readonly values: unknown; readonly act: Act }>;

let steps = 0;
const names = new Map<string, number>();

const who = fc.nat(PARTIES - 1);
const which = fc.nat(99);
const micro = fc.bigInt({ min: 1n, max: 60n });
const nano = fc.bigInt({ min: 0n, max: 40_000n });
const mostly = fc.nat(9).map((n) => n > 0);
const ago = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 12 }) },
);

/** One thing that may happen, so often. */
function choice<Value>(
  weight: number,
  name: string,
  arbitrary: fc.Arbitrary<Value>,
  act: (world: MoneyWorld, value: Value) => unknown,
): fc.WeightedArbitrary<{ name: string; values: unknown; act: Act }> {
  return { weight, arbitrary: arbitrary.map((values) => ({ name, values, act: (world) => act(world, values) })) };
}

const anything: Choice = fc.oneof(
  choice(
    5,
    "deposit",
    fc.tuple(who, micro, fc.bigInt({ min: 20n, max: 500n })),
    ({ chain }, [user, amount, allowance]) => chain.deposit(user, amount, allowance),
  ),
  choice(2, "allow", fc.tuple(who, fc.bigInt({ min: 0n, max: 600n })), ({ chain }, [user, allowance]) =>
    chain.allow(user, allowance),
  ),
  choice(2, "request exit", who, ({ chain }, user) => chain.requestExit(user)),
  choice(4, "finalize exit", who, ({ chain }, user) => chain.finalizeExit(user)),
  choice(4, "close", who, ({ chain }, user) => chain.close(user)),
  choice(12, "lock", fc.tuple(who, nano), (world, [user, full]) => lock(world, user, full)),
  choice(
    12,
    "end a lock",
    fc.record({
      back: which,
      amount: nano,
      provider: who,
      kind: fc.constantFrom(
        "charged" as const,
        "charged" as const,
        "charged" as const,
        "released" as const,
        "shown" as const,
      ),
    }),
    (world, end) => endLock(world, end),
  ),
  choice(2, "pass time", fc.constantFrom(10, 600), (world, ms) => passTime(world, ms)),
  choice(
    6,
    "cut",
    fc.tuple(fc.uniqueArray(who, { minLength: 1 }), fc.bigInt({ min: 1n, max: 100n })),
    (world, [users, most]) => cut(world, users, most),
  ),
  choice(8, "send", which, (world, batch) => send(world, batch)),
  choice(8, "land", fc.tuple(which, fc.boolean()), (world, [batch, isTold]) => land(world, batch, isTold)),
  choice(2, "fail", fc.tuple(which, fc.option(who, { nil: undefined })), (world, [batch, splitOff]) =>
    fail(world, batch, splitOff),
  ),
  choice(
    4,
    "request a withdrawal",
    fc.tuple(fc.constantFrom("user" as const, "provider" as const), who, micro),
    (world, [party, place, amount]) => request(world, party, place, amount),
  ),
  choice(
    4,
    "finish a withdrawal",
    fc.tuple(which, fc.constantFrom("landed" as const, "landed" as const, "dead" as const)),
    (world, [place, fate]) => finish(world, place, fate),
  ),
  choice(1, "provider's exit", fc.tuple(who, micro), ({ chain }, [provider, amount]) =>
    chain.exitProvider(provider, amount),
  ),
  choice(1, "collect fees", fc.bigInt({ min: 1n, max: 3n }), ({ chain }, amount) => chain.collectFees(amount)),
  choice(1, "change the fee", fc.constantFrom(0n, 100n, 500n, 2_500n), ({ chain }, feeBps) => chain.setFee(feeBps)),
  choice(1, "settle elsewhere", fc.tuple(who, who, micro), ({ chain }, [user, provider, amount]) => {
    const seq = (chain.state.escrows[user]?.settleSeq ?? 0n) + 1n;
    if (chain.state.escrows[user] !== undefined) chain.settle([{ user, provider, amount, seq }]);
  }),
  choice(14, "look at a user", fc.tuple(who, ago, mostly), (world, [place, slots, isPatient]) =>
    lookAtUser(world, place, { ago: slots, isPatient, adopts: false }),
  ),
  choice(5, "look at a provider", fc.tuple(who, ago), (world, [place, slots]) =>
    lookAtProvider(world, place, { ago: slots, isPatient: true, adopts: false }),
  ),
  choice(2, "look at fees", ago, (world, slots) => lookAtFees(world, { ago: slots, isPatient: true, adopts: false })),
  choice(2, "look at all", mostly, (world, isPatient) => lookAtAll(world, isPatient)),
  choice(1, "agree", fc.constant(undefined), (world) => insistOnAgreement(world)),
);

/** One thing that happens, and the books after it. */
class Step implements fc.AsyncCommand<object, MoneyWorld> {
  readonly name: string;
  readonly values: unknown;
  readonly act: Act;

  constructor({ name, values, act }: { name: string; values: unknown; act: Act }) {
    this.name = name;
    this.values = values;
    this.act = act;
  }

  check(): boolean {
    return true;
  }

  async run(_: object, world: MoneyWorld): Promise<void> {
    await this.act(world);
    await insistOnBooks(world);
    steps += 1;
    names.set(this.name, (names.get(this.name) ?? 0) + 1);
  }

  toString(): string {
    return JSON.stringify([this.name, this.values], (_, value: unknown) =>
      typeof value === "bigint" ? `${value}n` : value,
    );
  }
}

/** One run on a database of its own; a failure is shrunk and names its seed. */
async function run(seed: string | undefined): Promise<number> {
  const before = steps;
  const property = fc.asyncProperty(
    fc.commands([anything.map((chosen) => new Step(chosen))], { maxCommands: STEPS_PER_RUN_MAX, size: "max" }),
    async (commands) => {
      // Closed at once and not with the test: there are many.
      const closings: (() => Promise<void>)[] = [];
      const world = await openMoneyWorld({ after: (close) => void closings.push(close) });
      try {
        await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
        await insistOnAgreement(world);
        await insistOnBooks(world);
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

test("whatever happens on the chain and in the ledger, and however it is looked at, the books balance, and in the end they say what the chain says", async (t) => {
  if (SEED !== undefined) {
    t.diagnostic(`${await run(SEED)} steps`);
    return;
  }
  for (let done = 0; done < STEPS;) done += await run(undefined);
  t.diagnostic(`${steps} steps`);
  assert.equal(names.size, 23, `everything happened: ${[...names.keys()].join(", ")}`);
});
