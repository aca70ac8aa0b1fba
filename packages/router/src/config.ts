// This router's settings: from a file and the environment to one frozen object, every fault reported at once.
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import type { ChainConfig } from "./chain-settings.ts";
import { chainContradictions, chainSettings } from "./chain-settings.ts";
import { mistypedSetting } from "./mistyped-setting.ts";
import type { Setting } from "./settings.ts";
import { SETTINGS } from "./settings.ts";
import type { TraceSettings } from "./trace-settings.ts";
import { traceSettings } from "./trace-settings.ts";

/** A router's settings; durations in milliseconds. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Health, readiness and metrics for whoever runs the router; never the public port. */
  readonly operatorHost: string;
  readonly operatorPort: number;
  readonly dataDirectory: string;
  /** The operator's PostgreSQL; undefined where the router keeps one of its own in its data directory. */
  readonly databaseUrl: string | undefined;
  readonly databaseConnectionsMax: number;
  /** Days that the ledger's journal and generations are kept. */
  readonly historyDays: number;
  /** Where clients reach this router, when that is not the address it listens on. */
  readonly publicUrl: string | undefined;
  /** Where the web console's files are: a folder, or `none`; undefined for those that this router came with. */
  readonly consoleDirectory: string | undefined;
  readonly name: string;
  readonly acceptV1Spending: boolean;
  readonly bodyBytesMax: number;
  readonly bodiesBytesMax: number;
  readonly answersBytesMax: number;
  readonly requestsPerKeyMax: number;
  /** What one key, and one wallet with all its keys, may ask for in a minute, and at once over all instances. */
  readonly rates: Readonly<Record<"key" | "wallet", { requests: number; tokens: number; running: number }>>;
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  readonly firstByteMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
  readonly drainMs: number;
  readonly logLevel: string;
  /** What examining offers may cost in a day, and how long a new one waits for it at most. */
  readonly inspection: { readonly usdcPerDay: NanoUsdc; readonly delayMs: number };
  /** Undefined where no node of a chain is named: nobody can deposit or withdraw then. */
  readonly chain: ChainConfig | undefined;
  /** Undefined where no collector is named: nothing is traced then. */
  readonly traces: TraceSettings | undefined;
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

const FILE_VARIABLE = "AIMO_CONFIG_FILE";
type SettingName = keyof typeof SETTINGS;

/** A value as a fault may show it. */
function shown({ isSecret = false }: Setting, value: string): string {
  if (/^(?:aimo-)?sk-|^bearer /i.test(value)) return "a key";
  return isSecret ? "something else" : JSON.stringify(value.slice(0, 80));
}

function collect(environment: Environment): { values: ReadonlyMap<string, string>; faults: string[] } {
  const faults: string[] = [];
  const values = new Map<string, string>();
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    const given = environment[name];
    // An empty variable of OpenTelemetry is not set, as its standard says.
    const value = given === undefined || (given === "" && name.startsWith("OTEL_")) ? setting.fallback : given;
    values.set(name, value);
    if (!setting.accepts(value)) {
      faults.push(`${name}: expected ${setting.expected}, found ${shown(setting, value)} (${setting.meaning})`);
    }
  }
  const known = [...Object.keys(SETTINGS), FILE_VARIABLE];
  for (const name of Object.keys(environment)) {
    const fault = mistypedSetting(name, known);
    if (fault !== undefined) faults.push(fault);
  }
  return { values, faults: [...faults, ...(faults.length > 0 ? [] : contradictions(values))] };
}

/** Faults that no setting has alone. */
function contradictions(values: ReadonlyMap<string, string>): string[] {
  const [all, one] = ["AIMO_BODIES_BYTES_MAX", "AIMO_BODY_BYTES_MAX"].map((name) => Number(values.get(name)));
  const faults = chainContradictions(values);
  if (all === undefined || one === undefined || all >= one) return faults;
  return [
    ...faults,
    `AIMO_BODIES_BYTES_MAX: expected room for one body at least (AIMO_BODY_BYTES_MAX, ${one}), found ${all}`,
  ];
}

