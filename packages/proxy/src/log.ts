// The proxy's log: JSON lines for machines, plain lines on a terminal; never a prompt, a completion or a key.
import { errorTrace } from "@aimo-network/protocol/error-trace";
import type { Logger } from "pino";
import { pino } from "pino";

/** What rooms of the proxy may do with the log. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;

// Nothing below ever logs these on purpose; the list is for the day somebody logs a whole object.
const SECRET_MEMBERS = ["authorization", "cookie", "apiKey", "api_key", "x-api-key", "proxy-authorization", "key"];
const CONTENT_MEMBERS = ["body", "messages", "prompt", "content", "payload", "chunk", "text", "data"];
const REDACTED = [...SECRET_MEMBERS, ...CONTENT_MEMBERS].flatMap((name) => [
  `["${name}"]`,
  `*["${name}"]`,
  `*.*["${name}"]`,
]);

/** Where finished lines go. */
export interface LogSink {
  write(line: string): void;
}

/** How much is logged. */
export type LogLevel = "error" | "warn" | "info" | "debug";

/** Creates a log that writes JSON lines to `sink`. */
export function createLog(sink: LogSink, level: LogLevel = "info"): Logger {
  return pino(
    {
      level,
      base: null,
      redact: { paths: REDACTED, censor: "[redacted]" },
      serializers: { error: errorTrace, ["err"]: errorTrace },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    sink,
  );
}

const LEVELS: Readonly<Record<number, string>> = { 40: "warning: ", 50: "error: ", 60: "fatal: " };
const UNSAID = new Set(["level", "time", "msg"]);

/** A JSON line of the log as a person reads it: time, message, and the rest as `name=value`. */
export function readableLine(line: string): string {
  const entry = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const time = String(entry["time"]).slice(11, 19);
  const rest = Object.entries(entry)
    .filter(([name]) => !UNSAID.has(name))
    .map(([name, value]) => ` ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("");
  const text = `${time} ${LEVELS[Number(entry["level"])] ?? ""}${String(entry["msg"])}${rest}`;
  return text.replaceAll(/\p{Cc}/gu, " "); // what a peer sent must not steer the terminal
}
