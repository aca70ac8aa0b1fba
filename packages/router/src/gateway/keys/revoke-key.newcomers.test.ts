// Over HTTP, strangers are counted by the address they come from.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { assertCode, startKeyBench } from "../../test-bed/key-bench.ts";
import { openTestDatabase } from "../../test-bed/test-database.ts";
import { addressOf } from "../../test-bed/test-keys.ts";
import { newWallet } from "../../test-bed/new-wallet.ts";

test("who issues or revokes without a deposit is counted, and told where it is one too many", async (t) => {
  const database = await openTestDatabase();
  t.after(() => database.close());
  const asked: (string | undefined)[] = [];
  const newcomers = {
    enter(address: string | undefined): void {
      asked.push(address);
      if (asked.length > 2) throw new AimoError("overloaded", { what: "too many" });
    },
  };
  const bench = await startKeyBench(database, manualClock(), addressOf(newWallet()), newcomers);
  t.after(() => bench.close());
  const stranger = { session: addressOf(newWallet()) };
  const revocation = { key_id: "0123456789abcdef0123456789abcdef" };
  assert.equal((await bench.call("POST", "/keys", stranger, { name: "one" })).status, 201);
  assert.equal((await bench.call("POST", "/keys/revoke", stranger, revocation)).status, 200);
  assertCode(await bench.call("POST", "/keys", stranger, { name: "two" }), "overloaded");
  assert.deepEqual(
    asked,
    Array.from({ length: 3 }, () => "127.0.0.1"),
  );
});
