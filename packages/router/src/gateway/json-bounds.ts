// How large a graph a request body may describe.
import { AimoError } from "@aimo-network/protocol/errors";
import { exceededJsonBound } from "@aimo-network/protocol/json-bounds";
import { JSON_DEPTH_MAX, JSON_VALUES_MAX } from "../limits.ts";

/** Throws `invalid_request` for text that nests too deep or holds too many values; valid JSON or not is not looked at. */
export function checkJsonBounds(text: string): void {
  const exceeded = exceededJsonBound(text, { levelsMax: JSON_DEPTH_MAX, valuesMax: JSON_VALUES_MAX });
  if (exceeded === undefined) return;
  const most = exceeded === "levels" ? JSON_DEPTH_MAX : JSON_VALUES_MAX;
  throw new AimoError("invalid_request", { expected: `JSON with at most ${most} ${exceeded}`, found: "more" });
}
