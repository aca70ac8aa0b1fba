// Where a chat request meets its money: what it locks, how its outcome is charged, and what its provider is told of that.
import type { FastifyReply, FastifyRequest } from "fastify";
import { AimoError } from "@aimo-network/protocol/errors";
import type { Clock } from "@aimo-network/protocol/clock";
import type { Caller } from "../../accounts/caller.ts";
import type { Billing } from "../../billing/billing.ts";
import type { Ending, UnpaidReason } from "../../billing/charge.ts";
import type { Charged, FundedRequest } from "../../billing/funded-request.ts";
import type { RateRules } from "../../billing/rate-rules.ts";
import { rateHeaders } from "../../billing/rate-rules.ts";
import type { LiveOffer } from "../../market/offer-book.ts";
import type { Candidate, RelayOutcome } from "../../providers/relay.ts";
import { IDEMPOTENCY_KEY_CHARS_MAX } from "../../limits.ts";
import { attributionOf } from "../attribution/attribution.ts";
import type { ChatRequest } from "./chat-request.ts";
import type { RequestBody } from "../read-body.ts";

/** What charging needs of the other rooms. */
export interface ChatBillingDeps {
  readonly clock: Clock;
  readonly billing: Billing;
  readonly rates: RateRules;
}

/** A request as it asks to be paid for. */
export interface UnpaidChat {
  readonly uuid: string;
  readonly chat: ChatRequest;
  readonly payer: Caller;
  readonly candidates: readonly Candidate<LiveOffer>[];
  /** The offer that another may not be much dearer than; itself where the client has said that it takes it. */
  priceBeside(offer: LiveOffer): LiveOffer;
}

function idempotencyOf(
  request: FastifyRequest,
  body: RequestBody,
): { key: string; body: readonly Uint8Array[] } | undefined {
  const key = request.headers["idempotency-key"];
  if (key === undefined) return undefined;
  if (typeof key !== "string" || key === "" || key.length > IDEMPOTENCY_KEY_CHARS_MAX) {
    const expected = `one \`Idempotency-Key\` of 1 to ${IDEMPOTENCY_KEY_CHARS_MAX} characters`;
    throw new AimoError("invalid_request", { expected, found: typeof key === "string" ? `${key.length}` : "several" });
  }
  return { key, body: [Buffer.isBuffer(body) ? body : body.joined()] };
}

/** Locks what a request may cost; throws what to answer where it cannot be paid for. */
export async function lockChat(
  { clock, billing, rates }: ChatBillingDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { uuid, chat, payer, candidates, priceBeside }: UnpaidChat,
  body: RequestBody,
): Promise<FundedRequest<LiveOffer>> {
  const funded = await billing.lock({
    id: uuid,
    payer,
    model: chat.model,
    plan: candidates.map(({ offer }) => offer),
    named: priceBeside,
    size: chat,
    stream: chat.stream,
    app: attributionOf(request.headers),
    idempotency: idempotencyOf(request, body),
    told: (use) => void reply.headers(rateHeaders(rates, use, clock.now())),
  });
  const [first] = funded.offers;
  const lowered = first === undefined ? undefined : funded.loweredMaxTokens(first);
  if (lowered !== undefined) reply.header("x-aimo-max-tokens", lowered);
  return funded;
}

function endingOf(outcome: RelayOutcome<LiveOffer>): Ending {
  const { usage, delivered } = outcome;
  const deliveredBytes = delivered.bytes;
  switch (outcome.ended) {
    case "answered": {
      const { finishReason, clientGone } = outcome;
      return { ended: "answered", usage, finishReason, deliveredBytes, clientGone };
    }
    case "failed":
      return { ended: "failed", code: outcome.error.code, usage, deliveredBytes };
    case "client_left": {
      const { candidate, finishReason } = outcome;
      return { ended: "client_left", dispatched: candidate !== undefined, usage, finishReason, deliveredBytes };
    }
  }
}

/** Why an answer that its client saw is not paid, or not in full; of one that failed before it showed anything nobody asks. */
const UNPAID_NOTICES: Partial<Record<UnpaidReason, string>> = {
  no_usage: "An answer reported no usage, so it was not charged and is not paid: have your API report `usage`.",
  interrupted: "An answer broke off after its client had seen some of it, so it was not charged and is not paid.",
  router_ended: "This router ended before an answer had, so it was not charged and is not paid.",
};

function tellProvider({ charge }: Charged, { link, offerName }: Candidate<LiveOffer>): void {
  const notice = charge.unpaid === undefined ? undefined : UNPAID_NOTICES[charge.unpaid];
  if (charge.unpaid !== undefined && notice !== undefined) link.notice(charge.unpaid, notice, offerName);
  if (charge.adjusted) {
    const message = "An answer reported more usage than its bytes can hold: what was charged was adjusted.";
    link.notice("usage_adjusted", message, offerName);
  }
}

/** Charges what an outcome owes and releases the rest; the provider's proxy learns of it when it is in the books. */
export async function chargeOutcome(
  funded: FundedRequest<LiveOffer>,
  outcome: RelayOutcome<LiveOffer>,
): Promise<Charged> {
  const charged = await funded.end(endingOf(outcome), outcome.candidate?.offer, (isCharged) =>
    outcome.settle(isCharged),
  );
  if (outcome.candidate !== undefined) tellProvider(charged, outcome.candidate);
  return charged;
}

/** Gives back what a request held that this router itself broke. */
export async function releaseBroken(funded: FundedRequest<LiveOffer>): Promise<void> {
  const ending: Ending = {
    ended: "failed",
    code: "internal",
    usage: undefined,
    deliveredBytes: funded.delivered.bytes,
  };
  await funded.end(ending, undefined, () => undefined);
}
