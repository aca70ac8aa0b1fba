// Every fault of the demo model, as a client meets it: what it sees, whom the router asked, and what it is charged.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { TRAITS } from "@aimo-network/localnet/demo-model/faults";
import { countPieces } from "@aimo-network/localnet/demo-model/pieces";
import type { Asked, ClientView } from "./client-view.ts";
import { viewOf } from "./client-view.ts";
import type { FaultNetwork, Market, SoldFault } from "./fault-network.ts";
import { MARKETS, startFaultNetwork } from "./fault-network.ts";
import type { Answer, Failure, Outcome } from "./fault-outcome.ts";
import { assertOutcome, words } from "./fault-outcome.ts";

const PROMPT = "Grüße aus der Höhle: 👋 “wörtlich”?";

const answer: Answer = { kind: "answer", text: words(5), tokens: 5, usage: ["asked", 5] };
const unbilled: Answer = { ...answer, usage: undefined };
const saying = (text: string, tokens: number): Answer => ({ ...answer, text, tokens, usage: ["asked", tokens] });
const counted = (...usage: NonNullable<Answer["usage"]>): Answer => ({ ...answer, usage });
const waited = <Seen extends Outcome>(outcome: Seen): Seen => ({ ...outcome, keepAlives: 1 });

const fails = (status: number, code: string): Failure => ({ kind: "failure", status, code });
const failed = fails(502, "provider_error");
const refused = (status: number): Failure => fails(status, "provider_refused");
const limited = (retryAfter: string): Failure => ({ ...fails(429, "rate_limited"), retryAfter });
const tooLate = fails(504, "provider_timeout");
const overdue = fails(408, "provider_timeout");
const shown = (tokens: number, failure: Failure): Failure => ({ ...failure, tokens });

const guideJson: Answer = { ...answer, text: "Hello! How can I help you today?", usage: [10, 8] };
const guideStream: Answer = { ...answer, text: "Hello there!", tokens: 3, usage: [10, 3] };

/**
 * With three providers of which the first is at fault: `next` answers, which is asked because the client has seen
 * nothing; where all three are, each is asked once, and the client sees the fault. Or the request `stays` with the
 * first, and the client sees what it sees of one provider alone.
 */
type Three = "next" | "stays";

interface Row extends SoldFault {
  readonly json: { readonly one: Outcome; readonly three: Three };
  readonly stream: { readonly one: Outcome; readonly three: Three };
  readonly says: RegExp | undefined;
  /** Whether the router with short deadlines is asked. */
  readonly strict?: true;
}

type Columns = readonly [one: Outcome, three: Three, one: Outcome, three: Three, says?: RegExp];

function row(traits: string, [json, jsonThree, stream, streamThree, says]: Columns, more: Partial<Row> = {}): Row {
  return {
    name: traits,
    traits,
    json: { one: json, three: jsonThree },
    stream: { one: stream, three: streamThree },
    says,
    ...more,
  };
}

const proxied = (timeouts: string): Partial<Row> => ({ timeouts });
const strictly = (traits: string): Partial<Row> => ({ name: `strict.${traits}`, strict: true });

