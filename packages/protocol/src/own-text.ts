// Texts that outlive the text they were cut out of.

/** A part of a text as a text of its own: a slice would keep all of the text it is of, such as a piece of many events. */
export function ownText(text: string, start: number, end: number = text.length): string {
  const middle = (start + end) >>> 1;
  return [text.slice(start, middle), text.slice(middle, end)].join("");
}