/** Reads the settings; throws `ConfigError` with every fault. */
export function parseConfig(environment: Environment): Config {
  const { values, faults } = collect(environment);
  if (faults.length > 0) throw new ConfigError(faults);
  const get = (name: SettingName): string => values.get(name) ?? "";
  const publicUrl = get("AIMO_PUBLIC_URL").replace(/\/+$/, "");
  const databaseUrl = get("DATABASE_URL");
  return Object.freeze({
    host: get("AIMO_HOST"),
    port: Number(get("AIMO_PORT")),
    operatorHost: get("AIMO_OPERATOR_HOST"),
    operatorPort: Number(get("AIMO_OPERATOR_PORT")),
    dataDirectory: get("AIMO_DATA_DIR"),
    databaseUrl: databaseUrl === "" ? undefined : databaseUrl,
    databaseConnectionsMax: Number(get("AIMO_DATABASE_CONNECTIONS_MAX")),
    historyDays: Number(get("AIMO_HISTORY_DAYS")),
    publicUrl: publicUrl === "" ? undefined : publicUrl,
    consoleDirectory: get("AIMO_CONSOLE_DIR") || undefined,
    name: get("AIMO_NAME"),
    acceptV1Spending: get("AIMO_ACCEPT_V1_SPENDING") === "true",
    bodyBytesMax: Number(get("AIMO_BODY_BYTES_MAX")),
    bodiesBytesMax: Number(get("AIMO_BODIES_BYTES_MAX")),
    answersBytesMax: Number(get("AIMO_ANSWERS_BYTES_MAX")),
    requestsPerKeyMax: Number(get("AIMO_REQUESTS_PER_KEY_MAX")),
    rates: {
      key: {
        requests: Number(get("AIMO_KEY_REQUESTS_PER_MINUTE")),
        tokens: Number(get("AIMO_KEY_TOKENS_PER_MINUTE")),
        running: Number(get("AIMO_REQUESTS_PER_KEY_MAX")),
      },
      wallet: {
        requests: Number(get("AIMO_WALLET_REQUESTS_PER_MINUTE")),
        tokens: Number(get("AIMO_WALLET_TOKENS_PER_MINUTE")),
        running: Number(get("AIMO_REQUESTS_PER_WALLET_MAX")),
      },
    },
    connectionsMax: Number(get("AIMO_CONNECTIONS_MAX")),
    connectionsPerAddressMax: Number(get("AIMO_CONNECTIONS_PER_ADDRESS_MAX")),
    firstByteMs: Number(get("AIMO_FIRST_BYTE_TIMEOUT_MS")),
    idleMs: Number(get("AIMO_IDLE_TIMEOUT_MS")),
    totalMs: Number(get("AIMO_TOTAL_TIMEOUT_MS")),
    drainMs: Number(get("AIMO_DRAIN_MS")),
    logLevel: get("AIMO_LOG_LEVEL"),
    inspection: {
      usdcPerDay: parseNanoUsdc(get("AIMO_INSPECTION_USDC_PER_DAY")),
      delayMs: Number(get("AIMO_INSPECTION_DELAY_MS")),
    },
    chain: chainSettings(get, get("AIMO_DATA_DIR")),
    traces: traceSettings(get),
  });
}

/** The environment over the file that `AIMO_CONFIG_FILE` names, if it names one: lines of `NAME=value`. */
export function readEnvironment(environment: Environment): Environment {
  const path = environment[FILE_VARIABLE];
  if (path === undefined || path === "") return environment;
  const content = readSettingsFile(path);
  const faults = faultyLines(content).map(
    (line) => `${FILE_VARIABLE}: expected NAME=value in line ${line} of ${path}, found no \`=\``,
  );
  if (faults.length > 0) throw new ConfigError(faults);
  return { ...parseEnv(content), ...environment };
}

function readSettingsFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConfigError([`${FILE_VARIABLE}: expected a readable file, found ${path} (${(cause as Error).message})`]);
  }
}

/** The lines that begin with a setting's name and set nothing: the parser passes over them in silence. */
function faultyLines(content: string): number[] {
  return content
    .split(/\r?\n/)
    .flatMap((line, index) =>
      /^\s*(?:export\s+)?(?:(?:AIMO|OTEL)_|DATABASE_URL)[^=]*$/.test(line) ? [index + 1] : [],
    );
}
