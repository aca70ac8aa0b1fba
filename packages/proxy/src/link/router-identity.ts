// Who is at a router's address, asked before the key goes there: a provider's config may name the router that is meant.
import { request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Clock } from "@aimo-network/protocol/clock";
import type { RouterTarget } from "../config/proxy-config.ts";
import type { Environment } from "../config/reading.ts";
import { HANDSHAKE_MS, ROUTER_FACTS_BYTES_MAX } from "../limits.ts";
import type { LinkEnd } from "./dial.ts";
import { routerAgent } from "./proxy-agent.ts";

/** A question that is under way. */
export interface Inquiry {
  /** Nothing is told any more. */
  cancel(): void;
}

/** Where a router says who it is. */
function factsUrl(routerUrl: string): URL {
  const url = new URL(routerUrl);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/.well-known/aimo.json`;
  return url;
}

function idIn(body: string): string | undefined {
  try {
    const facts = JSON.parse(body) as { router_id?: unknown } | null;
    return typeof facts?.router_id === "string" ? facts.router_id : undefined;
  } catch {
    return undefined; // a web page of something that is no router
  }
}

const BROKEN: LinkEnd = { kind: "closed", code: 1006, reason: "the answer broke off" };

/** What speaks against the router at the address; undefined where it is the one that is meant. */
function judge(expected: string, response: IncomingMessage, body: string): LinkEnd | undefined {
  const { statusCode: status } = response;
  if (status !== 200) {
    return { kind: "stranger", reason: `the address answers ${status} where a router says who it is` };
  }
  const id = idIn(body);
  if (id === undefined) return { kind: "stranger", reason: "the address is no router's" };
  return id === expected ? undefined : { kind: "stranger", reason: `the router ${id} is there, expected ${expected}` };
}

/** Reads an answer as far as it may go; tells once, with undefined where it broke off. */
function readAnswer(response: IncomingMessage, told: (body: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= ROUTER_FACTS_BYTES_MAX) chunks.push(chunk);
    else response.destroy();
  });
  response.on("close", () => {
    const isWhole = response.complete || bytes > ROUTER_FACTS_BYTES_MAX; // what is too long is judged as it is
    told(isWhole ? Buffer.concat(chunks).toString() : undefined);
  });
}

/** Asks without the key who is at the target's address; tells once, with undefined where it is the router of `target.id`. */
export function askWhoIsThere(
  clock: Clock,
  environment: Environment,
  target: RouterTarget & { readonly id: string },
  told: (end: LinkEnd | undefined) => void,
): Inquiry {
  const url = factsUrl(target.url);
  let isOver = false;
  const end = (found: LinkEnd | undefined): void => {
    if (isOver) return;
    isOver = true;
    deadline.cancel();
    request.destroy();
    told(found);
  };
  const deadline = clock.timer(HANDSHAKE_MS, () =>
    end({ kind: "closed", code: 1006, reason: `no answer within ${HANDSHAKE_MS} ms` }),
  );
  const headers = { accept: "application/json" };
  const answered = (response: IncomingMessage): void =>
    readAnswer(response, (body) => end(body === undefined ? BROKEN : judge(target.id, response, body)));
  const begin = url.protocol === "http:" ? httpRequest : httpsRequest;
  const agent = routerAgent(url, environment) ?? false; // one question leaves no connection behind
  const request: ClientRequest = begin(url, { headers, agent }, answered);
  request.on("error", (error) => end({ kind: "closed", code: 1006, reason: error.message }));
  request.end();
  return {
    cancel() {
      isOver = true;
      deadline.cancel();
      request.destroy();
    },
  };
}
