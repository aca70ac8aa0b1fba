// The keys that a router issues for a wallet: made, listed, changed and deleted by their owner.
import { hash } from "node:crypto";
import { base58, hex } from "@scure/base";
import { assert } from "@aimo-network/protocol/assert";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { formatIssuedKey } from "@aimo-network/protocol/keys/key-text";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import type { Random } from "@aimo-network/protocol/random";
import type { Database } from "../ledger/database/database.ts";
import { ISSUED_KEYS_PER_WALLET_MAX } from "../limits.ts";
import type { KeyRecord, KeyRecordRow, LimitReset } from "./key-record.ts";
import { RECORDS, toKeyRecord } from "./key-record.ts";
import type { AdmitNewcomer } from "./newcomers.ts";
import { admitWallet } from "./newcomers.ts";

/** What the owner of an issued key decides about it; null where there is no such bound. */
export interface KeySettings {
  readonly name: string;
  readonly disabled: boolean;
  readonly limit: NanoUsdc | null;
  readonly limit_reset: LimitReset | null;
  readonly expires_at: Date | null;
  /** Ids of models, `author/slug` in lower case. */
  readonly allowed_models: readonly string[] | null;
}

/** Whose key it will be, and what it will end with: the wallet-signed key that issued it, or nothing. */
export interface KeyOwner {
  readonly wallet: string;
  readonly parentKeyId: string | undefined;
}

/** Which part of a wallet's keys. */
export interface KeyPage {
  readonly offset: number;
  readonly limit: number;
  /** Whether disabled and revoked keys are shown as well. */
  readonly includeDisabled: boolean;
  /** Whether keys that the wallet has signed are shown as well, once they were used here, and what its sessions pay with. */
  readonly includeSigned: boolean;
}

/** What is done with issued keys. A key that is another wallet's, or deleted, is `key_not_found`. */
export interface IssuedKeys {
  /**
   * Makes a key; its bearer is known to nobody after this. Throws `too_many_keys`. `admit` is asked first where the wallet
   * has never deposited.
   */
  issue(
    owner: KeyOwner,
    settings: Partial<KeySettings> & Pick<KeySettings, "name">,
    admit?: AdmitNewcomer,
  ): Promise<IssuedKeyMade>;
  /** Oldest first, so that pages stay what they were when keys are added. */
  list(wallet: string, page: KeyPage): Promise<readonly KeyRecord[]>;
  find(wallet: string, keyId: string): Promise<KeyRecord>;
  change(wallet: string, keyId: string, changes: Partial<KeySettings>): Promise<KeyRecord>;
  delete(wallet: string, keyId: string): Promise<void>;
  /** Any key, by its number in the ledger. */
  describe(keyNumber: number): Promise<KeyRecord>;
}

/** A key that was just made. */
export interface IssuedKeyMade {
  readonly bearer: string;
  readonly record: KeyRecord;
}

/** What issuing needs of its surroundings. */
export interface IssuedKeysDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  /** What is known of this key is no longer so. */
  changed(keyId: string): void;
}

const SECRET_BYTES = 32;
const KEY_ID_BYTES = 16; // api-keys.md

const ISSUE = "SELECT key_issue($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS id";
const CHANGE = "SELECT key_change($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS id";
const DELETE = "SELECT key_delete($1, $2, $3) AS id";
const OF_WALLET = "w.address = $2 AND k.deleted_at IS NULL AND k.secret_hash IS NOT NULL";
// A page is found first and summed then: a wallet can sign any number of keys, and each one's sums are some reads.
const OF_PAGE = `k.id = ANY (ARRAY(
    SELECT one.id FROM keys one WHERE one.user_id = (SELECT id FROM wallets WHERE address = $2) AND one.deleted_at IS NULL
      AND ($3 OR one.secret_hash IS NOT NULL) AND ($4 OR NOT (one.is_disabled OR one.revoked_at IS NOT NULL))
    ORDER BY one.id OFFSET $5 LIMIT $6
  )) ORDER BY k.id`;

interface Numbered {
  readonly id: number | null;
}

/** The settings in the order in which `key_issue` and `key_change` take them. */
function settingValues(settings: Partial<KeySettings>): readonly unknown[] {
  const { limit = null, limit_reset: reset, allowed_models: models = null, expires_at: expiresAt } = settings;
  return [limit, reset ?? "never", models, expiresAt ?? "infinity"];
}

/** Opens the issued keys of a router's ledger. */
export function createIssuedKeys({ database: { query }, clock, random, changed }: IssuedKeysDeps): IssuedKeys {
  const now = (): Date => new Date(clock.now());
  const records = async (where: string, values: readonly unknown[]): Promise<readonly KeyRecord[]> =>
    (await query<KeyRecordRow>(`${RECORDS} WHERE ${where}`, [now(), ...values])).map(toKeyRecord);

  const describe = async (keyNumber: number): Promise<KeyRecord> => {
    const [record] = await records("k.id = $2", [keyNumber]);
    assert(record !== undefined, "a key that was found has a record");
    return record;
  };

  return {
    describe,
    async issue({ wallet, parentKeyId }, settings, admit) {
      await admitWallet(query, wallet, admit);
      const secret = random.bytes(SECRET_BYTES);
      const secretHash = hash("sha256", secret, "buffer");
      const [row] = await query<Numbered>(ISSUE, [
        now(),
        ISSUED_KEYS_PER_WALLET_MAX,
        secretHash.subarray(0, KEY_ID_BYTES),
        secretHash,
        base58.decode(wallet),
        parentKeyId === undefined ? null : hex.decode(parentKeyId),
        settings.name,
        ...settingValues(settings),
      ]);
      if (typeof row?.id !== "number") throw new AimoError("too_many_keys", { keysMax: ISSUED_KEYS_PER_WALLET_MAX });
      return { bearer: formatIssuedKey(secret), record: await describe(row.id) };
    },
    list: (wallet, { offset, limit, includeDisabled, includeSigned }) =>
      records(OF_PAGE, [base58.decode(wallet), includeSigned, includeDisabled, offset, limit]),
    async find(wallet, keyId) {
      const [record] = await records(`${OF_WALLET} AND k.key_id = $3`, [base58.decode(wallet), hex.decode(keyId)]);
      if (record === undefined) throw new AimoError("key_not_found", { keyId });
      return record;
    },
    async change(wallet, keyId, changes) {
      const { name = null, disabled = null } = changes;
      const key = [now(), hex.decode(keyId), base58.decode(wallet)];
      const values = [...key, Object.keys(changes), name, disabled, ...settingValues(changes)];
      const [row] = await query<Numbered>(CHANGE, values);
      if (typeof row?.id !== "number") throw new AimoError("key_not_found", { keyId });
      changed(keyId);
      return await describe(row.id);
    },
    async delete(wallet, keyId) {
      const [row] = await query<Numbered>(DELETE, [now(), hex.decode(keyId), base58.decode(wallet)]);
      if (typeof row?.id !== "number") throw new AimoError("key_not_found", { keyId });
      changed(keyId);
    },
  };
}
