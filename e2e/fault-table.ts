// The table of faults: what a client sees of every trait of the demo model, and whether another provider is asked.
import { countPieces } from "@aimo-network/localnet/demo-model/pieces";
import type { SoldFault } from "./fault-network.ts";
import { MODERATION } from "./fault-network.ts";
import type { Answer, Failure, Outcome } from "./fault-outcome.ts";
import { words } from "./fault-outcome.ts";

/** What every request asks: characters of two, three and four bytes, and quotes. */
export const PROMPT = "Grüße aus der Höhle: 👋 “wörtlich”?";

const answer: Answer = { kind: "answer", text: words(5), tokens: 5, usage: ["asked", 5] };
const unbilled: Answer = { ...answer, usage: undefined };
const asked = "asked"; // as many as the prompt has
const saying = (tokens: number, text = words(tokens)): Answer => ({ ...answer, text, tokens, usage: [asked, tokens] });
const greedy: Answer = { ...saying(4096), usage: [9, 4096] };
const echoed = saying(countPieces(PROMPT), PROMPT);
const counted = (...usage: NonNullable<Answer["usage"]>): Answer => ({ ...answer, usage });
const waited = <Seen extends Outcome>(outcome: Seen): Seen => ({ ...outcome, keepAlives: 1 });

/** An error reply. */
export const fails = (status: number, code: string): Failure => ({ kind: "failure", status, code });
const failed = fails(502, "provider_error");
const refused = (status: number): Failure => fails(status, "provider_refused");
const limited = (retryAfter: string): Failure => ({ ...fails(429, "rate_limited"), retryAfter });
const flagged: Failure = {
  ...fails(403, "content_moderated"),
  metadata: { ...MODERATION, error_type: "content_policy_violation" },
};
const tooLate = fails(504, "provider_timeout");
const overdue = fails(408, "provider_timeout");
const shown = (tokens: number, failure: Failure): Failure => ({ ...failure, tokens });
const finished = (failure: Failure): Failure => ({ ...shown(5, failure), finished: true });

const guideJson: Answer = { ...answer, text: "Hello! How can I help you today?", usage: [10, 8] };
const guideStream: Answer = { ...answer, text: "Hello there!", tokens: 3, usage: [10, 3] };

/**
 * With three providers of which the first is at fault: `next` answers, which is asked because the client has seen
 * nothing; where all three are, each is asked once, and the client sees the fault. Or the request `stays` with the
 * first, and the client sees what it sees of one provider alone.
 */
type Three = "next" | "stays";

