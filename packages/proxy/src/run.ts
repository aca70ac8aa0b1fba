// `aimo-proxy run`: a proxy with its log, its status line, its reloads and its signals.
import type { MessagePort } from "node:worker_threads";
import { MessageChannel } from "node:worker_threads";
import { systemClock } from "@aimo-network/protocol/clock";
import { watchParent } from "@aimo-network/protocol/parent-watch";
import { systemRandom } from "@aimo-network/protocol/random";
import { defaultSpoolPath, readConfigFile } from "./config-file.ts";
import { parseProxyConfig } from "./config/proxy-config.ts";
import { serveHealth } from "./health.ts";
import { DRAIN_GRACE_MS } from "./limits.ts";
import { requireProxySupport } from "./link/proxy-agent.ts";
import type { LogLevel, LogSink } from "./log.ts";
import { createLog, readableLine } from "./log.ts";
import type { ProxyStatus } from "./proxy.ts";
import { createProxy } from "./proxy.ts";
import { createReload } from "./reload.ts";
import { resolveHost } from "./crossing/resolve-host.ts";
import { createStatusLine } from "./status-line.ts";
import type { Surroundings } from "./surroundings.ts";

const REFUSED_EXIT_CODE = 1;
const FORCED_EXIT_CODE = 130; // 128 + SIGINT, as shells count

/** Sells until a signal comes; resolves with the exit code. Throws what `readConfigFile`, `requireProxySupport` and `serveHealth` throw. */
export async function run(
  given: string | undefined,
  surroundings: Surroundings,
  level: LogLevel = "info",
): Promise<number> {
  const { environment, output, errors, exit } = surroundings;
  const clock = systemClock;
  const file = readConfigFile(given, environment);
  requireProxySupport(file.config.routers, environment);
  let status: (() => ProxyStatus) | undefined;
  const health = await serveHealth(environment, () => status?.());
  const statusLine = output.isTTY === true ? createStatusLine(clock, output) : undefined;
  const sink: LogSink =
    statusLine === undefined
      ? { write: (line) => void output.write(line) }
      : { write: (line) => statusLine.print(readableLine(line)) };
  const log = createLog(sink, level);
  const alive = keepProcessAlive();

  return await new Promise((resolve) => {
    const proxy = createProxy({ clock, random: systemRandom, log, environment, resolve: resolveHost }, file.config, {
      spoolPath: file.config.spoolPath ?? defaultSpoolPath(file.path, environment),
      allRefused: () => void end("no router takes the key", REFUSED_EXIT_CODE),
    });
    ({ status } = proxy);
    const reload = createReload(clock, log, {
      path: file.path,
      text: file.text,
      parse: (text) => parseProxyConfig(text, { fileName: file.path, env: file.variables }),
      apply: (config) => proxy.apply(config),
      showFaults(faults) {
        if (statusLine === undefined) errors.write(`${faults.message}\n`);
        else statusLine.print(faults.message);
      },
    });
    let isEnding = false;
    const end = async (reason: string, code: number): Promise<void> => {
      if (isEnding) {
        exit(FORCED_EXIT_CODE);
        return;
      }
      isEnding = true;
      reload.stop();
      log.info({ reason, running: proxy.status().running }, "draining: a second signal ends at once");
      await proxy.drain(reason, DRAIN_GRACE_MS);
      log.info({ ...proxy.status().tally }, "stopped");
      statusLine?.stop();
      health?.close();
      alive.close();
      resolve(code);
    };
    process.on("SIGHUP", () => reload.reload());
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void end(signal, 0));
    watchParent(clock, surroundings, () => {
      if (!isEnding) void end("npm has ended", 0); // else the signal that ended npm came here too
    });
    proxy.start();
    statusLine?.start(() => proxy.status());
  });
}

/** Timers of the clock and closed links hold no process; while every router is away nothing else would. */
function keepProcessAlive(): MessagePort {
  const { port1 } = new MessageChannel();
  port1.ref();
  return port1;
}
