// Keys for tests: bearers of fresh wallets, and issued ones put straight into a database.
import { hash } from "node:crypto";
import { base58 } from "@scure/base";
import type { KeyContentV1, KeyContentV2 } from "@aimo-network/protocol/keys/key-content";
import { formatIssuedKey } from "@aimo-network/protocol/keys/key-text";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { signFirstGenerationKey, signKey } from "@aimo-network/protocol/keys/sign-key";
import { systemRandom } from "@aimo-network/protocol/random";
import type { Database } from "../ledger/database/database.ts";

/** The address of a wallet. */
export function addressOf(wallet: Wallet): string {
  return base58.encode(wallet.publicKey);
}

const CONTENT = { validForMs: 3_600_000, spending: { kind: "unlimited" }, scopes: ["completion_model"] } as const;

/** The bearer of a wallet's key, made now for this router. */
export function walletKey(
  wallet: Wallet,
  routerId: string,
  nowMs: number,
  more: Partial<KeyContentV2> = {},
): Promise<string> {
  return signKey(wallet, { ...CONTENT, version: 2, createdAtMs: nowMs, ...more }, routerId);
}

/** The bearer of a wallet's first-generation key. */
export function oldWalletKey(wallet: Wallet, nowMs: number, more: Partial<KeyContentV1> = {}): Promise<string> {
  return signFirstGenerationKey(wallet, { ...CONTENT, version: 1, tag: "dev", createdAtMs: nowMs, ...more });
}

/** An issued key as its owner has it. */
export interface TestIssuedKey {
  readonly bearer: string;
  readonly id: string;
}

/** Puts an issued key of this wallet into a database, below `parent` where one is given. */
export async function issueTestKey({ query }: Database, wallet: string, parentId?: string): Promise<TestIssuedKey> {
  const secret = systemRandom.bytes(32);
  const secretHash = hash("sha256", secret, "buffer");
  const id = secretHash.subarray(0, 16);
  await query("SELECT key_issue($1, 1000, $2, $3, $4, $5, 'test', NULL, 'never', NULL, 'infinity')", [
    new Date(0),
    id,
    secretHash,
    base58.decode(wallet),
    parentId === undefined ? null : Buffer.from(parentId, "hex"),
  ]);
  return { bearer: formatIssuedKey(secret), id: id.toString("hex") };
}
