// Carries a request down its plan of providers until one answers; after the first output there is no way back.
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { ATTEMPTS_PER_REQUEST_MAX } from "@aimo-network/protocol/limits";
import type { Usage } from "@aimo-network/protocol/usage";
import type { AnswerEvent } from "./answer-event.ts";
import type { AttemptDeadlines, AttemptDeps } from "./attempt.ts";
import { clientError } from "./client-error.ts";
import { hedgeOf, tryHedged } from "./hedge.ts";
import type { HedgeBudget } from "./hedge-budget.ts";
import type { FinishedAnswer } from "./incoming-answer.ts";
import type { AttemptJudgement } from "./judging.ts";
import { judgementsOf } from "./judging.ts";
import type { ProviderLink } from "./provider-link.ts";
import type { RelayWatch } from "./relay-watch.ts";
import type { Tried, Try } from "./try-candidate.ts";
import { tryCandidate } from "./try-candidate.ts";
import { ATTEMPT_MS_MIN } from "../limits.ts";

/** One provider of a plan; `Offer` is whatever the caller wants to know it by. */
export interface Candidate<Offer> {
  readonly offer: Offer;
  readonly offerName: string;
  /** `author/slug`, as errors call it; the offer's name where it is not given. */
  readonly modelId?: string;
  readonly link: ProviderLink;
  /** Whether it may be asked at the same time as another, and goes unpaid where the other has output first. */
  readonly hedges?: boolean;
  /** Milliseconds it may show nothing until the next is asked beside it; undefined where it is waited for. */
  readonly hedgeAfterMs?: number | undefined;
}

/** A client's request, as each provider of the plan gets it. */
export interface RelayRequest<Offer> {
  /** Made by `requestUuid`: the ids of its attempts are made of it. */
  readonly uuid: string;
  /** Who pays: for this router's own books, and never sent to anybody. */
  readonly payerWallet: string;
  /** Whether its first output comes as soon as a provider's can: of a short text. */
  readonly isShort: boolean;
  readonly endpoint: string;
  readonly stream: boolean;
  readonly headers: Readonly<Record<string, string>>;
  body(candidate: Candidate<Offer>): readonly Uint8Array[];
  payer(candidate: Candidate<Offer>): string;
  /** Whether `next` may be asked beside `one`, where both take that: not where the client would pay more for it. */
  mayHedge(one: Candidate<Offer>, next: Candidate<Offer>): boolean;
  /**
   * Lets billing record another attempt before it is made, or, where it was asked beside the first, before anything of it is
   * shown: the one recorded last is the one that may be charged. Rejects with the `AimoError` that the attempt ends with instead.
   */
  retry(candidate: Candidate<Offer>, index: number): Promise<void>;
  /** What the client is passed is counted here, as it is. */
  readonly delivered: Delivered;
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
  readonly deadlines: RelayDeadlines;
  /** Told how each attempt went, where that says something about its provider, when the relay has ended. */
  judged(candidate: Candidate<Offer>, how: AttemptJudgement, request: RelayRequest<Offer>): void;
  /** How many requests may be asked of two providers at once; none where it is not given. */
  readonly hedgeBudget?: HedgeBudget;
}

/** What a client has been passed of an answer; the relay counts it up while it runs. */
export interface Delivered {
  /** UTF-8 bytes of content, reasoning, refusals, and the names and arguments of calls. */
  bytes: number;
}

interface RelayEnd {
  /** Of the attempt that decided; 0 where there was none. */
  readonly attemptIndex: number;
  readonly delivered: Delivered;
  /** What that attempt's provider told last; undefined where it told none. */
  readonly usage: Usage | undefined;
  /** Says, once, that billing has recorded the outcome, and whether it charged: the deciding attempt's proxy may forget its End. */
  settle(charged: boolean): void;
}

/** How a relay ended. */
export type RelayOutcome<Offer> =
  | (RelayEnd & {
      readonly ended: "answered";
      readonly candidate: Candidate<Offer>;
      readonly finishReason: string;
      /** The whole JSON answer, where no stream was asked for. */
      readonly answer: AnswerEvent | undefined;
      /** The client left before the end: a JSON answer was not passed on, a stream up to the bytes that were delivered. */
      readonly clientGone: boolean;
    })
  | (RelayEnd & {
      readonly ended: "failed";
      readonly error: AimoError;
      /** Undefined where no provider was asked. */
      readonly candidate: Candidate<Offer> | undefined;
    })
  | (RelayEnd & {
      readonly ended: "client_left";
      /** Undefined where the client left while no attempt ran: before the first, or between two. */
      readonly candidate: Candidate<Offer> | undefined;
      readonly finishReason: string | undefined;
    });

/** Failures that another provider may not repeat, beside those that may pass. */
function mayGoOn({ code, retryable }: AimoError): boolean {
  return retryable || code === "content_moderated"; // each provider has its own rules, or none
}

/**
 * Tries the candidates in order. A failure that another provider may not repeat goes on with the next while the client
 * has seen nothing; the most useful failure is the outcome when none is left.
 */
export async function relay<Offer>(
  deps: RelayDeps<Offer>,
  plan: readonly Candidate<Offer>[],
  request: RelayRequest<Offer>,
  client: RelayClient<Offer>,
): Promise<RelayOutcome<Offer>> {
  const tries: Tried<Offer>[] = [];
  deps.hedgeBudget?.earn();
  const outcome = await goDown(deps, plan, request, client, tries);
  const known = { nowMs: deps.clock.now(), deliveredBytes: request.delivered.bytes };
  for (const [{ candidate }, how] of judgementsOf(tries, known)) deps.judged(candidate, how, request);
  return outcome;
}

