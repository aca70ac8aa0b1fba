// Who is signed in: sessions in the database, known by the hash of a token that only its browser keeps.
import { hash } from "node:crypto";
import { base58, base64urlnopad } from "@scure/base";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import type { Random } from "@aimo-network/protocol/random";
import type { Logger } from "pino";
import type { Database, Query } from "../ledger/database/database.ts";
import {
  SESSION_IDLE_MS,
  SESSION_MS,
  SESSION_TOUCH_MS,
  SESSIONS_MAX,
  SESSIONS_PER_WALLET_MAX,
  SESSIONS_SWEEP_LOGINS,
  SESSIONS_SWEEP_MS,
  SESSIONS_SWEPT_AT_ONCE_MAX,
} from "../limits.ts";

/** A sign-in that its wallet's signature has proven. */
export interface ProvenLogin {
  /** The wallet's address in base58. */
  readonly wallet: string;
  /** The challenge that was answered, and when it would have expired. */
  readonly nonce: Uint8Array;
  readonly challengeExpiresAtMs: number;
}

/** A person's login as it stands now. */
export interface Session {
  /** The wallet's address in base58. */
  readonly wallet: string;
  /** The first moment at which it has ended, whatever is done with it. */
  readonly expiresAtMs: number;
  /** The first moment at which it has ended if nothing more is done with it. */
  readonly idleExpiresAtMs: number;
}

/** The sessions of all instances that share the database. */
export interface Sessions {
  /** Opens a session and gives its token, which is shown once; `bad_login` where the challenge was answered before. */
  open(login: ProvenLogin): Promise<string>;
  /** The session of a token, used now; undefined where there is none any more. */
  use(token: string): Promise<Session | undefined>;
  /** Ends the session of a token, at once and everywhere; ending it twice is fine. */
  end(token: string): Promise<void>;
  /** Deletes what has expired or is beyond the bounds; it happens by itself too. */
  sweep(): Promise<void>;
  /** Stops sweeping. */
  close(): void;
}

/** What sessions need from the process. */
export interface SessionsDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly database: Database;
}

/** How many sessions there may be. */
export interface SessionBounds {
  readonly perWalletMax?: number;
  readonly sessionsMax?: number;
}

const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const WALLET_LOCK_CLASS = 1_095_323_471; // any number, and always this one: apart from other advisory locks

interface Row {
  readonly wallet: Buffer;
  readonly used_at: Date;
  readonly expires_at: Date;
}

function hashOf(token: string): Buffer {
  return hash("sha256", token, "buffer");
}

// Rows that another sweep is deleting are skipped, so a sweep waits for nobody who could wait for it.
const DELETE_SESSIONS = (which: string): string => `DELETE FROM sessions WHERE token_hash IN (
  SELECT token_hash FROM sessions ${which} LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING true`;
const DELETE_CHALLENGES = `DELETE FROM used_challenges WHERE nonce IN (
  SELECT nonce FROM used_challenges WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING true`;
// Wallets cost nothing to make: beyond the bound those go that nobody has used for longest, which are not people's.
const DELETE_SURPLUS = `DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions ORDER BY used_at
  LIMIT least($2, greatest(0, (SELECT count(*) FROM sessions) - $1)) FOR UPDATE SKIP LOCKED) RETURNING true`;

async function sweepDatabase({ query }: Database, nowMs: number, sessionsMax: number): Promise<void> {
  const deletions: readonly (readonly [string, unknown])[] = [
    [DELETE_CHALLENGES, new Date(nowMs)],
    [DELETE_SESSIONS("WHERE expires_at <= $1"), new Date(nowMs)],
    [DELETE_SESSIONS("WHERE used_at <= $1"), new Date(nowMs - SESSION_IDLE_MS)],
    [DELETE_SURPLUS, sessionsMax],
  ];
  for (const [text, bound] of deletions) {
    const limit = SESSIONS_SWEPT_AT_ONCE_MAX;
    while ((await query(text, [bound, limit])).length === limit); // where a batch was full there may be more
  }
}

