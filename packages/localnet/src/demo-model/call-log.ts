// What tests see of the calls: who called, for which model, and how each call ended. It holds the callers' headers,
// credentials included, because tests compare them: the demo model is a test bed on loopback, not a place for real keys.

import type { IncomingHttpHeaders } from "node:http";

import { type Clock, sleep } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";

import { BODY_KEYS_KEPT, CALLS_KEPT, NAME_CHARS_KEPT, WAITERS_MAX } from "./limits.ts";

/** Whether a call is being answered, has its answer, or was left by its client before that. */
export const CALL_STATES = ["open", "ended", "aborted"] as const;
/** One of the states of a call. */
export type CallState = (typeof CALL_STATES)[number];

/** One call as `GET /demo/calls` shows it; times are milliseconds since 1970. Never what was asked or answered. */
export interface Call {
  /** Counts from 1 since the server started. */
  readonly index: number;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly authorization: string | null;
  readonly state: CallState;
  /** Null until the body was read, and where it names none. */
  readonly model: string | null;
  readonly stream: boolean;
  readonly body_bytes: number;
  /** The top-level keys of the body, in its order. */
  readonly body_keys: readonly string[];
  /** The status of the answer; null until it began. */
  readonly status: number | null;
  readonly opened_ms: number;
  readonly first_byte_ms: number | null;
  readonly closed_ms: number | null;
}

/** Which call a reader waits for: the first after `after` that is in `state`, if one is named. */
export interface CallQuery {
  readonly after?: number;
  readonly state?: CallState;
}

/** What is learnt of a call while it lasts. */
export type CallNews = Partial<
  Pick<Call, "model" | "stream" | "body_bytes" | "body_keys" | "status" | "first_byte_ms">
>;

/** The calls of one demo model. */
export interface CallLog {
  /** The calls that are remembered, oldest first. */
  list(): readonly Call[];
  /** The first call that fits: at once if there is one, else as soon as there is, undefined after `waitMs` without. */
  next(query: CallQuery, waitMs: number, signal?: AbortSignal): Promise<Call | undefined>;
  /** Notes a call that begins and gives its index. */
  open(path: string, headers: IncomingHttpHeaders): number;
  note(index: number, news: CallNews): void;
  /** Notes that a call is over; a second time changes nothing. */
  close(index: number, state: "ended" | "aborted"): void;
}

function fits(call: Call, { after = 0, state }: CallQuery): boolean {
  return call.index > after && (state === undefined || call.state === state);
}

/** Creates an empty log. */
export function createCallLog(clock: Clock): CallLog {
  const calls = new Map<number, Call>();
  const waiters = new Set<(call: Call) => void>();
  let lastIndex = 0;

  const change = (call: Call): void => {
    calls.set(call.index, call);
    for (const waiter of waiters) waiter(call);
  };
  const update = (index: number, news: Partial<Call>): void => {
    const call = calls.get(index);
    if (call !== undefined && call.state === "open") change({ ...call, ...news });
  };

  return {
    list: () => [...calls.values()],
    async next(query, waitMs, signal) {
      const found = [...calls.values()].find((call) => fits(call, query));
      if (found !== undefined || waitMs <= 0) return found;
      if (waiters.size >= WAITERS_MAX)
        throw new AimoError("overloaded", { what: `${WAITERS_MAX} readers already wait for calls` });
      const arrived = new AbortController();
      let answer: Call | undefined;
      const waiter = (call: Call): void => {
        if (answer !== undefined || !fits(call, query)) return;
        answer = call;
        arrived.abort();
      };
      waiters.add(waiter);
      await sleep(clock, waitMs, signal === undefined ? arrived.signal : AbortSignal.any([signal, arrived.signal]));
      waiters.delete(waiter);
      return answer;
    },
    open(path, headers) {
      lastIndex += 1;
      calls.delete(lastIndex - CALLS_KEPT);
      change({
        index: lastIndex,
        path: path.slice(0, NAME_CHARS_KEPT),
        headers,
        authorization: headers.authorization ?? null,
        state: "open",
        model: null,
        stream: false,
        body_bytes: 0,
        body_keys: [],
        status: null,
        opened_ms: clock.now(),
        first_byte_ms: null,
        closed_ms: null,
      });
      return lastIndex;
    },
    note(index, news) {
      const { model, body_keys: keys } = news;
      update(index, {
        ...news,
        ...(typeof model === "string" && { model: model.slice(0, NAME_CHARS_KEPT) }),
        ...(keys !== undefined && {
          body_keys: keys.slice(0, BODY_KEYS_KEPT).map((key) => key.slice(0, NAME_CHARS_KEPT)),
        }),
      });
    },
    close: (index, state) => update(index, { state, closed_ms: clock.now() }),
  };
}
