// Where files are kept on this machine.
import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "./environment.ts";
import { variable } from "./environment.ts";

function home(environment: Environment): string {
  return variable(environment, "HOME") ?? homedir();
}

/** The file of the routers that were used before. */
export function knownRoutersFile(environment: Environment): string {
  return join(variable(environment, "AIMO_HOME") ?? join(home(environment), ".config", "aimo"), "routers.json");
}

/** The wallet of Solana's own command line. */
export function defaultWalletFile(environment: Environment): string {
  return join(home(environment), ".config", "solana", "id.json");
}

/** The settings of Solana's own command line, which name a node. */
export function solanaConfigFile(environment: Environment): string {
  return join(home(environment), ".config", "solana", "cli", "config.yml");
}
