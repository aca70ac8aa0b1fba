// The RPC nodes a router knows Solana by: calls go to one that answers, and questions of life and death to all of them.
import { AimoError } from "@aimo-network/protocol/errors";
import type { Clock } from "@aimo-network/protocol/clock";
import { createHttpTransport, createSolanaRpcFromTransport } from "@solana/kit";
import type { Rpc, RpcTransport, SolanaRpcApi } from "@solana/kit";
import type { Logger } from "pino";
import { ENDPOINT_REST_MS, ENDPOINT_TIMEOUT_MS } from "./limits.ts";

/** The chain as this router reaches it. */
export interface Endpoints {
  /** Asks the first node that answers; throws `chain_unavailable` where none does. */
  readonly any: Rpc<SolanaRpcApi>;
  /** Each node by itself: what must be true everywhere is asked of all. */
  readonly each: readonly Rpc<SolanaRpcApi>[];
}

/** What reaching a chain needs from outside. */
export interface EndpointsDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** For tests: how one URL is called. */
  readonly transportTo?: (url: string) => RpcTransport;
}

interface Node {
  readonly name: string;
  readonly call: RpcTransport;
  restsUntilMs: number;
}

/** Answers by which a node says that another should be asked: it is unhealthy, or behind. */
const NODE_BEHIND = new Set([-32_004, -32_005, -32_014, -32_016]);

function isBehind(answer: unknown): boolean {
  if (typeof answer !== "object" || answer === null || !("error" in answer)) return false;
  const { error } = answer;
  return typeof error === "object" && error !== null && "code" in error && NODE_BEHIND.has(Number(error.code));
}

/** A transport that gives up after a time, whatever the node does. */
function withTimeout(transport: RpcTransport, clock: Clock): RpcTransport {
  return async <Response>(request: Parameters<RpcTransport>[0]): Promise<Response> => {
    const late = new AbortController();
    const timer = clock.timer(ENDPOINT_TIMEOUT_MS, () =>
      late.abort(new Error(`expected an answer within ${ENDPOINT_TIMEOUT_MS} ms, found none`)),
    );
    const signal = request.signal === undefined ? late.signal : AbortSignal.any([request.signal, late.signal]);
    try {
      return await transport<Response>({ ...request, signal });
    } finally {
      timer.cancel();
    }
  };
}

/** A transport over several nodes: one that failed rests, while another answers in its place. */
function overAll(nodes: readonly Node[], { clock, log }: EndpointsDeps): RpcTransport {
  return async <Response>(request: Parameters<RpcTransport>[0]): Promise<Response> => {
    const nowMs = clock.monotonic();
    const rested = nodes.filter((node) => node.restsUntilMs <= nowMs);
    const resting = nodes.filter((node) => node.restsUntilMs > nowMs);
    let fault: unknown;
    // Where all of them rest, the call is what finds out whether one is back.
    for (const node of [...rested, ...resting]) {
      try {
        const answer = await node.call<Response>(request);
        if (!isBehind(answer)) {
          node.restsUntilMs = 0;
          return answer;
        }
        fault = new Error("the node says that it is behind");
      } catch (error) {
        if (request.signal?.aborted === true) throw error;
        fault = error;
      }
      if (node.restsUntilMs <= nowMs) log.warn({ node: node.name, fault: String(fault) }, "chain node rests");
      node.restsUntilMs = nowMs + ENDPOINT_REST_MS;
    }
    throw new AimoError("chain_unavailable", {}, { cause: fault });
  };
}

/** A name that may be logged: URLs of RPC services hold secrets in their path and query. */
function nameOf(url: string): string {
  return new URL(url).host;
}

/** Reaches a chain by the URLs of its nodes, in the order of preference. */
export function createEndpoints(urls: readonly string[], deps: EndpointsDeps): Endpoints {
  const transportTo = deps.transportTo ?? ((url: string) => createHttpTransport({ url }));
  const nodes = urls.map((url): Node => {
    return { name: nameOf(url), call: withTimeout(transportTo(url), deps.clock), restsUntilMs: 0 };
  });
  return {
    any: createSolanaRpcFromTransport(overAll(nodes, deps)),
    each: nodes.map((node) => createSolanaRpcFromTransport(node.call)),
  };
}
