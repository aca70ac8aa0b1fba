// One try of a relay at one provider of its plan, and what of its answer the client is shown.
import { piecesLength } from "@aimo-network/protocol/byte-pieces";
import { AimoError } from "@aimo-network/protocol/errors";
import { attemptIdOf } from "@aimo-network/protocol/ids";
import type { AnswerEvent } from "./answer-event.ts";
import type { AttemptResult } from "./attempt.ts";
import { Attempt } from "./attempt.ts";
import type { AttemptRequest } from "./provider-link.ts";
import type { Candidate, RelayClient, RelayDeps, RelayRequest } from "./relay.ts";
import type { AttemptWatch } from "./relay-watch.ts";
import { HELD_EVENTS_CHARS_MAX } from "../limits.ts";

/** One try of a relay. */
export interface Try<Offer> {
  readonly candidate: Candidate<Offer>;
  readonly index: number;
  /** Of the whole relay, in monotonic milliseconds. */
  readonly dueMs: number;
}

/** A try that has ended. */
export interface Tried<Offer> extends Try<Offer> {
  readonly result: AttemptResult;
  /** Whether the client has been shown something of this provider: nobody else can answer any more. */
  readonly committed: boolean;
  settle(charged: boolean): void;
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

/** What a client is shown of one provider's stream: nothing before its first output, and nothing once it has left. */
class Showing<Offer> {
  readonly #request: RelayRequest<Offer>;
  readonly #client: RelayClient<Offer>;
  readonly #candidate: Candidate<Offer>;
  readonly #held: AnswerEvent[] = [];
  #heldChars = 0;
  #hasOutput = false;
  #committed = false;

  constructor(request: RelayRequest<Offer>, client: RelayClient<Offer>, candidate: Candidate<Offer>) {
    this.#request = request;
    this.#client = client;
    this.#candidate = candidate;
  }

  get committed(): boolean {
    return this.#committed;
  }

  event(event: AnswerEvent): void {
    if (this.#committed) {
      this.#show(event);
      return;
    }
    this.#held.push(event);
    this.#heldChars += event.text.length;
    // The end of an answer is output too: an answer may be empty on purpose.
    const { hasOutput, finishReason } = event;
    if (hasOutput || finishReason !== undefined || this.#heldChars > HELD_EVENTS_CHARS_MAX) this.#hasOutput = true;
  }

  /** Shows the events of a piece; false, with `resume` called later, when the client does not keep up. */
  flush(resume: () => void): boolean {
    // Only now: where one piece brings output and then a failure, the client has seen nothing of either.
    if (this.#hasOutput && !this.#committed) this.#commit();
    return !this.#committed || this.#client.presence.hasLeft() || this.#client.flush(resume);
  }

  /** Shows the rest of an answer that is whole; of one that failed nothing is shown any more. */
  end(isWhole: boolean): void {
    if (isWhole && this.#request.stream && !this.#committed) this.#commit();
    this.#hasOutput = false;
  }

  #commit(): void {
    this.#committed = true;
    this.#request.watch.firstOutput();
    for (const event of this.#held) this.#show(event);
    this.#held.length = 0;
  }

  #show(event: AnswerEvent): void {
    if (this.#client.presence.hasLeft()) return;
    this.#request.delivered.bytes += event.outputBytes;
    this.#client.event(event, this.#candidate);
  }
}

/** Asks the provider; resolves when its attempt has ended, which its End may follow. */
export async function tryCandidate<Offer>(
  deps: RelayDeps<Offer>,
  one: Try<Offer>,
  request: RelayRequest<Offer>,
  client: RelayClient<Offer>,
): Promise<Tried<Offer>> {
  const { link } = one.candidate;
  const ended = Promise.withResolvers<AttemptResult>();
  const showing = new Showing(request, client, one.candidate);
  const leftMs = one.dueMs - deps.clock.monotonic();
  const total = deps.clock.timer(leftMs, () => {
    // Bytes that the client does not read, or has left behind, are no provider's delay (accounting.md).
    const isProviders = !attempt.isPaused && !client.presence.hasLeft();
    const timeout = { provider: link.wallet, phase: "total", limitMs: deps.deadlines.totalMs } as const;
    attempt.abort(isProviders ? new AimoError("provider_timeout", timeout) : new AimoError("client_left", {}));
  });
  client.presence.whenLeft(() => attempt.leave());
  const { asked, watch } = beginAttempt(request, one, leftMs);
  const attempt = new Attempt(deps, link, asked, deps.deadlines, {
    event: (event) => showing.event(event),
    flush: () => showing.flush(() => attempt.resume()),
    ended(result, answerBytes) {
      showing.end(result.ok);
      watch.ended(result.ok ? undefined : result.error, answerBytes);
      total.cancel();
      client.presence.whenLeft(undefined);
      ended.resolve(result);
    },
  });
  const result = await ended.promise;
  return { ...one, result, committed: showing.committed, settle: (charged) => attempt.settle(charged) };
}
