// A withdrawal with two signatures from being asked for to being posted, and everything that is refused on the way.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { ErrorCode } from "@aimo-network/protocol/errors";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { microUsdc } from "@aimo-network/protocol/money";
import { signWire } from "../../chain/compose/test-bed/money-chain.ts";
import { openMoneyBed } from "../../test-bed/money-bed.ts";
import type { MoneyBed } from "../../test-bed/money-bed.ts";

const USDC = 1_000_000n;
const FIVE = microUsdc(5n * USDC);
const NANO = 1_000n;
const UNKNOWN = "01a21219-a47b-7fe6-812a-c6054307eea6";

type Person = Awaited<ReturnType<MoneyBed["chain"]["person"]>>;

let bed: MoneyBed;
let user: Person;
let wallet: string;
beforeEach(async (t) => {
  bed = await openMoneyBed(t as { after(close: () => Promise<void>): void });
  user = await bed.chain.user(100n * USDC);
  wallet = user.address;
  await bed.observe();
});

async function refused(work: Promise<unknown>, code: ErrorCode, words = /./): Promise<void> {
  await assert.rejects(bed.chain.pump(work), (error) => {
    assert.ok(isAimoError(error, code), `${String(error)} is not ${code}`);
    assert.match(error.message, words);
    return true;
  });
}

const ask = (amount = FIVE, more: { destination?: string; id?: string } = {}) =>
  bed.chain.pump(bed.desk.withdrawals.request({ party: "user", wallet, amount, ...more }));
const submit = (id: string, transaction: string, party: "user" | "provider" = "user") =>
  bed.chain.pump(bed.desk.withdrawals.submit({ party, id, transaction }));

