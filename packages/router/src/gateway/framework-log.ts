// What of the web framework's own log reaches the router's: that something is wrong and where, never its words.
import { isJsonObject } from "@aimo-network/protocol/json-object";
import type { FastifyBaseLogger } from "fastify";
import type { Logger } from "pino";

/**
 * The log that the web framework is given. Its own lines quote URLs, and so whatever clients put there: of its warnings
 * and errors only the error's trace is kept, everything else is dropped.
 */
export function frameworkLog(log: Logger): FastifyBaseLogger {
  const tell = (level: "warn" | "error" | "fatal") => (said: unknown) => {
    const error = isJsonObject(said) && !(said instanceof Error) ? said["err"] : said;
    log[level]({ ...(error instanceof Error && { error }) }, "the web framework complains");
  };
  const drop = (): void => undefined;
  const quiet: FastifyBaseLogger = {
    level: log.level,
    fatal: tell("fatal"),
    error: tell("error"),
    warn: tell("warn"),
    info: drop,
    debug: drop,
    trace: drop,
    silent: drop,
    child: () => quiet,
  };
  return quiet;
}
