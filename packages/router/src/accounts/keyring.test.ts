// Who may do what with a key, what the ledger is told of it, and how long an answer of the ledger is taken for true.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { base58, hex } from "@scure/base";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import type { ErrorCode } from "@aimo-network/protocol/errors";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { formatIssuedKey } from "@aimo-network/protocol/keys/key-text";
import { microUsdc } from "@aimo-network/protocol/money";
import type { Database } from "../ledger/database/database.ts";
import { openTestDatabase } from "../test-bed/test-database.ts";
import { addressOf, issueTestKey, oldWalletKey, walletKey } from "../test-bed/test-keys.ts";
import type { Purpose } from "./caller.ts";
import type { KeyRegister } from "./key-register.ts";
import { createKeyRegister } from "./key-register.ts";
import type { Keyring } from "./keyring.ts";
import { createKeyring } from "./keyring.ts";
import { newWallet } from "../test-bed/new-wallet.ts";

const ROUTER = addressOf(newWallet());
const VALID_MS = 3_600_000;

let database: Database;
before(async () => void (database = await openTestDatabase()));
after(() => database.close());

interface Bench {
  readonly clock: ManualClock;
  readonly keys: Keyring;
  /** How often the ledger was asked. */
  asked(): number;
}

/** A keyring over the real register, in a ledger that counts what it is asked. */
function bench(acceptV1Spending = false, cachedMax?: number): Bench {
  const clock = manualClock();
  const real = createKeyRegister(database);
  let asked = 0;
  const register: KeyRegister = {
    enter(key) {
      asked += 1;
      return real.enter(key);
    },
    find(secretHash) {
      asked += 1;
      return real.find(secretHash);
    },
  };
  const keys = createKeyring({ clock, register }, { routerId: ROUTER, acceptV1Spending }, cachedMax);
  return { clock, keys, asked: () => asked };
}

async function assertRefused(
  keys: Keyring,
  bearer: string | undefined,
  purpose: Purpose,
  code: ErrorCode,
): Promise<void> {
  await assert.rejects(keys.authenticate(bearer, purpose), (error) => isAimoError(error, code));
}

async function change(id: string, assignment: string): Promise<void> {
  await database.query(`UPDATE keys SET ${assignment} WHERE key_id = $1`, [hex.decode(id)]);
}