/** Uses the challenge up and writes the session, in the place of the wallet's oldest where it has too many. */
async function insertSession(
  query: Query,
  {
    login,
    tokenHash,
    nowMs,
    perWalletMax,
  }: { login: ProvenLogin; tokenHash: Buffer; nowMs: number; perWalletMax: number },
): Promise<void> {
  const wallet = base58.decode(login.wallet);
  // Logins of one wallet take turns, or many at once would each find room for one.
  await query("SELECT pg_advisory_xact_lock($1, hashtext($2))", [WALLET_LOCK_CLASS, login.wallet]);
  const used = await query(
    "INSERT INTO used_challenges (nonce, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true",
    [login.nonce, new Date(login.challengeExpiresAtMs)],
  );
  if (used.length === 0) {
    throw new AimoError("bad_login", { detail: "this challenge was answered before. Ask for a new one." });
  }
  await query(
    `DELETE FROM sessions WHERE token_hash IN (
      SELECT token_hash FROM sessions WHERE wallet = $1 ORDER BY created_at DESC, token_hash OFFSET $2)`,
    [wallet, perWalletMax - 1],
  );
  await query(
    "INSERT INTO sessions (token_hash, wallet, created_at, used_at, expires_at) VALUES ($1, $2, $3, $3, $4)",
    [tokenHash, wallet, new Date(nowMs), new Date(nowMs + SESSION_MS)],
  );
}

/** The sessions of a database; sweeps them until it is closed. */
export function createSessions(
  { clock, random, log, database }: SessionsDeps,
  { perWalletMax = SESSIONS_PER_WALLET_MAX, sessionsMax = SESSIONS_MAX }: SessionBounds = {},
): Sessions {
  let loginsSinceSweep = 0;
  let isSweeping = false;
  const sweep = async (): Promise<void> => {
    if (isSweeping) return; // a database that is slow gets no second sweep on top
    isSweeping = true;
    loginsSinceSweep = 0;
    try {
      await sweepDatabase(database, clock.now(), sessionsMax);
    } finally {
      isSweeping = false;
    }
  };
  const sweepQuietly = (): void => {
    timer.refresh();
    // What could not be swept now is swept next time; whoever needs the database is told by their own request.
    sweep().catch((error: unknown) => {
      if (!isAimoError(error, "ledger_unavailable")) log.error({ error }, "sessions could not be swept");
    });
  };
  const timer = clock.timer(SESSIONS_SWEEP_MS, sweepQuietly);

  return {
    async open(login) {
      const token = base64urlnopad.encode(random.bytes(TOKEN_BYTES));
      const session = { login, tokenHash: hashOf(token), nowMs: clock.now(), perWalletMax };
      await database.transaction((query) => insertSession(query, session));
      loginsSinceSweep += 1;
      if (loginsSinceSweep >= SESSIONS_SWEEP_LOGINS) sweepQuietly();
      return token;
    },
    async use(token) {
      if (!TOKEN.test(token)) return undefined;
      const tokenHash = hashOf(token);
      const [row] = await database.query<Row>(
        "SELECT wallet, used_at, expires_at FROM sessions WHERE token_hash = $1",
        [tokenHash],
      );
      if (row === undefined) return undefined;
      const nowMs = clock.now();
      const [usedAtMs, expiresAtMs] = [row.used_at.getTime(), row.expires_at.getTime()];
      if (nowMs >= expiresAtMs || nowMs >= usedAtMs + SESSION_IDLE_MS) return undefined;
      if (nowMs >= usedAtMs + SESSION_TOUCH_MS) {
        await database.query("UPDATE sessions SET used_at = $2 WHERE token_hash = $1 AND used_at < $2", [
          tokenHash,
          new Date(nowMs),
        ]);
      }
      const idleExpiresAtMs = Math.min(expiresAtMs, nowMs + SESSION_IDLE_MS);
      return { wallet: base58.encode(row.wallet), expiresAtMs, idleExpiresAtMs };
    },
    async end(token) {
      if (TOKEN.test(token)) await database.query("DELETE FROM sessions WHERE token_hash = $1", [hashOf(token)]);
    },
    sweep,
    close: () => timer.cancel(),
  };
}
