// POST /keys/revoke: by the key, by its wallet's signature, by whoever manages its wallet's keys, and by nobody else.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { base58, base64 } from "@scure/base";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { keyId } from "@aimo-network/protocol/keys/key-id";
import { revocationMessage } from "@aimo-network/protocol/keys/key-message";
import { parseKey } from "@aimo-network/protocol/keys/key-text";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { transactionBytes, transactionMessage } from "@aimo-network/protocol/test-bed/memo-transaction-bytes";
import type { KeyAnswer, KeyBench, KeyCaller } from "../../test-bed/key-bench.ts";
import { assertCode, startKeyBench } from "../../test-bed/key-bench.ts";
import { openTestDatabase } from "../../test-bed/test-database.ts";
import { addressOf, oldWalletKey, walletKey } from "../../test-bed/test-keys.ts";
import { newWallet } from "../../test-bed/new-wallet.ts";

const ROUTER = addressOf(newWallet());
const TEN_MINUTES_MS = 600_000;
const NOBODYS_ID = "0123456789abcdef0123456789abcdef";

interface Revoked {
  readonly key_id: string;
  readonly revoked_at: string;
}

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let clock: ManualClock;
let bench: KeyBench;
let wallet: Wallet;
let bearer: string;
let id: string;
before(async () => {
  database = await openTestDatabase();
  clock = manualClock();
  bench = await startKeyBench(database, clock, ROUTER);
});
after(async () => {
  await bench.close();
  await database.close();
});
beforeEach(async () => {
  wallet = newWallet();
  bearer = await walletKey(wallet, ROUTER, clock.now());
  id = await keyId(parseKey(bearer));
});

const revoke = (caller: KeyCaller, body?: unknown): Promise<KeyAnswer<Revoked>> =>
  bench.call<Revoked>("POST", "/keys/revoke", caller, body);
const read = (key = bearer): Promise<KeyAnswer<unknown>> => bench.call("GET", "/key", { bearer: key });

interface Signing {
  readonly by?: Wallet;
  readonly key?: string;
  readonly router?: string;
  readonly dateMs?: number;
}

/** The body of a revocation that a wallet has signed. */
async function signedBody({ by = wallet, key = id, router = ROUTER, dateMs = clock.now() }: Signing = {}) {
  const message = revocationMessage({ keyId: key, routerId: router, dateMs });
  const signature = base58.encode(await by.sign(Buffer.from(message)));
  return { key_id: key, wallet: addressOf(by), date: new Date(dateMs).toISOString(), signature };
}

async function assertRevoked(answer: KeyAnswer<Revoked>): Promise<void> {
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.body.key_id, id);
  assertCode(await read(), "key_revoked");
}

describe("a key revokes itself", () => {
  for (const [what, body] of [
    ["an empty object", {}],
    ["no body", undefined],
    ["its own id", "own"],
  ] as const) {
    test(`with ${what}, and may say so again`, async () => {
      const sent = body === "own" ? { key_id: id } : body;
      const first = await revoke({ bearer }, sent);
      await assertRevoked(first);
      clock.advance(1_000);
      assert.deepEqual((await revoke({ bearer }, sent)).body, first.body);
    });
  }

  test("also where it is issued, disabled, earn only, without scopes or of version 1", async () => {
    const made = await bench.call<{ key: string; data: { hash: string } }>(
      "POST",
      "/keys",
      { session: addressOf(wallet) },
      { name: "a" },
    );
    const { key, data } = made.body;
    await bench.call("PATCH", `/keys/${data.hash}`, { session: addressOf(wallet) }, { disabled: true });
    for (const own of [
      key,
      await walletKey(wallet, ROUTER, clock.now() - 1, { scopes: [] }),
      await walletKey(wallet, ROUTER, clock.now() - 1, { spending: { kind: "earn_only" } }),
      await oldWalletKey(wallet, clock.now()),
    ]) {
      assert.equal((await revoke({ bearer: own }, {})).status, 200);
      assertCode(await read(own), "key_revoked");
    }
  });

  test("but no other key, even of its wallet, without the scope `keys`", async () => {
    const other = await walletKey(wallet, ROUTER, clock.now() - 1);
    assertCode(await revoke({ bearer: other }, { key_id: id }), "scope_missing");
    assert.equal((await read()).status, 200);
  });
});