describe("a wallet-signed key", () => {
  test("gets its row and a number once, however often it comes, and is then answered without the ledger", async () => {
    const { clock, keys, asked } = bench();
    const wallet = newWallet();
    const bearer = await walletKey(wallet, ROUTER, clock.now(), { tag: "shop" });
    const [caller, same] = await Promise.all([keys.authenticate(bearer, "spend"), keys.authenticate(bearer, "serve")]);
    assert.equal(same, caller, "one look-up serves both");
    assert.equal(await keys.authenticate(bearer, "spend"), caller);
    assert.equal(asked(), 1);
    const again = await bench().keys.authenticate(bearer, "spend");
    assert.deepEqual([again.keyNumber, again.userNumber], [caller.keyNumber, caller.userNumber]);
    const rows = await database.query(
      `SELECT k.id, k.user_id, k.name, k.is_earn_only, k.spending_limit, k.limit_reset, k.created_at, k.expires_at, k.parent_id, k.secret_hash
       FROM keys k JOIN wallets w ON w.id = k.user_id WHERE w.address = $1`,
      [wallet.publicKey],
    );
    assert.deepEqual(rows, [
      {
        id: caller.keyNumber,
        user_id: caller.userNumber,
        name: "shop",
        is_earn_only: false,
        spending_limit: null,
        limit_reset: "never",
        created_at: new Date(clock.now()),
        expires_at: new Date(clock.now() + VALID_MS),
        parent_id: null,
        secret_hash: null,
      },
    ]);
    assert.deepEqual(
      { ...caller, keyNumber: 0, userNumber: 0 },
      {
        id: caller.id,
        kind: "signed",
        wallet: addressOf(wallet),
        scopes: ["completion_model"],
        isEarnOnly: false,
        expiresAtMs: clock.now() + VALID_MS,
        allowedModels: undefined,
        keyNumber: 0,
        userNumber: 0,
      },
    );
  });

  for (const [limit, stored] of [
    [1n, 1_000n],
    [9_223_372_036_854_775n, 9_223_372_036_854_775_000n],
    [9_223_372_036_854_776n, 2n ** 63n - 1n],
    [2n ** 63n - 1n, 2n ** 63n - 1n],
  ] as const) {
    test(`with a limit of ${limit} micro-USDC has one of ${stored} nano-USDC in the ledger`, async () => {
      const { clock, keys } = bench();
      const spending = { kind: "limited", limit: microUsdc(limit) } as const;
      const { keyNumber } = await keys.authenticate(
        await walletKey(newWallet(), ROUTER, clock.now(), { spending }),
        "spend",
      );
      assert.deepEqual(await database.query("SELECT spending_limit FROM keys WHERE id = $1", [keyNumber]), [
        { spending_limit: stored },
      ]);
    });
  }

  test("of two wallets is two users, two of one wallet are one", async () => {
    const { clock, keys } = bench();
    const [one, other] = [newWallet(), newWallet()];
    const first = await keys.authenticate(await walletKey(one, ROUTER, clock.now()), "spend");
    const second = await keys.authenticate(await walletKey(one, ROUTER, clock.now() - 1), "spend");
    const third = await keys.authenticate(await walletKey(other, ROUTER, clock.now()), "spend");
    assert.equal(first.userNumber, second.userNumber);
    assert.notEqual(first.keyNumber, second.keyNumber);
    assert.notEqual(first.userNumber, third.userNumber);
  });

  test("that lasts until the year 275760 is entered with that end", async () => {
    const { clock, keys } = bench(true);
    const validForMs = 8_640_000_000_000_000 - clock.now();
    const caller = await keys.authenticate(await oldWalletKey(newWallet(), clock.now(), { validForMs }), "spend");
    const end = "SELECT extract(epoch FROM expires_at)::bigint AS s FROM keys WHERE id = $1";
    assert.deepEqual(await database.query(end, [caller.keyNumber]), [{ s: 8_640_000_000_000n }]);
  });

  test("of which more are known than are remembered is looked up again where it was used longest ago", async () => {
    const { clock, keys, asked } = bench(false, 2);
    const made = Array.from({ length: 3 }, () => walletKey(newWallet(), ROUTER, clock.now()));
    const [one, two, three] = await Promise.all(made);
    for (const bearer of [one, two, one, three, one]) await keys.authenticate(bearer, "spend");
    assert.equal(asked(), 3);
    await keys.authenticate(two, "spend");
    assert.equal(asked(), 4);
  });
});

describe("a key may", () => {
  test("serve and never spend, when it is earn only", async () => {
    const { clock, keys } = bench();
    const bearer = await walletKey(newWallet(), ROUTER, clock.now(), { spending: { kind: "earn_only" } });
    assert.equal((await keys.authenticate(bearer, "serve")).isEarnOnly, true);
    await assertRefused(keys, bearer, "spend", "earn_only_key");
    await keys.authenticate(bearer, "serve");
    await assertRefused(keys, bearer, "spend", "earn_only_key");
  });

  test("serve but not spend, in version 1, unless the operator allows it", async () => {
    const { clock, keys } = bench();
    const bearer = await oldWalletKey(newWallet(), clock.now());
    assert.equal((await keys.authenticate(bearer, "serve")).kind, "first_generation");
    await assertRefused(keys, bearer, "spend", "v1_key_cannot_spend");
    await bench(true).keys.authenticate(bearer, "spend");
  });

  test("do what its scopes say and nothing else, but always read about itself", async () => {
    const { clock, keys } = bench(true);
    const nowMs = clock.now();
    for (const [bearer, purposes] of [
      [await walletKey(newWallet(), ROUTER, nowMs, { scopes: [] }), []],
      [await walletKey(newWallet(), ROUTER, nowMs, { scopes: ["completion_model"] }), ["serve", "spend"]],
      [await walletKey(newWallet(), ROUTER, nowMs, { scopes: ["account"] }), ["account"]],
      [await walletKey(newWallet(), ROUTER, nowMs, { scopes: ["keys"] }), ["keys"]],
      [await oldWalletKey(newWallet(), nowMs, { scopes: [] }), []],
    ] as const) {
      await keys.authenticate(bearer, "own");
      for (const purpose of ["serve", "spend", "account", "keys"] as const) {
        if ((purposes as readonly Purpose[]).includes(purpose)) await keys.authenticate(bearer, purpose);
        else await assertRefused(keys, bearer, purpose, "scope_missing");
      }
    }
  });

  test("when it was issued, spend and read about itself, and nothing else", async () => {
    const { keys } = bench();
    const wallet = addressOf(newWallet());
    const { bearer, id } = await issueTestKey(database, wallet);
    const caller = await keys.authenticate(bearer, "spend");
    assert.deepEqual(
      { ...caller, keyNumber: 0, userNumber: 0 },
      {
        id,
        kind: "issued",
        wallet,
        scopes: ["completion_model"],
        isEarnOnly: false,
        expiresAtMs: Infinity,
        allowedModels: undefined,
        keyNumber: 0,
        userNumber: 0,
      },
    );
    await keys.authenticate(bearer, "own");
    await assertRefused(keys, bearer, "serve", "issued_key_cannot_serve");
    await assertRefused(keys, bearer, "account", "scope_missing");
    await assertRefused(keys, bearer, "keys", "scope_missing");
  });
});

