// Asks one offer one thing, as the gateway asks for a client: locked, relayed and charged by the same functions.
import type { Clock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import { generationId, requestUuid } from "@aimo-network/protocol/ids";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { Random } from "@aimo-network/protocol/random";
import type { Caller } from "../accounts/caller.ts";
import type { Billing } from "../billing/billing.ts";
import type { RequestSize } from "../billing/ceiling.ts";
import type { Charged, FundedRequest } from "../billing/funded-request.ts";
import type { LiveOffer } from "../market/offer-book.ts";
import type { ProbeAnswer } from "../market/truth/probe-answer.ts";
import { createAnswerReader } from "../market/truth/probe-answer.ts";
import type { Probe } from "../market/truth/probes.ts";
import type { ProviderLink } from "../providers/provider-link.ts";
import type { RelayClient, RelayDeps, RelayOutcome, RelayRequest } from "../providers/relay.ts";
import { relay } from "../providers/relay.ts";
import type { RelayWatch } from "../providers/relay-watch.ts";
import { alsoTellingFirstOutput } from "../providers/relay-watch.ts";
import type { Persona } from "./persona.ts";

/** A request's body as the gateway understands it. */
export interface ReadBody extends RequestSize {
  bodyFor(offerName: string, maxOutput: number): readonly Uint8Array[];
}

/** Watches a request, as the requests of clients are watched. */
export interface AskWatch extends RelayWatch {
  ended(outcome: RelayOutcome<LiveOffer>): void;
  broke(): void;
}

/** What watching is told of a request. */
export interface WatchedAsk {
  readonly requestId: string;
  readonly generationId: string;
  readonly wallet: string;
  readonly keyId: string;
  readonly stream: boolean;
  readonly model: string;
  readonly maxTokens: number | undefined;
  readonly traceparent: undefined;
  readonly tracestate: undefined;
}

/** What asking needs: the request path's own parts, so that nothing tells its requests from those of clients. */
export interface AskDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly billing: Billing;
  readonly relayDeps: Omit<RelayDeps<LiveOffer>, "judged">;
  /** Reads a body as it is read of clients. */
  read(body: Uint8Array): ReadBody;
  requestId(): string;
  observe(request: WatchedAsk): AskWatch;
  /** Charges what an outcome owes, and tells the provider what clients' charges would tell it. */
  charge(funded: FundedRequest<LiveOffer>, outcome: RelayOutcome<LiveOffer>): Promise<Charged>;
  /** Gives back what a request held that broke. */
  release(funded: FundedRequest<LiveOffer>): Promise<void>;
  payer(): Promise<Caller>;
}

/** One question to one offer. */
export interface Question {
  readonly offer: LiveOffer;
  readonly link: ProviderLink;
  readonly probe: Probe;
  readonly persona: Persona;
  readonly body: ReadBody;
  /** Aborts where the router stops. */
  readonly signal: AbortSignal;
}

/** What came of it: `refused` is the provider's word that it will not do what was asked; `nothing` proves nothing. */
export type Asked =
  | { readonly kind: "answered"; readonly answer: ProbeAnswer; readonly outputBytes: number; readonly cost: NanoUsdc }
  | { readonly kind: "refused" | "nothing"; readonly cost: NanoUsdc }
  /** Nothing was asked, for the wallet cannot pay. */
  | { readonly kind: "no_funds" };

const NOTHING = nanoUsdc(0n);
const NO_FUNDS: ReadonlySet<string> = new Set(["insufficient_balance", "escrow_not_opened", "allowance_exceeded"]);

/** The body of a question as the gateway would read it. */
export function readQuestion(deps: AskDeps, offer: LiveOffer, probe: Probe, persona: Persona): ReadBody {
  const read = deps.read(persona.bodyOf(offer.modelId, probe));
  // Not in the body: the router puts its bound there for every client that sets none.
  return { ...read, maxTokens: probe.maxTokens, bodyFor: (name, maxOutput) => read.bodyFor(name, maxOutput) };
}

