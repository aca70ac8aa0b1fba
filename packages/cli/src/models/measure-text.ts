// What was measured of a model, short enough for a table; a dash where nothing was.

const NOTHING = "–";

/** Milliseconds: `420 ms`, `1.2 s`. */
export function latencyText(ms: number | undefined): string {
  if (ms === undefined) return NOTHING;
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** Tokens a second. */
export function speedText(tokens: number | undefined): string {
  if (tokens === undefined) return NOTHING;
  return tokens < 10 ? tokens.toFixed(1) : `${Math.round(tokens)}`;
}

/** Percent, never rounded up to a hundred. */
export function uptimeText(percent: number | undefined): string {
  if (percent === undefined) return NOTHING;
  return percent >= 100 ? "100%" : `${(Math.floor(percent * 10) / 10).toFixed(1)}%`;
}

/** Tokens: `8k`, `128k`, `1M`, never rounded up. */
export function contextText(tokens: number | undefined): string {
  if (tokens === undefined || tokens === 0) return NOTHING;
  if (tokens < 1_000) return `${tokens}`;
  return tokens < 1_000_000 ? `${Math.floor(tokens / 1_000)}k` : `${Math.floor(tokens / 100_000) / 10}M`;
}
