// Every fault of the demo model, as a client meets it: what it sees, whom the router asked, and what it is charged.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { TRAITS } from "@aimo-network/localnet/demo-model/faults";
import { countPieces } from "@aimo-network/localnet/demo-model/pieces";
import type { Asked, ClientView } from "./client-view.ts";
import { bodyOf, viewOf } from "./client-view.ts";
import type { FaultNetwork, Market, Mode, SoldFault } from "./fault-network.ts";
import { MARKETS, MODES, NANO_USDC, startFaultNetwork } from "./fault-network.ts";
import { owedBy, readBooks } from "./fault-books.ts";
import type { Answer } from "./fault-outcome.ts";
import { assertOutcome, nanoUsdc, words } from "./fault-outcome.ts";
import type { Row } from "./fault-table.ts";
import { fails, PROMPT, TABLE } from "./fault-table.ts";
import { waitFor } from "./network.ts";

/** Faults at which somebody leaves: before the first output, and after it (of a plain answer: within its body). */
const LEFT = [
  { name: "left.silent", traits: "silent", shownTokens: 0 },
  { name: "left.stall-after-3", traits: "stall-after-3", shownTokens: 3 },
] as const;
const KILLED = LEFT.map((fault) => ({ ...fault, name: fault.name.replace("left", "killed") }));

const OTHERS = ["second", "third"];
const MESSAGE_TOKENS = 4; // what the demo model counts for a message beside its text
const PROMPT_TOKENS = countPieces(PROMPT) + MESSAGE_TOKENS;
const TOGETHER_MAX = 48; // requests at once: within the 64 that a proxy takes, so that waiting does not add up
const PAUSE_MS = 1000; // of the rows at the clocked model
const ESTIMATE_BYTES_PER_TOKEN = 4; // of a client that left before the usage came (accounting.md)
const nextAnswer: Answer = { kind: "answer", text: words(7), tokens: 7, usage: ["asked", 7] };

/** What a generation is to cost, and whom it is to be paid to. */
interface Bill {
  readonly provider: string;
  readonly cost: bigint;
}

/** What a client owes that left: its prompt and what it was sent, estimated by the bytes of its body and its output. */
function costOfLeaving(asked: Asked, shownTokens: number): bigint {
  const shown = asked.stream ? words(shownTokens) : "";
  const tokens = [bodyOf(asked), shown].map((text) => Math.ceil(Buffer.byteLength(text) / ESTIMATE_BYTES_PER_TOKEN));
  return BigInt(tokens[0]! + tokens[1]!) * NANO_USDC.firstToken + NANO_USDC.request;
}

/** Who is asked, in which order; of the last two either may come first. */
function assertReached(reached: readonly string[], expected: { first: boolean; others: number }): void {
  const others = expected.first ? reached.slice(1) : reached;
  if (expected.first) assert.equal(reached[0], "first");
  assert.equal(others.length, expected.others);
  assert.equal(new Set(others).size, others.length, "nobody is asked twice");
  for (const provider of others) assert.ok(OTHERS.includes(provider), provider);
}

test("the table has a row for every trait of the demo model", () => {
  const shownTraits = TABLE.map(({ traits }) => traits.split(".")[0] ?? "");
  const isShown = (name: string): boolean => {
    const pattern = new RegExp(`^${name.replace("<n>", "[0-9]+")}$`);
    return shownTraits.some((trait) => pattern.test(trait));
  };
  assert.deepEqual(
    TRAITS.map(({ name }) => name).filter((name) => !isShown(name)),
    [],
  );
});

