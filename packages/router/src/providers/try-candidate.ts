// One try of a relay at one provider of its plan: begun, cancelled where nobody wants it any more, and timed.
import { piecesLength } from "@aimo-network/protocol/byte-pieces";
import type { Timer } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { attemptIdOf } from "@aimo-network/protocol/ids";
import type { AnswerEvent } from "./answer-event.ts";
import { saysSomething } from "./answer-event.ts";
import type { AttemptResult } from "./attempt.ts";
import { Attempt } from "./attempt.ts";
import type { AttemptRequest } from "./provider-link.ts";
import type { Candidate, RelayClient, RelayDeps, RelayRequest } from "./relay.ts";
import type { AttemptWatch } from "./relay-watch.ts";
import type { Turn } from "./showing.ts";
import { Showing } from "./showing.ts";

/** One try of a relay. */
export interface Try<Offer> {
  readonly candidate: Candidate<Offer>;
  readonly index: number;
  /** Of the whole relay, in monotonic milliseconds. */
  readonly dueMs: number;
}

/** How quick a try was; only of streams, and of JSON answers, which come whole, nothing. */
export interface Pace {
  /** Milliseconds from its begin to the first event that says something; undefined where none did. */
  readonly firstOutputMs: number | undefined;
  /** Milliseconds from its begin to its end. */
  readonly durationMs: number;
  /** Whether the client did not read at times: the rest of the answer says nothing of its provider then. */
  readonly wasHeldUp: boolean;
}

/** A try that has ended. */
export interface Tried<Offer> extends Try<Offer> {
  readonly result: AttemptResult;
  /** Whether the client has been shown something of this provider: nobody else can answer any more. */
  readonly committed: boolean;
  /** Whether it was cancelled since another's answer is shown. */
  readonly isOutrun: boolean;
  readonly pace: Pace;
  settle(charged: boolean): void;
}

/** A try under way. */
export interface RunningTry<Offer> {
  readonly ended: Promise<Tried<Offer>>;
  /** Whether it runs and has brought nothing to show. */
  isSilent(): boolean;
  hasFailed(): boolean;
  /** The client has left. */
  leave(): void;
  /** Another's answer is shown. */
  outrun(): void;
}

function beginAttempt<Offer>(
  request: RelayRequest<Offer>,
  { candidate, index }: Try<Offer>,
  deadlineMs: number,
): { asked: AttemptRequest; watch: AttemptWatch } {
  const { offerName, link } = candidate;
  const { endpoint, headers, stream } = request;
  const id = attemptIdOf(request.uuid, index);
  const body = request.body(candidate);
  const watch = request.watch.attempt({
    attemptId: id,
    linkId: link.id,
    wallet: link.wallet,
    requestBytes: piecesLength(body),
  });
  const { traceparent } = watch;
  const asked: AttemptRequest = {
    attemptId: id,
    endpoint,
    offerName,
    headers: traceparent === undefined ? headers : { ...headers, traceparent },
    body,
    deadlineMs,
    stream,
    payer: request.payer(candidate),
  };
  return { asked, watch };
}

/** What a provider is told whose answer came later than another's. */
const OUTRUN = "outrun";

/** A try from its begin: what came of it, and when. */
class OneTry<Offer> implements RunningTry<Offer> {
  readonly #deps: RelayDeps<Offer>;
  readonly #one: Try<Offer>;
  readonly #request: RelayRequest<Offer>;
  readonly #client: RelayClient<Offer>;
  readonly #showing: Showing<Offer>;
  readonly #begunMs: number;
  readonly #ended = Promise.withResolvers<Tried<Offer>>();
  readonly #total: Timer;
  readonly #attempt: Attempt;
  #firstOutputMs: number | undefined;
  #isOutrun = false;
  #result: AttemptResult | undefined;

