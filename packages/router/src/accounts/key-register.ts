// The keys the ledger knows: a wallet-signed one is entered when it is first seen, an issued one is looked up by its hash.
import { base58, hex } from "@scure/base";
import { AimoError } from "@aimo-network/protocol/errors";
import type { VerifiedKey } from "@aimo-network/protocol/keys/verify-key";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { microToNanoAtMost } from "@aimo-network/protocol/money";
import type { Database, Query } from "../ledger/database/database.ts";
import type { Caller } from "./caller.ts";
import type { AdmitNewcomer } from "./newcomers.ts";

/** A key as the ledger has it. */
export interface RegisteredKey {
  readonly caller: Caller;
  /** Why it may do nothing, whatever its signature says; undefined where it is in order. */
  readonly fault: (() => AimoError) | undefined;
}

/** Finds and enters keys in the ledger; throws `ledger_unavailable` where it cannot be reached. */
export interface KeyRegister {
  /** The row of a key whose signature is good; `admit` is asked before one that was never seen gets its row. */
  enter(key: VerifiedKey, admit?: AdmitNewcomer): Promise<RegisteredKey>;
  /** The issued key of this secret; throws `key_unknown` where there is none, or none any more. */
  find(secretHash: Uint8Array): Promise<RegisteredKey>;
}

interface Standing {
  readonly is_disabled: boolean;
  readonly revoked_at: Date | null;
  /** `Infinity` where the key has no end. */
  readonly expires_at: Date | number;
}

interface EnteredRow extends Standing {
  readonly id: number;
  readonly user_id: number;
}

interface IssuedRow extends EnteredRow {
  readonly key_id: Uint8Array;
  readonly address: Uint8Array;
  readonly allowed_models: readonly string[] | null;
  readonly parent_key_id: Uint8Array | null;
  readonly parent_is_disabled: boolean;
  readonly parent_revoked_at: Date | null;
  readonly parent_expires_at: Date | number;
}

function faultOf(keyId: string, { revoked_at: revokedAt, is_disabled: isDisabled }: Standing): RegisteredKey["fault"] {
  if (revokedAt !== null) return () => new AimoError("key_revoked", { revokedAt: revokedAt.toISOString() });
  if (isDisabled) return () => new AimoError("key_disabled", { keyId });
  return undefined;
}

function limitOf({ spending }: VerifiedKey): NanoUsdc | null {
  return spending.kind === "limited" ? microToNanoAtMost(spending.limit) : null;
}

const SEEN = "SELECT id, user_id, is_disabled, revoked_at, expires_at FROM keys WHERE key_id = $1";
const ENTER = `SELECT id, user_id, is_disabled, revoked_at, expires_at
  FROM key_register($1, $2, $3, $4, $5, $6, $7)`;

const FIND = `SELECT k.id, k.user_id, k.key_id, w.address, k.is_disabled, k.revoked_at, k.expires_at, k.allowed_models,
    p.key_id AS parent_key_id, p.is_disabled AS parent_is_disabled, p.revoked_at AS parent_revoked_at,
    p.expires_at AS parent_expires_at
  FROM keys k JOIN wallets w ON w.id = k.user_id LEFT JOIN keys p ON p.id = k.parent_id
  WHERE k.secret_hash = $1 AND k.deleted_at IS NULL`;

function issuedKey(row: IssuedRow): RegisteredKey {
  const id = hex.encode(row.key_id);
  let expiresAtMs = row.expires_at.valueOf();
  let fault = faultOf(id, row);
  if (row.parent_key_id !== null) {
    expiresAtMs = Math.min(expiresAtMs, row.parent_expires_at.valueOf());
    fault ??= faultOf(hex.encode(row.parent_key_id), {
      is_disabled: row.parent_is_disabled,
      revoked_at: row.parent_revoked_at,
      expires_at: row.parent_expires_at,
    });
  }
  const caller: Caller = {
    id,
    kind: "issued",
    wallet: base58.encode(row.address),
    scopes: ["completion_model"],
    isEarnOnly: false,
    expiresAtMs,
    allowedModels: row.allowed_models === null ? undefined : new Set(row.allowed_models),
    keyNumber: row.id,
    userNumber: row.user_id,
  };
  return { caller, fault };
}

async function enterRow(query: Query, key: VerifiedKey): Promise<EnteredRow | undefined> {
  const [row] = await query<EnteredRow>(ENTER, [
    hex.decode(key.id),
    base58.decode(key.wallet),
    key.tag ?? "",
    key.spending.kind === "earn_only",
    limitOf(key),
    new Date(key.createdAtMs),
    new Date(key.expiresAtMs),
  ]);
  return row;
}

/** Opens the register of a router's ledger. */
export function createKeyRegister({ query }: Database): KeyRegister {
  return {
    async enter(key, admit) {
      const [seen] = await query<EnteredRow>(SEEN, [hex.decode(key.id)]);
      if (seen === undefined) admit?.();
      const row = seen ?? (await enterRow(query, key));
      if (row === undefined) throw new AimoError("internal", {});
      const caller: Caller = {
        id: key.id,
        kind: key.version === 1 ? "first_generation" : "signed",
        wallet: key.wallet,
        scopes: key.scopes,
        isEarnOnly: key.spending.kind === "earn_only",
        expiresAtMs: key.expiresAtMs,
        allowedModels: undefined,
        keyNumber: row.id,
        userNumber: row.user_id,
      };
      return { caller, fault: faultOf(key.id, row) };
    },
    async find(secretHash) {
      const [row] = await query<IssuedRow>(FIND, [secretHash]);
      if (row === undefined) throw new AimoError("key_unknown", {});
      return issuedKey(row);
    },
  };
}