// oxfmt-ignore
const TABLE: readonly Row[] = [
  //   traits                   JSON: one         of three   stream: one       of three   what the client reads
  // Answers, however they are spelled.
  row("echo",                  [saying(PROMPT, countPieces(PROMPT)), "stays", saying(PROMPT, countPieces(PROMPT)), "stays"]),
  row("fixed-6",               [saying(words(6), 6), "stays",   saying(words(6), 6), "stays"]),
  row("fixed-0",               [saying("", 0),    "stays",   saying("", 0),    "stays"]), // with a finish_reason it is empty on purpose
  row("fill",                  [saying(words(256), 256), "stays", saying(words(256), 256), "stays"]),
  row("pace-20ms",             [answer,           "stays",   answer,           "stays"]),
  row("pause-100ms",           [answer,           "stays",   answer,           "stays"]),
  row("slow-first-byte-100ms", [answer,           "stays",   answer,           "stays"]),
  row("slow-first-event-100ms", [answer,          "stays",   answer,           "stays"]),
  row("comments",              [answer,           "stays",   answer,           "stays"]),
  row("crlf",                  [answer,           "stays",   answer,           "stays"]),
  row("split",                 [answer,           "stays",   answer,           "stays"]),
  row("no-done",               [answer,           "stays",   answer,           "stays"]),
  row("double-done",           [answer,           "stays",   answer,           "stays"]),
  row("after-done",            [answer,           "stays",   answer,           "stays"]),
  row("empty-tool-calls",      [answer,           "stays",   answer,           "stays"]),
  row("stream-untyped",        [answer,           "stays",   answer,           "stays"]),
  row("guide-json",            [guideJson,        "stays",   failed,           "next",    /JSON where a stream was asked for/]),
  row("guide-stream",          [failed,           "next",    guideStream,      "stays",   /expected a JSON object/]),
  row("guide-stream-tight",    [failed,           "next",    guideStream,      "stays",   /expected a JSON object/]),
  // Usage: the last that can be one is charged; where there is none, nothing is.
  row("no-usage",              [unbilled,         "stays",   unbilled,         "stays"]),
  row("usage-every-chunk",     [answer,           "stays",   answer,           "stays"]),
  row("usage-on-finish",       [answer,           "stays",   answer,           "stays"]),
  row("usage-then-empty",      [answer,           "stays",   answer,           "stays"]),
  row("usage-x-groq",          [answer,           "stays",   answer,           "stays"]),
  row("zero-usage",            [counted(0, 0),    "stays",   counted(0, 0),    "stays"]),
  row("cached-4",              [counted("asked", 5, 4), "stays", counted("asked", 5, 4), "stays"]),
  row("contradicting-usage",   [counted(12, 7, 12), "stays", counted(12, 7, 12), "stays"]),
  row("lying-usage",           [unbilled,         "stays",   unbilled,         "stays"]),
  row("hostile-usage-negative", [unbilled,        "stays",   unbilled,         "stays"]),
  row("hostile-usage-fraction", [unbilled,        "stays",   unbilled,         "stays"]),
  row("hostile-usage-string",  [unbilled,         "stays",   unbilled,         "stays"]),
  // Statuses: the request's own fault is told at once, everything else is tried elsewhere.
  row("status-400",            [refused(400),     "stays",   refused(400),     "stays",   /answer with status 400/]),
  row("status-413",            [refused(413),     "stays",   refused(413),     "stays",   /answer with status 413/]),
  row("status-415",            [refused(415),     "stays",   refused(415),     "stays",   /answer with status 415/]),
  row("status-422",            [refused(422),     "stays",   refused(422),     "stays",   /answer with status 422/]),
  row("status-401",            [failed,           "next",    failed,           "next",    /failed with status 401/]),
  row("status-403",            [failed,           "next",    failed,           "next",    /failed with status 403/]),
  row("status-404",            [failed,           "next",    failed,           "next",    /failed with status 404/]),
  row("status-408",            [failed,           "next",    failed,           "next",    /failed with status 408/]),
  row("status-429",            [limited("1"),     "next",    limited("1"),     "next",    /rate limited: try again later/]),
  row("rate-limited-7",        [limited("7"),     "next",    limited("7"),     "next",    /rate limited: try again in 7 s/]),
  row("status-500",            [failed,           "next",    failed,           "next",    /failed with status 500/]),
  row("status-503",            [failed,           "next",    failed,           "next",    /failed with status 503/]),
  row("html-502",              [failed,           "next",    failed,           "next",    /status 502: <html>/]),
  row("html-200",              [failed,           "next",    failed,           "next",    /expected a JSON object/]),
  row("redirect-307",          [failed,           "next",    failed,           "next",    /failed with status 307/]),
  row("no-content",            [failed,           "next",    failed,           "next",    /expected a JSON object|without a finish_reason/]),
  // What is not whole is a failure, told in-band once there is output.
  row("error-in-200",          [failed,           "next",    failed,           "next",    /failed: The demo model fails after its status 200/]),
  row("garbage-json",          [failed,           "next",    failed,           "next",    /expected a JSON object/]),
  row("empty-stream",          [failed,           "next",    failed,           "next",    /no choices|without a finish_reason/]),
  row("json-to-stream",        [answer,           "stays",   failed,           "next",    /JSON where a stream was asked for/]),
  row("stream-as-text",        [answer,           "stays",   failed,           "next",    /expected a JSON object/]),
  row("gzip",                  [failed,           "next",    failed,           "next",    /compressed its answer/]),
  row("hang-up",               [failed,           "next",    failed,           "next",    /closed the connection before it answered/]),
  row("nobody-listens",        [failed,           "next",    failed,           "next",    /nothing listens/], { traits: "echo", at: "nowhere" }),
  row("cut-after-0",           [failed,           "next",    failed,           "next",    /closed the connection within the answer/]),
  row("cut-after-3",           [failed,           "next",    shown(3, failed), "stays",   /closed the connection within the answer/]),
  row("cut-at-finish",         [failed,           "next",    { ...shown(5, failed), finished: true }, "stays", /closed the connection within the answer/]),
  row("error-after-0",         [failed,           "next",    failed,           "next",    /failed: The demo model fails/]),
  // The three tokens and the error come in one piece: nothing has been shown yet.
  row("error-after-3",         [failed,           "next",    failed,           "next",    /failed: The demo model fails/]),
  row("error-after-3.pause-1000ms", [failed,      "next",    shown(3, failed), "stays",   /failed: The demo model fails/], { at: "clocked" }),
  row("no-finish-reason",      [failed,           "next",    failed,           "next",    /a finish_reason/]),
  row("no-finish-reason.pause-1000ms", [failed,   "next",    shown(5, failed), "stays",   /a finish_reason/], { at: "clocked" }),
  row("empty-tool-calls.cut-after-0", [failed,    "next",    failed,           "next",    /closed the connection within the answer/]),
  // Deadlines of the proxy.
  row("silent",                [overdue,          "next",    tooLate,          "next",    /\((first_byte|total) timeout\)/], proxied("first_byte_ms = 300\ntotal_ms = 3000")),
  row("keep-alive-50ms",       [overdue,          "next",    tooLate,          "next",    /\((first_byte|total) timeout\)/], proxied("first_byte_ms = 300\ntotal_ms = 3000")),
  row("trickle-100ms",         [overdue,          "next",    tooLate,          "next",    /\((first_byte|total) timeout\)/], proxied("first_byte_ms = 300\ntotal_ms = 3000")),
  row("stall-after-0",         [tooLate,          "next",    tooLate,          "next",    /fell silent within 300 ms \(idle timeout\)/], proxied("idle_ms = 300")),
  row("stall-after-3",         [tooLate,          "next",    shown(3, tooLate), "stays",  /fell silent within 300 ms \(idle timeout\)/], proxied("idle_ms = 300")),
  row("lingers",               [tooLate,          "next",    answer,           "stays",   /fell silent within 300 ms \(idle timeout\)/], proxied("idle_ms = 300")),
  // Deadlines of the router, which bounds a plain answer by the total alone; after that there is no time for another.
  row("silent",                [overdue,          "stays",   tooLate,          "next",    /\((first_byte|total) timeout\)/], strictly("silent")),
  row("keep-alive-50ms",       [overdue,          "stays",   tooLate,          "next",    /\((first_byte|total) timeout\)/], strictly("keep-alive-50ms")),
  row("stall-after-0",         [overdue,          "stays",   tooLate,          "next",    /\((idle|total) timeout\)/], strictly("stall-after-0")),
  row("stall-after-3",         [overdue,          "stays",   shown(3, tooLate), "stays",  /\((idle|total) timeout\)/], strictly("stall-after-3")),
  // Longer than an answer is held back: a stream begins with a comment, and its failures are in-band.
  row("slow-first-event-10500ms", [answer,        "stays",   waited(answer),   "stays"]),
  row("slow-first-byte-10500ms.status-500", [failed, "next", waited(shown(0, failed)), "next", /failed with status 500/], { othersTraits: "status-500" }),
];

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
const NANO_USDC_PER_TOKEN = { first: 1n, others: 1_000_000n }; // by the prices of fault-network.ts
const TOGETHER_MAX = 48; // requests at once: within the 64 that a proxy takes, so that waiting does not add up
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
    while (faulty.clock.waiting === 0) await turn();
    faulty.clock.advance(1000);
    return await view;
  };

  const check = async (fault: Row, mode: Mode, market: Market): Promise<void> => {
    const { one, three } = fault[mode];
    const asked = ask(fault, mode, market);
    const isNext = three === "next" && market !== "one";
    const expected = isNext && market === "first" ? { ...nextAnswer, keepAlives: one.keepAlives ?? 0 } : one;
    const pausesAfter = fault.at === "clocked" && one.kind === "failure" ? one.tokens : undefined;
    const view = pausesAfter === undefined ? await viewOf(asked) : await passPause(asked, pausesAfter);
    const reached = whoWasAsked(asked.userAgent);
    seen.set(asked.userAgent, reached);
    const answeredByNext = isNext && market === "first";
    assertOutcome(view, expected, {
      stream: asked.stream,
      promptTokens: PROMPT_TOKENS,
      nanoUsdcPerToken: answeredByNext ? NANO_USDC_PER_TOKEN.others : NANO_USDC_PER_TOKEN.first,
      says: fault.says,
    });
    if (fault.at === "nowhere") assert.deepEqual(reached, answeredByNext ? reached.slice(0, 1) : []);
    else assertReached(reached, { first: true, others: isNext ? (market === "first" ? 1 : 2) : 0 });
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
            nanoUsdcPerToken: NANO_USDC_PER_TOKEN.others,
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
