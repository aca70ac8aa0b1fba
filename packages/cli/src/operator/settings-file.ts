// The settings of a new router, in a file that aimo-router reads with AIMO_CONFIG_FILE and systemd with EnvironmentFile.
import { CommandFault } from "../fault.ts";

/** What is settled when a router is opened. */
export interface OpenedSettings {
  readonly folder: string;
  readonly url: string;
  /** May hold a secret, so the file is its owner's alone. */
  readonly rpcUrl: string;
  readonly programId: string;
  /** Undefined where its key is kept elsewhere. */
  readonly settlerFile: string | undefined;
  readonly cosignerFile: string | undefined;
}

const PLAIN = /^[\w@%+=:,./?&~-]+$/;

/** A value as both readers take it. */
function quoted(value: string, name: string): string {
  if (PLAIN.test(value)) return value;
  if (/['\n\\]/.test(value)) {
    const why = "a quote, a backslash or a line break cannot be told in a file of settings.";
    throw new CommandFault({ what: `${name} cannot be written down.`, why, next: "Choose another.", reason: "usage" });
  }
  return `'${value}'`;
}

function keyLines(name: string, file: string | undefined, who: string): string[] {
  if (file === undefined)
    return [`# The ${who}'s key is kept elsewhere: AIMO_SIGNER_SOCKET names the process that signs (docs/signer.md).`];
  return [`${name}=${quoted(file, name)}`];
}

/** The file's text. */
export function settingsText({ folder, url, rpcUrl, programId, settlerFile, cosignerFile }: OpenedSettings): string {
  return [
    "# Settings of this router. `aimo-router --help` lists all of them with their defaults.",
    `AIMO_DATA_DIR=${quoted(folder, "AIMO_DATA_DIR")}`,
    `AIMO_PUBLIC_URL=${quoted(url, "AIMO_PUBLIC_URL")}`,
    "# AIMO_NAME=the router's name for people",
    "# Where it listens; a proxy in front of it ends TLS.",
    "# AIMO_HOST=127.0.0.1",
    "# AIMO_PORT=8787",
    "# Your own PostgreSQL; without it the router runs one in its data directory.",
    "# DATABASE_URL=postgres://user:password@host:5432/database",
    "",
    "# The chain. The node's URL may hold a key: this file is for its owner alone.",
    `AIMO_RPC_URL=${quoted(rpcUrl, "AIMO_RPC_URL")}`,
    `AIMO_PROGRAM_ID=${quoted(programId, "AIMO_PROGRAM_ID")}`,
    ...keyLines("AIMO_SETTLER_KEY_FILE", settlerFile, "settler"),
    ...keyLines("AIMO_COSIGNER_KEY_FILE", cosignerFile, "cosigner"),
    "",
  ].join("\n");
}
