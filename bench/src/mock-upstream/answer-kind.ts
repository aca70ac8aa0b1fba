// How a caller tells the mock upstream what to do: in its user agent, which router and proxy pass on as it is.

/**
 * `json`: a small answer at once. `stream`: 33 events, one a turn of the event loop. `long`: events as fast as they are
 * taken. `one-token`: a stream that goes silent after its first event. `silence`: nothing at all.
 */
export type AnswerKind = "json" | "stream" | "long" | "one-token" | "silence";

/** The user agent that asks for an answer of this kind; `label` is what the mock calls the request. */
export function userAgentFor(kind: AnswerKind, label = ""): string {
  return `bench/${kind}/${label}`;
}

/** Reads such a user agent; one of anybody else asks for a small answer. */
export function readUserAgent(userAgent = ""): { kind: AnswerKind; label: string } {
  const [, kind = "json", label = ""] = userAgent.split("/");
  return { kind: kind as AnswerKind, label };
}
