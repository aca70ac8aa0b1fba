// The key a command signs for itself: bound, short, and no mightier than it was wished.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { verifyKey } from "@aimo-network/protocol/keys/verify-key";
import { keyOfSeed, walletOfKey } from "@aimo-network/protocol/keys/wallet-key";
import { microUsdc } from "@aimo-network/protocol/money";
import { OWN_KEY_MS } from "../limits.ts";
import { ROUTER_ID } from "../test-bed/scripted-router.ts";
import { ownKey } from "./own-key.ts";

const NOW_MS = Date.parse("2026-11-23T07:00:00.000Z");
const clock = manualClock(NOW_MS);
const wallet = (await walletOfKey(await keyOfSeed(new Uint8Array(32).fill(7))))!;

test("it reads and cannot spend, at one router, for ten minutes to the millisecond", async () => {
  const key = await ownKey({ clock }, ROUTER_ID, { wallet }, { scopes: ["account"], isEarnOnly: true });
  const last = await verifyKey(key, { routerId: ROUTER_ID, nowMs: NOW_MS + OWN_KEY_MS - 1 });
  assert.deepEqual(
    [last.wallet, last.scopes, last.spending, last.boundTo],
    [wallet.address, ["account"], { kind: "earn_only" }, ROUTER_ID],
  );
  await assert.rejects(verifyKey(key, { routerId: ROUTER_ID, nowMs: NOW_MS + OWN_KEY_MS }), { code: "key_expired" });
  await assert.rejects(verifyKey(key, { routerId: wallet.address, nowMs: NOW_MS }), { code: "key_for_other_router" });
});

test("it spends within its limit where it is to spend, for as long as it is wished", async () => {
  const scopes = ["completion_model"] as const;
  const wish = { scopes, isEarnOnly: false, usageLimit: microUsdc(5n), validForMs: 1_000 };
  const key = await ownKey({ clock }, ROUTER_ID, { wallet }, wish);
  const { spending, expiresAtMs } = await verifyKey(key, { routerId: ROUTER_ID, nowMs: NOW_MS });
  assert.deepEqual([spending, expiresAtMs], [{ kind: "limited", limit: 5n }, NOW_MS + 1_000]);
  const free = await ownKey({ clock }, ROUTER_ID, { wallet }, { scopes, isEarnOnly: false });
  assert.deepEqual((await verifyKey(free, { routerId: ROUTER_ID, nowMs: NOW_MS })).spending, { kind: "unlimited" });
});
