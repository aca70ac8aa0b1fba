// Writes a new key file: for its owner alone from its first byte, whole, and never over another file.
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { formatKeyFile } from "@aimo-network/protocol/keys/wallet-key";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { idOption } from "./open-wallet.ts";

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}

function cannotWrite(file: string, code: string): CommandFault {
  return new CommandFault({
    what: `Cannot write the wallet to ${file}.`,
    why: `the system says ${code}.`,
    next: "Name another place with --id <file>.",
    reason: "wallet",
    code: "wallet_unwritable",
  });
}

/** The fault of a place that has a file already. */
export function alreadyThere(context: CommandContext, file: string): CommandFault {
  return new CommandFault({
    what: `There is a file already at ${file}; nothing was changed.`,
    why: "a wallet that is overwritten is lost, with all that it owns.",
    next: `aimo wallet show${idOption(context, file)} shows its address; --id <file> names another place.`,
    reason: "wallet",
    code: "wallet_exists",
  });
}

function openNew(context: CommandContext, file: string): number {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw cannotWrite(file, codeOf(error));
  }
  try {
    return openSync(file, "wx", 0o600);
  } catch (error) {
    const code = codeOf(error);
    throw code === "EEXIST" ? alreadyThere(context, file) : cannotWrite(file, code);
  }
}

/** Writes a key into a file that is not there yet; throws `CommandFault`. */
export function writeNewKeyFile(context: CommandContext, file: string, key: Uint8Array): void {
  const descriptor = openNew(context, file);
  try {
    writeSync(descriptor, formatKeyFile(key));
    fsyncSync(descriptor); // the address is about to be told, and money may go there
  } catch (error) {
    rmSync(file, { force: true }); // half a key would be taken for one that is there
    throw cannotWrite(file, codeOf(error));
  } finally {
    closeSync(descriptor);
  }
}
