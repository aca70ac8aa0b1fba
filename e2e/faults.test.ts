// Every fault of the demo model, as a client meets it: what it sees, whom the router asked, and what it is charged.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { TRAITS } from "@aimo-network/localnet/demo-model/faults";
import { countPieces } from "@aimo-network/localnet/demo-model/pieces";
import type { Asked, ClientView } from "./client-view.ts";
import { viewOf } from "./client-view.ts";
import type { FaultNetwork, Market, SoldFault } from "./fault-network.ts";
import { MARKETS, NANO_USDC, startFaultNetwork } from "./fault-network.ts";
import type { Answer } from "./fault-outcome.ts";
import { assertOutcome, words } from "./fault-outcome.ts";
import type { Row } from "./fault-table.ts";
import { fails, PROMPT, TABLE } from "./fault-table.ts";
import { waitFor } from "./network.ts";

/** Faults at which somebody leaves: before the first output, and after it (of a plain answer: within its body). */
const LEFT = [
  { name: "left.silent", traits: "silent", shownTokens: 0 },
  { name: "left.stall-after-3", traits: "stall-after-3", shownTokens: 3 },
] as const;
const KILLED = LEFT.map((fault) => ({ ...fault, name: fault.name.replace("left", "killed") }));

const MODES = ["json", "stream"] as const;
type Mode = (typeof MODES)[number];

const OTHERS = ["second", "third"];
const MESSAGE_TOKENS = 4; // what the demo model counts for a message beside its text
const PROMPT_TOKENS = countPieces(PROMPT) + MESSAGE_TOKENS;
const TOGETHER_MAX = 48; // requests at once: within the 64 that a proxy takes, so that waiting does not add up
const PAUSE_MS = 1000; // of the rows at the clocked model
const nextAnswer: Answer = { kind: "answer", text: words(7), tokens: 7, usage: ["asked", 7] };

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
    model: `test/${market}.${fault.name}`,
    stream: mode === "stream",
    prompt: PROMPT,
    userAgent: `${fault.name}, ${mode}, ${market}`,
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
    const isReachable = fault.at !== "nowhere";
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
});
