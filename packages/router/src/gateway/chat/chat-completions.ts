// POST /chat/completions: authenticate, choose, lock, relay, meter.
import type { FastifyReply, FastifyRequest } from "fastify";
import { assert } from "@aimo-network/protocol/assert";
import { AimoError } from "@aimo-network/protocol/errors";
import { generationId, requestUuid } from "@aimo-network/protocol/ids";
import type { Random } from "@aimo-network/protocol/random";
import type { Caller } from "../../accounts/caller.ts";
import { formatNanoUsdc } from "@aimo-network/protocol/money";
import type { Charged, FundedRequest } from "../../billing/funded-request.ts";
import { usageJson } from "../../billing/meter.ts";
import { SHORT_PROMPT_BYTES_MAX } from "../../market/limits.ts";
import type { LiveOffer } from "../../market/offer-book.ts";
import type {
  Candidate,
  ClientPresence,
  RelayClient,
  RelayDeps,
  RelayOutcome,
  RelayRequest,
} from "../../providers/relay.ts";
import { relay } from "../../providers/relay.ts";
import { alsoTellingFirstOutput } from "../../providers/relay-watch.ts";
import type { Envelope } from "./chat-answer.ts";
import { answerJson } from "./chat-answer.ts";
import type { ChatBillingDeps } from "./chat-billing.ts";
import { chargeOutcome, lockChat, releaseBroken } from "./chat-billing.ts";
import type { ChatPlan, PlanDeps } from "./chat-plan.ts";
import { planChat } from "./chat-plan.ts";
import type { ChatRequest } from "./chat-request.ts";
import { readChatRequest } from "./chat-request.ts";
import { createChatStream } from "./chat-stream.ts";
import { explanationOf } from "./explanation.ts";
import { codeStyle, errorObject, sendError } from "../error-reply.ts";
import { answerable } from "../models/probabilities.ts";
import { costsNoMore } from "./price-beside.ts";
import type { RequestBody } from "../read-body.ts";
import { sendWhole } from "../unread-answers.ts";
import type { RequestObserver, RequestWatch } from "../request-watch.ts";

/** What the request path needs of the other rooms. */
export interface ChatDeps extends PlanDeps, ChatBillingDeps {
  readonly random: Random;
  readonly relayDeps: RelayDeps<LiveOffer>;
  /** The key of a request that was let in; throws what to answer where it has ended since. */
  payer(request: FastifyRequest): Caller | Promise<Caller>;
  isDraining(): boolean;
  readonly observer: RequestObserver;
}

const PASSED_HEADERS = ["user-agent", "traceparent"] as const;

function relayRequest(
  deps: ChatDeps,
  request: FastifyRequest,
  chat: ChatRequest,
  { funded, payer, watch }: { funded: FundedRequest<LiveOffer>; payer: string; watch: RequestWatch },
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
    uuid: funded.id,
    payerWallet: payer,
    isShort: chat.textBytes <= SHORT_PROMPT_BYTES_MAX && chat.inputModalities.size === 0,
    endpoint: "/chat/completions",
    stream: chat.stream,
    headers,
    body: ({ offer, offerName }) => chat.bodyFor(offerName, funded.maxTokens(offer)),
    payer: ({ link }) => deps.pseudonym(payer, link.wallet),
    mayHedge: (one, next) => costsNoMore(next.offer, one.offer),
    retry: ({ offer }, index) => funded.retry(offer, index),
    delivered: funded.delivered,
    watch: alsoTellingFirstOutput(watch, () => funded.firstOutput()),
  };
}

