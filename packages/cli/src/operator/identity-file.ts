// A router's identity in the file that the router keeps: a key like a wallet's, written as a JSON Web Key.
import { readFileSync, statSync } from "node:fs";
import { platform } from "node:os";
import { base64urlnopad } from "@scure/base";
import { isOpenToOthers, walletOfKey } from "@aimo-network/protocol/keys/wallet-key";
import { CommandFault } from "../fault.ts";
import { shellWord } from "../terminal/shell-word.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";

/** The 64 bytes of the key; undefined for anything else. */
function keyIn(text: string): Uint8Array | undefined {
  try {
    const { d: seed, x: point } = JSON.parse(text) as { readonly d?: unknown; readonly x?: unknown };
    if (typeof seed !== "string" || typeof point !== "string") return undefined;
    return Uint8Array.from([...base64urlnopad.decode(seed), ...base64urlnopad.decode(point)]);
  } catch {
    return undefined; // what the parsers say quotes the file, and so the secret
  }
}

/** Opens an identity as something that signs; throws `CommandFault`, whose words hold nothing of what is in the file. */
export async function openIdentity(file: string): Promise<CommandWallet> {
  const { mode } = statSync(file);
  if (platform() !== "win32" && isOpenToOthers(mode)) {
    throw new CommandFault({
      what: `The identity at ${file} is not used: others may read it.`,
      why: `its mode is ${(mode & 0o777).toString(8)}; whoever has it is the router.`,
      next: `chmod 600 ${shellWord(file)}`,
      reason: "wallet",
    });
  }
  const key = keyIn(readFileSync(file, "utf8"));
  const wallet = key === undefined ? undefined : await walletOfKey(key);
  key?.fill(0);
  if (wallet !== undefined) return { wallet, address: wallet.address, file };
  throw new CommandFault({
    what: `${file} holds no router's identity.`,
    why: "expected an Ed25519 key as a JSON Web Key, found something else.",
    next: "Restore it from a backup; a router that was never opened may get a new one: move the file away.",
    reason: "wallet",
  });
}