  constructor(
    deps: RelayDeps<Offer>,
    one: Try<Offer>,
    request: RelayRequest<Offer>,
    client: RelayClient<Offer>,
    turn: Turn,
  ) {
    this.#deps = deps;
    this.#one = one;
    this.#request = request;
    this.#client = client;
    this.#showing = new Showing(request, client, one.candidate, turn);
    this.#begunMs = deps.clock.monotonic();
    const leftMs = one.dueMs - this.#begunMs;
    this.#total = deps.clock.timer(leftMs, () => this.#attempt.abort(this.#overdue()));
    const { asked, watch } = beginAttempt(request, one, leftMs);
    this.#attempt = new Attempt(deps, one.candidate.link, asked, deps.deadlines, {
      event: (event) => this.#event(event),
      flush: () =>
        this.#showing.flush((refusal) => {
          if (refusal === undefined) this.#attempt.resume();
          else this.#attempt.abort(refusal);
        }),
      ended: (result, answerBytes) => {
        this.#total.cancel();
        const waiting = this.#showing.end(result.ok);
        if (waiting === undefined) this.#end(result, watch, answerBytes);
        else void waiting.then((refusal) => this.#end(refusedOr(result, refusal), watch, answerBytes));
      },
    });
  }

  get ended(): Promise<Tried<Offer>> {
    return this.#ended.promise;
  }

  isSilent(): boolean {
    return this.#result === undefined && !this.#showing.hasOutput;
  }

  hasFailed(): boolean {
    return this.#result?.ok === false;
  }

  leave(): void {
    this.#attempt.leave();
  }

  outrun(): void {
    this.#isOutrun = true;
    this.#attempt.abort(new AimoError("client_left", {}), OUTRUN);
  }

  #event(event: AnswerEvent): void {
    if (this.#firstOutputMs === undefined && saysSomething(event)) this.#firstOutputMs = this.#afterMs();
    this.#showing.event(event);
  }

  #afterMs(): number {
    return this.#deps.clock.monotonic() - this.#begunMs;
  }

  #overdue(): AimoError {
    if (this.#showing.isWaiting) return new AimoError("ledger_unavailable", {}); // its output is here
    // Bytes that the client does not read, or has left behind, are no provider's delay (accounting.md).
    const isProviders = !this.#attempt.isPaused && !this.#client.presence.hasLeft();
    const { wallet: provider } = this.#one.candidate.link;
    const timeout = { provider, phase: "total", limitMs: this.#deps.deadlines.totalMs } as const;
    return isProviders ? new AimoError("provider_timeout", timeout) : new AimoError("client_left", {});
  }

  #end(result: AttemptResult, watch: AttemptWatch, answerBytes: number): void {
    this.#result = result;
    watch.ended(result.ok ? undefined : result.error, answerBytes);
    const firstOutputMs = this.#request.stream ? this.#firstOutputMs : undefined;
    const durationMs = this.#afterMs();
    const { candidate, index, dueMs } = this.#one;
    this.#ended.resolve({
      candidate,
      index,
      dueMs,
      result,
      committed: this.#showing.committed,
      isOutrun: this.#isOutrun,
      pace: { firstOutputMs, durationMs, wasHeldUp: this.#showing.wasHeldUp },
      settle: (charged) => this.#attempt.settle(charged),
    });
  }
}

function refusedOr(result: AttemptResult, refusal: AimoError | undefined): AttemptResult {
  if (refusal === undefined) return result;
  return { ok: false, error: refusal, usage: undefined, finishReason: undefined };
}

const AT_ONCE: Turn = () => true;

/** Asks a provider; what it says is shown when it is its turn. */
export function beginTry<Offer>(
  deps: RelayDeps<Offer>,
  one: Try<Offer>,
  request: RelayRequest<Offer>,
  client: RelayClient<Offer>,
  turn: Turn = AT_ONCE,
): RunningTry<Offer> {
  return new OneTry(deps, one, request, client, turn);
}

/** Asks a provider alone; resolves when its attempt has ended, which its End may follow. */
export async function tryCandidate<Offer>(
  deps: RelayDeps<Offer>,
  one: Try<Offer>,
  request: RelayRequest<Offer>,
  client: RelayClient<Offer>,
): Promise<Tried<Offer>> {
  const running = beginTry(deps, one, request, client);
  client.presence.whenLeft(() => running.leave());
  try {
    return await running.ended;
  } finally {
    client.presence.whenLeft(undefined);
  }
}