describe("a user's withdrawal", () => {
  test("is held, signed by the router, signed by the user, lands and is posted", async () => {
    const asked = await ask();
    assert.equal(asked.state, "router-signed");
    assert.deepEqual(await bed.userBalance(wallet), { available: 95n * USDC * NANO, withdrawing: 5n * USDC * NANO });
    const described = await bed.desk.describe(asked.wire ?? "", wallet);
    assert.match(described?.words.join(" ") ?? "", /Withdraws 5\.00 USDC/);
    assert.deepEqual(
      described?.signers.map(({ signature }) => signature),
      ["missing", "valid"],
    );
    const { withdrawal, landing } = await submit(asked.id, await signWire(asked.wire ?? "", user));
    assert.deepEqual([withdrawal.state, landing?.status], ["confirmed", "confirmed"]);
    assert.equal(bed.chain.scene.tokensOf(user.address), 905n * USDC);
    assert.deepEqual(await bed.userBalance(wallet), { available: 95n * USDC * NANO, withdrawing: 0n });
    assert.deepEqual(await bed.ledger.faults(), []);
  });

  test("asked for again in the same way is the same one; in another way it is told which one is open", async () => {
    const first = await ask();
    assert.deepEqual(await ask(), first);
    await refused(ask(microUsdc(FIVE + 1n)), "withdrawal_open", new RegExp(`5 USDC is open as ${first.id}`));
    const safe = bed.chain.scene.bed.associatedOf((await bed.chain.person(0n)).address);
    await refused(ask(FIVE, { destination: safe }), "withdrawal_open", new RegExp(first.id));
    assert.equal((await bed.userBalance(wallet)).withdrawing, 5n * USDC * NANO);
  });

  test("goes to another token account where one is named", async () => {
    const friend = await bed.chain.person(0n);
    const destination = bed.chain.scene.bed.associatedOf(friend.address);
    const asked = await ask(FIVE, { destination });
    assert.equal(asked.destination, destination);
    await submit(asked.id, await signWire(asked.wire ?? "", user));
    assert.equal(bed.chain.scene.tokensOf(friend.address), 5n * USDC);
    await refused(ask(FIVE, { destination: friend.address }), "escrow_refused", /BadDestination/);
  });

  test("may be of the last micro-USDC and of everything, and of nothing more", async () => {
    const one = await ask(microUsdc(1n));
    await submit(one.id, await signWire(one.wire ?? "", user));
    const rest = microUsdc(100n * USDC - 1n);
    await refused(ask(microUsdc(rest + 1n)), "withdrawal_exceeds_balance", /at most 99\.999999 USDC.*found 100 USDC/);
    bed.chain.chain.svm.expireBlockhash();
    const all = await ask(rest);
    await submit(all.id, await signWire(all.wire ?? "", user));
    assert.equal((await bed.userBalance(wallet)).available, 0n);
    assert.equal(bed.chain.scene.bed.readEscrow(user.address).balance, 0n);
    await refused(ask(microUsdc(0n)), "invalid_request", /above 0/);
  });

  test("is refused without an escrow, and while the user leaves", async () => {
    const nobody = await bed.chain.person();
    const request = { party: "user", wallet: nobody.address, amount: FIVE } as const;
    await refused(bed.desk.withdrawals.request(request), "escrow_not_opened");
    const { scene } = bed.chain;
    bed.chain.withoutSignatures(() => scene.land(scene.ask.requestExit(user.address)));
    await refused(ask(), "escrow_refused", /ExitPending/);
    assert.equal((await bed.userBalance(wallet)).withdrawing, 0n);
  });

  test("whose id the caller made is that one, also when it has ended", async () => {
    const asked = await ask(FIVE, { id: UNKNOWN });
    assert.equal(asked.id, UNKNOWN);
    await submit(asked.id, await signWire(asked.wire ?? "", user));
    const again = await ask(FIVE, { id: UNKNOWN });
    assert.equal(again.state, "confirmed");
    assert.equal((await bed.userBalance(wallet)).withdrawing, 0n);
    const other = await bed.chain.user();
    await bed.observe();
    const theirs = { party: "user", wallet: other.address, amount: FIVE, id: UNKNOWN } as const;
    await refused(bed.desk.withdrawals.request(theirs), "withdrawal_not_found");
    await refused(bed.desk.withdrawals.request({ ...theirs, wallet, party: "provider" }), "withdrawal_not_found");
  });

  test("of many who ask at once is one, signed once", async () => {
    let signed = 0;
    const { signWithdrawal } = bed;
    bed.signWithdrawal = (id) => {
      signed += 1;
      return signWithdrawal(id);
    };
    const all = await bed.chain.pump(
      Promise.all(
        Array.from({ length: 8 }, () => bed.desk.withdrawals.request({ party: "user", wallet, amount: FIVE })),
      ),
    );
    assert.equal(new Set(all.map(({ id }) => id)).size, 1);
    assert.equal(new Set(all.map(({ wire }) => wire)).size, 1);
    assert.equal((await bed.userBalance(wallet)).withdrawing, 5n * USDC * NANO);
    assert.equal(signed, 1);
  });

  test("waits where the signer is down, and is signed when it is asked for again", async () => {
    const { signWithdrawal } = bed;
    bed.signWithdrawal = () => Promise.reject(new AimoError("chain_unavailable", {}));
    await refused(ask(), "chain_unavailable");
    const [waiting] = await bed.withdrawals.open(10);
    assert.equal(waiting?.state, "requested");
    bed.signWithdrawal = signWithdrawal;
    const signed = await ask();
    assert.deepEqual([signed.id, signed.state], [waiting.id, "router-signed"]);
  });

  test("never gives away bytes that were not kept", async () => {
    const { signWithdrawal } = bed;
    bed.signWithdrawal = async (id) => {
      const signed = await signWithdrawal(id);
      bed.chain.clock.advance(1);
      assert.equal(await bed.withdrawals.expire(bed.fence, new Date(bed.ledger.clock.now()), id, "too slow"), true);
      return signed;
    };
    const late = await ask();
    assert.deepEqual([late.state, late.wire], ["expired", undefined]);
  });
});

