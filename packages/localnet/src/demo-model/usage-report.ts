// What an answer says it used, truthfully or as its conduct asks.

import type { Conduct, UsageValue } from "./conduct.ts";

/** What was really counted. */
export interface TokenCounts {
  readonly prompt: number;
  readonly completion: number;
  /** Within `completion`. */
  readonly reasoning: number;
}

const FALSE_REPORTS: { readonly [Value in Exclude<UsageValue, "honest">]: string } = {
  zero: '{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}',
  lying: '{"prompt_tokens":9007199254740992,"completion_tokens":9007199254740992,"total_tokens":18014398509481984}',
  contradicting:
    '{"prompt_tokens":12,"completion_tokens":7,"total_tokens":3,"prompt_tokens_details":{"cached_tokens":99},"completion_tokens_details":{"reasoning_tokens":50}}',
  negative: '{"prompt_tokens":-5,"completion_tokens":-3,"total_tokens":-8}',
  fraction: '{"prompt_tokens":1.5,"completion_tokens":2.25,"total_tokens":3.75}',
  string: '{"prompt_tokens":"12","completion_tokens":"7","total_tokens":"19"}',
};

/** The `usage` object as JSON text. */
export function usageText(counts: TokenCounts, conduct: Conduct): string {
  if (conduct.usageValue !== "honest") return FALSE_REPORTS[conduct.usageValue];
  const { prompt, completion, reasoning } = counts;
  const cached = Math.min(conduct.cachedTokens, prompt);
  return `{"prompt_tokens":${prompt},"completion_tokens":${completion},"total_tokens":${prompt + completion},"prompt_tokens_details":{"cached_tokens":${cached}},"completion_tokens_details":{"reasoning_tokens":${reasoning}}}`;
}
