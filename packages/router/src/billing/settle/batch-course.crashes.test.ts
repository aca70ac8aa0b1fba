// Whatever breaks off a batch's course, and whoever takes over: every entry lands once, and never by two transactions at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import fc from "fast-check";
import { hasLostLeadership } from "../../ledger/database/database-error.ts";
import type { OpenBatch } from "../../ledger/chain-books/settlement.ts";
import { BATCH_RETRY_MS_MAX } from "../limits.ts";
import type { ScriptedTransaction } from "../../test-bed/scripted-settling.ts";
import { LIFE_BLOCKS, ScriptedSettling } from "../../test-bed/scripted-settling.ts";
import type { BatchCourse, BatchCourseDeps } from "./batch-course.ts";

class Crash extends Error {}

/** Where a process ends: at this call, counted from 1, before it or when it has had its effect. */
interface CrashPlan {
  readonly call: number;
  readonly when: "before" | "after";
}

/** Counts the calls of everything that a course does, and ends at one of them. */
class Crasher {
  calls = 0;
  readonly #plan: CrashPlan | undefined;

  constructor(plan: CrashPlan | undefined) {
    this.#plan = plan;
  }

  /** The same thing, whose methods may end the process. */
  around<Thing extends object>(thing: Thing): Thing {
    const count = <Result>(work: () => Promise<Result>): Promise<Result> => this.#count(work);
    return new Proxy(thing, {
      get(target, name, receiver): unknown {
        const member: unknown = Reflect.get(target, name, receiver);
        if (typeof member !== "function" || name === "room") return member;
        return (...values: unknown[]) => count(() => Reflect.apply(member, target, values) as Promise<unknown>);
      },
    });
  }

  async #count<Result>(work: () => Promise<Result>): Promise<Result> {
    this.calls += 1;
    const isHere = this.calls === this.#plan?.call;
    if (isHere && this.#plan?.when === "before") throw new Crash();
    const result = await work();
    if (isHere) throw new Crash();
    return result;
  }

  course(bed: ScriptedSettling): BatchCourse {
    const deps = {
      settlement: this.around(bed.books.settlement),
      chain: this.around(bed.settleChain),
      signer: this.around(bed.signer),
    } satisfies Partial<BatchCourseDeps>;
    return bed.course(deps);
  }
}

const seqGap = new AimoError("escrow_refused", { name: "SeqGap", expected: "1", found: "2", advice: "wait" });

/** How many transactions with entries of this one were given to nodes before it. */
function generation(bed: ScriptedSettling, { entries, wire }: ScriptedTransaction): number {
  const ids = new Set(entries.map(({ id }) => id));
  return bed.transactions.filter(
    (one) => one.sent > 0 && one.wire !== wire && one.entries.some(({ id }) => ids.has(id)),
  ).length;
}

const TURNS_MAX = 40;

/**
 * A batch of two users: the first transaction is lost, the second is refused and lost, and those of its halves land. Gives
 * how many calls the first process made.
 */
async function live(bed: ScriptedSettling, plan: CrashPlan | undefined): Promise<number> {
  const pat = await bed.provider();
  const [ann, ben] = [await bed.payer(1_000_000n), await bed.payer(1_000_000n)];
  await bed.bill(40_000n, [ann, pat], [ben, pat]);
  const before = bed.transactions.length;
  const crasher = new Crasher(plan);
  let course = crasher.course(bed);
  for (let turns = 0; (await bed.open()).length > 0; turns++) {
    assert.ok(turns < TURNS_MAX, "it comes to an end");
    for (const batch of await bed.open()) {
      const lives = bed.transactions.slice(before).filter(({ sent }) => sent > 0).length;
      bed.refusal = lives === 1 ? seqGap : undefined;
      try {
        await course.advance(bed.books.settler, batch);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        course = bed.course();
      }
    }
    for (const transaction of bed.transactions.slice(before)) {
      const isNew = transaction.fate.kind === "unknown" && transaction.lastValidBlockHeight >= bed.height;
      if (isNew && transaction.sent > 0 && generation(bed, transaction) >= 2) bed.land(transaction);
    }
    bed.height += LIFE_BLOCKS + 1n;
    bed.books.clock.advance(BATCH_RETRY_MS_MAX);
  }
  assert.deepEqual(bed.violations, []);
  assert.equal((await bed.books.earnings(pat)).claimable, 78_000_000n);
  const rows = await bed.books.database.query<{ state: string }>(
    "SELECT state FROM settle_batches b WHERE EXISTS (SELECT FROM settle_entries WHERE batch_id = b.id)",
  );
  assert.deepEqual([...new Set(rows.map(({ state }) => state))], ["landed"]);
  return crasher.calls;
}

