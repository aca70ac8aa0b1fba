// The client at the other end of one call: where its answer goes, and whether it is still there.

import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";

import type { Clock } from "@aimo-network/protocol/clock";

import type { CallLog, CallNews } from "./call-log.ts";

/** One call's reply, with its line in the call log. */
export interface Recipient {
  readonly reply: ServerResponse;
  /** Aborts when the connection closes, for whatever reason. */
  readonly gone: AbortSignal;
  /** Begins the answer. */
  readonly begin: (status: number, headers: OutgoingHttpHeaders) => void;
  /** Destroys the connection on purpose: the call counts as ended, not as aborted by its client. */
  readonly cut: () => void;
  readonly note: (news: CallNews) => void;
}

/** Opens a call in the log and watches its connection to its end. */
export function createRecipient(
  clock: Clock,
  calls: CallLog,
  request: IncomingMessage,
  reply: ServerResponse,
): Recipient {
  const index = calls.open(request.url ?? "", request.headers);
  const gone = new AbortController();
  let isCut = false;
  reply.once("close", () => {
    calls.close(index, isCut || reply.writableFinished ? "ended" : "aborted");
    gone.abort();
  });
  return {
    reply,
    gone: gone.signal,
    begin(status, headers) {
      calls.note(index, { status, first_byte_ms: clock.now() });
      reply.writeHead(status, headers);
    },
    cut() {
      isCut = true;
      reply.destroy();
    },
    note: (news) => calls.note(index, news),
  };
}
