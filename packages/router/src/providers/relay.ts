// Carries a request down its plan of providers until one answers; after the first output there is no way back.
import { piecesLength } from "@aimo-network/protocol/byte-pieces";
import { AimoError } from "@aimo-network/protocol/errors";
import { attemptId } from "@aimo-network/protocol/ids";
import type { Random } from "@aimo-network/protocol/random";
import type { Usage } from "@aimo-network/protocol/usage";
import type { AnswerEvent } from "./answer-event.ts";
import type { AttemptDeadlines, AttemptDeps, AttemptResult } from "./attempt.ts";
import { Attempt } from "./attempt.ts";
import type { AttemptRequest, ProviderLink } from "./provider-link.ts";
import type { AttemptWatch, RelayWatch } from "./relay-watch.ts";
import { ATTEMPT_MS_MIN, HELD_EVENTS_CHARS_MAX } from "../limits.ts";

/** One provider of a plan; `Offer` is whatever the caller wants to know it by. */
export interface Candidate<Offer> {
  readonly offer: Offer;
  readonly offerName: string;
  readonly link: ProviderLink;
}

/** A client's request, as each provider of the plan gets it. */
export interface RelayRequest<Offer> {
  readonly endpoint: string;
  readonly stream: boolean;
  readonly headers: Readonly<Record<string, string>>;
  body(candidate: Candidate<Offer>): readonly Uint8Array[];
  payer(candidate: Candidate<Offer>): string;
  readonly watch: RelayWatch;
}

/** The client's side of a relay. */
export interface RelayClient<Offer> {
  /** One event, to be shown; the first call commits the relay to this provider. */
  event(event: AnswerEvent, candidate: Candidate<Offer>): void;
  /** After a piece of events; false when the client does not take more until it calls `resume`. */
  flush(resume: () => void): boolean;
  readonly presence: ClientPresence;
}

/** Whether a client is still there; one listener at a time, since one attempt runs at a time. */
export interface ClientPresence {
  hasLeft(): boolean;
  /** Sets who is told when the client leaves, or nobody. */
  whenLeft(listener: (() => void) | undefined): void;
}

/** The deadlines of a relay in milliseconds; `totalMs` bounds all attempts together. */
export interface RelayDeadlines extends AttemptDeadlines {
  readonly totalMs: number;
}

/** What a relay needs of this process. */
export interface RelayDeps<Offer> extends AttemptDeps {
  readonly random: Random;
  readonly deadlines: RelayDeadlines;
  /** Told how each attempt went, where that says something about its provider. */
  judged(candidate: Candidate<Offer>, succeeded: boolean): void;
}

/** How a relay ended. */
export type RelayOutcome<Offer> =
  | {
      readonly ended: "answered";
      readonly candidate: Candidate<Offer>;
      readonly usage: Usage | undefined;
      readonly finishReason: string;
      readonly answer: AnswerEvent | undefined;
    }
  | { readonly ended: "failed"; readonly error: AimoError; readonly candidate: Candidate<Offer> | undefined }
  | { readonly ended: "client_left" };

const PROVIDER_FAULTS: ReadonlySet<string> = new Set(["provider_error", "provider_timeout", "provider_disconnected"]);

interface Tried {
  readonly result: AttemptResult;
  readonly committed: boolean;
}

function beginAttempt<Offer>(
  deps: RelayDeps<Offer>,
  candidate: Candidate<Offer>,
  request: RelayRequest<Offer>,
  deadlineMs: number,
): { asked: AttemptRequest; watch: AttemptWatch } {
  const { offerName, link } = candidate;
  const { endpoint, headers, stream } = request;
  const id = attemptId(deps.random);
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

function tryCandidate<Offer>(
  deps: RelayDeps<Offer>,
  candidate: Candidate<Offer>,
  request: RelayRequest<Offer>,
  client: RelayClient<Offer>,
  deadline: { dueMs: number },
): Promise<Tried> {
  return new Promise((resolve) => {
    const held: AnswerEvent[] = [];
    let heldChars = 0;
    let hasOutput = false;
    let committed = false;
    const leftMs = deadline.dueMs - deps.clock.monotonic();
    const commit = (): void => {
      committed = true;
      request.watch.firstOutput();
      for (const event of held) client.event(event, candidate);
      held.length = 0;
    };
    const { totalMs } = deps.deadlines;
    const provider = candidate.link.wallet;
    const total = deps.clock.timer(leftMs, () => {
      // Bytes that the client does not read are no provider's delay (accounting.md).
      if (attempt.isPaused) attempt.abort(new AimoError("client_left", {}));
      else attempt.abort(new AimoError("provider_timeout", { provider, phase: "total", limitMs: totalMs }));
    });
    const leave = (): void => attempt.abort(new AimoError("client_left", {}));
    client.presence.whenLeft(leave);
    const { asked, watch } = beginAttempt(deps, candidate, request, leftMs);
    const attempt = new Attempt(deps, candidate.link, asked, deps.deadlines, {
      event(event) {
        if (committed) {
          client.event(event, candidate);
          return;
        }
        held.push(event);
        heldChars += event.text.length;
        // The end of an answer is output too: an answer may be empty on purpose.
        if (event.hasOutput || event.finishReason !== undefined || heldChars > HELD_EVENTS_CHARS_MAX) hasOutput = true;
      },
      flush() {
        // Only now: where one piece brings output and then a failure, the client has seen nothing of either.
        if (hasOutput && !committed) commit();
        return !committed || client.flush(() => attempt.resume());
      },
      ended(result, answerBytes) {
        if (result.ok && request.stream && !committed) commit();
        hasOutput = false; // of a failed attempt nothing is shown any more
        watch.ended(result.ok ? undefined : result.error, answerBytes);
        total.cancel();
        client.presence.whenLeft(undefined);
        resolve({ result, committed });
      },
    });
  });
}

/**
 * Tries the candidates in order. A failure that another provider may not repeat goes on with the next while the client
 * has seen nothing; the last failure is the outcome when none is left.
 */
export async function relay<Offer>(
  deps: RelayDeps<Offer>,
  plan: readonly Candidate<Offer>[],
  request: RelayRequest<Offer>,
  client: RelayClient<Offer>,
): Promise<RelayOutcome<Offer>> {
  const deadline = { dueMs: deps.clock.monotonic() + deps.deadlines.totalMs };
  let last: { error: AimoError; candidate: Candidate<Offer> } | undefined;
  for (const candidate of plan) {
    if (client.presence.hasLeft()) return { ended: "client_left" };
    if (candidate.link.freeSlots(candidate.offerName) <= 0) continue; // it left or filled up since the plan was made
    const { result, committed } = await tryCandidate(deps, candidate, request, client, deadline);
    if (result.ok) {
      deps.judged(candidate, true);
      const { usage, finishReason, answer } = result;
      return { ended: "answered", candidate, usage, finishReason, answer };
    }
    const { error } = result;
    if (error.code === "client_left") return { ended: "client_left" };
    if (PROVIDER_FAULTS.has(error.code)) deps.judged(candidate, false);
    last = { error, candidate };
    // The proxy's own clock may call the total deadline a moment before this one does.
    if (committed || !error.retryable || deadline.dueMs - deps.clock.monotonic() < ATTEMPT_MS_MIN) break;
  }
  if (last !== undefined) return { ended: "failed", ...last };
  return { ended: "failed", error: noneLeft(plan), candidate: undefined };
}

function noneLeft<Offer>(plan: readonly Candidate<Offer>[]): AimoError {
  return new AimoError("no_provider_available", { model: plan[0]?.offerName ?? "" });
}