describe("a fault of a provider's model", () => {
  let faulty: FaultNetwork;
  /** Whom each request reached, so that at the end it can be seen that it was nobody else later. */
  const seen = new Map<string, readonly string[]>();
  /** What each request that was answered, or broke off, is to be in the books: what its client was told, or nothing. */
  const bills = { patient: new Map<string, Bill>(), strict: new Map<string, Bill>() };
  const keepBill = (asked: Asked, view: ClientView, provider: string): void => {
    const router = asked.key === faulty.routers.strict.key ? "strict" : "patient";
    const isShown = view.error === undefined || view.contentEvents > 0;
    const id = view.headers.get("x-generation-id") ?? assert.fail("a request has a generation");
    if (isShown) bills[router].set(id, { provider, cost: view.cost === undefined ? 0n : nanoUsdc(view.cost) });
  };
  const whoWasAsked = (userAgent: string): readonly string[] =>
    faulty.reached(userAgent).map(({ provider }) => provider);

  /** Waits for so many calls: a model on a busy machine may read one only when its caller has given it up. */
  const haveBeenAsked = (userAgent: string, count: number): Promise<readonly string[]> =>
    waitFor(`${count} calls of ${userAgent}`, () => {
      const asked = whoWasAsked(userAgent);
      return Promise.resolve(asked.length >= count ? asked : undefined);
    });

  before(async () => {
    faulty = await startFaultNetwork([...TABLE, ...LEFT], KILLED);
  });
  after(() => faulty.stop());

  const ask = (fault: SoldFault & { strict?: true }, mode: Mode, market: Market, more: Partial<Asked> = {}): Asked => ({
    ...(fault.strict === true ? faulty.routers.strict : faulty.routers.patient),
    model: `test/${mode}.${market}.${fault.name}`,
    stream: mode === "stream",
    prompt: PROMPT,
    userAgent: `${fault.name}, ${mode}, ${market}`,
    first: faulty.wallets[KILLED.some(({ name }) => name === fault.name) ? "doomed" : "first"] ?? assert.fail("nobody"),
    ...more,
  });

  /** Moves the time of the clocked model once the client has seen what comes before its pause. */
  const passPause = async (asked: Asked, tokens: number): Promise<ClientView> => {
    const shownTokens = Promise.withResolvers<void>();
    const view = viewOf({ ...asked, onContent: (count) => void (count >= tokens && shownTokens.resolve()) });
    await Promise.race([shownTokens.promise, view]); // a view that ends before its time fails the checks that follow
    const over = new AbortController();
    const end = (): void => over.abort();
    void view.then(end, end);
    while (!over.signal.aborted) {
      faulty.clock.advance(PAUSE_MS);
      await turn();
    }
    return await view;
  };

  const check = async (fault: Row, mode: Mode, market: Market): Promise<void> => {
    const { one, three } = fault[mode];
    const asked = ask(fault, mode, market);
    const isNext = three === "next" && market !== "one";
    const answeredByNext = isNext && market === "first";
    const expected = answeredByNext ? { ...nextAnswer, keepAlives: one.keepAlives ?? 0 } : one;
    const pausesAfter = fault.at === "clocked" && one.kind === "failure" ? one.tokens : undefined;
    const view = pausesAfter === undefined ? await viewOf(asked) : await passPause(asked, pausesAfter);
    const isReachable = fault.at !== "nowhere" && fault.at !== "moderated"; // or nobody writes down who was
    const othersAtFault = isNext && market === "all" && isReachable ? OTHERS.length : 0;
    const expectedReached = { first: isReachable, others: answeredByNext ? 1 : othersAtFault };
    const reached = await haveBeenAsked(asked.userAgent, (isReachable ? 1 : 0) + expectedReached.others);
    seen.set(asked.userAgent, reached);
    assertOutcome(view, expected, {
      stream: asked.stream,
      promptTokens: PROMPT_TOKENS,
      nanoUsdcPerToken: answeredByNext ? NANO_USDC.othersToken : NANO_USDC.firstToken,
      nanoUsdcPerRequest: NANO_USDC.request,
      says: fault.says,
    });
    assertReached(reached, expectedReached);
    keepBill(asked, view, answeredByNext ? (reached.at(-1) ?? "") : "first");
    for (const { call } of faulty.reached(asked.userAgent)) assert.equal(call.stream, asked.stream);
    const last = reached.at(-1);
    if (view.error !== undefined && last !== undefined) {
      assert.equal(view.error.metadata.provider_name, faulty.wallets[last]);
    }
  };

  const cells = (rows: readonly Row[]): void => {
    for (const fault of rows) {
      for (const mode of MODES) {
        for (const market of MARKETS) {
          test(`${fault.name}, ${mode}, ${market}`, () => check(fault, mode, market));
        }
      }
    }
  };

  describe("is seen as the table says", { concurrency: TOGETHER_MAX }, () => {
    cells(TABLE.filter(({ at }) => at !== "clocked").toReversed()); // those that wait begin first
  });

  describe("is seen as the table says after a pause", () => {
    cells(TABLE.filter(({ at }) => at === "clocked"));
  });

  /** What those owe that left. */
  const left: bigint[] = [];

  describe("or of its proxy, when somebody leaves", () => {
    for (const { name, traits, shownTokens } of LEFT) {
      for (const mode of MODES) {
        for (const market of ["one", "first"] as const) {
          test(`the client: the call is aborted, and nobody else asked (${traits}, ${mode}, ${market})`, async () => {
            const leave = new AbortController();
            const hasSeen = Promise.withResolvers<void>();
            const onContent = (count: number): void => void (count >= shownTokens && hasSeen.resolve());
            const asked = ask({ name, traits }, mode, market, { signal: leave.signal, onContent });
            const view = viewOf(asked);
            await faulty.firstCall(asked.userAgent, "open");
            if (mode === "stream" && shownTokens > 0) await Promise.race([hasSeen.promise, view]);
            leave.abort();
            await assert.rejects(view, { name: "AbortError" });
            await faulty.firstCall(asked.userAgent, "aborted");
            assert.deepEqual(whoWasAsked(asked.userAgent), ["first"]);
            left.push(costOfLeaving(asked, shownTokens));
            seen.set(asked.userAgent, ["first"]);
          });
        }
      }
    }

    test("the provider: what has shown nothing is answered by another, the rest fails in its own way", async () => {
      const running = KILLED.flatMap((fault) =>
        MODES.flatMap((mode) =>
          (["one", "first"] as const).map((market) => {
            const hasSeen = Promise.withResolvers<void>();
            const isShown = mode === "stream" && fault.shownTokens > 0;
            const onContent = (count: number): void => void (count >= fault.shownTokens && hasSeen.resolve());
            const asked = ask(fault, mode, market, { onContent });
            const view = viewOf(asked);
            const ready = isShown ? Promise.race([hasSeen.promise, view]) : faulty.firstCall(asked.userAgent, "open");
            return { asked, view, ready, market, shownTokens: isShown ? fault.shownTokens : undefined };
          }),
        ),
      );
      await Promise.all(running.map(({ ready }) => ready));
      await faulty.killDoomed();
      for (const { asked, view, market, shownTokens } of running) {
        const isNext = market === "first" && shownTokens === undefined;
        keepBill(asked, await view, isNext ? (whoWasAsked(asked.userAgent).at(-1) ?? "") : "doomed");
        const lost = fails(502, "provider_disconnected");
        assertOutcome(
          await view,
          isNext ? nextAnswer : { ...lost, ...(shownTokens !== undefined && { tokens: shownTokens }) },
          {
            stream: asked.stream,
            promptTokens: PROMPT_TOKENS,
            nanoUsdcPerToken: NANO_USDC.othersToken,
            nanoUsdcPerRequest: NANO_USDC.request,
            says: /disconnected before its answer ended/,
          },
        );
        const [first, ...others] = whoWasAsked(asked.userAgent);
        assert.equal(first, "doomed", asked.userAgent);
        assert.equal(others.length, isNext ? 1 : 0, asked.userAgent);
        seen.set(asked.userAgent, whoWasAsked(asked.userAgent));
      }
    });
  });

  test("is met by nobody else afterwards: no request was called again behind its client's back", () => {
    assert.equal(seen.size, TABLE.length * MODES.length * MARKETS.length + LEFT.length * 4 + KILLED.length * 4);
    for (const [userAgent, reached] of seen) assert.deepEqual(whoWasAsked(userAgent), reached, userAgent);
  });

  for (const router of ["patient", "strict"] as const) {
    test(`is charged as its client was told, to the provider that answered, and the books balance (${router})`, async () => {
      const books = await readBooks(faulty.databaseUrls[router]);
      const names = new Map(Object.entries(faulty.wallets).map(([name, wallet]) => [wallet, name]));
      const billed = new Map(
        books.billed.map(({ id, provider, cost }) => [id, { provider: names.get(provider) ?? provider, cost }]),
      );
      for (const [id, bill] of bills[router]) assert.deepEqual(billed.get(id), bill, id);
      const unseen = [...billed].filter(([id]) => !bills[router].has(id)).map(([, bill]) => bill);
      const expected = router === "patient" ? left.map((cost) => ({ provider: "first", cost })) : [];
      const byCost = (one: Bill, other: Bill): number => Number(one.cost - other.cost);
      assert.deepEqual(unseen.toSorted(byCost), expected.toSorted(byCost), "whoever left pays, and nobody else unseen");
      assert.deepEqual(books.payable, owedBy(books.billed), "each provider is owed what its answers cost");
      const costs = books.billed.flatMap(({ cost }) => (cost > 0n ? [cost] : []));
      const amount = costs.reduce((sum, cost) => sum + cost, 0n);
      assert.deepEqual(books.journal, { entries: BigInt(costs.length), amount }, "each answer is charged once");
      assert.deepEqual(books.faults, []);
      if (router === "patient") assert.deepEqual(Object.keys(books.payable).length, 3, "all but the doomed one earned");
    });
  }
});
