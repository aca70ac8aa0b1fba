// Which config file a command means, and its text.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { ProxyConfig } from "./config/proxy-config.ts";
import { parseProxyConfig } from "./config/proxy-config.ts";
import type { Environment } from "./config/reading.ts";
import { isSystemError } from "./system-error.ts";

const DEFAULT_PATH = "config.toml";

/** A config file that was read and found without faults. */
export interface ConfigFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  readonly config: ProxyConfig;
}

/** A config file that cannot be read at all; its message tells a person what to do. */
export class ConfigFileMissing extends Error {
  override readonly name = "ConfigFileMissing";
}

/**
 * Reads the file given on the command line, else the one `CONFIG_FILE_PATH` names, else `config.toml`. Throws
 * `ConfigFileMissing`, or `ConfigFaults` with all its faults.
 */
export function readConfigFile(given: string | undefined, environment: Environment): ConfigFile {
  const fromEnvironment = environment["CONFIG_FILE_PATH"] ?? "";
  const name = given ?? (fromEnvironment === "" ? DEFAULT_PATH : fromEnvironment);
  const path = resolve(name);
  const text = readText(path);
  return { path, text, config: parseProxyConfig(text, { fileName: name, env: environment }) };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    const advice = "name the file with --config FILE or in CONFIG_FILE_PATH";
    throw new ConfigFileMissing(`cannot read ${path} (${cause.code}): ${advice}`, { cause });
  }
}

/** Where Ends are kept when the config does not say: in the user's state directory, one file per config file. */
export function defaultSpoolPath(configPath: string, environment: Environment): string {
  const stateHome = environment["XDG_STATE_HOME"] ?? "";
  const base = stateHome.startsWith("/") ? stateHome : join(homedir(), ".local", "state");
  const name = createHash("sha256").update(configPath).digest("hex").slice(0, 16);
  return join(base, "aimo-proxy", `ends-${name}.jsonl`);
}