describe("a key is refused", () => {
  test("when there is none, or none that can be read", async () => {
    const { keys, asked } = bench();
    await assertRefused(keys, undefined, "spend", "missing_key");
    await assertRefused(keys, "", "serve", "missing_key");
    await assertRefused(keys, "hello", "spend", "malformed_key");
    await assertRefused(keys, `aimo-sk-u1-${base58.encode(new Uint8Array(31))}`, "spend", "malformed_key");
    assert.equal(asked(), 0);
  });

  test("when it is another router's, without a row", async () => {
    const { clock, keys, asked } = bench();
    await assertRefused(
      keys,
      await walletKey(newWallet(), addressOf(newWallet()), clock.now()),
      "spend",
      "key_for_other_router",
    );
    assert.equal(asked(), 0);
  });

  test("when nobody issued it", async () => {
    await assertRefused(bench().keys, formatIssuedKey(new Uint8Array(32)), "spend", "key_unknown");
  });

  test("from the moment it expires, also when it was looked up before", async () => {
    const { clock, keys } = bench();
    const bearer = await walletKey(newWallet(), ROUTER, clock.now());
    await keys.authenticate(bearer, "spend");
    clock.advance(VALID_MS - 1);
    await keys.authenticate(bearer, "spend");
    clock.advance(1);
    await assertRefused(keys, bearer, "spend", "key_expired");
    await assertRefused(keys, bearer, "serve", "key_expired");
  });

  test("although another with nearly the same text is good", async () => {
    const { clock, keys } = bench();
    const bearer = await walletKey(newWallet(), ROUTER, clock.now());
    await keys.authenticate(bearer, "spend");
    const last = bearer.at(-1) === "1" ? "2" : "1";
    await assert.rejects(keys.authenticate(bearer.slice(0, -1) + last, "spend"), (error) => isAimoError(error));
    await assert.rejects(keys.authenticate(`${bearer} `, "spend"), (error) => isAimoError(error));
  });

  test("for now, when the ledger cannot be reached, and looked up again at the next request", async () => {
    const clock = manualClock();
    const real = createKeyRegister(database);
    let isAway = true;
    const register: KeyRegister = {
      ...real,
      enter: (key) => (isAway ? Promise.reject(new AimoError("ledger_unavailable", {})) : real.enter(key)),
    };
    const keys = createKeyring({ clock, register }, { routerId: ROUTER, acceptV1Spending: false });
    const bearer = await walletKey(newWallet(), ROUTER, clock.now());
    await assertRefused(keys, bearer, "spend", "ledger_unavailable");
    isAway = false;
    await keys.authenticate(bearer, "spend");
  });
});

