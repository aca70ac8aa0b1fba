// POST /chat/completions: authenticate, choose, relay, meter.
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "@aimo-network/protocol/clock";
import { assert } from "@aimo-network/protocol/assert";
import { AimoError } from "@aimo-network/protocol/errors";
import { generationId, requestUuid } from "@aimo-network/protocol/ids";
import type { VerifiedKey } from "@aimo-network/protocol/keys/verify-key";
import { formatNanoUsdc } from "@aimo-network/protocol/money";
import { maxOutput } from "../billing/ceiling.ts";
import { meter, usageJson } from "../billing/meter.ts";
import type { LiveOffer } from "../market/offer-book.ts";
import type {
  Candidate,
  ClientPresence,
  RelayClient,
  RelayDeps,
  RelayOutcome,
  RelayRequest,
} from "../providers/relay.ts";
import { relay } from "../providers/relay.ts";
import type { Envelope } from "./chat-answer.ts";
import { answerJson } from "./chat-answer.ts";
import type { PlanDeps } from "./chat-plan.ts";
import { planChat } from "./chat-plan.ts";
import type { ChatRequest } from "./chat-request.ts";
import { readChatRequest } from "./chat-request.ts";
import { createChatStream } from "./chat-stream.ts";
import { codeStyle, errorObject, sendError } from "./error-reply.ts";
import type { RequestBody } from "./read-body.ts";
import type { RequestObserver, RequestWatch } from "./request-watch.ts";

/** What the request path needs of the other rooms. */
export interface ChatDeps extends PlanDeps {
  readonly clock: Clock;
  readonly relayDeps: RelayDeps<LiveOffer>;
  /** The key of a request that was let in; throws what to answer where it has ended since. */
  payer(request: FastifyRequest): Promise<VerifiedKey>;
  /** The payer's stable pseudonym at one provider. */
  pseudonym(payerWallet: string, providerWallet: string): string;
  isDraining(): boolean;
  readonly observer: RequestObserver;
}

type Answered = Extract<RelayOutcome<LiveOffer>, { ended: "answered" }>;

const PASSED_HEADERS = ["user-agent", "traceparent"] as const;

function relayRequest(
  deps: ChatDeps,
  request: FastifyRequest,
  chat: ChatRequest,
  { uuid, payer, watch }: { uuid: string; payer: string; watch: RequestWatch },
): RelayRequest<LiveOffer> {
  const headers: Record<string, string> = {
    accept: chat.stream ? "text/event-stream" : "application/json",
    "x-request-id": request.id,
  };
  for (const name of PASSED_HEADERS) {
    const value = request.headers[name];
    if (typeof value === "string" && value.length <= 512) headers[name] = value;
  }
  return {
    uuid,
    endpoint: "/chat/completions",
    stream: chat.stream,
    headers,
    body: ({ offer, offerName }) => chat.bodyFor(offerName, maxOutput(offer.offer, chat)),
    payer: ({ link }) => deps.pseudonym(payer, link.wallet),
    retry: () => Promise.resolve(),
    delivered: { bytes: 0 },
    watch,
  };
}

/** Tells when the client closes its connection before the reply has ended. */
function watchClient(reply: FastifyReply): ClientPresence {
  let hasLeft = reply.raw.destroyed; // it left while its key was verified
  let listener: (() => void) | undefined;
  reply.raw.once("close", () => {
    if (reply.raw.writableFinished) return;
    hasLeft = true;
    listener?.();
  });
  return {
    hasLeft: () => hasLeft, // a getter here would give every request a hidden class of its own, and the collector with it
    whenLeft: (next) => void (listener = next),
  };
}

/** Everything that is settled about a request before it is relayed. */
interface Admitted {
  readonly chat: ChatRequest;
  readonly candidates: readonly Candidate<LiveOffer>[];
  readonly relayed: RelayRequest<LiveOffer>;
  readonly watch: RequestWatch;
  envelope(candidate: Candidate<LiveOffer> | undefined): Envelope;
}

function meteredUsage({ candidate, usage }: Answered, chat: ChatRequest): { cost: string; json: string } | undefined {
  const metered = meter(candidate.offer.price, usage, chat.media.image);
  return metered === undefined ? undefined : { cost: formatNanoUsdc(metered.cost), json: usageJson(metered) };
}

