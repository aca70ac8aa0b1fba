// The settings of a signer in a process of its own: from the environment to one frozen object, or every fault at once.
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { parseMicroUsdc } from "@aimo-network/protocol/money";
import { isUsdcAmount } from "../chain-settings.ts";
import { mistypedSetting } from "../mistyped-setting.ts";
import type { Setting } from "../settings.ts";
import { SETTINGS } from "../settings.ts";

/** A signer's settings. */
export interface SignerSettings {
  readonly socketPath: string;
  /** Of a role that only reads; it may hold a password. */
  readonly databaseUrl: string;
  /** In order of preference; they may hold secrets and are never logged whole. */
  readonly rpcUrls: readonly string[];
  readonly programId: string;
  readonly routerId: string;
  readonly settlerKeyFile: string;
  readonly cosignerKeyFile: string;
  /** Undefined: the cap on chain is enough. */
  readonly windowMax: MicroUsdc | undefined;
  readonly sponsorMin: MicroUsdc;
  readonly priorityFeeMax: bigint;
  readonly logLevel: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

function needed(setting: Setting, meaning = setting.meaning): Setting {
  return { ...setting, meaning, fallback: "", accepts: (value) => value !== "" && setting.accepts(value) };
}

/** Every setting of a signer, by its variable; those that a router has too mean the same. */
export const SIGNER_SETTINGS = {
  AIMO_SIGNER_SOCKET: needed(
    SETTINGS.AIMO_SIGNER_SOCKET,
    "Unix socket to listen on, in a folder that nobody else writes to",
  ),
  AIMO_SIGNER_DATABASE_URL: needed(
    SETTINGS.DATABASE_URL,
    "the router's PostgreSQL, with a role that only reads (docs/signer.md)",
  ),
  AIMO_RPC_URL: needed(
    SETTINGS.AIMO_RPC_URL,
    "the signer's own Solana RPC nodes in order of preference, commas between",
  ),
  AIMO_PROGRAM_ID: needed(SETTINGS.AIMO_PROGRAM_ID, "address of the escrow program"),
  AIMO_ROUTER_ID: needed(SETTINGS.AIMO_PROGRAM_ID, "the router's id, which it logs when it starts"),
  AIMO_SETTLER_KEY_FILE: needed(SETTINGS.AIMO_SETTLER_KEY_FILE, "Solana key file of the settler, mode 600"),
  AIMO_COSIGNER_KEY_FILE: needed(SETTINGS.AIMO_COSIGNER_KEY_FILE, "Solana key file of the cosigner, mode 600"),
  AIMO_SIGNER_WINDOW_USDC: {
    meaning: "settled in a window at most; none, what the program allows",
    fallback: "",
    expected: "USDC with at most six decimals, such as 1 or 0.25",
    accepts: (value) => value === "" || isUsdcAmount(value),
  },
  AIMO_SPONSOR_MIN_USDC: SETTINGS.AIMO_SPONSOR_MIN_USDC,
  AIMO_PRIORITY_FEE_MAX: SETTINGS.AIMO_PRIORITY_FEE_MAX,
  AIMO_LOG_LEVEL: SETTINGS.AIMO_LOG_LEVEL,
} as const satisfies Readonly<Record<string, Setting>>;

type SignerSettingName = keyof typeof SIGNER_SETTINGS;

// One file may have the settings of both.
const KNOWN = [...Object.keys(SIGNER_SETTINGS), ...Object.keys(SETTINGS), "AIMO_CONFIG_FILE"];

function shown({ isSecret = false }: Setting, value: string): string {
  if (value === "") return "none";
  return isSecret ? "something else" : JSON.stringify(value.slice(0, 80));
}

function faultsOf(environment: Environment): string[] {
  const wrong = Object.entries<Setting>(SIGNER_SETTINGS).flatMap(([name, setting]) => {
    const value = environment[name] ?? setting.fallback;
    if (setting.accepts(value)) return [];
    return [`${name}: expected ${setting.expected}, found ${shown(setting, value)} (${setting.meaning})`];
  });
  const mistyped = Object.keys(environment).flatMap((name) => mistypedSetting(name, KNOWN) ?? []);
  return [...wrong, ...mistyped];
}

/** Reads the settings; gives every fault where there is one. */
export function parseSignerSettings(
  environment: Environment,
): { readonly settings: SignerSettings } | { readonly faults: readonly string[] } {
  const faults = faultsOf(environment);
  if (faults.length > 0) return { faults };
  const get = (name: SignerSettingName): string => environment[name] ?? SIGNER_SETTINGS[name].fallback;
  const windowMax = get("AIMO_SIGNER_WINDOW_USDC");
  const settings: SignerSettings = {
    socketPath: get("AIMO_SIGNER_SOCKET"),
    databaseUrl: get("AIMO_SIGNER_DATABASE_URL"),
    rpcUrls: get("AIMO_RPC_URL").split(","),
    programId: get("AIMO_PROGRAM_ID"),
    routerId: get("AIMO_ROUTER_ID"),
    settlerKeyFile: get("AIMO_SETTLER_KEY_FILE"),
    cosignerKeyFile: get("AIMO_COSIGNER_KEY_FILE"),
    windowMax: windowMax === "" ? undefined : parseMicroUsdc(windowMax),
    sponsorMin: parseMicroUsdc(get("AIMO_SPONSOR_MIN_USDC")),
    priorityFeeMax: BigInt(get("AIMO_PRIORITY_FEE_MAX")),
    logLevel: get("AIMO_LOG_LEVEL"),
  };
  return { settings: Object.freeze(settings) };
}