test("a process may end before or after anything it does", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const calls = await live(bed, undefined);
  assert.ok(calls > 25, `${calls} calls`);
  for (let call = 1; call <= calls; call++) {
    for (const when of ["before", "after"] as const) {
      await t.test(`${when} call ${call}`, () => live(bed, { call, when }).then(() => undefined));
    }
  }
  assert.deepEqual(await bed.books.faults(), []);
});

test("what was signed and not sent is sent by whoever comes next, and noted as sent", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const batch = await bed.bill(40_000n, [await bed.payer(1_000_000n), await bed.provider()]);
  const dying = bed.course({
    chain: { ...bed.settleChain, submit: () => Promise.reject(new Crash()) },
  });
  await assert.rejects(bed.advance(dying, batch), Crash);
  assert.equal(await bed.stateOf(batch), "signed");
  await bed.advance(bed.course(), batch);
  assert.equal(await bed.stateOf(batch), "sent");
  assert.deepEqual(
    bed.submissions.map(({ wire }) => wire),
    ["wire 1"],
  );
});

const who = fc.nat(1);
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("bill" as const), payers: fc.uniqueArray(fc.nat(5), { minLength: 1 }) }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("turn" as const),
      who,
      isStale: fc.boolean(),
      crash: fc.option(
        fc.record({ call: fc.integer({ min: 1, max: 9 }), when: fc.constantFrom("before" as const, "after" as const) }),
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("lead" as const), who }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("blocks" as const), count: fc.constantFrom(1n, 60n, 151n) }) },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constant("fate" as const),
      which: fc.nat(),
      fate: fc.constantFrom(...(["land", "land", "land and forget", "see", "leave behind", "fail"] as const)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("nodes" as const), say: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("signer" as const), say: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("logs" as const), areLost: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("look" as const), payer: fc.nat(5), isFeeKnown: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("time" as const), ms: fc.constantFrom(1_000, 5_000, 60_000) }),
  },
);
type Step = ReturnType<typeof fc.sample<typeof step extends fc.Arbitrary<infer Value> ? Value : never>>[number];

const AMOUNT = 40_000n;

/** Two instances of a router over one ledger and one chain. */
class Duo {
  readonly #bed: ScriptedSettling;
  readonly #fences: bigint[];
  readonly #courses: BatchCourse[];
  readonly #stale: (readonly OpenBatch[])[] = [[], []];
  readonly #payers: Awaited<ReturnType<ScriptedSettling["payer"]>>[] = [];
  #provider = 0;
  #billed = 0n;

  constructor(bed: ScriptedSettling) {
    this.#bed = bed;
    this.#fences = [bed.books.settler, 0n];
    this.#courses = [bed.course(), bed.course()];
  }

  async prepare(): Promise<void> {
    this.#provider = await this.#bed.provider();
    for (let count = 0; count < 6; count++) this.#payers.push(await this.#bed.payer(100_000_000n));
  }

