// People who try to have answers that nobody can collect for: nobody gets more than was collectable, nobody loses more than was used.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { buildDeposit, buildSetAllowance } from "@aimo-network/escrow/build/user-money";
import { buildFinalizeExit, buildRequestExit } from "@aimo-network/escrow/build/user-exit";
import { getDepositInstruction } from "@aimo-network/escrow/generated/instructions/deposit";
import { makeUserKey } from "@aimo-network/localnet/demo-keys";
import { systemClock } from "@aimo-network/protocol/clock";
import { microUsdc, parseMicroUsdc } from "@aimo-network/protocol/money";
import { passOnChain } from "./chain-time.ts";
import type { MoneyChain } from "./money-chain.ts";
import type { MoneyReply } from "./money-http.ts";
import { callMoney, insistMoney, signedWish, signWire, textOf } from "./money-http.ts";
import type { MoneyNetwork, MoneyUser } from "./money-network.ts";
import { balanceOf, startMoneyNetwork, waitForDeposits } from "./money-network.ts";
import type { PaidAnswer } from "./money-requests.ts";
import { askOnce } from "./money-requests.ts";
import type { MoneyRouter } from "./money-router.ts";
import { openMoneyRouter } from "./money-router.ts";
import { waitFor } from "./network.ts";

const SLOW = "demo.fixed-40.pace-40ms"; // one and a half seconds
const STREAMS = 5;

const sumOf = (answers: readonly PaidAnswer[]): bigint => answers.reduce((sum, { cost }) => sum + cost, 0n);

/** Streams that are running: all have begun to answer when this resolves. */
async function startStreams(url: string, { key }: MoneyUser): Promise<{ readonly ended: Promise<PaidAnswer[]> }> {
  const begun: Promise<void>[] = [];
  const ended = Array.from({ length: STREAMS }, () => {
    const first = Promise.withResolvers<void>();
    begun.push(first.promise);
    const onPiece = (): void => first.resolve();
    return askOnce({ url, key, model: `test/${SLOW}`, stream: true, maxTokens: 50, onPiece });
  });
  await Promise.all(begun);
  return { ended: Promise.all(ended) };
}

/** Asks until it is refused; gives the refusal, and what was answered before. */
async function askUntilRefused(
  url: string,
  { key }: MoneyUser,
): Promise<{ refused: PaidAnswer; earlier: PaidAnswer[] }> {
  const earlier: PaidAnswer[] = [];
  const refused = await waitFor("a refusal", async () => {
    const answer = await askOnce({ url, key, model: "test/demo", maxTokens: 50 });
    if (answer.status !== 200) return answer;
    earlier.push(answer);
    return undefined;
  });
  return { refused, earlier };
}