describe("an issued key", () => {
  for (const [what, assignment, code] of [
    ["revoked", "revoked_at = now()", "key_revoked"],
    ["disabled", "is_disabled = true", "key_disabled"],
    ["ended by its expiry", "expires_at = to_timestamp(0)", "key_expired"],
  ] as const) {
    test(`that was ${what} is refused a second after it was looked up, not a moment later`, async () => {
      const { clock, keys, asked } = bench();
      const { bearer, id } = await issueTestKey(database, addressOf(newWallet()));
      await keys.authenticate(bearer, "spend");
      await change(id, assignment);
      clock.advance(999);
      await keys.authenticate(bearer, "spend");
      assert.equal(asked(), 1);
      clock.advance(1);
      await assertRefused(keys, bearer, "spend", code);
    });

    test(`ends when its issuer was ${what}`, async () => {
      const { clock, keys } = bench();
      const wallet = newWallet();
      const parent = await keys.authenticate(
        await walletKey(wallet, ROUTER, clock.now(), { scopes: ["keys"] }),
        "keys",
      );
      const child = await issueTestKey(database, parent.wallet, parent.id);
      const sibling = await issueTestKey(database, parent.wallet);
      assert.equal((await keys.authenticate(child.bearer, "spend")).expiresAtMs, parent.expiresAtMs);
      await change(parent.id, assignment);
      clock.advance(1_000);
      await assertRefused(keys, child.bearer, "spend", code);
      await keys.authenticate(sibling.bearer, "spend");
    });
  }

  test("expires at its very moment, also within the second of a look-up", async () => {
    const { clock, keys } = bench();
    const { bearer, id } = await issueTestKey(database, addressOf(newWallet()));
    await change(id, `expires_at = to_timestamp(${clock.now() + 500} / 1000.0)`);
    await keys.authenticate(bearer, "spend");
    clock.advance(499);
    await keys.authenticate(bearer, "spend");
    clock.advance(1);
    await assertRefused(keys, bearer, "spend", "key_expired");
  });

  test("that is forgotten is looked up at once", async () => {
    const { keys } = bench();
    const { bearer, id } = await issueTestKey(database, addressOf(newWallet()));
    await keys.authenticate(bearer, "spend");
    await change(id, "is_disabled = true");
    keys.forget(id);
    await assertRefused(keys, bearer, "spend", "key_disabled");
  });

  test("asks the ledger once a second, however many requests come with it", async () => {
    const { clock, keys, asked } = bench();
    const { bearer } = await issueTestKey(database, addressOf(newWallet()));
    for (let second = 1; second <= 3; second += 1) {
      await Promise.all(Array.from({ length: 50 }, () => keys.authenticate(bearer, "spend")));
      assert.equal(asked(), second);
      clock.advance(1_000);
    }
  });
});

describe("a revocation", () => {
  test("ends a key that was looked up before, under every spelling of it, and no other wallet's word does", async () => {
    const { clock, keys } = bench(true);
    const wallet = newWallet();
    const bearer = await oldWalletKey(wallet, clock.now());
    const respelt = bearer.replace("aimo-sk-dev-", "aimo-sk-prod-");
    const { id } = await keys.authenticate(bearer, "spend");
    await keys.authenticate(respelt, "spend");
    const revokedAtMs = clock.now();
    keys.revoke([{ keyId: id, wallet: addressOf(newWallet()), revokedAtMs }]);
    await keys.authenticate(bearer, "spend");
    keys.revoke([{ keyId: id, wallet: addressOf(wallet), revokedAtMs }]);
    await assertRefused(keys, bearer, "spend", "key_revoked");
    await assertRefused(keys, respelt, "serve", "key_revoked");
    assert.equal((await keys.identify(bearer)).id, id);
    assert.equal(keys.isRevoked({ id, wallet: addressOf(wallet) }), true);
    assert.equal(keys.isRevoked({ id, wallet: addressOf(newWallet()) }), false);
  });

  test("that comes while a key is being looked up is not missed", async () => {
    const clock = manualClock();
    const wallet = newWallet();
    const real = createKeyRegister(database);
    const entered = Promise.withResolvers<string>();
    const goOn = Promise.withResolvers<undefined>();
    const register: KeyRegister = {
      ...real,
      async enter(key) {
        const found = await real.enter(key);
        entered.resolve(key.id);
        await goOn.promise;
        return found;
      },
    };
    const keys = createKeyring({ clock, register }, { routerId: ROUTER, acceptV1Spending: false });
    const asking = keys.authenticate(await walletKey(wallet, ROUTER, clock.now()), "spend");
    const keyId = await entered.promise;
    keys.revoke([{ keyId, wallet: addressOf(wallet), revokedAtMs: clock.now() }]);
    goOn.resolve(undefined);
    await assert.rejects(asking, (error) => isAimoError(error, "key_revoked"));
  });
});
