// Models that reason where nobody sees it: how many tokens of theirs no byte of the answer vouches for.

/**
 * Families by how their slugs begin, with the most their makers let one answer have. A family that delivers its
 * reasoning has no place here: its bytes are counted.
 */
const FAMILIES: readonly (readonly [slugs: RegExp, tokens: number])[] = [
  [/^o[134](?![a-z0-9])/, 100_000], // OpenAI's o-series
  [/^gpt-5(?![a-z0-9])/, 128_000],
  [/^gemini-(?:2\.5|3)(?![a-z0-9])/, 65_536], // summaries at most
  [/^grok-4(?![a-z0-9])/, 128_000],
];

/** Tokens of one choice that a model, `author/slug`, may have spent on reasoning that it does not deliver. */
export function hiddenReasoningTokens(modelId: string): number {
  const name = modelId.slice(modelId.indexOf("/") + 1).toLowerCase();
  return FAMILIES.find(([slugs]) => slugs.test(name))?.[1] ?? 0;
}
