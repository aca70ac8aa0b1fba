// A relay under test: fake links, a manual clock, and a client that reads or does not read as the test says.
import assert from "node:assert/strict";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { requestUuid } from "@aimo-network/protocol/ids";
import { seededRandom } from "@aimo-network/protocol/random";
import { pino } from "pino";
import { REQUESTS_PER_HEDGE } from "../limits.ts";
import type { ByteBudget } from "../providers/byte-budget.ts";
import { createByteBudget } from "../providers/byte-budget.ts";
import { createHedgeBudget } from "../providers/hedge-budget.ts";
import type { AttemptJudgement } from "../providers/judging.ts";
import type { ProviderLink } from "../providers/provider-link.ts";
import type { RelayDeadlines, RelayOutcome } from "../providers/relay.ts";
import { relay } from "../providers/relay.ts";
import type { FakeAttempt, FakeLink } from "./fake-link.ts";
import { createFakeLink } from "./fake-link.ts";

/** What a test changes of a bench. */
export interface BenchOptions {
  readonly stream?: boolean;
  /** The request's, where a real ledger must not meet the same twice. */
  readonly uuid?: string;
  readonly links?: number;
  /** The one link of the plan, where it is not a fake one. */
  readonly realLink?: ProviderLink;
  readonly deadlines?: Partial<RelayDeadlines>;
  readonly answerBytesMax?: number;
  /** The trace context for each wallet, where the relay is traced. */
  readonly traceparents?: Readonly<Record<string, string>>;
  /** Milliseconds until the next is asked beside one that is silent, for offers that take that. */
  readonly hedgeAfterMs?: number;
  /** The wallets whose offers take that; all of them unless told otherwise. */
  readonly hedging?: readonly string[];
  /** The wallets that cost more than the one before them, which nobody is asked beside. */
  readonly dearer?: readonly string[];
  /** Hedges that may be made. */
  readonly hedges?: number;
}

/** A bench: one request of one client, and the links it may go to. */
export interface RelayBench {
  readonly clock: ManualClock;
  readonly links: readonly FakeLink[];
  /** Of the request. */
  readonly uuid: string;
  /** The further attempts that billing was asked for: `wallet as index`. */
  readonly retried: readonly string[];
  /** What billing answers when it is asked for another attempt. */
  retry: (wallet: string, index: number) => Promise<void>;
  /** What the client has been passed so far. */
  readonly delivered: { readonly bytes: number };
  readonly answerBytes: ByteBudget;
  /** `wallet ok`, or the wallet and another outcome, in order. */
  readonly judged: readonly string[];
  /** All that was told of how each went. */
  readonly judgements: readonly AttemptJudgement[];
  /** The text of each event the client was shown. */
  readonly shown: readonly string[];
  readonly logLines: readonly string[];
  /** What the relay's watch was told. */
  readonly watched: readonly string[];
  /** Closes the client's connection. */
  leave(): void;
  /** From now on the client takes no more, until `readAgain`. */
  stopReading(): void;
  readAgain(): void;
  /** The link's next attempt. */
  attempt(link?: number): ReturnType<FakeLink["next"]>;
  /** Starts the relay; the promise is its outcome. */
  run(): Promise<RelayOutcome<string>>;
  /** Fails unless every timer, byte and listener of this bench has been given back. */
  assertNothingLeft(): void;
}

const DEADLINES: RelayDeadlines = { firstByteMs: 5_000, idleMs: 2_000, totalMs: 60_000 };

