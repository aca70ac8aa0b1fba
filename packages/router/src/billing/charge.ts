// What an answer is charged, however it ended: one pure function for streams and JSON alike.
import type { ErrorCode } from "@aimo-network/protocol/errors";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { Price } from "@aimo-network/protocol/price";
import { cost } from "@aimo-network/protocol/price";
import type { Usage } from "@aimo-network/protocol/usage";
import { NO_USAGE } from "@aimo-network/protocol/usage";
import type { UsageBounds } from "./plausible-usage.ts";
import { plausibleUsage } from "./plausible-usage.ts";

/** How an answer ended, and what of it was passed on to the client. */
export type Ending =
  | {
      readonly ended: "answered";
      readonly usage: Usage | undefined;
      readonly finishReason: string;
      readonly deliveredBytes: number;
      /** Whether the client had left before the end. */
      readonly clientGone: boolean;
    }
  | {
      readonly ended: "failed";
      readonly code: ErrorCode;
      readonly usage: Usage | undefined;
      readonly deliveredBytes: number;
    }
  | {
      readonly ended: "client_left";
      /** Whether a provider had been sent the request. */
      readonly dispatched: boolean;
      readonly usage: Usage | undefined;
      readonly finishReason: string | undefined;
      readonly deliveredBytes: number;
    };

/** What was settled about a request before it was sent, at the offer that answered it. */
export interface ChargeTerms extends Omit<UsageBounds, "deliveredBytes"> {
  /** The price at admission. */
  readonly price: Price;
  /** What is locked. */
  readonly granted: NanoUsdc;
  readonly imageCount: number;
  /** Bytes of the request without the base64 of its media, and the tokens that those count for at most. */
  readonly textBytes: number;
  readonly mediaTokens: number;
}

/** Why a provider is not paid for an answer. */
export type UnpaidReason =
  /** It finished, and its provider reported no usage. */
  | "no_usage"
  /** It broke off, or ended with an error, after the client had seen something of it. */
  | "interrupted"
  /** It failed before that. */
  | "failed"
  /** The router ended it. */
  | "router_ended";

/** What an answer is charged. */
export interface Charge {
  readonly amount: NanoUsdc;
  /** What was used, as far as it is known or estimated. */
  readonly usage: Usage | undefined;
  /** Whether the provider reported more than can be true. */
  readonly adjusted: boolean;
  /** Whether the usage is estimated from bytes, since the client left before it came. */
  readonly estimated: boolean;
  /** Whether the client left before the answer had ended. */
  readonly cancelled: boolean;
  readonly unpaid: UnpaidReason | undefined;
  /** What the answer would have come to had it been paid, as far as that can be told. */
  readonly unpaidAmount: NanoUsdc;
}

const NOTHING = nanoUsdc(0n);

const UNCHARGED: Charge = {
  amount: NOTHING,
  usage: undefined,
  adjusted: false,
  estimated: false,
  cancelled: false,
  unpaid: undefined,
  unpaidAmount: NOTHING,
};

const ESTIMATE_BYTES_PER_TOKEN = 4;

/** Failures that are this router's own doing. */
const ROUTER_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["draining", "internal"]);

/** The `finish_reason` with which some providers say that an answer broke off. */
const BROKEN_OFF = "error";

/** What a usage costs, never above what is locked. */
function amountOf(terms: ChargeTerms, usage: Usage): NanoUsdc {
  const amount = cost(terms.price, usage, terms.imageCount);
  return amount < terms.granted ? amount : terms.granted;
}

function estimate(terms: ChargeTerms, deliveredBytes: number): Usage {
  const guess: Usage = {
    ...NO_USAGE,
    promptTokens: Math.ceil(terms.textBytes / ESTIMATE_BYTES_PER_TOKEN) + terms.mediaTokens,
    completionTokens: Math.ceil(deliveredBytes / ESTIMATE_BYTES_PER_TOKEN),
  };
  return plausibleUsage(guess, { ...terms, deliveredBytes }).usage;
}

function answered(
  terms: ChargeTerms,
  {
    usage: reported,
    deliveredBytes,
    clientGone,
  }: Omit<Extract<Ending, { ended: "answered" }>, "ended" | "finishReason">,
): Charge {
  if (reported === undefined) {
    return { ...UNCHARGED, unpaid: "no_usage", unpaidAmount: amountOf(terms, estimate(terms, deliveredBytes)) };
  }
  const { usage, adjusted } = plausibleUsage(reported, { ...terms, deliveredBytes });
  // Where the client had left, tokens that it was not sent are no lie of the provider's.
  return { ...UNCHARGED, amount: amountOf(terms, usage), usage, adjusted: adjusted && !clientGone };
}

/** Completions that nobody received are not billed; what was received is, without what its client did not wait for. */
function left(terms: ChargeTerms, reported: Usage | undefined, deliveredBytes: number): Charge {
  const prompt = { ...terms, deliveredBytes, ...(deliveredBytes === 0 && { maxOutput: 0 }) };
  const usage = reported === undefined ? estimate(terms, deliveredBytes) : plausibleUsage(reported, prompt).usage;
  return {
    ...UNCHARGED,
    amount: amountOf(terms, usage),
    usage,
    estimated: reported === undefined,
    cancelled: true,
  };
}

/** Nothing is charged for what the client saw of an answer that broke off, nor for an error, which is never output. */
function unpaid(
  terms: ChargeTerms,
  reason: UnpaidReason,
  { usage: reported, deliveredBytes }: { usage: Usage | undefined; deliveredBytes: number },
): Charge {
  if (deliveredBytes === 0) return { ...UNCHARGED, unpaid: reason };
  const usage =
    reported === undefined
      ? estimate(terms, deliveredBytes)
      : plausibleUsage(reported, { ...terms, deliveredBytes }).usage;
  return { ...UNCHARGED, unpaid: reason, unpaidAmount: amountOf(terms, usage) };
}

/** What an answer is charged (accounting.md, "What is charged"). */
export function chargeOf(terms: ChargeTerms, ending: Ending): Charge {
  const { usage, deliveredBytes } = ending;
  const broke: UnpaidReason = deliveredBytes > 0 ? "interrupted" : "failed";
  switch (ending.ended) {
    case "answered":
      if (ending.finishReason === BROKEN_OFF) return unpaid(terms, broke, ending);
      // A whole JSON answer that found nobody to take it.
      if (ending.clientGone && deliveredBytes === 0) return left(terms, usage, deliveredBytes);
      return answered(terms, ending);
    case "failed":
      return unpaid(terms, ROUTER_CODES.has(ending.code) ? "router_ended" : broke, ending);
    case "client_left":
      if (!ending.dispatched) return { ...UNCHARGED, cancelled: true };
      if (ending.finishReason === BROKEN_OFF) return unpaid(terms, broke, ending);
      // Who leaves at the end of an answer pays for it as if it had stayed.
      if (ending.finishReason !== undefined && usage !== undefined)
        return answered(terms, { ...ending, clientGone: true });
      return left(terms, usage, deliveredBytes);
  }
}
