// Issued keys over HTTP: who may make, see, change and delete which, and what they are told of money.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { microUsdc } from "@aimo-network/protocol/money";
import { ISSUED_KEYS_PER_WALLET_MAX } from "../../limits.ts";
import type { KeyBench } from "../../test-bed/key-bench.ts";
import { amount, assertCode, startKeyBench } from "../../test-bed/key-bench.ts";
import { openTestDatabase } from "../../test-bed/test-database.ts";
import { addressOf, walletKey } from "../../test-bed/test-keys.ts";
import { newWallet } from "../../test-bed/new-wallet.ts";

const ROUTER = addressOf(newWallet());
const NOBODYS_ID = "0123456789abcdef0123456789abcdef";

interface Shown {
  readonly hash: string;
  readonly name: string;
  readonly disabled: boolean;
  readonly limit: string | null;
  readonly limit_remaining: string | null;
  readonly limit_reset: string | null;
  readonly expires_at: string | null;
  readonly allowed_models: readonly string[] | null;
  readonly creator_user_id: string;
  readonly updated_at: string | null;
}
interface One {
  readonly data: Shown;
  readonly key: string;
}
interface Many {
  readonly data: readonly Shown[];
}

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let clock: ManualClock;
let bench: KeyBench;
let wallet: Wallet;
let session: { session: string };
before(async () => {
  database = await openTestDatabase();
  clock = manualClock();
  bench = await startKeyBench(database, clock, ROUTER);
});
after(async () => {
  await bench.close();
  await database.close();
});
beforeEach(() => {
  wallet = newWallet();
  session = { session: addressOf(wallet) };
});

const issue = (body: object = {}, caller: object = session): Promise<{ status: number; body: One; text: string }> =>
  bench.call<One>("POST", "/keys", caller, { name: "one", ...body });

