// Revocations: who may end which key, and that every instance follows.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { hex } from "@scure/base";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock, sleep, systemClock } from "@aimo-network/protocol/clock";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { keyId as idOfKey } from "@aimo-network/protocol/keys/key-id";
import { parseKey } from "@aimo-network/protocol/keys/key-text";
import { systemRandom } from "@aimo-network/protocol/random";
import { createLog } from "../log.ts";
import type { Database } from "../ledger/database/database.ts";
import { UNSEEN_REVOCATIONS_PER_WALLET_MAX } from "../limits.ts";
import { openTestDatabase } from "../test-bed/test-database.ts";
import { addressOf, issueTestKey, walletKey } from "../test-bed/test-keys.ts";
import { createKeyRegister } from "./key-register.ts";
import type { Keyring } from "./keyring.ts";
import { createKeyring } from "./keyring.ts";
import type { Revocation, Revocations } from "./revocations.ts";
import { openRevocations } from "./revocations.ts";
import { newWallet } from "../test-bed/new-wallet.ts";

const ROUTER = addressOf(newWallet());

interface Instance {
  readonly clock: ManualClock;
  readonly keys: Keyring;
  readonly revocations: Revocations;
  readonly heeded: readonly Revocation[];
  readonly logLines: string[];
  /** Lets time pass to the next look, and ends when it has been made. */
  look(): Promise<void>;
}

let database: Database;
const opened: Revocations[] = [];
before(async () => void (database = await openTestDatabase()));
after(async () => {
  for (const revocations of opened) revocations.stop();
  await database.close();
});

/** An instance of a router over `its` view of the database. */
async function instance(its: Database = database): Promise<Instance> {
  const clock = manualClock();
  const logLines: string[] = [];
  const looks = new EventTarget();
  const register = createKeyRegister(its);
  const keys = createKeyring({ clock, register }, { routerId: ROUTER, acceptV1Spending: false });
  const heeded: Revocation[] = [];
  const query: Database["query"] = async (text, values) => {
    try {
      return await its.query(text, values);
    } finally {
      // After whoever asked has read the answer.
      if (text.includes("ORDER BY r.seq")) setImmediate(() => looks.dispatchEvent(new Event("look")));
    }
  };
  const revocations = await openRevocations({
    database: { ...its, query },
    clock,
    log: createLog("info", { write: (line) => void logLines.push(line) }),
    heed(found) {
      heeded.push(...found);
      keys.revoke(found);
    },
  });
  opened.push(revocations);
  const look = async (): Promise<void> => {
    const looked = once(looks, "look");
    clock.advance(400);
    await looked;
  };
  return { clock, keys, revocations, heeded, logLines, look };
}

const unseenId = (): string => hex.encode(systemRandom.bytes(16));

describe("a revoked key", () => {
  test("is refused by the instance that was told at once, by every other at its next look", async () => {
    const [one, other] = [await instance(), await instance()];
    const wallet = newWallet();
    const bearer = await walletKey(wallet, ROUTER, one.clock.now());
    const { id } = await one.keys.authenticate(bearer, "spend");
    await other.keys.authenticate(bearer, "serve");
    const { revokedAtMs } = await one.revocations.revoke(id, addressOf(wallet));
    assert.equal(revokedAtMs, one.clock.now());
    const revokedAt = new Date(revokedAtMs).toISOString();
    const isSo = (error: unknown): boolean =>
      isAimoError(error, "key_revoked") && error.context.revokedAt === revokedAt;
    await assert.rejects(one.keys.authenticate(bearer, "spend"), isSo);
    await other.keys.authenticate(bearer, "serve");
    await other.look();
    await assert.rejects(other.keys.authenticate(bearer, "serve"), isSo);
    await assert.rejects((await instance()).keys.authenticate(bearer, "spend"), isSo, "one that started later");
  });

  test("may be revoked again, by anybody who might: it stays revoked since the first time", async () => {
    const { clock, keys, revocations } = await instance();
    const wallet = newWallet();
    const { id } = await keys.authenticate(await walletKey(wallet, ROUTER, clock.now()), "spend");
    const first = await revocations.revoke(id, addressOf(wallet));
    clock.advance(5_000);
    assert.deepEqual(await revocations.revoke(id, addressOf(wallet)), first);
  });

  test("may be one that was issued, and is then refused everywhere too", async () => {
    const [one, other] = [await instance(), await instance()];
    const wallet = addressOf(newWallet());
    const { bearer, id } = await issueTestKey(database, wallet);
    await other.keys.authenticate(bearer, "spend");
    await one.revocations.revoke(id, wallet);
    await other.look();
    await assert.rejects(other.keys.authenticate(bearer, "spend"), (error) => isAimoError(error, "key_revoked"));
  });

  test("may be one that another instance is seeing for the first time just then", async () => {
    const { clock, keys, revocations } = await instance();
    const wallet = newWallet();
    const bearer = await walletKey(wallet, ROUTER, clock.now());
    const id = await idOfKey(parseKey(bearer));
    await keys.authenticate(await walletKey(wallet, ROUTER, clock.now() - 1), "own"); // the wallet is known already
    let revoking: Promise<Revocation> | undefined;
    await database.transaction(async (query) => {
      const values = [hex.decode(id), wallet.publicKey];
      await query("SELECT key_register($1, $2, '', false, NULL, now(), 'infinity')", values);
      revoking = revocations.revoke(id, addressOf(wallet));
      await Promise.race([revoking, sleep(systemClock, 100)]);
    });
    await revoking;
    const [row] = await database.query<{ at: Date | null }>("SELECT revoked_at AS at FROM keys WHERE key_id = $1", [
      hex.decode(id),
    ]);
    assert.equal(row?.at?.getTime(), clock.now());
    await assert.rejects(keys.authenticate(bearer, "spend"), (error) => isAimoError(error, "key_revoked"));
  });

  test("may never have been seen: it is revoked when it comes", async () => {
    const { clock, keys, revocations } = await instance();
    const wallet = newWallet();
    const bearer = await walletKey(wallet, ROUTER, clock.now());
    const elsewhere = createKeyring(
      { clock, register: createKeyRegister(await separate()) },
      { routerId: ROUTER, acceptV1Spending: false },
    );
    const { id } = await elsewhere.authenticate(bearer, "own");
    await revocations.revoke(id, addressOf(wallet));
    await assert.rejects(keys.authenticate(bearer, "spend"), (error) => isAimoError(error, "key_revoked"));
    await assert.rejects((await instance()).keys.authenticate(bearer, "spend"), (error) =>
      isAimoError(error, "key_revoked"),
    );
  });
});

