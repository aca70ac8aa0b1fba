// `aimo wallet import`.
import { existsSync } from "node:fs";
import { parseExportedKey, walletOfKey } from "@aimo-network/protocol/keys/wallet-key";
import type { RunCommand } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { SECRET_INPUT_BYTES_MAX } from "../limits.ts";
import { alreadyThere, writeNewKeyFile } from "./key-file.ts";
import { openWalletFile, wantedWalletFile } from "./open-wallet.ts";

const SEED_PHRASE = /^\s*(?:[a-z]+\s+){11,}[a-z]+\s*$/;

async function readKeyText({ terminal }: CommandContext): Promise<string> {
  const piped = await terminal.readInput(SECRET_INPUT_BYTES_MAX);
  if (piped !== undefined) return piped;
  return await terminal.ask("The wallet's private key (nothing is shown)", { isSecret: true });
}

function noKey(why: string, next: string): CommandFault {
  const what = "That is no private key of a Solana wallet; nothing was written.";
  return new CommandFault({ what, why, next, reason: "wallet", code: "wallet_malformed" });
}

function keyIn(text: string): Uint8Array {
  const key = parseExportedKey(text);
  if (key !== undefined) return key;
  const next = "In Phantom: Settings, Manage Accounts, the account, Show Private Key. Paste all of it.";
  if (text.trim() === "") throw noKey("nothing came in.", next);
  if (SEED_PHRASE.test(text)) throw noKey("it is a recovery phrase, which stands for many wallets.", next);
  throw noKey("expected 64 bytes, in base58 or as the JSON array of a key file; found something else.", next);
}

/** Writes a wallet that was exported elsewhere into a key file. */
export const importWallet: RunCommand = async (context) => {
  const file = wantedWalletFile(context);
  if (existsSync(file)) throw alreadyThere(context, file); // before anybody pastes a secret for nothing
  const key = keyIn(await readKeyText(context));
  if ((await walletOfKey(key)) === undefined) {
    throw noKey("its two halves do not belong together: it was copied badly.", "Copy the whole key again.");
  }
  writeNewKeyFile(context, file, key);
  key.fill(0);
  const { address } = await openWalletFile(context, file);
  context.terminal.note(`Its private key is in ${file}.`);
  return { data: { address, file }, text: address };
};
