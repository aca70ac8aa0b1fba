// What a shell needs to be somebody of the network: `. .aimo/user.sh`, and `aimo` knows the router, the wallet and the chain.
import { chmodSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LocalnetAccount, LocalnetFile } from "./localnet-file.ts";

/** The files, and the folder in which `aimo` remembers this network's router instead of in the person's own home. */
export const SHELL_FILES = { user: "user.sh", provider: "provider.sh", memory: "aimo" } as const;

/** The variable that holds each one's key. */
const KEY_NAMES = { user: "AIMO_API_KEY", provider: "AIMO_PROVIDER_KEY" } as const;

/** A text as one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function settingsFor(
  directory: string,
  file: LocalnetFile,
  account: LocalnetAccount,
  keyName: string,
): Readonly<Record<string, string>> {
  return {
    AIMO_HOME: join(directory, SHELL_FILES.memory),
    AIMO_ROUTER: file.router_url,
    AIMO_WALLET: account.wallet_file,
    ...(file.rpc_url !== undefined && { AIMO_RPC_URL: file.rpc_url }),
    ...(file.program_id !== undefined && { AIMO_PROGRAM_ID: file.program_id }),
    [keyName]: account.api_key,
  };
}

/** Writes both files, for their owner only: they hold keys. */
export function writeShellSettings(directory: string, file: LocalnetFile): void {
  for (const [name, settings] of [
    [SHELL_FILES.user, settingsFor(directory, file, file.user, KEY_NAMES.user)],
    [SHELL_FILES.provider, settingsFor(directory, file, file.provider, KEY_NAMES.provider)],
  ] as const) {
    const lines = Object.entries(settings).map(([variable, value]) => `export ${variable}=${quoted(value)}\n`);
    // A shell that was the other one before would go on reading with the other one's key.
    const others = Object.values(KEY_NAMES).filter((variable) => settings[variable] === undefined);
    lines.push(`unset ${others.join(" ")}\n`);
    const draft = join(directory, `${name}.${process.pid}`);
    writeFileSync(draft, lines.join(""), { mode: 0o600 });
    chmodSync(draft, 0o600);
    renameSync(draft, join(directory, name));
  }
}

/** Removes both files: the network is no more. */
export function removeShellSettings(directory: string): void {
  for (const name of [SHELL_FILES.user, SHELL_FILES.provider]) rmSync(join(directory, name), { force: true });
}
