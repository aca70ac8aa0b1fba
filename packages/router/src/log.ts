// The router's log: ids, codes and durations; never a prompt, a completion, a key, a URL or what a peer said.
import { errorTrace } from "@aimo-network/protocol/error-trace";
import type { Logger } from "pino";
import { pino } from "pino";

/** Where finished lines go. */
export interface LogSink {
  write(line: string): void;
}

// Nothing logs these on purpose; the list is for the day somebody logs a whole object.
const SECRET_MEMBERS = [
  "authorization",
  "cookie",
  "api_key",
  "apiKey",
  "x-api-key",
  "key",
  "headers",
  "url",
  "databaseUrl",
];
const CONTENT_MEMBERS = ["body", "messages", "prompt", "content", "text", "data", "detail", "raw", "context"];
const REDACTED = [...SECRET_MEMBERS, ...CONTENT_MEMBERS].flatMap((name) => [`*["${name}"]`, `*.*["${name}"]`]);

/** Creates a log of JSON lines, to `sink` or to standard output. */
export function createLog(level: string, sink?: LogSink): Logger {
  const options = {
    level,
    redact: { paths: REDACTED, censor: "[redacted]" },
    serializers: { error: errorTrace, ["err"]: errorTrace },
  };
  return sink === undefined ? pino(options) : pino(options, sink);
}
