// The four separate deadlines of a call to an upstream, for all models or for one.
import type { Values } from "./section-table.ts";
import { optional, withDefault } from "./section-table.ts";
import { wholeNumber } from "./value-readers.ts";

/** Milliseconds each phase of a call may take. */
export interface Timeouts {
  /** Until the upstream accepted the connection, TLS included. */
  readonly connectMs: number;
  /** From the request sent to the first byte of a streamed answer; one in one piece comes when it is thought out. */
  readonly firstByteMs: number;
  /** Between two pieces of an answer. */
  readonly idleMs: number;
  /** From the start to the end of the answer. */
  readonly totalMs: number;
}

const TIMEOUT_MS_MIN = 100; // less is seconds written for milliseconds, and would cut every call

const SECOND_MS = 1_000;
const CONNECT = milliseconds(60 * SECOND_MS); // kernels give up on a silent host soon after
const FIRST_BYTE = milliseconds(30 * 60 * SECOND_MS); // a long prompt behind a queue on a small machine
const IDLE = milliseconds(30 * 60 * SECOND_MS); // models that think without a word
const TOTAL = milliseconds(24 * 60 * 60 * SECOND_MS); // the longest duration frames of the link can tell

function milliseconds(max: number) {
  return wholeNumber("milliseconds", { min: TIMEOUT_MS_MIN, max });
}

/** The deadlines for all models. */
export const TIMEOUT_KEYS = {
  connect_ms: withDefault(CONNECT, 10 * SECOND_MS, "connect_ms = 10_000"),
  first_byte_ms: withDefault(FIRST_BYTE, 120 * SECOND_MS, "first_byte_ms = 120_000"),
  idle_ms: withDefault(IDLE, 60 * SECOND_MS, "idle_ms = 60_000"),
  total_ms: withDefault(TOTAL, 600 * SECOND_MS, "total_ms = 600_000"),
};

/** The deadlines of one model, where they differ. */
export const TIMEOUT_OVERRIDE_KEYS = {
  connect_ms: optional(CONNECT, "connect_ms = 10_000"),
  first_byte_ms: optional(FIRST_BYTE, "first_byte_ms = 120_000"),
  idle_ms: optional(IDLE, "idle_ms = 60_000"),
  total_ms: optional(TOTAL, "total_ms = 600_000"),
};

/** The deadlines that hold: those written, else those of `defaults`. */
export function timeoutsOf(written: Values<typeof TIMEOUT_OVERRIDE_KEYS>, defaults: Timeouts): Timeouts {
  return {
    connectMs: written.connect_ms ?? defaults.connectMs,
    firstByteMs: written.first_byte_ms ?? defaults.firstByteMs,
    idleMs: written.idle_ms ?? defaults.idleMs,
    totalMs: written.total_ms ?? defaults.totalMs,
  };
}
