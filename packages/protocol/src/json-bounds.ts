// How large a graph a JSON text describes: a few megabytes of brackets would stop a process while they are parsed.
import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from "./json-characters.ts";
import { skipJsonString } from "./json-members.ts";

/** The most levels and values of a text. */
export interface JsonBounds {
  readonly levelsMax: number;
  readonly valuesMax: number;
}

/** Which bound a text exceeds; undefined where none. Whether it is valid JSON is not looked at. */
export function exceededJsonBound(text: string, { levelsMax, valuesMax }: JsonBounds): "levels" | "values" | undefined {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = skipJsonString(text, at); // a string is one step, however long: images cost nothing here
      continue;
    }
    at += 1;
    if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth += 1;
      values += 1;
      if (depth > levelsMax) return "levels";
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
    else if (code === COMMA) values += 1;
    if (values > valuesMax) return "values";
  }
  return undefined;
}
