// Keys that have ended before their time: one instance writes it down, every instance sees it within a second.
import { base58, hex } from "@scure/base";
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import type { Logger } from "pino";
import type { Database } from "../ledger/database/database.ts";
import { REVOCATION_LOOK_MS, REVOCATIONS_PER_LOOK_MAX, UNSEEN_REVOCATIONS_PER_WALLET_MAX } from "../limits.ts";
import { consoleKeyId } from "./console-keys.ts";
import type { AdmitNewcomer } from "./newcomers.ts";
import { admitWallet } from "./newcomers.ts";

/** A wallet's word that one of its keys has ended; said of another wallet's key it means nothing. */
export interface Revocation {
  readonly keyId: string;
  readonly wallet: string;
  readonly revokedAtMs: number;
}

/** What following revocations needs. */
export interface RevocationDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  /** Makes this instance heed them; told twice, it changes nothing. */
  heed(revocations: readonly Revocation[]): void;
}

/** Writes revocations down and follows those of every instance. */
export interface Revocations {
  /**
   * Ends a key of this wallet, also one that was never seen here, and tells since when; throws `key_not_found` for another
   * wallet's key. `admit` is asked first where the wallet has never deposited.
   */
  revoke(keyId: string, wallet: string, admit?: AdmitNewcomer): Promise<Revocation>;
  stop(): void;
}

interface RevocationRow {
  readonly seq: bigint;
  readonly key_id: Uint8Array;
  readonly address: Uint8Array;
  readonly revoked_at: Date;
}

const LOOK = `SELECT r.seq, r.key_id, w.address, r.revoked_at FROM revocations r JOIN wallets w ON w.id = r.wallet_id
  WHERE r.seq > $1 ORDER BY r.seq LIMIT $2`;

const REVOKED = 0;
const ANOTHER_WALLETS = 1; // codes of key_revoke

function createRevoke({ database, clock, heed }: RevocationDeps): Revocations["revoke"] {
  return async (keyId, wallet, admit) => {
    if (keyId === consoleKeyId(wallet)) {
      const expected = "a key that somebody can hold; what the console may do ends with its sessions";
      throw new AimoError("invalid_request", { expected, found: "the console's own", param: "key_id" });
    }
    await admitWallet(database.query, wallet, admit);
    const [row] = await database.query<{ code: number; revoked: Date }>("SELECT * FROM key_revoke($1, $2, $3, $4)", [
      new Date(clock.now()),
      UNSEEN_REVOCATIONS_PER_WALLET_MAX,
      hex.decode(keyId),
      base58.decode(wallet),
    ]);
    if (row?.code === ANOTHER_WALLETS) throw new AimoError("key_not_found", { keyId });
    if (row?.code !== REVOKED) {
      const expected = `at most ${UNSEEN_REVOCATIONS_PER_WALLET_MAX} revoked keys of one wallet that this router has never seen`;
      throw new AimoError("invalid_request", { expected, found: "one more" });
    }
    const revocation = { keyId, wallet, revokedAtMs: row.revoked.valueOf() };
    heed([revocation]);
    return revocation;
  };
}

/** Follows the table from where it stands now: keys are looked up only afterwards, and then with what it says. */
export async function openRevocations(deps: RevocationDeps): Promise<Revocations> {
  const { database, clock, log, heed } = deps;
  const [last] = await database.query<{ seq: bigint }>("SELECT coalesce(max(seq), 0) AS seq FROM revocations");
  let seq = last?.seq ?? 0n;
  let timer: Timer | undefined;
  let isStopped = false;
  let isBlind = false;

  const look = async (): Promise<void> => {
    const rows = await database.query<RevocationRow>(LOOK, [seq, REVOCATIONS_PER_LOOK_MAX]);
    seq = rows.at(-1)?.seq ?? seq;
    const revocations = rows.map((row) => ({
      keyId: hex.encode(row.key_id),
      wallet: base58.encode(row.address),
      revokedAtMs: row.revoked_at.valueOf(),
    }));
    if (rows.length > 0) heed(revocations);
    if (rows.length === REVOCATIONS_PER_LOOK_MAX && !isStopped) await look();
  };
  const lookAgain = async (): Promise<void> => {
    try {
      await look();
      if (isBlind) log.info("revocations are followed again");
      isBlind = false;
    } catch (error) {
      // Said once: while the ledger is away nothing is paid anyway, and what was revoked meanwhile is seen when it is back.
      if (!isBlind) log.error({ error }, "revocations cannot be followed");
      isBlind = true;
    }
    if (!isStopped) wait();
  };
  const wait = (): void => void (timer = clock.timer(REVOCATION_LOOK_MS, () => void lookAgain()));
  wait();

  return {
    revoke: createRevoke(deps),
    stop() {
      isStopped = true;
      timer?.cancel();
    },
  };
}
