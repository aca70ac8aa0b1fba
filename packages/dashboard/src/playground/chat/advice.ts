// What went wrong with an answer, and what the person can do about it, right there.
import { isApiFault } from "../../api/api-fault.ts";
import type { FaultWords } from "../../api/fault-words.ts";
import { faultWords } from "../../api/fault-words.ts";

/** The act that helps. */
export type Remedy =
  | { readonly kind: "deposit" }
  | { readonly kind: "connect" }
  | { readonly kind: "again" }
  /** Other models that were perhaps meant. */
  | { readonly kind: "model"; readonly near: readonly string[] }
  | { readonly kind: "none" };

/** Words, and an act. */
export interface Advice extends FaultWords {
  readonly remedy: Remedy;
}

const MONEY = new Set(["insufficient_balance", "escrow_not_opened"]);
const SIGNED_OUT = new Set(["missing_session", "csrf_missing", "missing_key"]);
const NEXT: Readonly<Record<string, string>> = {
  insufficient_balance: "Deposit more on the Credits page, or set a lower maximum of tokens.",
  escrow_not_opened: "Deposit USDC on the Credits page; it is spendable as soon as the chain has it.",
  allowance_exceeded: "Raise the allowance on the Credits page, or set a lower maximum of tokens.",
  rate_limited: "Wait a moment, or choose another model.",
  too_many_concurrent: "Wait until another request has ended.",
  body_too_large: "Send fewer or smaller images, or clear the conversation.",
  missing_session: "Connect your wallet again; what you typed stays.",
  csrf_missing: "Connect your wallet again; what you typed stays.",
  missing_key: "Connect your wallet again; what you typed stays.",
  model_not_found: "Choose another model.",
  no_offer_matches: "Remove the parameters you do not need, or choose another model.",
  unsupported_parameter: "Remove it in the settings, or choose another model.",
  self_dealing: "Choose a model that others offer, too.",
  content_moderated: "Change the question, or choose another model.",
  provider_timeout: "Ask again; the router may choose another provider.",
  provider_error: "Ask again; the router may choose another provider.",
  provider_disconnected: "Ask again; the router may choose another provider.",
  no_provider_available: "Ask again in a moment, or choose another model.",
};

const NEAR_MAX = 3;

function nearIn(metadata: Readonly<Record<string, unknown>>): string[] {
  const near: unknown = metadata["near"];
  if (!Array.isArray(near)) return [];
  return near.filter((name) => typeof name === "string").slice(0, NEAR_MAX);
}

/** The advice for whatever broke an answer. */
export function adviceFor(fault: unknown): Advice {
  const { what, next } = faultWords(fault);
  if (!isApiFault(fault)) return { what, ...(next !== undefined && { next }), remedy: { kind: "again" } };
  const { code, metadata, status } = fault;
  const nextWords = Object.hasOwn(NEXT, code) ? NEXT[code] : undefined;
  const words = { what, ...(nextWords !== undefined && { next: nextWords }) };
  if (MONEY.has(code) || code === "allowance_exceeded") return { ...words, remedy: { kind: "deposit" } };
  if (SIGNED_OUT.has(code)) return { ...words, remedy: { kind: "connect" } };
  if (code === "model_not_found") return { ...words, remedy: { kind: "model", near: nearIn(metadata) } };
  const mayHelp = metadata["retryable"] === true || status === 429 || status >= 500;
  return { ...words, remedy: { kind: mayHelp ? "again" : "none" } };
}
