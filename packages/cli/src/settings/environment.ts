// The variables a command reads, named once; nothing else looks at the environment.

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What each variable means, as `aimo --help` prints it. */
export const VARIABLES = {
  AIMO_ROUTER: "the router where --router is not given: a URL or a router id",
  AIMO_WALLET: "the wallet's key file where --id is not given",
  AIMO_API_KEY: "the API key to call models and to read with, where no wallet is to sign one",
  AIMO_RPC_URL: "the Solana node where --rpc-url is not given",
  AIMO_PROGRAM_ID: "the escrow program where --program is not given",
  AIMO_HOME: "where aimo keeps what it knows of routers (default ~/.config/aimo)",
  AIMO_TRACE: "set to anything: where a failure began, for a report; no secrets",
  NO_COLOR: "set to anything: no colours",
} as const;

/** A variable's value; undefined where it is not set or empty. */
export function variable(environment: Environment, name: keyof typeof VARIABLES | "HOME"): string | undefined {
  const value = environment[name];
  return value === undefined || value === "" ? undefined : value;
}
