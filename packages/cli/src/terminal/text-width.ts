// How many columns a text takes in a terminal: ideographs and pictures take two, accents none.

const ELLIPSIS = "…";
const PLAIN = /^[\u0020-\u007E]*$/;
const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]/u;
const DOUBLE =
  /^(?:\p{Emoji_Presentation}|\p{Regional_Indicator}{2}|.\uFE0F|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}])/u;

let segmenter: Intl.Segmenter | undefined; // 20 ms, for texts that are not plain

function charactersOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

function widthOfOne(character: string): number {
  if (NO_WIDTH.test(character)) return 0;
  return DOUBLE.test(character) ? 2 : 1;
}

/** The columns that a text without control characters takes. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of charactersOf(text)) width += widthOfOne(segment);
  return width;
}

/** A text that takes at most so many columns, with an ellipsis where it was longer. */
export function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = "";
  let room = width - 1;
  for (const { segment } of charactersOf(text)) {
    room -= widthOfOne(segment);
    if (room < 0) break;
    kept += segment;
  }
  return width < 1 ? "" : kept + ELLIPSIS;
}