/** Creates a bench of streams over two links, whose wallets are `a` and `b`, unless told otherwise. */
export function createRelayBench(options: BenchOptions = {}): RelayBench {
  const clock = manualClock();
  const links = Array.from({ length: options.links ?? 2 }, (_, index) => createFakeLink("abcdef".charAt(index)));
  const answerBytes = createByteBudget(options.answerBytesMax ?? 100_000_000);
  const judged: string[] = [];
  const judgements: AttemptJudgement[] = [];
  const shown: string[] = [];
  const logLines: string[] = [];
  const watched: string[] = [];
  let hasLeft = false;
  let leaving: (() => void) | undefined;
  let reads = true;
  let resume: (() => void) | undefined;
  const uuid = options.uuid ?? requestUuid(clock, seededRandom(1));
  const retried: string[] = [];
  const delivered = { bytes: 0 };
  const planned: readonly ProviderLink[] = options.realLink === undefined ? links : [options.realLink];
  const { hedgeAfterMs, hedging } = options;
  const plan = planned.map((link) => ({
    offer: `offer of ${link.wallet}`,
    offerName: "m",
    modelId: "author/m",
    link,
    hedges: hedgeAfterMs !== undefined && (hedging?.includes(link.wallet) ?? true),
    hedgeAfterMs,
  }));
  const hedgeBudget = createHedgeBudget();
  for (let earned = 0; earned < (options.hedges ?? 1) * REQUESTS_PER_HEDGE; earned += 1) hedgeBudget.earn();
  const bench: RelayBench = {
    clock,
    links,
    uuid,
    retried,
    delivered,
    retry: () => Promise.resolve(),
    answerBytes,
    judged,
    judgements,
    shown,
    logLines,
    watched,
    leave() {
      hasLeft = true;
      leaving?.();
    },
    stopReading: () => void (reads = false),
    readAgain() {
      reads = true;
      resume?.();
    },
    attempt: (link = 0) => links[link]!.next(),
    run: () =>
      relay(
        {
          clock,
          log: pino({ level: "debug" }, { write: (line: string) => void logLines.push(line) }),
          answerBytes,
          deadlines: { ...DEADLINES, ...options.deadlines },
          hedgeBudget,
          judged({ link }, how, { payerWallet }) {
            judged.push(`${link.wallet} ${how.outcome === "succeeded" ? "ok" : how.outcome}`);
            judgements.push(how);
            assert.equal(payerWallet, "payer");
          },
        },
        plan,
        {
          uuid,
          payerWallet: "payer",
          isShort: true,
          endpoint: "/chat/completions",
          stream: options.stream ?? true,
          headers: { accept: "*/*" },
          body: ({ link }) => [Buffer.from(`for ${link.wallet}`)],
          payer: ({ link }) => `payer at ${link.wallet}`,
          mayHedge: (_one, { link }) => options.dearer?.includes(link.wallet) !== true,
          retry({ link }, index) {
            retried.push(`${link.wallet} as ${index}`);
            return bench.retry(link.wallet, index);
          },
          delivered,
          watch: {
            attempt({ wallet, requestBytes }) {
              watched.push(`${wallet} gets ${requestBytes} bytes`);
              const traceparent = options.traceparents?.[wallet];
              return {
                traceparent,
                ended: (error, bytes) =>
                  void watched.push(`${wallet} ${error?.code ?? "answered"} after ${bytes} bytes`),
              };
            },
            firstOutput: () => void watched.push("first output"),
          },
        },
        {
          event: (event) => void shown.push(event.text),
          flush(whenReading) {
            resume = whenReading;
            return reads;
          },
          presence: {
            hasLeft: () => hasLeft,
            whenLeft: (listener) => void (leaving = listener),
          },
        },
      ),
    assertNothingLeft() {
      assert.equal(clock.waiting, 0, "no timer waits");
      assert.equal(answerBytes.usedBytes, 0, "no answer byte is reserved");
      for (const { wallet, attempts } of links) {
        for (const attempt of attempts) assert.equal(attempt.heldBytes, 0, `${wallet} got all its bytes back`);
      }
      assert.equal(leaving, undefined, "nobody listens to the client any more");
    },
  };
  return bench;
}

/** An event that shows `text`. */
export function says(text: string): object {
  return { choices: [{ index: 0, delta: { content: text } }] };
}

/** The event that ends an answer. */
export function stops(reason = "stop"): object {
  return { choices: [{ index: 0, delta: {}, finish_reason: reason }] };
}

/** A whole JSON answer. */
export const WHOLE_ANSWER =
  '{"choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}';

/** Answers an attempt with a whole answer. */
export function answerWhole(attempt: FakeAttempt, stream: boolean): void {
  if (!stream) {
    attempt.answer(200, WHOLE_ANSWER);
    return;
  }
  attempt.head();
  attempt.data(says("fine"), stops(), "[DONE]");
  attempt.end();
}

/** The error that a relay failed with. */
export function errorOf(outcome: RelayOutcome<string>): { code: string; status: number; message: string } {
  assert.equal(outcome.ended, "failed");
  return outcome.ended === "failed" ? outcome.error : assert.fail();
}

/** Waits for a relay to end, and fails if anything of it is left. */
export async function settle(bench: RelayBench, outcome: Promise<RelayOutcome<string>>): Promise<RelayOutcome<string>> {
  const result = await outcome;
  bench.assertNothingLeft();
  return result;
}
