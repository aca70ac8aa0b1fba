// Server-sent events to one listener: kept open by comments, cut where the listener does not keep up.
import type { ServerResponse } from "node:http";
import type { Clock } from "@aimo-network/protocol/clock";
import { LIVE_KEEP_ALIVE_MS, LIVE_UNREAD_BYTES_MAX } from "../../activity/limits.ts";

/** An open stream. */
export interface EventStream {
  /** Sends an event with a line of JSON; `id` is what a listener that connects again says it saw last. */
  send(event: string, json: string, id?: string): void;
  /** Ends it: the listener connects again if it wants to. */
  end(): void;
}

const RETRY_MS = 2_000; // how soon a browser connects again

/** Opens the stream with these headers beside its own. */
export function openEventStream(
  clock: Clock,
  response: ServerResponse,
  headers: Readonly<Record<string, number | string | string[] | undefined>>,
): EventStream {
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
  });
  const write = (text: string): void => {
    if (response.destroyed || response.writableEnded) return;
    if (response.writableLength + text.length > LIVE_UNREAD_BYTES_MAX) response.destroy();
    else response.write(text);
  };
  const keepAlive = (): void => {
    // What has waited since the last comment, or longer, is not read any more.
    if (response.writableLength > 0) response.destroy();
    else write(": AIMO ALIVE\n\n");
    timer.refresh();
  };
  const timer = clock.timer(LIVE_KEEP_ALIVE_MS, keepAlive);
  response.once("close", () => timer.cancel());
  write(`retry: ${RETRY_MS}\n\n`);
  return {
    send: (event, json, id) => write(`event: ${event}\n${id === undefined ? "" : `id: ${id}\n`}data: ${json}\n\n`),
    end() {
      timer.cancel();
      response.end();
    },
  };
}
