// How large a graph a request body may describe: a few megabytes of brackets would stop the process while they are parsed.
import { AimoError } from "@aimo-network/protocol/errors";
import { skipJsonString } from "@aimo-network/protocol/json-members";
import { JSON_DEPTH_MAX, JSON_VALUES_MAX } from "../limits.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

function refuse(what: string, most: number): never {
  throw new AimoError("invalid_request", { expected: `JSON with at most ${most} ${what}`, found: "more" });
}

/** Throws `invalid_request` for text that nests too deep or holds too many values; valid JSON or not is not looked at. */
export function checkJsonBounds(text: string): void {
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
      if (depth > JSON_DEPTH_MAX) refuse("levels", JSON_DEPTH_MAX);
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
    else if (code === COMMA) values += 1;
    if (values > JSON_VALUES_MAX) refuse("values", JSON_VALUES_MAX);
  }
}