function relayRequest(
  { offer, probe, persona, body }: Question,
  funded: FundedRequest<LiveOffer>,
  watch: RelayWatch,
  { requestId, payerWallet }: { requestId: string; payerWallet: string },
): RelayRequest<LiveOffer> {
  return {
    uuid: funded.id,
    payerWallet,
    isShort: true,
    endpoint: "/chat/completions",
    stream: probe.stream,
    headers: {
      accept: probe.stream ? "text/event-stream" : "application/json",
      "x-request-id": requestId,
      "user-agent": persona.userAgent,
    },
    body: ({ offerName }) => body.bodyFor(offerName, funded.maxTokens(offer)),
    payer: () => persona.payer,
    mayHedge: () => false, // there is nobody else
    retry: (candidate, index) => funded.retry(candidate.offer, index),
    delivered: funded.delivered,
    watch: alsoTellingFirstOutput(watch, () => funded.firstOutput()),
  };
}

/** A client that reads everything, and leaves when the router stops. */
function readingClient(signal: AbortSignal, event: RelayClient<LiveOffer>["event"]): RelayClient<LiveOffer> {
  let listener: (() => void) | undefined;
  return {
    event,
    flush: () => true,
    presence: {
      hasLeft: () => signal.aborted,
      whenLeft(next) {
        // The signal lives as long as the router, and asks a thousand things a day: no listener stays behind.
        if (listener !== undefined) signal.removeEventListener("abort", listener);
        listener = next;
        if (next !== undefined) signal.addEventListener("abort", next, { once: true });
      },
    },
  };
}

async function lock(deps: AskDeps, { offer, probe, body }: Question) {
  const payer = await deps.payer();
  const funded = await deps.billing.lock({
    id: requestUuid(deps.clock, deps.random),
    payer,
    model: offer.modelId,
    plan: [offer],
    named: true,
    size: body,
    stream: probe.stream,
    idempotency: undefined,
    told: () => undefined,
  });
  return { payer, funded };
}

/** Asks; throws only where this router itself fails. */
export async function askOffer(deps: AskDeps, question: Question): Promise<Asked> {
  const { offer, link, probe, body, signal } = question;
  let locked: Awaited<ReturnType<typeof lock>>;
  try {
    locked = await lock(deps, question);
  } catch (error) {
    if (!isAimoError(error)) throw error;
    if (NO_FUNDS.has(error.code)) return { kind: "no_funds" };
    return { kind: "nothing", cost: NOTHING };
  }
  const { payer, funded } = locked;
  const requestId = deps.requestId();
  const watch = deps.observe({
    ...{ requestId, generationId: generationId(funded.id), wallet: payer.wallet, keyId: payer.id },
    ...{ stream: probe.stream, model: offer.modelId, maxTokens: body.maxTokens },
    ...{ traceparent: undefined, tracestate: undefined },
  });
  const reader = createAnswerReader();
  try {
    const outcome = await relay(
      { ...deps.relayDeps, judged: () => undefined }, // how it goes with clients is another matter
      [{ offer, offerName: offer.offer.name, link }],
      relayRequest(question, funded, watch, { requestId, payerWallet: payer.wallet }),
      readingClient(signal, ({ value }) => reader.read(value)),
    );
    watch.ended(outcome);
    if (outcome.ended === "answered") funded.firstOutput();
    const { charge, cost = charge.amount } = await deps.charge(funded, outcome);
    if (outcome.ended === "failed") {
      return { kind: outcome.error.code === "provider_refused" ? "refused" : "nothing", cost };
    }
    if (outcome.ended === "client_left") return { kind: "nothing", cost };
    if (outcome.answer !== undefined) reader.read(outcome.answer.value);
    const answer = reader.answer(outcome.finishReason, outcome.usage);
    return { kind: "answered", answer, outputBytes: outcome.delivered.bytes, cost };
  } catch (error) {
    watch.broke();
    await deps.release(funded);
    throw error;
  }
}
