// Asks within what may be spent: the greatest cost is reserved before, what was not needed is given back.
import type { Clock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { nanoUsdc, parseNanoUsdc } from "@aimo-network/protocol/money";
import { planCeiling } from "../billing/ceiling.ts";
import type { AskDeps, Asked, Question } from "./ask-offer.ts";
import { askOffer } from "./ask-offer.ts";
import type { InspectionBooks, InspectionBounds } from "./inspection-books.ts";
import { INSPECTION_ASKS_PER_DAY_MAX, INSPECTION_WALLET_SHARES, PROBE_COST_USDC_MAX } from "./limits.ts";

/** Why nothing was asked: the offer is too dear, or it, or everything, has cost enough today. */
export type Unasked = "too_dear" | "wallet" | "day";

/** What paying takes. */
export interface PaidAskingDeps {
  readonly clock: Clock;
  readonly books: InspectionBooks;
  readonly asks: AskDeps;
}

const PROBE_MOST = parseNanoUsdc(PROBE_COST_USDC_MAX);

/** The bounds of a day that may cost so much. */
export function boundsOf(dayMax: NanoUsdc): InspectionBounds {
  return {
    dayMax,
    walletMax: nanoUsdc(dayMax / BigInt(INSPECTION_WALLET_SHARES)),
    dayAsksMax: INSPECTION_ASKS_PER_DAY_MAX,
    walletAsksMax: Math.floor(INSPECTION_ASKS_PER_DAY_MAX / INSPECTION_WALLET_SHARES),
  };
}

/** The greatest cost of a question; undefined where it is more than any question may cost. */
function costOf({ offer, body }: Question): NanoUsdc | undefined {
  try {
    const { full } = planCeiling([offer], body, { named: true });
    return full > PROBE_MOST ? undefined : full;
  } catch (error) {
    if (!isAimoError(error)) throw error;
    return undefined; // beyond what any request may cost
  }
}

/** Asks where there is money for it, for the instance whose fence this is. */
export async function askPaid(
  { clock, books, asks }: PaidAskingDeps,
  fence: bigint,
  bounds: InspectionBounds,
  question: Question,
): Promise<Asked | { readonly kind: Unasked }> {
  const amount = costOf(question);
  if (amount === undefined) return { kind: "too_dear" };
  const cost = { atMs: clock.now(), wallet: question.offer.wallet, amount };
  const answer = await books.reserve(fence, cost, bounds);
  if (answer !== "ok") return { kind: answer };
  let spent: NanoUsdc = amount; // where this router breaks, what is reserved counts as spent
  try {
    const asked = await askOffer(asks, question);
    spent = asked.kind === "no_funds" ? nanoUsdc(0n) : asked.cost;
    return asked;
  } finally {
    if (spent < amount) await books.giveBack({ ...cost, amount: nanoUsdc(amount - spent) });
  }
}