/** Relays, and tells whoever watches how it came out, whatever happens. */
async function relayWatched(
  deps: ChatDeps,
  admitted: Admitted,
  client: RelayClient<LiveOffer>,
): Promise<RelayOutcome<LiveOffer>> {
  const { watch, candidates, relayed } = admitted;
  const outcome = await relay(deps.relayDeps, candidates, relayed, client).catch((error: unknown) => {
    watch.broke();
    throw error;
  });
  watch.ended(outcome);
  outcome.settle(false); // nothing is charged before there is a ledger
  return outcome;
}

async function answerWhole(deps: ChatDeps, reply: FastifyReply, admitted: Admitted): Promise<FastifyReply> {
  const client: RelayClient<LiveOffer> = { event: () => undefined, flush: () => true, presence: watchClient(reply) };
  const outcome = await relayWatched(deps, admitted, client);
  if (outcome.ended === "client_left") return reply.hijack();
  if (outcome.ended === "failed") return sendError(reply.request, reply, outcome.error);
  assert(outcome.answer !== undefined, "a relay without a stream ends with a whole answer");
  const usage = meteredUsage(outcome, admitted.chat);
  if (usage !== undefined) reply.header("x-aimo-cost", usage.cost);
  reply.header("content-type", "application/json; charset=utf-8");
  return reply.send(answerJson(outcome.answer, admitted.envelope(outcome.candidate), usage?.json));
}

async function answerStream(deps: ChatDeps, reply: FastifyReply, admitted: Admitted): Promise<FastifyReply> {
  const stream = createChatStream(deps.clock, deps.relayDeps.answerBytes, reply.raw, () => {
    reply.hijack(); // from here on this file writes the response itself
    return reply.getHeaders();
  });
  let envelope: Envelope | undefined;
  const client: RelayClient<LiveOffer> = {
    event: (event, candidate) => stream.event(event, (envelope ??= admitted.envelope(candidate))),
    flush: (resume) => stream.flush(resume),
    presence: watchClient(reply),
  };
  const outcome = await relayWatched(deps, admitted, client);
  if (outcome.ended === "client_left") {
    const error = errorObject(new AimoError("client_left", {}), codeStyle(reply.request.url));
    if (stream.isOpen() && !reply.raw.destroyed) stream.fail(envelope ?? admitted.envelope(undefined), error);
    else stream.abandon();
    return reply.sent ? reply : reply.hijack();
  }
  if (outcome.ended === "failed" && !stream.isOpen()) {
    stream.abandon();
    return sendError(reply.request, reply, outcome.error);
  }
  const shown = envelope ?? admitted.envelope(outcome.candidate);
  if (outcome.ended === "failed") stream.fail(shown, errorObject(outcome.error, codeStyle(reply.request.url)));
  else stream.end(shown, meteredUsage(outcome, admitted.chat)?.json);
  return reply;
}

const NO_BODY = Buffer.alloc(0); // what a request without a body is read as

/** Creates the endpoint. */
export function createChatCompletions(
  deps: ChatDeps,
): (request: FastifyRequest<{ Body: RequestBody | undefined }>, reply: FastifyReply) => Promise<FastifyReply> {
  return async (request, reply) => {
    if (deps.isDraining()) throw new AimoError("draining", {});
    const payer = await deps.payer(request);
    const chat = readChatRequest(request.body ?? NO_BODY);
    const candidates = planChat(deps, chat, payer.wallet);
    const uuid = requestUuid(deps.clock, deps.random);
    const generation = generationId(uuid);
    reply.header("x-generation-id", generation);
    const createdSeconds = Math.floor(deps.clock.now() / 1000);
    const { traceparent, tracestate } = request.headers;
    const watch = deps.observer.admitted({
      requestId: request.id,
      generationId: generation,
      wallet: payer.wallet,
      keyId: payer.id,
      stream: chat.stream,
      model: chat.model,
      maxTokens: chat.maxTokens,
      traceparent,
      tracestate,
    });
    const admitted: Admitted = {
      chat,
      candidates,
      relayed: relayRequest(deps, request, chat, { uuid, payer: payer.wallet, watch }),
      watch,
      envelope: (candidate) => ({
        generationIdJson: JSON.stringify(generation),
        modelJson: JSON.stringify(candidate?.offer.modelId ?? chat.model),
        createdSeconds,
      }),
    };
    return chat.stream ? await answerStream(deps, reply, admitted) : await answerWhole(deps, reply, admitted);
  };
}