describe("attacks on what a router can collect", () => {
  let network: MoneyNetwork;
  let other: MoneyRouter;
  let url: string;

  /** Waits until all that a user was charged is settled, and says how much that is. */
  const settledOf = async (chain: MoneyChain, { address }: MoneyUser, charged: bigint): Promise<bigint> =>
    waitFor("everything that was used to be settled", async () => {
      const { escrow } = await chain.user(address);
      const settled = escrow?.data.settledTotal ?? 0n;
      return settled === charged / 1_000n ? settled : undefined;
    });

  const wait = (seconds: bigint): Promise<void> => passOnChain(network.chain, seconds);

  before(async () => {
    network = await startMoneyNetwork();
    url = network.file.router_url;
    other = await openMoneyRouter(network, "other");
    await other.start();
    const routers = [{ url, routerId: network.file.router_id }, other];
    await network.startProvider({ models: [SLOW, "demo"], price: "100", routers });
  });
  after(async () => {
    await other.stop();
    await network.stop();
  });

  test("who lowers the allowance to nothing while streams run pays for them, and is promised nothing more", async () => {
    const { chain } = network;
    const user = await network.newUser({ deposit: "1" });
    const { ended } = await startStreams(url, user);
    const { router, escrow, now } = await chain.user(user.address);
    assert.ok(escrow !== undefined);
    const lowering = { user: user.signer, router, escrow, total: microUsdc(0n), expiresAt: 0n, now: now.time };
    await chain.send(user.wallet, await buildSetAllowance(lowering));
    const { refused, earlier } = await askUntilRefused(url, user);
    assert.deepEqual([refused.status, refused.code], [402, "allowance_exceeded"]);
    const answers = await ended;
    assert.ok(answers.every(({ status, cost }) => status === 200 && cost > 0n));
    const again = await askOnce({ url, key: user.key, model: "test/demo" });
    assert.equal(again.code, "allowance_exceeded");
    const charged = sumOf(answers) + sumOf(earlier);
    await settledOf(chain, user, charged);
    const { available, locked } = await network.books.balances(user.wallet);
    assert.deepEqual({ available, locked }, { available: 1_000_000_000n - charged, locked: 0n });
    await network.insistOnAgreement();
  });

  test("who leaves while streams run pays for them first, and then gets the rest to the last micro-USDC", async () => {
    const { chain } = network;
    const user = await network.newUser({ deposit: "1" });
    const { ended } = await startStreams(url, user);
    const { router, escrow } = await chain.user(user.address);
    assert.ok(escrow !== undefined);
    await chain.send(user.wallet, await buildRequestExit({ user: user.signer, router, escrow }));
    const { refused, earlier } = await askUntilRefused(url, user);
    assert.deepEqual([refused.status, refused.code], [402, "allowance_exceeded"]);
    const settled = await settledOf(chain, user, sumOf(await ended) + sumOf(earlier));
    await wait(router.data.params.userExitDelay);
    const { escrow: leaving, now } = await chain.user(user.address);
    assert.ok(leaving !== undefined);
    const exit = { payer: user.signer, router, escrow: leaving, now: now.time };
    await chain.send(user.wallet, await buildFinalizeExit(exit));
    assert.equal(await chain.tokens(user.address), 1_000_000n - settled);
    await waitFor("the exit to be posted", async () => {
      const { available, payable } = await network.books.balances(user.wallet);
      return available + payable === 0n || undefined;
    });
    await network.insistOnAgreement();
    const gone = await askOnce({ url, key: user.key, model: "test/demo" });
    assert.deepEqual([gone.status, gone.code], [402, "insufficient_balance"]);
  });

  test("who withdraws everything while streams run gets what they do not hold, and the rest when they have ended", async () => {
    const { chain, file } = network;
    const user = await network.newUser({ deposit: "1" });
    const { ended } = await startStreams(url, user);
    const wish = { whose: "user funds", routerId: file.router_id } as const;
    const ask = async (amount: string): Promise<MoneyReply> =>
      callMoney(url, "/account/withdraw", { body: await signedWish(user.wallet, { ...wish, amount }) });
    const submit = async ({ data }: MoneyReply): Promise<void> => {
      const transaction = await signWire(textOf(data, "transaction"), user.wallet);
      const path = `/account/withdrawals/${textOf(data, "id")}/submit`;
      assert.equal((await insistMoney(url, path, { body: { transaction } }))["state"], "confirmed");
    };
    const whole = await ask("1");
    assert.deepEqual([whole.status, whole.code], [409, "withdrawal_exceeds_balance"]);
    const { available } = await balanceOf(url, user.key);
    const first = await ask(available);
    const { refused } = await askUntilRefused(url, user);
    assert.deepEqual([refused.status, refused.code], [402, "insufficient_balance"]);
    await submit(first);
    assert.equal(await chain.tokens(user.address), parseMicroUsdc(available));
    const answers = await ended;
    assert.ok(answers.every(({ status, cost }) => status === 200 && cost > 0n));
    const settled = await settledOf(chain, user, sumOf(answers));
    const { available: rest } = await balanceOf(url, user.key);
    await submit(await ask(rest));
    assert.equal(await chain.tokens(user.address), 1_000_000n - settled);
    await network.insistOnAgreement();
  });

  test("anybody may deposit for somebody else; less than the least is refused by the program", async () => {
    const { chain } = network;
    const [user, friend] = await Promise.all([network.newUser({ deposit: "1" }), network.newUser({ usdc: "2" })]);
    const { router, escrow, now } = await chain.user(user.address);
    const { tokens: source } = await chain.user(friend.address);
    assert.ok(escrow !== undefined);
    const deposit = { funder: friend.signer, source: source.address, router, escrow, now: now.time };
    await chain.send(friend.wallet, await buildDeposit({ ...deposit, amount: microUsdc(1_500_000n) }));
    await waitForDeposits(url, user.key, microUsdc(2_500_000n));
    const { available, lockable } = await balanceOf(url, user.key);
    assert.deepEqual([available, lockable], ["2.5", "1"], "the allowance is the user's own word");

    const { vault, mint, params } = router.data;
    const accounts = { funder: friend.signer, source: source.address, config: router.address, escrow: escrow.address };
    const little = getDepositInstruction({ ...accounts, vault, mint, amount: params.minDeposit - 1n }, router);
    await assert.rejects(chain.send(friend.wallet, [little]), /custom program error: 0x16|BelowMinDeposit/i);
    await chain.send(friend.wallet, [
      getDepositInstruction({ ...accounts, vault, mint, amount: params.minDeposit }, router),
    ]);
    await waitForDeposits(url, user.key, microUsdc(2_500_000n + params.minDeposit));
    assert.equal(await chain.tokens(friend.address), 500_000n - params.minDeposit);
    await network.insistOnAgreement();
  });

  test("two routers on one chain do not see each other's users", async () => {
    const [here, there] = await Promise.all([network.newUser({ deposit: "1" }), other.newUser({ deposit: "2" })]);
    const [hereKey, thereKey] = await Promise.all([
      makeUserKey(systemClock, here.wallet, other.routerId),
      makeUserKey(systemClock, there.wallet, network.file.router_id),
    ]);
    for (const [at, key] of [
      [other.url, hereKey],
      [url, thereKey],
    ] as const) {
      const { status, code } = await askOnce({ url: at, key, model: "test/demo" });
      assert.deepEqual([status, code], [424, "escrow_not_opened"]);
    }
    const [one, two] = [
      await askOnce({ url, key: here.key, model: "test/demo" }),
      await askOnce({ url: other.url, key: there.key, model: "test/demo" }),
    ];
    assert.deepEqual([one.status, two.status], [200, 200]);
    await settledOf(network.chain, here, one.cost);
    await settledOf(other.chain, there, two.cost);
    await network.insistOnAgreement();
    await other.insistOnAgreement();
  });

  test("a router that crashes while streams run and users turn against it settles what it charged, and admits nobody it must not", async () => {
    const { chain } = other;
    const [leaver, lowerer, faithful] = await Promise.all([
      other.newUser({ deposit: "1" }),
      other.newUser({ deposit: "1" }),
      other.newUser({ deposit: "1" }),
    ]);
    const users = [leaver, lowerer, faithful];
    const answered = await Promise.all(
      users.map(({ key }) => askOnce({ url: other.url, key, model: "test/demo", maxTokens: 50 })),
    );
    const streams = await Promise.all(users.map((user) => startStreams(other.url, user)));
    const broken = Promise.allSettled(streams.map(({ ended }) => ended));
    await other.kill();
    await broken;
    const { router, escrow, now } = await chain.user(leaver.address);
    const { escrow: lowered } = await chain.user(lowerer.address);
    assert.ok(escrow !== undefined && lowered !== undefined);
    await Promise.all([
      buildRequestExit({ user: leaver.signer, router, escrow }).then((exit) => chain.send(leaver.wallet, exit)),
      buildSetAllowance({
        user: lowerer.signer,
        router,
        escrow: lowered,
        total: microUsdc(0n),
        expiresAt: 0n,
        now: now.time,
      }).then((lowering) => chain.send(lowerer.wallet, lowering)),
    ]);
    await other.start();
    // A new provider is there at once; the one that lost its router comes back after a while.
    await network.startProvider({ models: ["demo"], price: "100", routers: [other] });
    const stays = await askOnce({ url: other.url, key: faithful.key, model: "test/demo", maxTokens: 50 });
    assert.equal(stays.status, 200);
    for (const { key } of [leaver, lowerer]) {
      const { status, code } = await askOnce({ url: other.url, key, model: "test/demo" });
      assert.deepEqual([status, code], [402, "allowance_exceeded"]);
    }
    for (const [index, user] of [leaver, lowerer].entries()) {
      await settledOf(chain, user, answered[index]?.cost ?? 0n); // what was broken off by the router itself is free
    }
    await other.insistOnAgreement();

    // Its locks of the streams that broke off are still open, and hold nobody up.
    await wait(router.data.params.userExitDelay);
    const { escrow: leaving, now: later } = await chain.user(leaver.address);
    assert.ok(leaving !== undefined);
    const exit = { payer: leaver.signer, router, escrow: leaving, now: later.time };
    await chain.send(leaver.wallet, await buildFinalizeExit(exit));
    assert.equal(await chain.tokens(leaver.address), 1_000_000n - leaving.data.settledTotal);
    await waitFor("the exit to be posted", async () => {
      const { available, locked, payable } = await other.balances(leaver.wallet);
      return available + locked + payable === 0n || undefined;
    });
    await other.insistOnAgreement();
  });
});
