// Strangers whose signatures cost nothing: whoever would leave a row behind is asked in first, and leaves none where not let in.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { hex } from "@scure/base";
import { systemClock } from "@aimo-network/protocol/clock";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { uuidV7 } from "@aimo-network/protocol/ids";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { systemRandom } from "@aimo-network/protocol/random";
import type { Database } from "../ledger/database/database.ts";
import { createLog } from "../log.ts";
import { openTestDatabase } from "../test-bed/test-database.ts";
import { addressOf, walletKey } from "../test-bed/test-keys.ts";
import type { Accounts } from "./open-accounts.ts";
import { openAccounts } from "./open-accounts.ts";
import { newWallet } from "../test-bed/new-wallet.ts";

const ROUTER = addressOf(newWallet());

let database: Database;
let accounts: Accounts;
before(async () => {
  database = await openTestDatabase();
  const deps = { clock: systemClock, random: systemRandom, log: createLog("silent"), database, heed: () => undefined };
  accounts = await openAccounts(deps, { routerId: ROUTER, acceptV1Spending: true });
});
after(async () => {
  accounts.close();
  await database.close();
});

let asked: number;
let wallet: Wallet;
beforeEach(() => {
  asked = 0;
  wallet = newWallet();
});
const admit = (): void => void (asked += 1);
const refuse = (): never => {
  throw new AimoError("overloaded", { what: "too many" });
};
const isRefused = (error: unknown): boolean => isAimoError(error, "overloaded");

async function leftBehind(): Promise<number> {
  return (await database.query("SELECT FROM wallets WHERE address = $1", [wallet.publicKey])).length;
}

async function deposit(): Promise<void> {
  await database.query("SELECT ledger_deposit(now(), $1, ledger_wallet($2), 0, 1, 'test')", [
    uuidV7(systemClock, systemRandom),
    wallet.publicKey,
  ]);
}

test("a key is asked in when it is first seen, also one of a wallet that has paid, and never again", async () => {
  await deposit();
  const bearer = await walletKey(wallet, ROUTER, systemClock.now());
  await accounts.keys.authenticate(bearer, "spend", admit);
  await accounts.keys.authenticate(bearer, "spend", refuse);
  const other = await openAccounts(
    { clock: systemClock, random: systemRandom, log: createLog("silent"), database, heed: () => undefined },
    { routerId: ROUTER, acceptV1Spending: true },
  );
  await other.keys.authenticate(bearer, "spend", refuse);
  other.close();
  assert.equal(asked, 1);
});

test("a key that is not let in leaves nothing behind, and may come again", async () => {
  const bearer = await walletKey(wallet, ROUTER, systemClock.now());
  await assert.rejects(accounts.keys.authenticate(bearer, "own", refuse), isRefused);
  await assert.rejects(accounts.keys.identify(bearer, refuse), isRefused);
  assert.equal(await leftBehind(), 0);
  await accounts.keys.authenticate(bearer, "own", admit);
  assert.deepEqual([asked, await leftBehind()], [1, 1]);
});

describe("a wallet without a deposit is asked in", () => {
  const unseen = (): string => hex.encode(systemRandom.bytes(16));

  test("whenever it revokes a key", async () => {
    const address = addressOf(wallet);
    await assert.rejects(accounts.revocations.revoke(unseen(), address, refuse), isRefused);
    assert.equal(await leftBehind(), 0);
    await accounts.revocations.revoke(unseen(), address, admit);
    await accounts.revocations.revoke(unseen(), address, admit);
    assert.equal(asked, 2);
    await deposit();
    await accounts.revocations.revoke(unseen(), address, refuse);
  });

  test("whenever it issues one", async () => {
    const owner = { wallet: addressOf(wallet), parentKeyId: undefined };
    await assert.rejects(accounts.issuedKeys.issue(owner, { name: "one" }, refuse), isRefused);
    assert.equal(await leftBehind(), 0);
    await accounts.issuedKeys.issue(owner, { name: "one" }, admit);
    await accounts.issuedKeys.issue(owner, { name: "two" }, admit);
    assert.equal(asked, 2);
    await deposit();
    await accounts.issuedKeys.issue(owner, { name: "three" }, refuse);
  });
});
