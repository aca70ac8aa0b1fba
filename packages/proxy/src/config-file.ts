// Which config file a command means, and its text.
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { isOpenToOthers } from "@aimo-network/protocol/keys/wallet-key";
import type { ProxyConfig } from "./config/proxy-config.ts";
import { parseProxyConfig } from "./config/proxy-config.ts";
import type { Environment } from "./config/reading.ts";
import { VARIABLES_FILE_BYTES_MAX } from "./limits.ts";
import { isSystemError } from "./system-error.ts";

const DEFAULT_PATH = "config.toml";

/** A config file that was read and found without faults. */
export interface ConfigFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  readonly config: ProxyConfig;
  /** What `std::env::` stands for in it: the process's variables, and beside them those of `.env`. */
  readonly variables: Environment;
}

/** A config file, or the `.env` beside it, that cannot be read at all; its message tells a person what to do. */
export class ConfigFileMissing extends Error {
  override readonly name = "ConfigFileMissing";
}

/**
 * Reads the file given on the command line, else the one `CONFIG_FILE_PATH` names, else `config.toml`. Variables that
 * the process does not have come from a `.env` beside it. Throws `ConfigFileMissing`, or `ConfigFaults` with all faults.
 */
export function readConfigFile(given: string | undefined, environment: Environment): ConfigFile {
  const fromEnvironment = environment["CONFIG_FILE_PATH"] ?? "";
  const name = given ?? (fromEnvironment === "" ? DEFAULT_PATH : fromEnvironment);
  const path = resolve(name);
  const text = readText(path);
  const variables = { ...environment, ...variablesBeside(path, text, environment) };
  return { path, text, config: parseProxyConfig(text, { fileName: name, env: variables }), variables };
}

/** The variables of the `.env` beside a config, where the config needs one of them. */
function variablesBeside(configPath: string, text: string, environment: Environment): Environment {
  const path = join(dirname(configPath), ".env");
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined || size > VARIABLES_FILE_BYTES_MAX) return {};
  const needed = new Set(Array.from(text.matchAll(/"std::env::(\w+)"/g), ([, name]) => name));
  const found = Object.entries(parseEnv(readText(path))).filter(
    ([name]) => needed.has(name) && (environment[name] ?? "") === "",
  );
  if (found.length > 0 && process.platform !== "win32" && isOpenToOthers(statSync(path).mode)) {
    const names = found.map(([name]) => name).join(", ");
    throw new ConfigFileMissing(`others on this machine can read ${names} in ${path}: chmod 600 ${path}`);
  }
  return Object.fromEntries(found);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    const advice = "name the file with --config FILE or in CONFIG_FILE_PATH; `aimo provider init` makes one";
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
