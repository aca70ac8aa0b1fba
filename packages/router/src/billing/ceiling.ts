// What a request may cost at most, at each offer of its plan: what is locked before it is sent.
import { assert } from "@aimo-network/protocol/assert";
import { AimoError } from "@aimo-network/protocol/errors";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { divide, formatPicoUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import type { Price } from "@aimo-network/protocol/price";
import { costInPico, PICO_PER_NANO } from "@aimo-network/protocol/price";
import { NO_USAGE } from "@aimo-network/protocol/usage";
import type { Medium, OfferBounds } from "@aimo-network/protocol/wire/offer";
import { MEDIA, mediaTokensMax } from "@aimo-network/protocol/wire/offer";
import { FALLBACK_COST_FACTOR, OUTPUT_TOKENS_DEFAULT, OUTPUT_TOKENS_MIN, REQUEST_COST_USDC_MAX } from "./limits.ts";

/** How many content parts of each kind a request has. */
export type MediaCounts = Readonly<Record<Medium, number>>;

/** What of a request decides its cost. */
export interface RequestSize {
  /** Bytes of the whole body without the base64 of its media. */
  readonly textBytes: number;
  readonly messageCount: number;
  readonly media: MediaCounts;
  /** Answers asked for (`n`). */
  readonly choices: number;
  /** Output tokens the client allows for each choice; undefined where it leaves them to the offer. */
  readonly maxTokens: number | undefined;
}

/** An offer as far as it decides what a request costs. */
export interface PricedOffer {
  readonly price: Price;
  readonly offer: OfferBounds;
}

/** What a plan may cost: what is locked, and for whom. */
export interface PlanCeiling<Priced extends PricedOffer> {
  /** The offers that may be asked, in order. */
  readonly offers: readonly Priced[];
  /** What the dearest of them may cost. */
  readonly full: NanoUsdc;
  /** The least that has to be locked: what the first may cost, where the client left its output open that of a short answer. */
  readonly least: NanoUsdc;
  /** The same of each of the offers: one for which less is locked is not asked. */
  readonly leasts: readonly NanoUsdc[];
  /** Tokens of prompt and output that rate limits reserve. */
  readonly tokens: number;
}

const MESSAGE_TOKENS = 64; // the frame that a model's template puts around a message
const PROMPT_FRAME_TOKENS = 512; // what a template says besides, such as the date and how tools are called
const PROMPT_BYTES_PER_TOKEN = 3; // fewer than nearly all texts have, JSON's own marks included

/** Tokens that the media of a request count for at most, at an offer that bounds each of their kinds. */
export function mediaTokens(offer: OfferBounds, media: MediaCounts): number {
  let tokens = 0;
  for (const medium of MEDIA) {
    if (media[medium] === 0) continue;
    const most = mediaTokensMax(offer, medium);
    assert(most !== undefined, `an offer that does not bound ${medium} parts gets none`);
    tokens += media[medium] * most;
  }
  return tokens;
}

/** Prompt tokens that a request can have at most: none is shorter than a byte, whatever the tokenizer. */
export function promptBound(offer: OfferBounds, size: RequestSize): number {
  const text = size.textBytes + MESSAGE_TOKENS * size.messageCount + PROMPT_FRAME_TOKENS;
  return Math.min(offer.context_length ?? text, text) + mediaTokens(offer, size.media);
}

/**
 * Output tokens of each choice that an offer may write. What the client left open is bounded by what the context has
 * left beside the prompt, too: servers refuse requests whose prompt and `max_tokens` do not fit together.
 */
export function maxOutput(offer: OfferBounds, size: RequestSize): number {
  const { context_length: context = Infinity, max_completion_tokens: most = Infinity } = offer;
  if (size.maxTokens !== undefined) return Math.min(size.maxTokens, most, context);
  const prompt = Math.ceil(size.textBytes / PROMPT_BYTES_PER_TOKEN) + mediaTokens(offer, size.media);
  const room = Math.max(context - prompt, OUTPUT_TOKENS_MIN);
  return Math.min(offer.max_completion_tokens ?? OUTPUT_TOKENS_DEFAULT, context, room);
}

function picoCeiling({ price, offer }: PricedOffer, size: RequestSize, output: number): bigint {
  const promptTokens = promptBound(offer, size);
  const isCacheDearer = price.inputCacheRead !== undefined && price.inputCacheRead > price.prompt;
  const cachedTokens = isCacheDearer ? promptTokens : 0;
  const usage = { ...NO_USAGE, promptTokens, cachedTokens, completionTokens: output * size.choices };
  return costInPico(price, usage, size.media.image);
}

function toNano(pico: bigint): NanoUsdc {
  return nanoUsdc(divide(pico, PICO_PER_NANO, "up"));
}

/** The greatest cost of a request at an offer that may write `output` tokens for each choice; throws `invalid_amount` beyond all amounts. */
export function ceiling(priced: PricedOffer, size: RequestSize, output: number): NanoUsdc {
  return toNano(picoCeiling(priced, size, output));
}

/** The most output tokens of each choice whose ceiling `granted` pays for; 0 where it does not even pay for one. */
export function affordableTokens(priced: PricedOffer, size: RequestSize, granted: NanoUsdc): number {
  const grantedPico = granted * PICO_PER_NANO; // rounding up to nano-USDC never passes a whole number of them
  const pays = (output: number): boolean => picoCeiling(priced, size, output) <= grantedPico;
  let affordable = 0;
  let over = maxOutput(priced.offer, size) + 1;
  if (pays(over - 1)) return over - 1;
  while (over - affordable > 1) {
    const middle = Math.floor((affordable + over) / 2);
    if (pays(middle)) affordable = middle;
    else over = middle;
  }
  return affordable;
}

interface Costed<Priced> {
  readonly priced: Priced;
  readonly full: bigint;
  readonly least: bigint;
  /** The cost with the output of the plan's first offer: an offer that may write more is not dearer for it. */
  readonly compared: bigint;
}

const PICO_PER_USDC = 1_000_000_000_000n;
const MOST_PICO = REQUEST_COST_USDC_MAX * PICO_PER_USDC;

function costed<Priced extends PricedOffer>(priced: Priced, size: RequestSize, firstOutput: number): Costed<Priced> {
  const output = maxOutput(priced.offer, size);
  const full = picoCeiling(priced, size, output);
  const isBounded = size.maxTokens !== undefined || output <= OUTPUT_TOKENS_MIN;
  const least = isBounded ? full : picoCeiling(priced, size, OUTPUT_TOKENS_MIN);
  const compared = output === firstOutput ? full : picoCeiling(priced, size, firstOutput);
  return { priced, full, least, compared };
}

function greatest(amounts: readonly bigint[]): bigint {
  return amounts.reduce((most, amount) => (amount > most ? amount : most), 0n);
}

/**
 * Whether the client named the providers of a plan itself; or of each offer the one that it may not be much dearer than, which
 * is itself where the client named it.
 */
export type Named<Priced> = boolean | ((priced: Priced) => Priced);

/**
 * What a request may cost over the offers of its plan, best first. Fallbacks much dearer than the first are left out
 * unless the client named their provider. Throws `invalid_request` where it could cost more than any request may.
 */
export function planCeiling<Priced extends PricedOffer>(
  plan: readonly Priced[],
  size: RequestSize,
  { named }: { named: Named<Priced> },
): PlanCeiling<Priced> {
  const firstOutput = plan[0] === undefined ? 0 : maxOutput(plan[0].offer, size);
  const all = plan.map((priced) => costed(priced, size, firstOutput));
  const payable = all.filter(({ least }) => least <= MOST_PICO);
  const [first] = payable;
  if (first === undefined) throw tooDear(greatest(all.map(({ least }) => least)));
  const kept = payable.filter((one) => {
    if (named === true) return true;
    const beside = named === false ? first.priced : named(one.priced);
    const { compared } = payable.find(({ priced }) => priced === beside) ?? first;
    return one.priced === beside || one.compared <= FALLBACK_COST_FACTOR * compared;
  });
  const full = greatest(kept.map((offer) => offer.full));
  const leasts = kept.map(({ least }) => toNano(least));
  const offers = kept.map(({ priced }) => priced);
  const tokens = offers.map(({ offer }) => promptBound(offer, size) + maxOutput(offer, size) * size.choices);
  return {
    offers,
    full: toNano(full < MOST_PICO ? full : MOST_PICO),
    least: toNano(first.least),
    leasts,
    tokens: Math.max(...tokens),
  };
}

function tooDear(least: bigint): AimoError {
  return new AimoError("invalid_request", {
    param: "max_tokens",
    expected: `a request that costs at most ${formatPicoUsdc(MOST_PICO)} USDC`,
    found: `one that may cost ${formatPicoUsdc(least)} USDC`,
  });
}
