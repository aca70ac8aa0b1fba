// When things are examined: everything follows from how long a new offer may be kept waiting.
import type { ExaminationTimes } from "../market/truth/examination-times.ts";

/** The times of one router's inspection, in milliseconds. */
export interface InspectionSchedule extends ExaminationTimes {
  /** Between two looks for offers that are due. */
  readonly lookMs: number;
  /** After which it is tried again where there was no money. */
  readonly fundsMs: number;
}

const DAY_MS = 24 * 3_600_000;
const LOOK_MS_MAX = 5_000;
const LOOK_MS_MIN = 10;

/** The schedule of a router that examines a new offer within `delayMs`. */
export function inspectionSchedule(delayMs: number): InspectionSchedule {
  return {
    firstMs: [delayMs / 10, delayMs],
    spreadMs: delayMs / 4,
    againMs: delayMs,
    apartMs: delayMs / 4,
    dailyMs: DAY_MS,
    lookMs: Math.max(LOOK_MS_MIN, Math.min(LOOK_MS_MAX, delayMs / 20)),
    fundsMs: delayMs,
  };
}