/** Another database, which knows nothing of the first. */
async function separate(): Promise<Database> {
  const other = await openTestDatabase();
  after(() => other.close());
  return other;
}

describe("another wallet", () => {
  test("cannot revoke a key that is known", async () => {
    const { clock, keys, revocations, heeded } = await instance();
    const bearer = await walletKey(newWallet(), ROUTER, clock.now());
    const { id } = await keys.authenticate(bearer, "spend");
    await assert.rejects(revocations.revoke(id, addressOf(newWallet())), (error) =>
      isAimoError(error, "key_not_found"),
    );
    await keys.authenticate(bearer, "spend");
    assert.deepEqual(heeded, []);
  });

  test("cannot revoke a key before it is seen, nor keep its owner from doing so", async () => {
    const { clock, keys, revocations } = await instance();
    const wallet = newWallet();
    const bearer = await walletKey(wallet, ROUTER, clock.now());
    const { id } = await createKeyring(
      { clock, register: createKeyRegister(await separate()) },
      { routerId: ROUTER, acceptV1Spending: false },
    ).authenticate(bearer, "own");
    await revocations.revoke(id, addressOf(newWallet()));
    await keys.authenticate(bearer, "spend");
    await revocations.revoke(id, addressOf(wallet));
    await assert.rejects(keys.authenticate(bearer, "spend"), (error) => isAimoError(error, "key_revoked"));
  });

  test("has its own share of keys that were never seen, and no more", async () => {
    const { revocations } = await instance();
    const wallet = addressOf(newWallet());
    for (let count = 0; count < UNSEEN_REVOCATIONS_PER_WALLET_MAX; count += 1)
      await revocations.revoke(unseenId(), wallet);
    await assert.rejects(revocations.revoke(unseenId(), wallet), (error) => isAimoError(error, "invalid_request"));
    await revocations.revoke(unseenId(), addressOf(newWallet()));
    const { id } = await issueTestKey(database, wallet);
    await revocations.revoke(id, wallet);
  });
});

describe("following", () => {
  test("sees everything that is revoked, in order and once, also more than one look reads and from two writers", async () => {
    const [one, other] = [await instance(), await instance()];
    const third = await instance();
    const wallets = Array.from({ length: 4 }, () => addressOf(newWallet()));
    const revoked: Revocation[] = [];
    // A few at a time: on a busy machine more would wait for the database longer than a request may.
    while (revoked.length < 1_200) {
      const some = Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? one : other).revocations.revoke(unseenId(), wallets[index % 4] ?? ""),
      );
      revoked.push(...(await Promise.all(some)));
    }
    await third.look();
    while (third.heeded.length < revoked.length) await new Promise(setImmediate);
    await third.look();
    const sorted = (list: readonly Revocation[]): string[] => list.map(({ keyId }) => keyId).toSorted();
    assert.deepEqual(sorted(third.heeded), sorted(revoked));
  });

  test("sees one that took longer to be written down than the next", async () => {
    const [one, other] = [await instance(), await instance()];
    const [slow, quick] = [unseenId(), unseenId()];
    let next: Promise<Revocation> | undefined;
    await database.transaction(async (query) => {
      await query("SELECT key_revoke(now(), 9, $1, $2)", [hex.decode(slow), newWallet().publicKey]);
      next = one.revocations.revoke(quick, addressOf(newWallet()));
      await Promise.race([next, sleep(systemClock, 100)]);
      await other.look();
    });
    await next;
    await other.look();
    assert.deepEqual(
      other.heeded.map(({ keyId }) => keyId),
      [slow, quick],
    );
  });

  test("goes on when the ledger was away, says so once, and misses nothing of that time", async () => {
    let isAway = false;
    const query: Database["query"] = (text, values) =>
      isAway ? Promise.reject(new AimoError("ledger_unavailable", {})) : database.query(text, values);
    const [blind, other] = [await instance({ ...database, query }), await instance()];
    isAway = true;
    await blind.look();
    const revocation = await other.revocations.revoke(unseenId(), addressOf(newWallet()));
    await blind.look();
    assert.deepEqual(blind.heeded, []);
    isAway = false;
    await blind.look();
    assert.deepEqual(blind.heeded, [revocation]);
    assert.deepEqual(
      blind.logLines.map((line) => (JSON.parse(line) as Record<string, unknown>)["msg"]),
      ["revocations cannot be followed", "revocations are followed again"],
    );
  });

  test("ends when it is told to", async () => {
    const { clock, revocations, heeded } = await instance();
    revocations.stop();
    await revocations.revoke(unseenId(), addressOf(newWallet()));
    assert.equal(heeded.length, 1, "what it is told itself");
    clock.advance(10_000);
    await (await instance()).look();
    assert.equal(heeded.length, 1);
  });
});