  async take(one: Step): Promise<void> {
    const bed = this.#bed;
    switch (one.kind) {
      case "bill": {
        const waiting = new Set((await bed.open()).flatMap(({ entries }) => entries.map(({ user }) => user)));
        const pairs = one.payers
          .map((place) => this.#payers[place]!)
          .filter(({ user }) => !waiting.has(user))
          .map((payer) => [payer, this.#provider] as const);
        if (pairs.length === 0) return;
        for (const [payer] of pairs) await bed.books.owe(payer, this.#provider, AMOUNT);
        const leader = this.#fences[0]! > this.#fences[1]! ? 0 : 1;
        const at = bed.books.now();
        const numbers = pairs.map(([{ user }, provider]) => ({ user, provider }));
        const cut = { at, ref: bed.books.id(), pairs: numbers, most: 10n ** 9n, receiptsFrom: bed.books.id() };
        await bed.books.settlement.cut(this.#fences[leader]!, cut as never);
        this.#billed += AMOUNT * BigInt(pairs.length);
        return;
      }
      case "turn":
        return await this.#turn(one.who, one.isStale, one.crash ?? undefined);
      case "lead":
        this.#fences[one.who] = await bed.books.lead("settler");
        return;
      case "blocks":
        bed.height += one.count;
        return;
      case "fate":
        return this.#decide(one.which, one.fate);
      case "nodes": {
        const wishes = [undefined, undefined, seqGap, new AimoError("chain_unavailable", {}), settlerCap];
        bed.refusal = wishes[one.say];
        return;
      }
      case "signer": {
        const named = [this.#payers[0]!.user];
        const wishes = [undefined, undefined, refused("unreachable"), refused("not_owed", named), refused("too_large")];
        bed.signerRefusal = wishes[one.say];
        return;
      }
      case "logs":
        bed.retold = one.areLost ? () => undefined : (logs) => logs;
        return;
      case "look":
        bed.knownFee = one.isFeeKnown ? 250 : undefined;
        return await bed.observe(this.#payers[one.payer]!.wallet);
      case "time":
        bed.books.clock.advance(one.ms);
    }
  }

  async #turn(router: number, isStale: boolean, crash: CrashPlan | undefined): Promise<void> {
    const bed = this.#bed;
    const open = isStale ? this.#stale[router]! : await bed.open();
    this.#stale[router] = open;
    const crasher = crash === undefined ? undefined : new Crasher(crash);
    if (crasher !== undefined) this.#courses[router] = crasher.course(bed);
    for (const batch of open) {
      try {
        await this.#courses[router]!.advance(this.#fences[router]!, batch);
      } catch (error) {
        if (error instanceof Crash) this.#courses[router] = bed.course();
        else if (!hasLostLeadership(error) && !isAimoError(error)) throw error;
        return;
      }
    }
  }

  #decide(which: number, fate: Extract<Step, { kind: "fate" }>["fate"]): void {
    const bed = this.#bed;
    const open = bed.transactions.filter(
      ({ sent, logs, fate: { kind }, lastValidBlockHeight }) =>
        sent > 0 &&
        logs === undefined &&
        (kind === "seen" || (kind === "unknown" && bed.height <= lastValidBlockHeight)),
    );
    const one = open[which % Math.max(1, open.length)];
    if (one === undefined) return;
    if (fate === "land" || fate === "land and forget") bed.land(one);
    if (fate === "land") return;
    if (fate === "land and forget") one.fate = one.logs === undefined ? one.fate : { kind: "unknown" };
    else if (fate === "see") one.fate = { kind: "seen" };
    else if (fate === "leave behind") one.fate = { kind: "unknown" };
    else one.fate = { kind: "failed", reason: "The escrow program refuses this (SeqGap)" };
  }

  /** Nothing goes wrong any more: everything lands. */
  async calm(): Promise<void> {
    const bed = this.#bed;
    [bed.refusal, bed.signerRefusal, bed.knownFee] = [undefined, undefined, 250];
    bed.retold = (logs) => logs;
    await this.take({ kind: "lead", who: 0 });
    for (let turns = 0; (await bed.open()).length > 0; turns++) {
      assert.ok(turns < TURNS_MAX, "it comes to an end");
      await this.#turn(0, false, undefined);
      for (const transaction of bed.transactions) {
        const isAlive = transaction.lastValidBlockHeight >= bed.height || transaction.fate.kind === "seen";
        const isOpen = transaction.logs === undefined && /unknown|seen/.test(transaction.fate.kind);
        if (transaction.sent > 0 && isAlive && isOpen) bed.land(transaction);
      }
      for (const { wallet } of this.#payers) await bed.observe(wallet);
      bed.height += LIFE_BLOCKS + 1n;
      bed.books.clock.advance(BATCH_RETRY_MS_MAX);
    }
    assert.deepEqual(bed.violations, []);
    assert.equal((await bed.books.earnings(this.#provider)).claimable, (this.#billed * 1_000n * 9_750n) / 10_000n);
    assert.deepEqual(await bed.books.row("SELECT sum(in_flight)::bigint AS n FROM payables"), {
      n: this.#billed === 0n ? null : 0n,
    });
    assert.deepEqual(await bed.books.faults(), []);
  }
}

const settlerCap = new AimoError("escrow_refused", { name: "SettlerCap", expected: "1", found: "2", advice: "wait" });

function refused(
  reason: "unreachable" | "not_owed" | "too_large",
  users: readonly number[] = [],
): AimoError<"signing_refused"> {
  return new AimoError("signing_refused", { reason, expected: "one thing", found: "another", users });
}

test("two instances that crash, overtake each other and act on what is old settle everything once", async (t) => {
  const seed = fc.sample(fc.integer(), 1)[0]!;
  t.diagnostic(`seed ${seed}`);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 70 }), async (steps) => {
      const closing: (() => Promise<void>)[] = [];
      const bed = await ScriptedSettling.open({ after: (close) => void closing.push(close) });
      try {
        const duo = new Duo(bed);
        await duo.prepare();
        for (const one of steps) await duo.take(one);
        await duo.calm();
      } finally {
        for (const close of closing) await close();
      }
    }),
    { numRuns: 15, seed, endOnFailure: true },
  );
});