/** One fault, and what is seen of it. */
export interface Row extends SoldFault {
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

// Long enough for the model to have taken the call on a busy machine, and three of either within the slowest row.
const FIRST_BYTE: Partial<Row> = { timeouts: "first_byte_ms = 1500\ntotal_ms = 3500" };
const IDLE: Partial<Row> = { timeouts: "idle_ms = 300" };
const strictly = (traits: string): Partial<Row> => ({ name: `strict.${traits}`, strict: true });

// oxfmt-ignore
/** The table; the rows that take longest stand last. */
export const TABLE: readonly Row[] = [
  //  traits                                   JSON: one             three    stream: one                three    what the client reads where it fails
  // Answers, however they are spelled.
  row("echo",                                [echoed,               "stays", echoed,                    "stays"]),
  row("fixed-6",                             [saying(6),            "stays", saying(6),                 "stays"]),
  row("fixed-0",                             [saying(0),            "stays", saying(0),                 "stays"]), // with a finish_reason it is empty on purpose
  row("fill",                                [saying(4096),         "stays", saying(4096),              "stays"]),
  row("greedy-9",                            [greedy,               "stays", greedy,                    "stays"]),
  row("pace-20ms",                           [answer,               "stays", answer,                    "stays"]),
  row("pause-100ms",                         [answer,               "stays", answer,                    "stays"]),
  row("slow-first-byte-100ms",               [answer,               "stays", answer,                    "stays"]),
  row("slow-first-event-100ms",              [answer,               "stays", answer,                    "stays"]),
  row("comments",                            [answer,               "stays", answer,                    "stays"]),
  row("crlf",                                [answer,               "stays", answer,                    "stays"]),
  row("split",                               [answer,               "stays", answer,                    "stays"]),
  row("no-done",                             [answer,               "stays", answer,                    "stays"]),
  row("double-done",                         [answer,               "stays", answer,                    "stays"]),
  row("after-done",                          [answer,               "stays", answer,                    "stays"]),
  row("empty-tool-calls",                    [answer,               "stays", answer,                    "stays"]),
  row("stream-untyped",                      [answer,               "stays", answer,                    "stays"]),
  row("guide-json",                          [guideJson,            "stays", failed,                    "next",  /JSON where a stream was asked for/]),
  row("guide-stream",                        [failed,               "next",  guideStream,               "stays", /expected a JSON object/]),
  row("guide-stream-tight",                  [failed,               "next",  guideStream,               "stays", /expected a JSON object/]),
  // Usage: the last that can be one is charged; where there is none, nothing is.
  row("no-usage",                            [unbilled,             "stays", unbilled,                  "stays"]),
  row("usage-every-chunk",                   [answer,               "stays", answer,                    "stays"]),
  row("usage-on-finish",                     [answer,               "stays", answer,                    "stays"]),
  row("usage-then-empty",                    [answer,               "stays", answer,                    "stays"]),
  row("usage-x-groq",                        [answer,               "stays", answer,                    "stays"]),
  row("zero-usage",                          [counted(0, 0),        "stays", counted(0, 0),             "stays"]),
  row("cached-4",                            [counted(asked, 5, 4), "stays", counted(asked, 5, 4),      "stays"]),
  row("contradicting-usage",                 [counted(12, 7, 12),   "stays", counted(12, 7, 12),        "stays"]),
  row("lying-usage",                         [unbilled,             "stays", unbilled,                  "stays"]),
  row("hostile-usage-negative",              [unbilled,             "stays", unbilled,                  "stays"]),
  row("hostile-usage-fraction",              [unbilled,             "stays", unbilled,                  "stays"]),
  row("hostile-usage-string",                [unbilled,             "stays", unbilled,                  "stays"]),
  // Statuses: the request's own fault is told at once, everything else is tried elsewhere.
  row("status-400",                          [refused(400),         "stays", refused(400),              "stays", /answer with status 400/]),
  row("status-413",                          [refused(413),         "stays", refused(413),              "stays", /answer with status 413/]),
  row("status-415",                          [refused(415),         "stays", refused(415),              "stays", /answer with status 415/]),
  row("status-422",                          [refused(422),         "stays", refused(422),              "stays", /answer with status 422/]),
  row("status-401",                          [failed,               "next",  failed,                    "next",  /failed with status 401/]),
  row("status-403",                          [failed,               "next",  failed,                    "next",  /failed with status 403/]),
  row("status-404",                          [failed,               "next",  failed,                    "next",  /failed with status 404/]),
  row("status-408",                          [failed,               "next",  failed,                    "next",  /failed with status 408/]),
  row("status-429",                          [limited("1"),         "next",  limited("1"),              "next",  /rate limited: try again later/]),
  row("rate-limited-7",                      [limited("7"),         "next",  limited("7"),              "next",  /rate limited: try again in 7 s/]),
  row("moderated",                           [flagged,              "next",  flagged,                   "next",  /moderation of provider \w+ flagged this request \(violence\)/], { traits: "echo", at: "moderated" }),
  row("status-500",                          [failed,               "next",  failed,                    "next",  /failed with status 500/]),
  row("status-503",                          [failed,               "next",  failed,                    "next",  /failed with status 503/]),
  row("html-502",                            [failed,               "next",  failed,                    "next",  /status 502: <html>/]),
  row("html-200",                            [failed,               "next",  failed,                    "next",  /expected a JSON object/]),
  row("redirect-307",                        [failed,               "next",  failed,                    "next",  /failed with status 307/]),
  row("no-content",                          [failed,               "next",  failed,                    "next",  /expected a JSON object|without a finish_reason/]),
  // What is not whole is a failure, told in-band once there is output.
  row("error-in-200",                        [failed,               "next",  failed,                    "next",  /failed: The demo model fails after its status 200/]),
  row("garbage-json",                        [failed,               "next",  failed,                    "next",  /expected a JSON object/]),
  row("empty-stream",                        [failed,               "next",  failed,                    "next",  /no choices|without a finish_reason/]),
  row("json-to-stream",                      [answer,               "stays", failed,                    "next",  /JSON where a stream was asked for/]),
  row("stream-as-text",                      [answer,               "stays", failed,                    "next",  /expected a JSON object/]),
  row("gzip",                                [failed,               "next",  failed,                    "next",  /compressed its answer/]),
  row("hang-up",                             [failed,               "next",  failed,                    "next",  /closed the connection before it answered/]),
  row("nobody-listens",                      [failed,               "next",  failed,                    "next",  /nothing listens/], { traits: "echo", at: "nowhere" }),
  row("cut-after-0",                         [failed,               "next",  failed,                    "next",  /closed the connection within the answer/]),
  row("cut-after-3",                         [failed,               "next",  shown(3, failed),          "stays", /closed the connection within the answer/]),
  row("cut-at-finish",                       [failed,               "next",  finished(failed),          "stays", /closed the connection within the answer/]),
  row("error-after-0",                       [failed,               "next",  failed,                    "next",  /failed: The demo model fails/]),
  // The three tokens and the error come in one piece: nothing has been shown yet.
  row("error-after-3",                       [failed,               "next",  failed,                    "next",  /failed: The demo model fails/]),
  row("error-after-3.pause-1000ms",          [failed,               "next",  shown(3, failed),          "stays", /failed: The demo model fails/], { at: "clocked" }),
  row("no-finish-reason",                    [failed,               "next",  failed,                    "next",  /a finish_reason/]),
  row("no-finish-reason.pause-1000ms",       [failed,               "next",  shown(5, failed),          "stays", /a finish_reason/], { at: "clocked" }),
  row("empty-tool-calls.cut-after-0",        [failed,               "next",  failed,                    "next",  /closed the connection within the answer/]),
  // Deadlines of the proxy.
  row("silent",                              [overdue,              "next",  tooLate,                   "next",  /\((first_byte|total) timeout\)/], FIRST_BYTE),
  row("keep-alive-50ms",                     [overdue,              "next",  tooLate,                   "next",  /\((first_byte|total) timeout\)/], FIRST_BYTE),
  row("trickle-100ms",                       [overdue,              "next",  tooLate,                   "next",  /\((first_byte|total) timeout\)/], FIRST_BYTE),
  row("stall-after-0",                       [tooLate,              "next",  tooLate,                   "next",  /fell silent within 300 ms \(idle timeout\)/], IDLE),
  row("stall-after-3",                       [tooLate,              "next",  shown(3, tooLate),         "stays", /fell silent within 300 ms \(idle timeout\)/], IDLE),
  row("lingers",                             [tooLate,              "next",  answer,                    "stays", /fell silent within 300 ms \(idle timeout\)/], IDLE),
  // Deadlines of the router, which bounds a plain answer by the total alone; after that there is no time for another.
  row("silent",                              [overdue,              "stays", tooLate,                   "next",  /\((first_byte|total) timeout\)/], strictly("silent")),
  row("keep-alive-50ms",                     [overdue,              "stays", tooLate,                   "next",  /\((first_byte|total) timeout\)/], strictly("keep-alive-50ms")),
  row("stall-after-0",                       [overdue,              "stays", tooLate,                   "next",  /\((idle|total) timeout\)/], strictly("stall-after-0")),
  row("stall-after-3",                       [overdue,              "stays", shown(3, tooLate),         "stays", /\((idle|total) timeout\)/], strictly("stall-after-3")),
  // Longer than an answer is held back: a stream begins with a comment, and its failures are in-band.
  row("slow-first-event-10500ms",            [answer,               "stays", waited(answer),            "stays"]),
  row("slow-first-byte-10500ms.status-500",  [failed,               "next",  waited(shown(0, failed)),  "next",  /failed with status 500/], { othersTraits: "status-500" }),
];
