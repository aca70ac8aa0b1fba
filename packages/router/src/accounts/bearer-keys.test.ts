// Who may do what with a key, how long a verified one is remembered, and where a key is read from.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { base58 } from "@scure/base";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import type { ErrorCode } from "@aimo-network/protocol/errors";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { KeyContentV1, KeyContentV2 } from "@aimo-network/protocol/keys/key-content";
import { signFirstGenerationKey, signKey } from "@aimo-network/protocol/keys/sign-key";
import { microUsdc } from "@aimo-network/protocol/money";
import { newWallet } from "../test-bed/test-router.ts";
import type { BearerKeys, Purpose } from "./bearer-keys.ts";
import { createBearerKeys, readBearer } from "./bearer-keys.ts";

const ROUTER = base58.encode(newWallet().publicKey);
const VALID_MS = 60_000;

function keyring(acceptV1Spending = false): { clock: ManualClock; keys: BearerKeys } {
  const clock = manualClock();
  return { clock, keys: createBearerKeys(clock, { routerId: ROUTER, acceptV1Spending }) };
}

const CONTENT = { validForMs: VALID_MS, spending: { kind: "unlimited" }, scopes: ["completion_model"] } as const;

function key(clock: ManualClock, more: Partial<KeyContentV2> = {}): Promise<string> {
  return signKey(newWallet(), { ...CONTENT, version: 2, createdAtMs: clock.now(), ...more }, ROUTER);
}

function oldKey(clock: ManualClock, more: Partial<KeyContentV1> = {}): Promise<string> {
  return signFirstGenerationKey(newWallet(), { ...CONTENT, version: 1, tag: "dev", createdAtMs: clock.now(), ...more });
}

async function assertRefused(
  keys: BearerKeys,
  bearer: string | undefined,
  purpose: Purpose,
  code: ErrorCode,
): Promise<void> {
  await assert.rejects(keys.authenticate(bearer, purpose), (error) => isAimoError(error, code));
}

test("of more keys than are remembered, the one used longest ago is verified again", async () => {
  const clock = manualClock();
  const keys = createBearerKeys(clock, { routerId: ROUTER, acceptV1Spending: false }, 2);
  const [one, two, three] = [await key(clock), await key(clock), await key(clock)];
  const [first, second] = [await keys.authenticate(one, "spend"), await keys.authenticate(two, "spend")];
  assert.equal(await keys.authenticate(one, "spend"), first);
  await keys.authenticate(three, "spend");
  assert.equal(await keys.authenticate(one, "spend"), first);
  assert.notEqual(await keys.authenticate(two, "spend"), second);
});

describe("a key may", () => {
  test("serve and spend, in version 2 with the scope", async () => {
    const { clock, keys } = keyring();
    const bearer = await key(clock);
    const verified = await keys.authenticate(bearer, "serve");
    assert.equal(await keys.authenticate(bearer, "spend"), verified, "it is verified once");
    assert.equal(verified.expiresAtMs, clock.now() + VALID_MS);
  });

  test("spend within a limit", async () => {
    const { clock, keys } = keyring();
    const bearer = await key(clock, { spending: { kind: "limited", limit: microUsdc(1n) } });
    assert.equal((await keys.authenticate(bearer, "spend")).version, 2);
  });

  test("serve and never spend, when it is earn only", async () => {
    const { clock, keys } = keyring();
    const bearer = await key(clock, { spending: { kind: "earn_only" } });
    await keys.authenticate(bearer, "serve");
    await assertRefused(keys, bearer, "spend", "earn_only_key");
  });

  test("serve but not spend, in version 1, unless the operator allows it", async () => {
    const { clock, keys } = keyring(false);
    const bearer = await oldKey(clock);
    assert.equal((await keys.authenticate(bearer, "serve")).version, 1);
    await assertRefused(keys, bearer, "spend", "v1_key_cannot_spend");
    const open = createBearerKeys(clock, { routerId: ROUTER, acceptV1Spending: true });
    assert.equal((await open.authenticate(bearer, "spend")).version, 1);
  });

  test("do neither without the scope, in either version", async () => {
    const { clock, keys } = keyring(true);
    for (const bearer of [
      await key(clock, { scopes: ["account", "keys"] }),
      await key(clock, { scopes: [] }),
      await oldKey(clock, { scopes: [] }),
    ]) {
      await assertRefused(keys, bearer, "serve", "scope_missing");
      await assertRefused(keys, bearer, "spend", "scope_missing");
    }
  });
});

describe("a key is refused", () => {
  test("when there is none", async () => {
    const { keys } = keyring();
    await assertRefused(keys, undefined, "spend", "missing_key");
    await assertRefused(keys, "", "serve", "missing_key");
  });

  test("when it cannot be read, is another router's, or a router's own", async () => {
    const { clock, keys } = keyring();
    await assertRefused(keys, "hello", "spend", "malformed_key");
    await assertRefused(keys, `aimo-sk-u1-${base58.encode(new Uint8Array(32))}`, "spend", "malformed_key");
    const foreign = await signKey(
      newWallet(),
      { ...CONTENT, version: 2, createdAtMs: clock.now() },
      base58.encode(newWallet().publicKey),
    );
    await assertRefused(keys, foreign, "spend", "key_for_other_router");
  });

  test("from the moment it expires, also when it was verified before", async () => {
    const { clock, keys } = keyring();
    const bearer = await key(clock);
    await keys.authenticate(bearer, "spend");
    clock.advance(VALID_MS - 1);
    await keys.authenticate(bearer, "spend");
    clock.advance(1);
    await assertRefused(keys, bearer, "spend", "key_expired");
    await assertRefused(keys, bearer, "serve", "key_expired");
  });

  test("although another with nearly the same text was verified", async () => {
    const { clock, keys } = keyring();
    const bearer = await key(clock);
    await keys.authenticate(bearer, "spend");
    const last = bearer.at(-1) === "1" ? "2" : "1";
    await assert.rejects(keys.authenticate(bearer.slice(0, -1) + last, "spend"), (error) => isAimoError(error));
    await assert.rejects(keys.authenticate(`${bearer} `, "spend"), (error) => isAimoError(error));
  });

  test("for what it may not do although it was verified for what it may", async () => {
    const { clock, keys } = keyring();
    const bearer = await key(clock, { spending: { kind: "earn_only" } });
    for (let count = 0; count < 3; count += 1) {
      await keys.authenticate(bearer, "serve");
      await assertRefused(keys, bearer, "spend", "earn_only_key");
    }
  });
});

describe("an Authorization header", () => {
  for (const [header, bearer] of [
    ["Bearer abc", "abc"],
    ["bearer abc", "abc"],
    ["BEARER   abc  ", "abc"],
    ["Bearer", undefined],
    ["Bearer ", undefined],
    ["Bearer a b", undefined],
    ["Basic abc", undefined],
    ["abc", undefined],
    ["", undefined],
    [undefined, undefined],
  ] as const) {
    test(`${JSON.stringify(header)} holds ${bearer ?? "no key"}`, () => assert.equal(readBearer(header), bearer));
  }
});
