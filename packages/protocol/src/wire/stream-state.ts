// The life of a stream as one table, the same for both ends (wire.md, "Streams").
import type { FrameName } from "./frame.ts";

/**
 * `sending`: the request is on its way. `sent`: it has ended, no answer yet. `answering-early`: the answer began before
 * the request ended. `answering`: the answer is on its way. `ended`: nothing on this stream means anything any more.
 */
export type StreamState = "sending" | "sent" | "answering-early" | "answering" | "ended";

type Row = { readonly [Name in FrameName]?: StreamState };

const TABLE: Readonly<Record<StreamState, Row>> = {
  sending: {
    "request-body": "sending",
    "request-end": "sent",
    "response-head": "answering-early",
    "response-end": "ended",
    cancel: "sending",
    credit: "sending",
  },
  sent: {
    "response-head": "answering",
    "response-end": "ended",
    cancel: "sent",
    credit: "sent",
  },
  "answering-early": {
    "request-body": "answering-early",
    "request-end": "answering",
    "response-body": "answering-early",
    "response-end": "ended",
    cancel: "answering-early",
    credit: "answering-early",
  },
  answering: {
    "response-body": "answering",
    "response-end": "ended",
    cancel: "answering",
    credit: "answering",
  },
  ended: {},
};

/** The state after `frame`; undefined where the table has no entry, which is a violation by whoever sent it. */
export function nextStreamState(state: StreamState, frame: FrameName): StreamState | undefined {
  return TABLE[state][frame];
}