describe("an issued key", () => {
  test("is shown once, stored as a hash, and spends", async () => {
    const { status, body } = await issue();
    assert.equal(status, 201);
    assert.match(body.key, /^aimo-sk-u1-[1-9A-HJ-NP-Za-km-z]{40,44}$/);
    const caller = await bench.keys.authenticate(body.key, "spend");
    assert.deepEqual([caller.id, caller.wallet, caller.kind], [body.data.hash, session.session, "issued"]);
    const shown = await bench.call("GET", `/keys/${body.data.hash}`, session);
    assert.ok(!shown.text.includes(body.key));
    const [row] = await database.query<{ text: string }>("SELECT keys::text AS text FROM keys WHERE id = $1", [
      caller.keyNumber,
    ]);
    assert.ok(row !== undefined && !row.text.includes(body.key.slice("aimo-sk-u1-".length)));
  });

  test("is what its owner wrote, to the last digit", async () => {
    const expiresAt = new Date(clock.now() + 60_000).toISOString();
    const settings = {
      limit: amount("12.000000001"),
      limit_reset: "weekly",
      expires_at: expiresAt,
      allowed_models: ["Acme/Big", "acme/small", "acme/BIG"],
      include_byok_in_limit: true,
    };
    const { body } = await issue(settings);
    const { data } = body;
    assert.deepEqual(
      [
        data.name,
        data.limit,
        data.limit_remaining,
        data.limit_reset,
        data.expires_at,
        data.allowed_models,
        data.disabled,
      ],
      ["one", "12.000000001", "12.000000001", "weekly", expiresAt, ["acme/big", "acme/small"], false],
    );
    assert.deepEqual([data.creator_user_id, data.updated_at], [session.session, null]);
    const caller = await bench.keys.authenticate(body.key, "spend");
    assert.deepEqual([...(caller.allowedModels ?? [])], ["acme/big", "acme/small"]);
    assert.equal(caller.expiresAtMs, clock.now() + 60_000);
  });

  for (const [sent, shown] of [
    [amount("0"), "0"],
    [amount("-0.0"), undefined],
    [amount("1e-9"), "0.000000001"],
    [amount("1.5e0"), "1.5"],
    [amount("0.1"), "0.1"],
    [amount("123456.123456789"), "123456.123456789"],
    [amount("9223372036.854775807"), "9223372036.854775807"],
    ["0.3", "0.3"],
    ["9007199254.740993", "9007199254.740993"],
    [null, null],
    [amount("9223372036.854775808"), undefined],
    [amount("1e400"), undefined],
    [amount("0.0000000001"), undefined],
    [amount("-1"), undefined],
    ["-1", undefined],
    ["1e3", undefined],
    [" 1", undefined],
    ["", undefined],
    [true, undefined],
    [{}, undefined],
    [[1], undefined],
  ] as const) {
    test(`with the limit ${JSON.stringify(sent)} has ${shown === undefined ? "not been made" : `that of ${shown}`}`, async () => {
      const answer = await issue({ limit: sent });
      if (shown === undefined) {
        assertCode(answer, "invalid_request");
        assert.equal(answer.status, 400);
        assert.deepEqual((await bench.call<Many>("GET", "/keys", session)).body.data, []);
      } else assert.equal(answer.body.data.limit, shown);
    });
  }

  for (const [what, body] of [
    ["a misspelt field", { limti: 5 }],
    ["disabled at first", { disabled: true }],
    ["no name", { name: undefined }],
    ["an empty name", { name: "" }],
    ["a number for a name", { name: 7 }],
    ["a name too long", { name: "x".repeat(201) }],
    ["a name with a line break", { name: "a\nb" }],
    ["a name with a NUL", { name: "a\u0000b" }],
    ["half a character in its name", { name: "\ud800" }],
    ["an hourly limit", { limit_reset: "hourly" }],
    ["an expiry in the past", { expires_at: "2001-01-01T00:00:00Z" }],
    ["an expiry without a zone", { expires_at: "2099-01-01T00:00:00" }],
    ["an expiry that is no day", { expires_at: "2099-02-30T00:00:00Z" }],
    ["an expiry as a number", { expires_at: 4_000_000_000_000 }],
    ["no model at all", { allowed_models: [] }],
    ["a model without an author", { allowed_models: ["big"] }],
    ["a model with a NUL", { allowed_models: ["acme/b\u0000g"] }],
    ["a hundred and one models", { allowed_models: Array.from({ length: 101 }, (_, index) => `acme/${index}`) }],
    ["a text for models", { allowed_models: "acme/big" }],
  ] as const) {
    test(`with ${what} is not made`, async () => {
      const answer = await issue(body);
      assertCode(answer, "invalid_request");
      assert.deepEqual((await bench.call<Many>("GET", "/keys", session)).body.data, []);
    });
  }

  for (const text of ["", "{", "[]", "null", "7", '"x"', '{"name":"a","__proto__":{"limit":1}}', "[".repeat(40_000)]) {
    test(`is not made of the body ${JSON.stringify(text.slice(0, 40))}`, async () => {
      assertCode(await bench.call("POST", "/keys", session, text), "invalid_request");
    });
  }

  test("is not made of a body that is too large", async () => {
    assertCode(await bench.call("POST", "/keys", session, `{"name":"${"x".repeat(65_536)}"}`), "body_too_large");
  });
});

