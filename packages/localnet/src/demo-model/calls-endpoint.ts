// GET /demo/calls and /demo/calls/next: the window through which tests watch the calls of a running demo model.

import type { IncomingMessage, ServerResponse } from "node:http";

import { AimoError } from "@aimo-network/protocol/errors";

import { CALL_STATES, type CallLog, type CallQuery, type CallState } from "./call-log.ts";
import { WAIT_MS_MAX } from "./limits.ts";

function readCount(query: URLSearchParams, name: string, max: number): number {
  const text = query.get(name) ?? "0";
  if (!/^\d{1,15}$/.test(text) || Number(text) > max) {
    throw new AimoError("invalid_request", {
      param: name,
      expected: `a whole number from 0 to ${max}`,
      found: `\`${text}\``,
    });
  }
  return Number(text);
}

function readState(query: URLSearchParams): CallState | undefined {
  const text = query.get("state");
  const state = CALL_STATES.find((known) => known === text);
  if (text !== null && state === undefined) {
    throw new AimoError("invalid_request", { param: "state", expected: CALL_STATES.join(", "), found: `\`${text}\`` });
  }
  return state;
}

function sendJsonBody(reply: ServerResponse, body: unknown): void {
  reply.writeHead(200, { "content-type": "application/json" });
  reply.end(JSON.stringify(body));
}

/**
 * Creates the endpoint. `/demo/calls` answers `{calls}`; `/demo/calls/next?state=&after=&wait_ms=` answers `{call}`, the
 * first that fits, or null when none came within `wait_ms`.
 */
export function createCallsEndpoint(
  calls: CallLog,
): (request: IncomingMessage, reply: ServerResponse) => Promise<void> {
  return async ({ url = "" }, reply) => {
    const [path, search] = url.split("?", 2);
    if (path === "/demo/calls") {
      sendJsonBody(reply, { calls: calls.list() });
      return;
    }
    const searchParams = new URLSearchParams(search);
    const state = readState(searchParams);
    const query: CallQuery = {
      after: readCount(searchParams, "after", Number.MAX_SAFE_INTEGER),
      ...(state !== undefined && { state }),
    };
    const left = new AbortController();
    reply.once("close", () => left.abort());
    const call = await calls.next(query, readCount(searchParams, "wait_ms", WAIT_MS_MAX), left.signal);
    sendJsonBody(reply, { call: call ?? null });
  };
}