/** Tells when the client closes its connection before the reply has ended. */
function watchClient(reply: FastifyReply): ClientPresence {
  let hasLeft = reply.raw.destroyed; // it left while its key was verified
  let listener: (() => void) | undefined;
  reply.raw.on("close", () => {
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
  readonly funded: FundedRequest<LiveOffer>;
  readonly watch: RequestWatch;
  envelope(candidate: Candidate<LiveOffer> | undefined): Envelope;
}

/** The `usage` a client is shown: what was charged for, undefined where the provider reported none. */
function shownUsage({ charge, cost }: Charged): string | undefined {
  return charge.usage === undefined ? undefined : usageJson({ usage: charge.usage, cost });
}

/** Relays and charges, and tells whoever watches how it came out, whatever happens. */
async function relayAndCharge(
  deps: ChatDeps,
  admitted: Admitted,
  client: RelayClient<LiveOffer>,
): Promise<{ outcome: RelayOutcome<LiveOffer>; charged: Charged }> {
  const { watch, funded, candidates, relayed } = admitted;
  try {
    const outcome = await relay(deps.relayDeps, candidates, relayed, client);
    watch.ended(outcome);
    if (outcome.ended === "answered" && !outcome.clientGone) funded.firstOutput(); // of a JSON answer, all at once
    return { outcome, charged: await chargeOutcome(funded, outcome) };
  } catch (error) {
    watch.broke();
    await releaseBroken(funded);
    throw error;
  }
}

async function answerWhole(deps: ChatDeps, reply: FastifyReply, admitted: Admitted): Promise<FastifyReply> {
  const client: RelayClient<LiveOffer> = { event: () => undefined, flush: () => true, presence: watchClient(reply) };
  const { outcome, charged } = await relayAndCharge(deps, admitted, client);
  if (outcome.ended === "client_left") return reply.hijack();
  if (outcome.ended === "failed") return sendError(reply.request, reply, outcome.error);
  assert(outcome.answer !== undefined, "a relay without a stream ends with a whole answer");
  if (charged.cost !== undefined && charged.charge.usage !== undefined) {
    reply.header("x-aimo-cost", formatNanoUsdc(charged.cost));
  }
  const json = answerJson(outcome.answer, admitted.envelope(outcome.candidate), shownUsage(charged));
  sendWhole(reply, deps.relayDeps.answerBytes, json);
  return reply;
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
  const { outcome, charged } = await relayAndCharge(deps, admitted, client).catch((error: unknown) => {
    stream.abandon(); // or its timer would go on, and meet a response that is over
    throw error;
  });
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
  else stream.end(shown, shownUsage(charged));
  return reply;
}

const NO_BODY = Buffer.alloc(0); // what a request without a body is read as

/** A request as the framework has it. */
interface Asked {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly body: RequestBody;
}

/** Locks what a plan may cost. Where nothing is locked nobody is asked: who cannot pay takes no offer's tries. */
async function lockPlan(
  deps: ChatDeps,
  { request, reply, body }: Asked,
  { uuid, chat, payer, planned }: { uuid: string; chat: ChatRequest; payer: Caller; planned: ChatPlan },
): Promise<{ plan: readonly Candidate<LiveOffer>[]; funded: FundedRequest<LiveOffer> }> {
  try {
    const plan = answerable(planned.candidates, chat);
    const unpaid = { uuid, chat, payer, candidates: plan, priceBeside: planned.priceBeside };
    return { plan, funded: await lockChat(deps, request, reply, unpaid, body) };
  } catch (error) {
    planned.unused();
    throw error;
  }
}

/** Creates the endpoint. */
export function createChatCompletions(
  deps: ChatDeps,
): (request: FastifyRequest<{ Body: RequestBody | undefined }>, reply: FastifyReply) => Promise<FastifyReply> {
  return async (request, reply) => {
    if (deps.isDraining()) throw new AimoError("draining", {});
    const caller = deps.payer(request);
    const payer = caller instanceof Promise ? await caller : caller; // a promise only where it has to be looked up again
    if (reply.raw.destroyed) throw new AimoError("client_left", {}); // nothing is locked for whoever has left already
    const body = request.body ?? NO_BODY;
    const chat = readChatRequest(body);
    const planned = planChat(deps, chat, payer, request.headers["x-aimo-explain"] === "1");
    const uuid = requestUuid(deps.clock, deps.random);
    const { plan, funded } = await lockPlan(deps, { request, reply, body }, { uuid, chat, payer, planned });
    const candidates =
      funded.offers.length === plan.length ? plan : plan.filter(({ offer }) => funded.offers.includes(offer));
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
      relayed: relayRequest(deps, request, chat, { funded, payer: payer.wallet, watch }),
      funded,
      watch,
      envelope: (candidate) => ({
        generationIdJson: `"${generation}"`, // nothing in it is written otherwise in JSON
        modelJson: JSON.stringify(candidate?.offer.modelId ?? chat.model),
        providerJson: candidate && JSON.stringify(candidate.offer.wallet),
        metadataJson:
          planned.explained &&
          JSON.stringify(
            explanationOf(chat, planned.explained, {
              answerable: plan.map(({ offer }) => offer),
              payable: funded.offers,
            }),
          ),
        createdSeconds,
      }),
    };
    return chat.stream ? await answerStream(deps, reply, admitted) : await answerWhole(deps, reply, admitted);
  };
}