describe("the keys of a wallet", () => {
  test("are listed oldest first, page by page, without those that are disabled or revoked", async () => {
    const made = [];
    for (const name of ["a", "b", "c", "d"]) made.push((await issue({ name })).body);
    const [, b, c] = made;
    await bench.call("PATCH", `/keys/${b?.data.hash}`, session, { disabled: true });
    await bench.call("POST", "/keys/revoke", session, { key_id: c?.data.hash });
    const names = async (query: string): Promise<string> =>
      (await bench.call<Many>("GET", `/keys${query}`, session)).body.data.map(({ name }) => name).join("");
    assert.equal(await names(""), "ad");
    assert.equal(await names("?include_disabled=false"), "ad");
    assert.equal(await names("?include_disabled=true"), "abcd");
    assert.equal(await names("?include_disabled=true&offset=1&limit=2"), "bc");
    assert.equal(await names("?offset=1"), "d");
    assert.equal(await names("?offset=2"), "");
    assert.equal(await names("?limit=0&include_disabled=true"), "a");
    for (const query of [
      "?offset=-1",
      "?offset=1e3",
      "?limit=x",
      "?include_disabled=yes",
      "?offset=99999999999999999999",
    ]) {
      assertCode(await bench.call("GET", `/keys${query}`, session), "invalid_request");
    }
  });

  test("are nobody else's to see, change, delete or revoke", async () => {
    const { body } = await issue();
    const path = `/keys/${body.data.hash}`;
    const stranger = newWallet();
    const bearer = await walletKey(stranger, ROUTER, clock.now(), { scopes: ["keys"] });
    for (const caller of [{ session: addressOf(stranger) }, { bearer }]) {
      assert.deepEqual((await bench.call<Many>("GET", "/keys?include_disabled=true", caller)).body.data, []);
      assertCode(await bench.call("GET", path, caller), "key_not_found");
      assertCode(await bench.call("PATCH", path, caller, { disabled: true }), "key_not_found");
      assertCode(await bench.call("DELETE", path, caller), "key_not_found");
      assertCode(await bench.call("POST", "/keys/revoke", caller, { key_id: body.data.hash }), "key_not_found");
    }
    await bench.keys.authenticate(body.key, "spend");
  });

  test("are managed with a session or the scope `keys`, and by no other key", async () => {
    const manager = await walletKey(wallet, ROUTER, clock.now(), { scopes: ["keys"] });
    const { body } = await issue({}, { bearer: manager });
    const spender = await walletKey(wallet, ROUTER, clock.now(), { scopes: ["completion_model", "account"] });
    for (const bearer of [spender, body.key]) {
      assertCode(await bench.call("GET", "/keys", { bearer }), "scope_missing");
      assertCode(await issue({}, { bearer }), "scope_missing");
      assertCode(await bench.call("PATCH", `/keys/${body.data.hash}`, { bearer }, { limit: null }), "scope_missing");
      assertCode(await bench.call("DELETE", `/keys/${body.data.hash}`, { bearer }), "scope_missing");
    }
    assertCode(await bench.call("GET", "/keys"), "missing_key");
    assert.equal((await bench.call<Many>("GET", "/keys", { bearer: manager })).body.data.length, 1);
  });

  test("are issued ones only: a wallet-signed key is not in the list", async () => {
    const manager = await walletKey(wallet, ROUTER, clock.now(), { scopes: ["keys"] });
    const { id } = await bench.keys.authenticate(manager, "keys");
    assert.deepEqual((await bench.call<Many>("GET", "/keys?include_disabled=true", session)).body.data, []);
    for (const method of ["GET", "DELETE"] as const)
      assertCode(await bench.call(method, `/keys/${id}`, session), "key_not_found");
    assertCode(await bench.call("PATCH", `/keys/${id}`, session, { limit: null }), "key_not_found");
  });

  /** Gives the wallet so many keys at once, deleted at this time. */
  async function fill(count: number, deletedAt: Date | null): Promise<void> {
    const keys = `INSERT INTO keys (key_id, secret_hash, user_id, created_at, deleted_at)
      SELECT substr(hash, 1, 16), hash, ledger_wallet($1), $2, $4
      FROM (SELECT sha256($1 || n::text::bytea) AS hash FROM generate_series(1, $3::integer) n) t`;
    await database.query(keys, [wallet.publicKey, new Date(clock.now()), count, deletedAt]);
  }

  test("are so many and not one more, and again one when one was deleted", async () => {
    await fill(ISSUED_KEYS_PER_WALLET_MAX - 3, null);
    const answers = await Promise.all(Array.from({ length: 8 }, () => issue()));
    const [{ body } = assert.fail("none was made"), ...others] = answers.filter(({ status }) => status === 201);
    assert.equal(others.length, 2, "three had room");
    const refused = answers.filter(({ status }) => status === 409);
    assert.equal(refused.length, 5);
    for (const answer of refused) assertCode(answer, "too_many_keys");
    await bench.call("DELETE", `/keys/${body.data.hash}`, session);
    assert.equal((await issue()).status, 201);
  });

  test("cannot be issued and deleted in turn until the table is full: as many deleted ones are remembered for a day", async () => {
    await fill(2 * ISSUED_KEYS_PER_WALLET_MAX - 1, new Date(clock.now()));
    const { status, body } = await issue();
    assert.equal(status, 201);
    await bench.call("DELETE", `/keys/${body.data.hash}`, session);
    assertCode(await issue(), "too_many_keys");
    clock.advance(25 * 60 * 60 * 1000);
    assert.equal((await issue()).status, 201);
  });

  for (const id of [NOBODYS_ID, "x", NOBODYS_ID.toUpperCase(), `${NOBODYS_ID}0`, "%00", "..%2f..", "'"]) {
    test(`do not include ${id}`, async () => {
      for (const method of ["GET", "DELETE"] as const)
        assertCode(await bench.call(method, `/keys/${id}`, session), "key_not_found");
      assertCode(await bench.call("PATCH", `/keys/${id}`, session, { name: "x" }), "key_not_found");
    });
  }
});