/** Goes down the plan; every try that has ended is put with `tries`. */
async function goDown<Offer>(
  deps: RelayDeps<Offer>,
  plan: readonly Candidate<Offer>[],
  request: RelayRequest<Offer>,
  client: RelayClient<Offer>,
  tries: Tried<Offer>[],
): Promise<RelayOutcome<Offer>> {
  const dueMs = deps.clock.monotonic() + deps.deadlines.totalMs;
  const hasTime = (): boolean => dueMs - deps.clock.monotonic() >= ATTEMPT_MS_MIN;
  let last: Tried<Offer> | undefined;
  let index = 0;
  for (let place = 0; place < plan.length; place += 1) {
    const candidate = plan[place] as Candidate<Offer>;
    if (client.presence.hasLeft()) return leftBetween(request, last);
    if (candidate.link.freeSlots(candidate.offerName) <= 0) continue; // it left or filled up since the plan was made
    // Billing was told of the plan's first: of another it must hear before it is asked, also where the first was passed over.
    if (last !== undefined || place > 0) {
      if (last !== undefined) index += 1;
      if (index >= ATTEMPTS_PER_REQUEST_MAX) break;
      const refusal = await askForRetry(request, candidate, index);
      if (refusal !== undefined) return failed(request, last, refusal);
      if (client.presence.hasLeft()) return leftBetween(request, last);
      if (!hasTime()) break;
      if (candidate.link.freeSlots(candidate.offerName) <= 0) continue;
      last?.settle(false); // it failed, and another takes its place: nothing is owed for it
    }
    const asked = await tryOne(deps, { candidate, index, dueMs }, plan[place + 1], request, client, tries);
    last = asked.decided;
    place += asked.besides;
    index += asked.besides;
    const { result, committed } = last;
    if (result.ok) return answered(request, client, last, result.finished);
    const { error, usage, finishReason } = result;
    if (error.code === "client_left")
      return { ended: "client_left", candidate: last.candidate, usage, finishReason, ...endOf(request, last) };
    // The proxy's own clock may call the total deadline a moment before this one does.
    if (committed || !mayGoOn(error) || !hasTime()) break;
  }
  if (last === undefined || last.result.ok) return failed(request, last, noneLeft(plan));
  return failed(request, last, last.committed ? last.result.error : clientError(tries, last, deps.clock.now()));
}

/** Asks one provider, and the next one beside it where both take that; what was asked beside is told to have lost, or failed, at once. */
async function tryOne<Offer>(
  deps: RelayDeps<Offer>,
  one: Try<Offer>,
  next: Candidate<Offer> | undefined,
  request: RelayRequest<Offer>,
  client: RelayClient<Offer>,
  tries: Tried<Offer>[],
): Promise<{ readonly decided: Tried<Offer>; readonly besides: 0 | 1 }> {
  const hedge = tries.length > 0 || deps.hedgeBudget === undefined ? undefined : hedgeOf(request, one.candidate, next);
  if (hedge === undefined) {
    const decided = await tryCandidate(deps, one, request, client);
    tries.push(decided);
    return { decided, besides: 0 };
  }
  const { decided, beside } = await tryHedged(deps, one, hedge, request, client);
  if (beside === undefined) {
    tries.push(decided);
    return { decided, besides: 0 };
  }
  beside.settle(false); // the lock names the other: whatever this one brought, nothing is owed for it
  tries.push(beside, decided);
  return { decided, besides: 1 };
}

/** Asks whether billing takes another attempt; the error with which it does not. */
async function askForRetry<Offer>(
  request: RelayRequest<Offer>,
  candidate: Candidate<Offer>,
  index: number,
): Promise<AimoError | undefined> {
  try {
    await request.retry(candidate, index);
    return undefined;
  } catch (error) {
    if (!isAimoError(error)) throw error;
    return error;
  }
}

function endOf<Offer>(
  { delivered }: RelayRequest<Offer>,
  last: Tried<Offer> | undefined,
): Pick<RelayEnd, "attemptIndex" | "delivered" | "settle"> {
  return { attemptIndex: last?.index ?? 0, delivered, settle: (charged) => last?.settle(charged) };
}

function answered<Offer>(
  request: RelayRequest<Offer>,
  client: RelayClient<Offer>,
  last: Tried<Offer>,
  { usage, finishReason, answer }: FinishedAnswer,
): RelayOutcome<Offer> {
  const { candidate } = last;
  const clientGone = client.presence.hasLeft();
  if (answer !== undefined && !clientGone) request.delivered.bytes += answer.outputBytes;
  return { ended: "answered", candidate, usage, finishReason, answer, clientGone, ...endOf(request, last) };
}

function leftBetween<Offer>(request: RelayRequest<Offer>, last: Tried<Offer> | undefined): RelayOutcome<Offer> {
  const candidate = undefined;
  return { ended: "client_left", candidate, usage: undefined, finishReason: undefined, ...endOf(request, last) };
}

function failed<Offer>(
  request: RelayRequest<Offer>,
  last: Tried<Offer> | undefined,
  error: AimoError,
): RelayOutcome<Offer> {
  const usage = last?.result.ok === false ? last.result.usage : undefined;
  return { ended: "failed", error, candidate: last?.candidate, usage, ...endOf(request, last) };
}

function noneLeft<Offer>(plan: readonly Candidate<Offer>[]): AimoError {
  return new AimoError("no_provider_available", { model: plan[0]?.offerName ?? "" });
}
