// The keys of settler and cosigner in files that nobody else may read.
import { statSync } from "node:fs";
import { readKeyFile } from "@aimo-network/escrow/deploy/key-file";
import { isOpenToOthers } from "@aimo-network/protocol/keys/wallet-key";
import type { SigningKey, SigningKeys } from "./signing-desk.ts";

/** Where the keys are. */
export interface KeyFiles {
  readonly settler: string;
  readonly cosigner: string;
}

/** What somebody has to mend before this process can sign. */
export class SignerFault extends Error {
  override readonly name = "SignerFault";
}

function wordsOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "something else";
}

async function readKey(path: string): Promise<SigningKey> {
  let mode: number;
  try {
    ({ mode } = statSync(path));
  } catch (cause) {
    const made = "`aimo router init` makes them";
    throw new SignerFault(`${path}: expected a key file, found none (${wordsOf(cause)}): ${made}.`, { cause });
  }
  if (isOpenToOthers(mode)) {
    const found = (mode & 0o777).toString(8);
    throw new SignerFault(
      `${path}: expected a key that only its owner may read, found mode ${found}: chmod 600 ${path}`,
    );
  }
  try {
    return await readKeyFile(path);
  } catch (cause) {
    // Its own words never quote the file; those of what it calls might.
    throw new SignerFault(`${path}: expected a key as solana-keygen writes it, found something else.`, { cause });
  }
}

/** Reads both keys; refuses files that others may read, too. */
export async function readKeyFiles({ settler, cosigner }: KeyFiles): Promise<SigningKeys> {
  return { settler: await readKey(settler), cosigner: await readKey(cosigner) };
}