describe("a change", () => {
  test("is of what it names and nothing else, seen by the next request here and within a second elsewhere", async () => {
    const elsewhere = await startKeyBench(database, clock, ROUTER);
    after(() => elsewhere.close());
    const { body } = await issue({ limit: amount("5"), limit_reset: "daily", allowed_models: ["acme/big"] });
    const path = `/keys/${body.data.hash}`;
    for (const { keys } of [bench, elsewhere]) await keys.authenticate(body.key, "spend");
    const changed = await bench.call<One>("PATCH", path, session, { disabled: true });
    assert.deepEqual({ ...changed.body.data, updated_at: null }, { ...body.data, disabled: true, updated_at: null });
    assert.equal(changed.body.data.updated_at, new Date(clock.now()).toISOString());
    const spend = { bearer: body.key };
    assertCode(await bench.call("GET", "/key", spend), "key_disabled");
    clock.advance(1_000);
    assertCode(await elsewhere.call("GET", "/key", spend), "key_disabled");
    await elsewhere.call("PATCH", path, session, {
      disabled: false,
      name: "two",
      limit: null,
      limit_reset: null,
      allowed_models: null,
    });
    clock.advance(1_000);
    const { data } = (await bench.call<One>("GET", path, session)).body;
    assert.deepEqual(
      [data.name, data.disabled, data.limit, data.limit_remaining, data.limit_reset, data.allowed_models],
      ["two", false, null, null, null, null],
    );
    assert.equal((await bench.call("GET", "/key", spend)).status, 200);
  });

  test("of the expiry ends a key at that moment", async () => {
    const { body } = await issue();
    const expiresAt = new Date(clock.now() + 5_000).toISOString();
    await bench.call("PATCH", `/keys/${body.data.hash}`, session, { expires_at: expiresAt });
    clock.advance(4_999);
    assert.equal((await bench.call("GET", "/key", { bearer: body.key })).status, 200);
    clock.advance(1);
    assertCode(await bench.call("GET", "/key", { bearer: body.key }), "key_expired");
    await bench.call("PATCH", `/keys/${body.data.hash}`, session, { expires_at: null });
    assert.equal((await bench.call("GET", "/key", { bearer: body.key })).status, 200);
  });

  test("with a field that is wrong changes nothing", async () => {
    const { body } = await issue({ limit: amount("5") });
    const path = `/keys/${body.data.hash}`;
    for (const changes of [
      { name: "two", limit: -1 },
      { name: "two", disabled: "yes" },
      { name: null },
      { nmae: "two" },
    ]) {
      assertCode(await bench.call("PATCH", path, session, changes), "invalid_request");
    }
    assert.deepEqual((await bench.call<One>("GET", path, session)).body.data, body.data);
  });

  test("does not bring a revoked key back", async () => {
    const { body } = await issue();
    await bench.call("POST", "/keys/revoke", session, { key_id: body.data.hash });
    const changed = await bench.call<One>("PATCH", `/keys/${body.data.hash}`, session, { disabled: false });
    assert.equal(changed.body.data.disabled, true);
    assertCode(await bench.call("GET", "/key", { bearer: body.key }), "key_revoked");
  });
});

