// The wallet of a command: a key file as Solana's own command line has it, for its owner's eyes alone.
import { platform } from "node:os";
import { resolve } from "node:path";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import {
  isOpenToOthers,
  parseExportedKey,
  parseKeyFile,
  WALLET_KEY_CHARS_MAX,
  walletOfKey,
} from "@aimo-network/protocol/keys/wallet-key";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { variable } from "../settings/environment.ts";
import { defaultWalletFile } from "../settings/places.ts";
import { NotAFile, readSmallFile } from "../settings/small-file.ts";
import { shellWord } from "../terminal/shell-word.ts";

/** A wallet that signs for this command. */
export interface CommandWallet {
  readonly wallet: Wallet;
  /** Its address in base58. */
  readonly address: string;
  readonly file: string;
}

/** The key file that is meant: the option, the variable, or that of Solana's own command line. Throws `CommandFault` for a key in its place. */
export function wantedWalletFile({ options, environment, folder }: CommandContext): string {
  const file = options.walletFile ?? variable(environment, "AIMO_WALLET");
  if (file !== undefined && parseExportedKey(file) !== undefined) {
    throw walletFault(
      "A private key stands where its file is expected.",
      "on a command line it is in the shell's history and in the list of processes: whoever has seen it, has the wallet.",
      "aimo wallet import writes it into a file that --id names; better still, make a new wallet and move what the old one has.",
      "wallet_malformed",
    );
  }
  return file === undefined ? defaultWalletFile(environment) : resolve(folder, file);
}

/** ` --id <file>` where a file other than the usual one is meant, for commands to type. */
export function idOption(context: CommandContext, file: string): string {
  return file === defaultWalletFile(context.environment) ? "" : ` --id ${shellWord(file)}`;
}

function walletFault(what: string, why: string, next: string, code: string, cause?: unknown): CommandFault {
  return new CommandFault({ what, why, next, reason: "wallet", code }, { cause });
}

function cannotOpen(context: CommandContext, file: string, error: unknown): CommandFault {
  if (error instanceof NotAFile) {
    return walletFault(
      `There is no wallet at ${file}.`,
      "it is a folder, a pipe or a device, and no file.",
      "Name the key file itself with --id, such as ~/.config/solana/id.json.",
      "wallet_unreadable",
    );
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
  if (code === "ENOENT" || code === "ENOTDIR") {
    return walletFault(
      `There is no wallet at ${file}.`,
      "no such file.",
      `aimo wallet new${idOption(context, file)} makes one; --id <file> or AIMO_WALLET names another.`,
      "wallet_missing",
    );
  }
  const why = code === "EACCES" ? "this user may not read the file (EACCES)." : `the system says ${code}.`;
  return walletFault(`Cannot read the wallet at ${file}.`, why, "Check the file and its owner.", "wallet_unreadable");
}

/** The text of a key file that nobody but its owner may read; throws `CommandFault`. */
function readKeyText(context: CommandContext, file: string): string {
  try {
    const bytes = readSmallFile(file, WALLET_KEY_CHARS_MAX, ({ mode }) => {
      if (platform() === "win32" || !isOpenToOthers(mode)) return;
      throw walletFault(
        `The wallet at ${file} is not used: others may read it.`,
        `its mode is ${(mode & 0o777).toString(8)}; a private key is for its owner alone.`,
        `chmod 600 ${shellWord(file)}`,
        "wallet_open_to_others",
      );
    });
    const text = bytes.toString("latin1"); // a key file has digits, commas and brackets only
    bytes.fill(0);
    return text;
  } catch (error) {
    throw error instanceof CommandFault ? error : cannotOpen(context, file, error);
  }
}

/** Opens the wallet in one file; throws `CommandFault`, whose words hold nothing of what is in the file. */
export async function openWalletFile(context: CommandContext, file: string): Promise<CommandWallet> {
  const key = parseKeyFile(readKeyText(context, file));
  const wallet = key === undefined ? undefined : await walletOfKey(key);
  key?.fill(0);
  if (wallet !== undefined) return { wallet, address: wallet.address, file };
  throw walletFault(
    `${file} holds no wallet.`,
    key === undefined
      ? "expected 64 bytes as a JSON array, as solana-keygen writes them; found something else."
      : "its two halves do not belong together: it was changed, or copied badly.",
    "Name the right file with --id; aimo wallet import makes one of what a wallet exports.",
    "wallet_malformed",
  );
}

/** Opens the wallet that is meant; throws `CommandFault` with the reason "wallet". */
export async function openWallet(context: CommandContext): Promise<CommandWallet> {
  return await openWalletFile(context, wantedWalletFile(context));
}
