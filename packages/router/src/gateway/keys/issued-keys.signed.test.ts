// All keys of a wallet in one list: issued here, signed by the wallet, and what its sessions pay with.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { createConsoleKeys } from "../../accounts/console-keys.ts";
import type { KeyBench } from "../../test-bed/key-bench.ts";
import { amount, startKeyBench } from "../../test-bed/key-bench.ts";
import { newWallet } from "../../test-bed/new-wallet.ts";
import { openTestDatabase } from "../../test-bed/test-database.ts";
import { addressOf, walletKey } from "../../test-bed/test-keys.ts";

const ROUTER = addressOf(newWallet());

interface Shown {
  readonly hash: string;
  readonly name: string;
  readonly disabled: boolean;
  readonly aimo: object;
}
interface One {
  readonly data: Shown;
}
interface Many {
  readonly data: readonly Shown[];
}

const clock = manualClock();
const wallet = newWallet();
const session = { session: addressOf(wallet) };
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let bench: KeyBench;
before(async () => {
  database = await openTestDatabase();
  bench = await startKeyBench(database, clock, ROUTER);
});
after(async () => {
  await bench.close();
  await database.close();
});

test("keys that the wallet signed are listed where that is asked for, and nobody else's", async () => {
  const limited = { name: "one", limit: amount("9007199.254740993") };
  const { body } = await bench.call<One>("POST", "/keys", session, limited);
  const manager = await walletKey(wallet, ROUTER, clock.now(), { scopes: ["keys"], tag: "laptop" });
  const earner = await walletKey(wallet, ROUTER, clock.now(), { spending: { kind: "earn_only" } });
  const stranger = await walletKey(newWallet(), ROUTER, clock.now());
  for (const [bearer, purpose] of [
    [manager, "keys"],
    [earner, "serve"],
    [stranger, "spend"],
  ] as const) {
    await bench.keys.authenticate(bearer, purpose);
  }
  const consoles = createConsoleKeys(database, clock);
  await consoles.callerOf(session.session, Infinity, () => undefined);
  const path = "/keys?include_signed=true";
  const { data } = (await bench.call<Many>("GET", path, session)).body;
  const nothing = { usage: "0", usage_daily: "0", usage_weekly: "0", usage_monthly: "0" };
  const limit = "9007199.254740993";
  assert.deepEqual(
    data.map(({ name, aimo }) => [name, aimo]),
    [
      ["one", { kind: "issued", earn_only: false, limit, limit_remaining: limit, ...nothing }],
      ["laptop", { kind: "signed", earn_only: false, limit: null, limit_remaining: null, ...nothing }],
      ["", { kind: "signed", earn_only: true, limit: "0", limit_remaining: "0", ...nothing }],
      ["console", { kind: "console", earn_only: false, limit: null, limit_remaining: null, ...nothing }],
    ],
  );
  const [, laptop] = data;
  await bench.call("POST", "/keys/revoke", session, { key_id: laptop?.hash });
  assert.equal((await bench.call<Many>("GET", path, session)).body.data.length, 3);
  const [one, revoked] = (await bench.call<Many>("GET", `${path}&include_disabled=true&limit=2`, session)).body.data;
  assert.deepEqual([one?.hash, revoked?.hash, revoked?.disabled], [body.data.hash, laptop?.hash, true]);
});
