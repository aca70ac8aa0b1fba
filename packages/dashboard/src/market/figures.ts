// Figures of models and offers as people read them; what was not measured is a dash.

const NOTHING = "–";

/** Whole numbers with their thousands apart: `128,000`. */
export function wholeText(count: number | bigint): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/** A number with one decimal where it has one below ten, and none above. */
function roughText(value: number): string {
  return value < 10 ? value.toFixed(1).replace(/\.0$/, "") : wholeText(Math.round(value));
}

/** Tokens in few characters: `128K`, `1M`, `1.5M`; cut, never rounded up. */
export function contextText(tokens: number | null): string {
  if (tokens === null || tokens <= 0) return NOTHING;
  if (tokens < 1_000) return String(tokens);
  const [scale, unit] = tokens < 1_000_000 ? [1_000, "K"] : [1_000_000, "M"];
  const tenths = Math.floor((tokens * 10) / scale) / 10;
  return `${tenths >= 100 ? Math.floor(tenths) : tenths}${unit}`;
}

/** Milliseconds: `420 ms`, `1.3 s`, `12 s`. */
export function latencyText(ms: number | null): string {
  if (ms === null) return NOTHING;
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${roughText(ms / 1_000)} s`;
}

/** Tokens a second: `85 tok/s`. */
export function throughputText(perSecond: number | null): string {
  return perSecond === null ? NOTHING : `${roughText(perSecond)} tok/s`;
}

/** A percentage, cut and never rounded up: 99.99 is not 100. */
export function percentText(percent: number | null): string {
  if (percent === null) return NOTHING;
  return `${(Math.floor(percent * 10) / 10).toFixed(1).replace(/\.0$/, "")} %`;
}

/** A part of a whole, from 0 to 1, in percent; what is above nothing is never shown as nothing. */
export function shareText(share: number): string {
  return share > 0 && share < 0.001 ? "< 0.1 %" : percentText(share * 100);
}

/** Several of something in words: `1 model`, `2 models`; `many` where it does not end with an s. */
export function countWords(count: number | bigint, one: string, many = `${one}s`): string {
  return `${wholeText(count)} ${String(count) === "1" ? one : many}`;
}