describe("handing in", () => {
  test("refuses what is altered, unsigned, foreign or unreadable, and keeps the withdrawal open", async () => {
    const asked = await ask();
    const wire = asked.wire ?? "";
    await refused(submit(asked.id, wire), "transaction_unsigned", new RegExp(wallet));
    const cut = Buffer.from(await signWire(wire, user), "base64");
    cut[140]! ^= 1; // in an address
    await refused(submit(asked.id, cut.toString("base64")), "transaction_altered", new RegExp(asked.id));
    await refused(submit(asked.id, "AAAA"), "transaction_unreadable");
    const other = await bed.chain.user();
    await bed.observe();
    const theirs = await bed.chain.pump(
      bed.desk.withdrawals.request({ party: "user", wallet: other.address, amount: FIVE }),
    );
    await refused(submit(asked.id, await signWire(theirs.wire ?? "", other)), "transaction_altered");
    await refused(submit(theirs.id, await signWire(wire, user)), "transaction_altered");
    await refused(submit(UNKNOWN, wire), "withdrawal_not_found");
    await refused(submit(asked.id, wire, "provider"), "withdrawal_not_found");
    assert.equal((await bed.withdrawals.find(asked.id))?.state, "router-signed");
  });

  test("of an earlier withdrawal of the account is told which one it is", async () => {
    const first = await ask();
    const signed = await signWire(first.wire ?? "", user);
    await submit(first.id, signed);
    bed.chain.chain.svm.expireBlockhash();
    const second = await ask();
    await refused(submit(second.id, signed), "transaction_foreign", new RegExp(`the withdrawal ${first.id}`));
  });

  test("again tells the state it has come to, however often", async () => {
    const asked = await ask();
    const signed = await signWire(asked.wire ?? "", user);
    const first = await submit(asked.id, signed);
    const again = await submit(asked.id, signed);
    assert.deepEqual([again.withdrawal, again.landing], [first.withdrawal, undefined]);
    assert.equal(bed.chain.scene.tokensOf(user.address), 905n * USDC);
  });

  test("too late is told so while it is still held, and after it has expired", async () => {
    const asked = await ask();
    const signed = await signWire(asked.wire ?? "", user);
    bed.chain.chain.pass(200n);
    await refused(submit(asked.id, signed), "transaction_expired", /ends by itself/);
    assert.equal((await bed.userBalance(wallet)).withdrawing, 5n * USDC * NANO);
    await bed.desk.sweep(bed.fence);
    await refused(submit(asked.id, signed), "transaction_expired", /has ended/);
    assert.equal((await bed.userBalance(wallet)).withdrawing, 0n);
  });

  test("what a node foresees to fail is told, and stays open while it may still succeed", async () => {
    const asked = await ask();
    const signed = await signWire(asked.wire ?? "", user);
    const { scene } = bed.chain;
    bed.chain.withoutSignatures(() => scene.land(scene.ask.setPause(4)));
    await refused(submit(asked.id, signed), "escrow_refused", /Paused/);
    assert.equal((await bed.withdrawals.find(asked.id))?.state, "submitted");
  });

  test("by the owner alone, past this router, is found and posted", async () => {
    const asked = await ask();
    bed.chain.land(await signWire(asked.wire ?? "", user));
    await bed.observe();
    assert.equal((await bed.withdrawals.find(asked.id))?.state, "confirmed");
    const late = await submit(asked.id, await signWire(asked.wire ?? "", user));
    assert.equal(late.withdrawal.state, "confirmed");
  });
});

describe("a provider's withdrawal", () => {
  test("is paid to the payout account from what was earned, with the same two signatures", async () => {
    const provider = await bed.chain.provider(40n * USDC);
    await bed.observe();
    const claimable = 39n * USDC;
    assert.deepEqual(await bed.providerBalance(provider.address), { claimable: claimable * NANO, withdrawing: 0n });
    const request = { party: "provider", wallet: provider.address, amount: microUsdc(claimable) } as const;
    await refused(
      bed.desk.withdrawals.request({ ...request, amount: microUsdc(claimable + 1n) }),
      "withdrawal_exceeds_balance",
      /at most 39 USDC/,
    );
    const asked = await bed.chain.pump(bed.desk.withdrawals.request(request));
    const { withdrawal } = await submit(asked.id, await signWire(asked.wire ?? "", provider), "provider");
    assert.equal(withdrawal.state, "confirmed");
    assert.equal(bed.chain.scene.tokensOf(provider.address), claimable);
    assert.deepEqual(await bed.providerBalance(provider.address), { claimable: 0n, withdrawing: 0n });
    assert.deepEqual(await bed.ledger.faults(), []);
  });

  test("of somebody who never earned anything is nothing to withdraw", async () => {
    const request = { party: "provider", wallet, amount: microUsdc(1n) } as const;
    await refused(bed.desk.withdrawals.request(request), "withdrawal_exceeds_balance", /at most 0 USDC/);
  });
});

test("one finds and lists what is one's own, newest first, page by page", async () => {
  const ids: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    const asked = await ask(microUsdc(USDC + BigInt(count)));
    await submit(asked.id, await signWire(asked.wire ?? "", user));
    ids.unshift(asked.id);
    bed.chain.clock.advance(1);
    bed.chain.chain.svm.expireBlockhash();
  }
  const page = await bed.desk.withdrawals.list({ party: "user", wallet, most: 2 });
  assert.deepEqual(
    page.map(({ id }) => id),
    ids.slice(0, 2),
  );
  const rest = await bed.desk.withdrawals.list({ party: "user", wallet, most: 2, before: ids[1] });
  assert.deepEqual(
    rest.map(({ id }) => id),
    ids.slice(2),
  );
  const [first = ""] = ids;
  assert.equal((await bed.desk.withdrawals.find("user", wallet, first))?.id, first);
  assert.equal(await bed.desk.withdrawals.find("provider", wallet, first), undefined);
  assert.equal(await bed.desk.withdrawals.find("user", (await bed.chain.person()).address, first), undefined);
});