describe("a wallet's signature revokes", () => {
  test("a key that is in use, and may come again", async () => {
    await read();
    const body = await signedBody();
    const first = await revoke({}, body);
    await assertRevoked(first);
    clock.advance(TEN_MINUTES_MS);
    assert.deepEqual((await revoke({}, body)).body, first.body);
  });

  test("a key that this router has never seen", async () => {
    await assertRevoked(await revoke({}, await signedBody()));
  });

  for (const [offMs, isTaken] of [
    [-TEN_MINUTES_MS - 1, false],
    [-TEN_MINUTES_MS, true],
    [0, true],
    [TEN_MINUTES_MS, true],
    [TEN_MINUTES_MS + 1, false],
  ] as const) {
    test(`${isTaken ? "with" : "not with"} a date ${offMs} ms from now`, async () => {
      const answer = await revoke({}, await signedBody({ dateMs: clock.now() + offMs }));
      if (isTaken) await assertRevoked(answer);
      else {
        assertCode(answer, "invalid_request");
        assert.equal((await read()).status, 200);
      }
    });
  }

  test("nothing of another wallet: its word about the key has no effect, now or later", async () => {
    const stranger = newWallet();
    assert.equal(
      (await revoke({}, await signedBody({ by: stranger }))).status,
      200,
      "nobody knows yet whose key it is",
    );
    assert.equal((await read()).status, 200);
    assertCode(await revoke({}, await signedBody({ by: stranger, key: await seenId() })), "key_not_found");
    await assertRevoked(await revoke({}, await signedBody()));
  });

  const seenId = async (): Promise<string> => {
    const key = await walletKey(newWallet(), ROUTER, clock.now());
    return (await bench.keys.authenticate(key, "own")).id;
  };

  test("nothing when a single part of what was signed is another", async () => {
    const good = await signedBody();
    const otherRouter = await signedBody({ router: addressOf(newWallet()) });
    for (const body of [
      otherRouter,
      { ...good, key_id: `${id.slice(0, -1)}${id.endsWith("0") ? "1" : "0"}` },
      { ...good, wallet: addressOf(newWallet()) },
      { ...good, date: new Date(clock.now() + 1).toISOString() },
      { ...good, signature: (await signedBody({ dateMs: clock.now() + 1 })).signature },
    ]) {
      assertCode(await revoke({}, body), "invalid_request");
    }
    assert.equal((await read()).status, 200);
  });

  test("nothing when it cannot be read", async () => {
    const good = await signedBody();
    for (const body of [
      { ...good, signature: undefined },
      { ...good, wallet: undefined },
      { ...good, date: undefined },
      { ...good, key_id: undefined },
      { ...good, key_id: "x" },
      { ...good, key_id: id.toUpperCase() },
      { ...good, wallet: "0OIl" },
      { ...good, wallet: base58.encode(new Uint8Array(32)) },
      { ...good, wallet: base58.encode(new Uint8Array(31).fill(7)) },
      { ...good, signature: "1" },
      { ...good, signature: base58.encode(new Uint8Array(64)) },
      { ...good, date: "yesterday" },
      { ...good, date: good.date.replace("Z", "+00:00") },
      { ...good, more: 1 },
      [],
      "x",
      7,
    ]) {
      assertCode(await revoke({}, body), "invalid_request");
    }
    assert.equal((await read()).status, 200);
  });
});

describe("a memo that a wallet signed and never sent revokes", () => {
  const memoBody = async (by = wallet, router = ROUTER, dateMs = clock.now()) => {
    const memo = revocationMessage({ keyId: id, routerId: router, dateMs });
    const message = transactionMessage({ signer: by.publicKey, memo });
    const transaction = base64.encode(transactionBytes(message, await by.sign(message)));
    return { key_id: id, date: new Date(dateMs).toISOString(), transaction };
  };

  test("the key of that wallet", async () => {
    const body = await memoBody();
    await assertRevoked(await revoke({}, body));
    assert.equal((await revoke({}, body)).status, 200);
  });

  test("nothing of another wallet, at another router, at another time, or that it does not say", async () => {
    await read();
    assertCode(await revoke({}, await memoBody(newWallet())), "key_not_found");
    const good = await memoBody();
    for (const body of [
      await memoBody(wallet, addressOf(newWallet())),
      await memoBody(wallet, ROUTER, clock.now() - TEN_MINUTES_MS - 1),
      { ...good, date: new Date(clock.now() + 1).toISOString() },
      { ...good, key_id: NOBODYS_ID },
      { ...good, wallet: addressOf(wallet) },
      { ...good, transaction: "?" },
      { ...good, transaction: `${good.transaction.slice(0, 4)}AAAA${good.transaction.slice(8)}` },
      { key_id: id, transaction: good.transaction },
    ]) {
      assertCode(await revoke({}, body), "invalid_request");
    }
    assert.equal((await read()).status, 200);
  });
});

describe("whoever manages a wallet's keys revokes", () => {
  test("any of them, signed or issued, by session", async () => {
    await read();
    await assertRevoked(await revoke({ session: addressOf(wallet) }, { key_id: id }));
  });

  test("any of them by a key with the scope `keys`, also one that was never seen", async () => {
    const manager = await walletKey(wallet, ROUTER, clock.now(), { scopes: ["keys"] });
    await assertRevoked(await revoke({ bearer: manager }, { key_id: id }));
    assert.equal((await read(manager)).status, 200);
  });

  test("the issuer, and with it what it issued", async () => {
    const manager = await walletKey(wallet, ROUTER, clock.now(), { scopes: ["keys"] });
    const { body } = await bench.call<{ key: string }>("POST", "/keys", { bearer: manager }, { name: "a" });
    assert.equal((await read(body.key)).status, 200);
    assert.equal((await revoke({ bearer: manager }, {})).status, 200);
    clock.advance(1_000);
    assertCode(await read(body.key), "key_revoked");
  });

  test("none of another wallet's", async () => {
    await read();
    assertCode(await revoke({ session: addressOf(newWallet()) }, { key_id: id }), "key_not_found");
    const manager = await walletKey(newWallet(), ROUTER, clock.now(), { scopes: ["keys"] });
    assertCode(await revoke({ bearer: manager }, { key_id: id }), "key_not_found");
    assert.equal((await read()).status, 200);
  });

  test("none without saying which, and none for nobody", async () => {
    assertCode(await revoke({ session: addressOf(wallet) }, {}), "missing_key");
    assertCode(await revoke({}, { key_id: id }), "missing_key");
    assertCode(await revoke({}), "missing_key");
  });
});
