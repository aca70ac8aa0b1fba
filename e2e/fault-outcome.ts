// What a client is expected to see of a fault, and whether it did.
import assert from "node:assert/strict";
import type { ClientView } from "./client-view.ts";

/** An answer that is whole. */
export interface Answer {
  readonly kind: "answer";
  readonly text: string;
  /** Events with content in a stream. */
  readonly tokens: number;
  /** Prompt, completion and cached tokens; undefined: neither usage nor cost. Of the prompt, `asked` stands for its own. */
  readonly usage: readonly [prompt: number | "asked", completion: number, cached?: number] | undefined;
  readonly keepAlives?: number;
}

/** An error instead of an answer: as a status, or behind output in the stream. */
export interface Failure {
  readonly kind: "failure";
  readonly status: number;
  readonly code: string;
  readonly retryAfter?: string;
  /** Tokens that were shown before; undefined: the error is the reply. */
  readonly tokens?: number;
  readonly finished?: true;
  readonly keepAlives?: number;
  /** What the error says beside its words, by the names that OpenRouter has for it. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What a client sees of a fault. */
export type Outcome = Answer | Failure;

/** What the checks must know beside the outcome. */
export interface Circumstances {
  readonly stream: boolean;
  readonly promptTokens: number;
  /** What one token costs at the provider that answered, and the request besides. */
  readonly nanoUsdcPerToken: bigint;
  readonly nanoUsdcPerRequest: bigint;
  /** What the client reads where it fails. */
  readonly says: RegExp | undefined;
}

const WORDS = "demo tokens come one after the other until all are sent".split(" ");

/** The first `tokens` words that the demo model says. */
export function words(tokens: number): string {
  return Array.from({ length: tokens }, (_, index) => WORDS[index % WORDS.length]).join(" ");
}

function assertAnswer(
  view: ClientView,
  expected: Answer,
  { stream, promptTokens, nanoUsdcPerToken, nanoUsdcPerRequest }: Circumstances,
): void {
  assert.equal(view.error, undefined);
  assert.equal(view.status, 200);
  assert.equal(view.text, expected.text);
  assert.equal(view.contentEvents, stream ? expected.tokens : 1);
  assert.deepEqual(view.finishReasons, ["stop"]);
  assert.equal(view.dones, stream ? 1 : 0);
  if (expected.usage === undefined) {
    assert.deepEqual([view.usage, view.cost], [undefined, undefined]);
  } else {
    const [prompt, completion, cached = 0] = expected.usage;
    const promptCount = prompt === "asked" ? promptTokens : prompt;
    const { usage } = view;
    assert.deepEqual(
      [usage?.prompt_tokens, usage?.completion_tokens, usage?.total_tokens, usage?.prompt_tokens_details.cached_tokens],
      [promptCount, completion, promptCount + completion, cached],
    );
    assert.equal(nanoUsdc(view.cost ?? ""), BigInt(promptCount + completion) * nanoUsdcPerToken + nanoUsdcPerRequest);
  }
  assert.equal(view.headers.get("x-aimo-cost"), stream ? null : (view.cost ?? null));
}

/** An amount in USDC, as it is written, in the ledger's unit. */
export function nanoUsdc(text: string): bigint {
  assert.match(text, /^[0-9]+(\.[0-9]{1,9})?$/);
  const [whole = "", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(9, "0"));
}

function assertFailure(view: ClientView, expected: Failure, { says }: Circumstances): void {
  const { status, code, retryAfter, tokens } = expected;
  assert.equal(view.error?.metadata.error_code, code);
  assert.equal(view.error.code, status);
  assert.ok(says !== undefined, "the table says what the client reads");
  assert.match(view.error.message, says);
  const told: Readonly<Record<string, unknown>> = { ...view.error.metadata };
  for (const [name, value] of Object.entries(expected.metadata ?? {})) assert.deepEqual(told[name], value, name);
  assert.equal(view.status, tokens === undefined ? status : 200);
  assert.equal(view.headers.get("retry-after"), retryAfter ?? null);
  assert.equal(view.text, words(tokens ?? 0));
  assert.equal(view.contentEvents, tokens ?? 0);
  const reasons = [...(expected.finished ? ["stop"] : []), ...(tokens === undefined ? [] : ["error"])];
  assert.deepEqual(view.finishReasons, reasons);
  assert.deepEqual([view.dones, view.usage, view.cost], [0, undefined, undefined]);
  assert.equal(view.headers.get("x-aimo-cost"), null);
}

/** Fails unless the client saw this and nothing else. */
export function assertOutcome(view: ClientView, expected: Outcome, circumstances: Circumstances): void {
  assert.equal(view.keepAlives, expected.keepAlives ?? 0);
  if (expected.kind === "answer") assertAnswer(view, expected, circumstances);
  else assertFailure(view, expected, circumstances);
}
