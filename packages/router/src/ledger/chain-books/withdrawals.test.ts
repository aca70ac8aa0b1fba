import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { test } from "node:test";
import type { ChainBooks } from "../../test-bed/chain-books-bed.ts";
import { openChainBooks } from "../../test-bed/chain-books-bed.ts";
import type { WithdrawalParty } from "./withdrawals.ts";

/** Somebody of this kind with 100 micro-USDC to withdraw. */
async function openOwner(t: TestContext, party: WithdrawalParty): Promise<ChainBooks & { wallet: number }> {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  if (party === "user") return { ...books, wallet: who.user };
  await books.owe(who, books.provider, 100n);
  await books.cut([[who.user, books.provider]]);
  await books.observe(who.user, { settled: 100n, settleSeq: 1n, feeBps: 0 });
  await books.observeProvider(books.provider, { earned: 100n });
  return { ...books, wallet: books.provider };
}

async function standing(
  { balances, earnings, wallet }: ChainBooks & { wallet: number },
  party: WithdrawalParty,
): Promise<bigint[]> {
  if (party === "provider") {
    const { claimable, withdrawing } = await earnings(wallet);
    return [claimable, withdrawing];
  }
  const { available, withdrawing } = await balances(wallet);
  return [available, withdrawing];
}

function idOf(outcome: Awaited<ReturnType<ChainBooks["ask"]>>): string {
  assert.ok("id" in outcome, outcome.code);
  return outcome.id;
}

async function see(
  books: ChainBooks & { wallet: number },
  party: WithdrawalParty,
  withdrawn: bigint,
  withdrawSeq: bigint,
): Promise<void> {
  const seen = { withdrawn, withdrawSeq };
  const outcome = await (party === "user"
    ? books.observe(books.wallet, seen)
    : books.observeProvider(books.wallet, seen));
  assert.equal(outcome, "posted");
}

for (const party of ["user", "provider"] as const) {
  test(`what a ${party} withdraws is held from the request on and leaves the vault when its number is used`, async (t) => {
    const books = await openOwner(t, party);
    assert.deepEqual(await books.ask(party, books.wallet, 101n), { code: "short", free: 100_000n });
    const id = idOf(await books.ask(party, books.wallet, 100n));
    assert.deepEqual(await standing(books, party), [0n, 100_000n]);
    assert.deepEqual(await books.faults(), []);
    await see(books, party, 100n, 1n);
    assert.deepEqual(await standing(books, party), [0n, 0n]);
    assert.equal((await books.router()).vault, 0n);
    const ended = await books.withdrawals.find(id);
    assert.deepEqual([ended?.state, ended?.endedAt], ["confirmed", books.now()]);
    assert.equal(await books.withdrawals.expire(books.watcher, books.now(), id, "expired"), false);
    assert.deepEqual(await books.faults(), []);
  });

  test(`a ${party} has one withdrawal open: the same again is the same, another is refused`, async (t) => {
    const books = await openOwner(t, party);
    const destination = new Uint8Array(32).fill(3);
    const id = idOf(await books.ask(party, books.wallet, 40n, { destination }));
    assert.deepEqual(await books.ask(party, books.wallet, 40n, { destination }), { code: "again", id });
    assert.deepEqual(await books.ask(party, books.wallet, 41n, { destination }), { code: "open", id });
    assert.deepEqual(await books.ask(party, books.wallet, 40n), { code: "open", id });
    assert.deepEqual(await standing(books, party), [60_000n, 40_000n]);
    assert.deepEqual(await books.faults(), []);
  });

  test(`what can never land comes back to the ${party}, and the same number may be used again`, async (t) => {
    const books = await openOwner(t, party);
    const id = idOf(await books.ask(party, books.wallet, 40n));
    assert.equal(await books.withdrawals.expire(books.watcher, books.now(), id, "too old"), true);
    assert.equal(await books.withdrawals.expire(books.watcher, books.now(), id, "too old"), false);
    assert.deepEqual(await standing(books, party), [100_000n, 0n]);
    const ended = await books.withdrawals.find(id);
    assert.deepEqual([ended?.state, ended?.failure, ended?.endedAt], ["expired", "too old", books.now()]);
    const next = await books.withdrawals.find(idOf(await books.ask(party, books.wallet, 50n)));
    assert.equal(next?.withdrawSeq, 0n);
    assert.deepEqual(await books.faults(), []);
  });

  test(`a ${party}'s withdrawal whose number was seen to be used does not expire`, async (t) => {
    const books = await openOwner(t, party);
    const id = idOf(await books.ask(party, books.wallet, 40n));
    const table = party === "user" ? "escrows" : "provider_accounts"; // seen, and not posted: nothing that happens today
    await books.row(`UPDATE ${table} SET withdraw_seq = 1`);
    assert.equal(await books.withdrawals.expire(books.watcher, books.now(), id, "expired"), false);
    assert.deepEqual(await standing(books, party), [60_000n, 40_000n]);
  });

  test(`whoever looked before the last withdrawal of the ${party} was posted gets the next number all the same`, async (t) => {
    const books = await openOwner(t, party);
    const before = await books.withdrawals.standing(party, books.wallet);
    idOf(await books.ask(party, books.wallet, 40n));
    await see(books, party, 40n, 1n);
    const id = idOf(await books.ask(party, books.wallet, 40n, before));
    assert.equal((await books.withdrawals.find(id))?.withdrawSeq, 1n);
    await see(books, party, 40n, 1n);
    assert.deepEqual(await standing(books, party), [20_000n, 40_000n], "the earlier one is not taken for it");
    assert.deepEqual(await books.faults(), []);
  });

  test(`a number that another withdrawal of the ${party} used ends this one, and only what has left is taken`, async (t) => {
    const books = await openOwner(t, party);
    const id = idOf(await books.ask(party, books.wallet, 40n));
    await see(books, party, 39n, 1n);
    const ended = await books.withdrawals.find(id);
    assert.deepEqual([ended?.state, ended?.failure], ["expired", "another withdrawal has used its number"]);
    assert.deepEqual(await standing(books, party), [61_000n, 0n]);
    assert.deepEqual(await books.faults(), []);
  });
}