describe("a deleted key", () => {
  test("is unknown at once here and within a second elsewhere, in no list, and not to be deleted twice", async () => {
    const elsewhere = await startKeyBench(database, clock, ROUTER);
    after(() => elsewhere.close());
    const { body } = await issue();
    const path = `/keys/${body.data.hash}`;
    for (const { keys } of [bench, elsewhere]) await keys.authenticate(body.key, "spend");
    const deleted = await bench.call<{ deleted: boolean }>("DELETE", path, session);
    assert.deepEqual([deleted.status, deleted.body.deleted], [200, true]);
    assertCode(await bench.call("GET", "/key", { bearer: body.key }), "key_unknown");
    clock.advance(1_000);
    assertCode(await elsewhere.call("GET", "/key", { bearer: body.key }), "key_unknown");
    assert.deepEqual((await bench.call<Many>("GET", "/keys?include_disabled=true", session)).body.data, []);
    for (const method of ["GET", "DELETE"] as const)
      assertCode(await bench.call(method, path, session), "key_not_found");
    assertCode(await bench.call("PATCH", path, session, { name: "x" }), "key_not_found");
    const rows = await database.query("SELECT name FROM keys WHERE encode(key_id, 'hex') = $1", [body.data.hash]);
    assert.deepEqual(rows, [{ name: "one" }], "its row stays for the books");
  });

  test("that never was used is forgotten after a day, when the next is made; one that was used never is", async () => {
    const [unused, used] = [(await issue()).body, (await issue()).body];
    await database.query("UPDATE keys SET last_used_at = now() WHERE encode(key_id, 'hex') = $1", [used.data.hash]);
    for (const { data } of [unused, used]) await bench.call("DELETE", `/keys/${data.hash}`, session);
    const left = async (): Promise<number> => {
      await issue();
      const ids = [unused.data.hash, used.data.hash];
      return (await database.query("SELECT 1 FROM keys WHERE encode(key_id, 'hex') = ANY ($1)", [ids])).length;
    };
    clock.advance(24 * 60 * 60 * 1000);
    assert.equal(await left(), 2);
    clock.advance(1);
    assert.equal(await left(), 1);
  });
});

describe("a key that issues keys", () => {
  test("ends them when it ends, and those of a session go on", async () => {
    const manager = await walletKey(wallet, ROUTER, clock.now(), { scopes: ["keys"], validForMs: 10_000 });
    const child = (await issue({}, { bearer: manager })).body.key;
    const free = (await issue()).body.key;
    clock.advance(9_999);
    await bench.keys.authenticate(child, "spend");
    clock.advance(1);
    assertCode(await bench.call("GET", "/key", { bearer: child }), "key_expired");
    assert.equal((await bench.call("GET", "/key", { bearer: free })).status, 200);
  });

  test("lends them its limit: what is left for a child is never more than what is left for it", async () => {
    const spending = { kind: "limited", limit: microUsdc(3_000_000n) } as const;
    const manager = await walletKey(wallet, ROUTER, clock.now(), { scopes: ["keys"], spending });
    const left = async (limit: unknown): Promise<string | null> =>
      (await issue({ limit }, { bearer: manager })).body.data.limit_remaining;
    assert.deepEqual(await Promise.all([left(null), left(amount("2.5")), left(amount("5"))]), ["3", "2.5", "3"]);
  });
});
