// A router that answers what a test says, over real HTTP, and remembers what it was asked.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import { serve } from "./serve.ts";

/** An id that is one. */
export const ROUTER_ID = "HYuUE11tAS3QhCAioazawLSp96MJDQcTTeQhD74nZcPG";

/** Answers a request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;
/** What a request gets: JSON with status 200, or whatever the function does. */
export type Script = object | Answer;

/** A call that came. */
export interface Call {
  readonly path: string;
  readonly bearer: string | undefined;
}

/** A router that runs. */
export interface ScriptedRouter {
  readonly url: string;
  readonly calls: Call[];
  /** Answers by path without query; may be changed at any time. */
  readonly answers: Record<string, Script>;
}

/** Sends JSON with a status; a text goes out as it is. */
export function replyWith(status: number, body: object | string): Answer {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}

/** What `/.well-known/aimo.json` of a router says. */
export function factsOf(url: string, more: object = {}): object {
  const software = { software: "aimo-router", version: "0.1.0" };
  return { router_id: ROUTER_ID, name: "Test", url, api_base: `${url}/api/v1`, ...software, ...more };
}

/** Starts it; it ends with the test. */
export async function startScriptedRouter(
  t: TestContext,
  answers: Record<string, Script> = {},
  facts: object = {},
): Promise<ScriptedRouter> {
  const calls: Call[] = [];
  const all = { ...answers };
  const url = await serve(t, (request, response) => {
    const path = request.url ?? "";
    calls.push({ path, bearer: request.headers.authorization });
    const known = path.split("?")[0] ?? path;
    const script = all[known] ?? (known === "/.well-known/aimo.json" ? factsOf(url, facts) : notFound);
    const answer = typeof script === "function" ? (script as Answer) : replyWith(200, script);
    answer(request, response);
  });
  return { url, calls, answers: all };
}

const notFound = replyWith(404, {
  error: { message: "There is no such route.", code: 404, metadata: { error_code: "not_found" } },
});
