// The RPC nodes a router knows Solana by: calls go to one that answers, and questions of life and death to all of them.
import { assert } from "@aimo-network/protocol/assert";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { createSolanaRpcFromTransport } from "@solana/kit";
import type { Rpc, RpcTransport, SolanaRpcApi } from "@solana/kit";
import type { Logger } from "pino";
import { createHttpNode, NodeRefusal } from "./http-node.ts";
import { ENDPOINT_REST_MAX_MS, ENDPOINT_REST_MS, ENDPOINT_TIMEOUT_MS, SCAN_TIMEOUT_MS } from "./limits.ts";
import { isBehind, methodOf, rpcFault } from "./rpc-answer.ts";

/** The chain as this router reaches it. */
export interface Endpoints {
  /** Asks the first node that answers; throws `chain_unavailable` where none does. */
  readonly any: Rpc<SolanaRpcApi>;
  /** Each node by itself, in the order of preference: what must be true everywhere is asked of all. */
  readonly each: readonly Rpc<SolanaRpcApi>[];
  /** What each node may be called in a log. */
  readonly names: readonly string[];
  /** For a while `any` asks this node only where all others fail, too. */
  rest(node: number, ms: number): void;
  /** For a while `any` does not ask this node at all. */
  distrust(node: number, ms: number): void;
}

/** What reaching a chain needs from outside. */
export interface EndpointsDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** For tests: how one URL is called. */
  readonly transportTo?: (url: string) => RpcTransport;
}

type Request = Parameters<RpcTransport>[0];

interface Node {
  readonly name: string;
  readonly call: RpcTransport;
  restsUntilMs: number;
  distrustedUntilMs: number;
}

/** A transport that gives up after a time, whatever the node does. */
function withTimeout(transport: RpcTransport, clock: Clock): RpcTransport {
  return async <Answer>(request: Request): Promise<Answer> => {
    const limitMs = methodOf(request.payload) === "getProgramAccounts" ? SCAN_TIMEOUT_MS : ENDPOINT_TIMEOUT_MS;
    const late = Promise.withResolvers<never>();
    const abort = new AbortController();
    const timer = clock.timer(limitMs, () => {
      const error = new Error(`expected an answer within ${limitMs} ms, found none`);
      late.reject(error);
      abort.abort(error);
    });
    const signal = request.signal === undefined ? abort.signal : AbortSignal.any([request.signal, abort.signal]);
    try {
      return await Promise.race([transport<Answer>({ ...request, signal }), late.promise]);
    } finally {
      timer.cancel();
    }
  };
}

/** The nodes to ask, in order: those that rest come last, because the call is what finds out whether one is back. */
function inOrder(nodes: readonly Node[], nowMs: number): Node[] {
  const trusted = nodes.filter((node) => node.distrustedUntilMs <= nowMs);
  const resting = trusted.filter((node) => node.restsUntilMs > nowMs);
  return [...trusted.filter((node) => node.restsUntilMs <= nowMs), ...resting];
}

/** A transport over several nodes: one that failed rests, while another answers in its place. */
function overAll(nodes: readonly Node[], { clock, log }: EndpointsDeps): RpcTransport {
  const letRest = (node: Node, fault: unknown): void => {
    const nowMs = clock.monotonic();
    if (node.restsUntilMs <= nowMs) log.warn({ node: node.name, fault: String(fault) }, "chain node rests");
    const askedMs = fault instanceof NodeRefusal ? (fault.restMs ?? 0) : 0;
    node.restsUntilMs = nowMs + Math.min(Math.max(askedMs, ENDPOINT_REST_MS), ENDPOINT_REST_MAX_MS);
  };
  return async <Answer>(request: Request): Promise<Answer> => {
    let fault: unknown = new Error("every node is distrusted");
    const alike: Answer[] = [];
    const asked = inOrder(nodes, clock.monotonic());
    for (const node of asked) {
      try {
        const answer = await node.call<Answer>(request);
        const said = rpcFault(answer);
        if (said === undefined && !isBehind(request.payload, answer)) {
          node.restsUntilMs = Math.min(node.restsUntilMs, clock.monotonic());
          return answer;
        }
        fault = new Error(said?.words ?? "the node is behind what was seen already");
        // Services spread calls over machines of which one is a slot behind another: that is no reason to rest.
        if (said?.isIll === true) letRest(node, fault);
        if (said?.isAnswer === true) alike.push(answer);
      } catch (error) {
        if (request.signal?.aborted === true) throw error;
        fault = error;
        letRest(node, fault);
      }
    }
    const [first] = alike;
    if (first !== undefined && alike.length === asked.length) return first;
    throw new AimoError("chain_unavailable", {}, { cause: fault });
  };
}

/** A name that may be logged: URLs of RPC services hold secrets in their path and query. */
function nameOf(url: string): string {
  return new URL(url).host;
}

/** Reaches a chain by the URLs of its nodes, in the order of preference. */
export function createEndpoints(urls: readonly string[], deps: EndpointsDeps): Endpoints {
  assert(urls.length > 0, "a chain is reached by a node at least");
  const { clock } = deps;
  const transportTo = deps.transportTo ?? ((url: string) => createHttpNode(url));
  const nodes = urls.map((url): Node => {
    return { name: nameOf(url), call: withTimeout(transportTo(url), clock), restsUntilMs: 0, distrustedUntilMs: 0 };
  });
  const later = (untilMs: number, ms: number): number => Math.max(untilMs, clock.monotonic() + ms);
  return {
    any: createSolanaRpcFromTransport(overAll(nodes, deps)),
    each: nodes.map((node) => createSolanaRpcFromTransport(node.call)),
    names: nodes.map((node) => node.name),
    rest(index, ms) {
      const node = nodes[index];
      if (node !== undefined) node.restsUntilMs = later(node.restsUntilMs, ms);
    },
    distrust(index, ms) {
      const node = nodes[index];
      if (node !== undefined) node.distrustedUntilMs = later(node.distrustedUntilMs, ms);
    },
  };
}
