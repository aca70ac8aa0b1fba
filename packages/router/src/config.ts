// This router's settings: from a file and the environment to one frozen object, every fault reported at once.
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { closest, distance } from "fastest-levenshtein";
import { BODY_BYTES_MAX, DRAIN_MS } from "./limits.ts";

/** A router's settings; durations in milliseconds. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Health and readiness for whoever runs the router; never the public port. */
  readonly operatorHost: string;
  readonly operatorPort: number;
  readonly dataDirectory: string;
  /** Where clients reach this router, when that is not the address it listens on. */
  readonly publicUrl: string | undefined;
  readonly name: string;
  readonly acceptV1Spending: boolean;
  readonly bodyBytesMax: number;
  readonly firstByteMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
  readonly drainMs: number;
  readonly logLevel: string;
}

/** All that is wrong with a router's settings. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `The router's settings have ${faults.length === 1 ? "a fault" : `${faults.length} faults`}:\n${faults.map((fault) => `  ${fault}`).join("\n")}`,
    );
    this.faults = faults;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Setting {
  readonly meaning: string;
  readonly fallback: string;
  /** What a value must look like, in words and as a test. */
  readonly expected: string;
  readonly accepts: (value: string) => boolean;
}

const isWhole =
  (least: number, most: number) =>
  (value: string): boolean =>
    /^[0-9]{1,15}$/.test(value) && Number(value) >= least && Number(value) <= most;
const isText = (value: string): boolean => value !== "";

function whole(meaning: string, fallback: number, least: number, most: number): Setting {
  return {
    meaning,
    fallback: String(fallback),
    expected: `a whole number from ${least} to ${most}`,
    accepts: isWhole(least, most),
  };
}

function text(meaning: string, fallback: string): Setting {
  return { meaning, fallback, expected: "a text", accepts: isText };
}

function isUrl(value: string): boolean {
  return value === "" || (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol));
}

const LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];
const HOUR_MS = 3_600_000;
const TYPING_ERROR_STEPS = 2;
const FILE_VARIABLE = "AIMO_CONFIG_FILE";

/** Every setting there is, by its variable; `aimo-router --help` prints this table. */
export const SETTINGS = {
  AIMO_HOST: text("address to listen on", "127.0.0.1"),
  AIMO_PORT: whole("port to listen on, 0 for any free one", 8787, 0, 65_535),
  AIMO_OPERATOR_HOST: text("address of the operator's port", "127.0.0.1"),
  AIMO_OPERATOR_PORT: whole("port of /healthz and /readyz, 0 for any free one", 8788, 0, 65_535),
  AIMO_DATA_DIR: text("where the router keeps its identity and first-generation offers", ".aimo-router"),
  AIMO_PUBLIC_URL: {
    meaning: "where clients reach this router, if not the address it listens on",
    fallback: "",
    expected: "an http or https URL",
    accepts: isUrl,
  },
  AIMO_NAME: text("the router's name for people", "AiMo router"),
  AIMO_ACCEPT_V1_SPENDING: {
    meaning: "whether first-generation keys may spend",
    fallback: "false",
    expected: "true or false",
    accepts: (value) => value === "true" || value === "false",
  },
  AIMO_BODY_BYTES_MAX: whole("largest request body in bytes", BODY_BYTES_MAX, 1_024, 256 * 1024 * 1024),
  AIMO_FIRST_BYTE_TIMEOUT_MS: whole("until a stream's first event", 120_000, 10, HOUR_MS),
  AIMO_IDLE_TIMEOUT_MS: whole("between two events of a stream", 60_000, 10, HOUR_MS),
  AIMO_TOTAL_TIMEOUT_MS: whole("for a whole answer, over all providers tried", 600_000, 10, HOUR_MS),
  AIMO_DRAIN_MS: whole("for running answers when the router stops", DRAIN_MS, 0, HOUR_MS),
  AIMO_LOG_LEVEL: {
    meaning: "how much is logged",
    fallback: "info",
    expected: LEVELS.join(", "),
    accepts: (value) => LEVELS.includes(value),
  },
} as const satisfies Readonly<Record<string, Setting>>;
type SettingName = keyof typeof SETTINGS;

function collect(environment: Environment): { values: ReadonlyMap<string, string>; faults: string[] } {
  const faults: string[] = [];
  const values = new Map<string, string>();
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    const value = environment[name] ?? setting.fallback;
    values.set(name, value);
    if (!setting.accepts(value)) {
      faults.push(
        `${name}: expected ${setting.expected}, found ${JSON.stringify(value.slice(0, 80))} (${setting.meaning})`,
      );
    }
  }
  for (const name of Object.keys(environment)) {
    if (!name.startsWith("AIMO_") || name in SETTINGS) continue;
    // Other programs have variables of this family too; one letter off is a typing error in ours.
    const near = closest(name, [...Object.keys(SETTINGS), FILE_VARIABLE]);
    if (name !== near && distance(name, near) <= TYPING_ERROR_STEPS)
      faults.push(`${name}: no such setting. Did you mean ${near}?`);
  }
  return { values, faults };
}

/** Reads the settings; throws `ConfigError` with every fault. */
export function parseConfig(environment: Environment): Config {
  const { values, faults } = collect(environment);
  if (faults.length > 0) throw new ConfigError(faults);
  const get = (name: SettingName): string => values.get(name) ?? "";
  const publicUrl = get("AIMO_PUBLIC_URL").replace(/\/+$/, "");
  return Object.freeze({
    host: get("AIMO_HOST"),
    port: Number(get("AIMO_PORT")),
    operatorHost: get("AIMO_OPERATOR_HOST"),
    operatorPort: Number(get("AIMO_OPERATOR_PORT")),
    dataDirectory: get("AIMO_DATA_DIR"),
    publicUrl: publicUrl === "" ? undefined : publicUrl,
    name: get("AIMO_NAME"),
    acceptV1Spending: get("AIMO_ACCEPT_V1_SPENDING") === "true",
    bodyBytesMax: Number(get("AIMO_BODY_BYTES_MAX")),
    firstByteMs: Number(get("AIMO_FIRST_BYTE_TIMEOUT_MS")),
    idleMs: Number(get("AIMO_IDLE_TIMEOUT_MS")),
    totalMs: Number(get("AIMO_TOTAL_TIMEOUT_MS")),
    drainMs: Number(get("AIMO_DRAIN_MS")),
    logLevel: get("AIMO_LOG_LEVEL"),
  });
}

/** The environment over the file that `AIMO_CONFIG_FILE` names, if it names one: lines of `NAME=value`. */
export function readEnvironment(environment: Environment): Environment {
  const path = environment[FILE_VARIABLE];
  if (path === undefined || path === "") return environment;
  try {
    return { ...parseEnv(readFileSync(path, "utf8")), ...environment };
  } catch (cause) {
    throw new ConfigError([`${FILE_VARIABLE}: expected a readable file, found ${path} (${(cause as Error).message})`]);
  }
}
