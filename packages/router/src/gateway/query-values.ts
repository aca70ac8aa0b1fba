// What query strings name: moments, days, keys and wallets.
import { Type } from "typebox";
import { AimoError } from "@aimo-network/protocol/errors";
import { dayOf } from "../activity/utc-days.ts";

/** A key's id as the lists of keys show it. */
export const KeyIdText = Type.String({ pattern: "^[0-9a-f]{32}$", description: "A key's id" });

/** A wallet's address; text that is of no wallet finds nothing. */
export const WalletText = Type.String({ pattern: "^[1-9A-HJ-NP-Za-km-z]{32,44}$", description: "A wallet's address" });

const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const TIME = /^T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})$/;
const DAY_CHARS = 10;

/** The beginning of a day in UTC; undefined for what is none, such as the 30th of February, which the language takes for March. */
function startOfDay(text: string): number | undefined {
  if (!DAY.test(text)) return undefined;
  const moment = Date.parse(text);
  return Number.isFinite(moment) && new Date(moment).toISOString().startsWith(text) ? moment : undefined;
}

/** Reads a day, which stands for its beginning in UTC, or a moment with its zone; milliseconds since 1970. */
export function readMoment(param: string, text: string): number {
  const [day, time] = [text.slice(0, DAY_CHARS), text.slice(DAY_CHARS)];
  const start = startOfDay(day);
  const moment = time === "" ? start : TIME.test(time) ? Date.parse(text) : undefined;
  if (start !== undefined && moment !== undefined && Number.isFinite(moment)) return moment;
  const expected = "a day or a moment with its zone, such as 2026-11-25 or 2026-11-25T08:00:00Z";
  throw new AimoError("invalid_request", { expected, found: text, param });
}

/** Reads a day in UTC; days since 1970. */
export function readDay(param: string, text: string): number {
  const start = startOfDay(text);
  if (start !== undefined) return dayOf(start);
  throw new AimoError("invalid_request", { expected: "a day, such as 2026-11-25", found: text, param });
}