test("what nobody asked the router for is not taken for a withdrawal: it stays open", async (t) => {
  const books = await openOwner(t, "user");
  const id = idOf(await books.ask("user", books.wallet, 40n));
  await see(books, "user", 60n, 0n);
  assert.equal((await books.withdrawals.find(id))?.state, "requested");
  assert.deepEqual(await standing(books, "user"), [0n, 40_000n]);
  assert.deepEqual(await books.faults(), []);
});

test("a withdrawal of an escrow that was opened again does not end with a number of the one before", async (t) => {
  const books = await openOwner(t, "user");
  const id = idOf(await books.ask("user", books.wallet, 40n, { openedSlot: 900n, withdrawSeq: 0n }));
  await see(books, "user", 40n, 1n);
  assert.equal((await books.withdrawals.find(id))?.state, "requested");
  assert.deepEqual(await standing(books, "user"), [20_000n, 40_000n]);
  assert.deepEqual(await books.faults(), []);
});

test("a withdrawal of which an exit has taken a part is confirmed where it lands on what came in since", async (t) => {
  const books = await openOwner(t, "user");
  const id = idOf(await books.ask("user", books.wallet, 40n));
  await see(books, "user", 90n, 0n);
  assert.deepEqual(await standing(books, "user"), [0n, 10_000n]);
  await books.observe(books.wallet, { deposited: 150n });
  await see(books, "user", 130n, 1n);
  assert.equal((await books.withdrawals.find(id))?.state, "confirmed");
  assert.deepEqual(await standing(books, "user"), [20_000n, 0n]);
  assert.deepEqual(await books.faults(), []);
});

test("a user's withdrawal takes only what is available: nothing that is locked or owed", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  await books.owe(who, books.provider, 30n);
  await books.ledger.lock(books.lockOf(who, 20_000n));
  assert.deepEqual(await books.ask("user", who.user, 51n), { code: "short", free: 50_000n });
  assert.equal((await books.ask("user", who.user, 50n)).code, "requested");
  assert.deepEqual(await books.faults(), []);
});

test("somebody who has nothing at all is short", async (t) => {
  const books = await openChainBooks(t);
  const nobody = await books.addWallet();
  assert.deepEqual(await books.withdrawals.standing("user", nobody), { openedSlot: 0n, withdrawSeq: 0n });
  assert.deepEqual(await books.ask("user", nobody, 1n), { code: "short", free: 0n });
  assert.deepEqual(await books.ask("provider", nobody, 1n), { code: "short", free: 0n });
});

test("many requests at once open one withdrawal, and hold its amount once", async (t) => {
  const books = await openOwner(t, "user");
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => books.ask("user", books.wallet, 60n)));
  assert.deepEqual(outcomes.map(({ code }) => code).toSorted(), [
    ...Array.from({ length: 7 }, () => "again"),
    "requested",
  ]);
  assert.equal(new Set(outcomes.map(idOf)).size, 1);
  assert.deepEqual(await standing(books, "user"), [40_000n, 60_000n]);
  assert.deepEqual(await books.faults(), []);
});

test("what the router signed is kept once, what the owner signed as often as it is handed in, until it has ended", async (t) => {
  const books = await openOwner(t, "user");
  const { withdrawals } = books;
  const id = idOf(await books.ask("user", books.wallet, 40n));
  assert.equal(await withdrawals.submitted(id, "both", "signature"), false, "the router has not signed");
  assert.equal(await withdrawals.signed(id, "router", 99n), true);
  assert.equal(await withdrawals.signed(id, "again", 100n), false);
  assert.equal(await withdrawals.submitted(id, "both", "signature"), true);
  assert.equal(await withdrawals.submitted(id, "both", "signature"), true);
  const found = await withdrawals.find(id);
  assert.deepEqual(
    [found?.state, found?.wire, found?.signature, found?.lastValidBlockHeight],
    ["submitted", "both", "signature", 99n],
  );
  await withdrawals.expire(books.watcher, books.now(), id, "expired");
  assert.equal(await withdrawals.submitted(id, "both", "signature"), false);
  assert.equal(await withdrawals.signed(id, "router", 99n), false);
});

test("withdrawals are listed by account, newest first, page by page; open ones oldest first", async (t) => {
  const books = await openOwner(t, "user");
  const ids: string[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    books.clock.advance(1);
    const id = idOf(await books.ask("user", books.wallet, 10n));
    ids.unshift(id);
    if (turn < 2) await books.withdrawals.expire(books.watcher, books.now(), id, "expired");
  }
  const page = async (most: number, before?: string) =>
    (await books.withdrawals.list("user", books.wallet, most, before)).map(({ id }) => id);
  assert.deepEqual(await page(2), ids.slice(0, 2));
  assert.deepEqual(await page(2, ids[1]), ids.slice(2));
  assert.deepEqual(await books.withdrawals.list("provider", books.wallet, 9), []);
  books.clock.advance(1);
  const other = await books.addDepositor(50n);
  const last = idOf(await books.ask("user", other.user, 10n));
  assert.deepEqual(
    (await books.withdrawals.open(9)).map(({ id }) => id),
    [ids[0], last],
  );
  assert.deepEqual(
    (await books.withdrawals.open(1)).map(({ id }) => id),
    [ids[0]],
  );
});
