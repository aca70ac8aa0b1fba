// A changed config file takes effect without a restart; a faulty one changes nothing.
import { readFileSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import { ConfigFaults } from "./config/config-faults.ts";
import type { ProxyConfig } from "./config/proxy-config.ts";
import { RELOAD_REST_MS } from "./limits.ts";
import type { Log } from "./log.ts";
import { isSystemError } from "./system-error.ts";

/** What a reload reads, and whom it tells. */
export interface ReloadTarget {
  readonly path: string;
  /** The text that is running. */
  readonly text: string;
  /** Throws `ConfigFaults`. */
  parse(text: string): ProxyConfig;
  apply(config: ProxyConfig): void;
  /** Shows the faults of a file to the person who wrote it. */
  showFaults(faults: ConfigFaults): void;
}

/** Watches a config file. */
export interface Reload {
  /** Reads the file now, changed or not. */
  reload(): void;
  stop(): void;
}

/** Starts to watch; the file is read once it has rested, because editors write in several steps. */
export function createReload(clock: Clock, log: Log, target: ReloadTarget): Reload {
  let lastText = target.text;
  let rest: Timer | undefined;

  const read = (isAsked: boolean): void => {
    try {
      const text = readFileSync(target.path, "utf8");
      if (text === lastText && !isAsked) return;
      lastText = text;
      target.apply(target.parse(text));
      log.info({ path: target.path }, "config reloaded");
    } catch (error) {
      if (error instanceof ConfigFaults) {
        target.showFaults(error);
        log.error(
          { path: target.path, faults: error.faults.length },
          "config not reloaded: it has faults, the running one stays",
        );
      } else if (isSystemError(error)) {
        log.error(
          { path: target.path, reason: error.code },
          "config not reloaded: it cannot be read, the running one stays",
        );
      } else throw error;
    }
  };

  // The directory, not the file: editors and orchestrators replace the file, by renaming or through a link `..data`.
  const name = basename(target.path);
  const watcher = watchDirectory(dirname(target.path), log, (changed) => {
    if (changed !== name && !changed.startsWith("..")) return;
    if (rest === undefined) rest = clock.timer(RELOAD_REST_MS, () => read(false));
    else rest.refresh();
  });

  return {
    reload: () => read(true),
    stop() {
      rest?.cancel();
      watcher?.close();
    },
  };
}

function watchDirectory(path: string, log: Log, changed: (name: string) => void): { close(): void } | undefined {
  const giveUp = (error: NodeJS.ErrnoException): void =>
    log.warn({ path, reason: error.code }, "the config file cannot be watched: send SIGHUP after a change");
  try {
    const watcher = watch(path, { persistent: false }, (_event, name) => {
      if (name !== null) changed(name);
    });
    return watcher.on("error", giveUp);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    giveUp(error);
    return undefined;
  }
}
