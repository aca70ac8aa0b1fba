// The keys of a router's roles in files: made once, whole or not at all, for their owner's eyes alone.
import { generateKeyPairSync } from "node:crypto";
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeKeyFile } from "@aimo-network/escrow/deploy/key-file";

/** The file of each key, and where it belongs. */
export const ROLE_FILES = {
  routerId: {
    file: "router-identity.json",
    belongs: "the router's: who it is for ever; back it up, nobody can make it again",
    isMoved: false,
  },
  settler: { file: "settler.json", belongs: "the router's, or its signer's: signs settlements", isMoved: false },
  cosigner: {
    file: "cosigner.json",
    belongs: "the router's, better its signer's on another disk: signs withdrawals",
    isMoved: false,
  },
  admin: { file: "admin.json", belongs: "MOVE IT AWAY: offline, or to a multisig; decides everything", isMoved: true },
  guardian: { file: "guardian.json", belongs: "MOVE IT AWAY: to whoever is awake at night; pauses", isMoved: true },
  feeOwner: { file: "fee-owner.json", belongs: "MOVE IT AWAY: offline; collects the fees", isMoved: true },
} as const;

/** Who has a key of a router's. */
export type RoleName = keyof typeof ROLE_FILES;

/** Where the key of a role is made. */
export function roleFile(folder: string, role: RoleName): string {
  return join(folder, ROLE_FILES[role].file);
}

function keepOnDisk(path: string): void {
  const descriptor = openSync(path, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/** Makes a file in one step: a run that is killed leaves all of it or nothing. What is there already stays. */
export function makeWhole(path: string, make: (draft: string) => void): boolean {
  if (existsSync(path)) return false;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.draft`; // of a fixed name: what a killed run left goes with the next
  rmSync(draft, { force: true });
  make(draft);
  try {
    keepOnDisk(draft); // before a chain knows the key: it must not be lost with the machine's power
    linkSync(draft, path);
    keepOnDisk(dirname(path));
  } catch (error) {
    if (existsSync(path)) return false;
    throw error;
  } finally {
    rmSync(draft);
  }
  return true;
}

/** Makes the key of a role where there is none; whether it did. */
export function makeRoleFile(folder: string, role: RoleName): boolean {
  return makeWhole(roleFile(folder, role), (draft) => {
    if (role !== "routerId") return void makeKeyFile(draft);
    const { privateKey } = generateKeyPairSync("ed25519");
    const text = `${JSON.stringify(privateKey.export({ format: "jwk" }))}\n`; // as the router keeps it
    writeFileSync(draft, text, { mode: 0o600, flag: "wx" });
  });
}
