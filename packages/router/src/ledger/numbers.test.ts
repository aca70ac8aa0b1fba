import assert from "node:assert/strict";
import { test } from "node:test";
import { base58 } from "@scure/base";
import { microUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import { openLedgerBed } from "../test-bed/ledger-bed.ts";
import type { Query } from "./database/database.ts";
import { createNumbers } from "./numbers.ts";

test("a wallet, a model and a price have one number each, whoever asks and however many ask at once", async (t) => {
  const { database } = await openLedgerBed(t);
  const address = base58.encode(systemRandom.bytes(32));
  const price = { prompt: microUsdc(3n), completion: microUsdc(4n), inputCacheRead: microUsdc(0n) };
  const asked = Array.from({ length: 8 }, () => createNumbers(database.query));
  for (const ask of [
    (numbers: (typeof asked)[number]) => numbers.wallet(address),
    (numbers: (typeof asked)[number]) => numbers.model("acme/a'b\\c"),
    (numbers: (typeof asked)[number]) => numbers.price(price),
  ]) {
    const found = await Promise.all(asked.map(async (numbers) => ask(numbers)));
    assert.equal(new Set(found).size, 1, String(found));
  }
});

test("prices that differ in any part have numbers of their own; an absent image or request costs nothing", async (t) => {
  const { ledger } = await openLedgerBed(t);
  const base = { prompt: microUsdc(7n), completion: microUsdc(8n) };
  const found = await Promise.all([
    ledger.numbers.price(base),
    ledger.numbers.price({ ...base, inputCacheRead: microUsdc(0n) }),
    ledger.numbers.price({ ...base, image: microUsdc(1n) }),
    ledger.numbers.price({ ...base, request: microUsdc(1n) }),
    ledger.numbers.price({ ...base, completion: microUsdc(9n) }),
  ]);
  assert.equal(new Set(found).size, 5);
  assert.equal(await ledger.numbers.price({ ...base, image: microUsdc(0n), request: microUsdc(0n) }), found[0]);
});

test("what is known is answered without asking the database, and what failed is asked again", async (t) => {
  const { database } = await openLedgerBed(t);
  let asked = 0;
  let fails = true;
  const query: Query = (text, values) => {
    asked += 1;
    return fails ? Promise.reject(new Error("away")) : database.query(text, values);
  };
  const numbers = createNumbers(query);
  await assert.rejects(async () => numbers.model("acme/x"), /away/);
  fails = false;
  const [first, second] = await Promise.all([numbers.model("acme/x"), numbers.model("acme/x")]);
  assert.equal(numbers.model("acme/x"), first);
  assert.equal(second, first);
  assert.equal(asked, 2);
});

test("a wallet's number stands for it as user and as provider", async (t) => {
  const bed = await openLedgerBed(t);
  const id = await bed.addWallet();
  assert.deepEqual(
    await bed.row("SELECT u.id AS u, p.id AS p FROM users u, providers p WHERE u.id = $1 AND p.id = $1", [id]),
    {
      u: id,
      p: id,
    },
  );
});
