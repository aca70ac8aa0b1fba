// What becomes of a transaction that is sent by a node alone: on the real program, with nodes that lose, lag, refuse and die.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { buildDeposit, buildSetAllowance } from "@aimo-network/escrow/build/user-money";
import { LANDING_POLL_MS, LANDING_UNANSWERED_MS, LANDING_WAIT_MS } from "@aimo-network/escrow/limits";
import { named } from "@aimo-network/escrow/test-bed/chain";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import type { ChainAct } from "@aimo-network/escrow/wish/chain-act";
import { manualClock } from "@aimo-network/protocol/clock";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { microUsdc } from "@aimo-network/protocol/money";
import type { CommandContext } from "../context.ts";
import type { MoneyBed, MoneyPerson } from "../test-bed/money-bed.ts";
import { openMoneyBed, pump as pumpClock } from "../test-bed/money-bed.ts";
import { faultOf } from "../test-bed/reading-bed.ts";
import { carryOut } from "./carry-out.ts";
import { openChain } from "./open-chain.ts";
import { insistOnEscrow, readUser } from "./standing.ts";
import { walletSigner } from "./wallet-signer.ts";

let bed: MoneyBed;
let ann: MoneyPerson;
let clock: ManualClock;
let context: CommandContext;
beforeEach(async (t) => {
  bed = await openMoneyBed(t as { after(close: () => void): void });
  ann = await bed.person();
  bed.openEscrow(ann, 10n * USDC);
  clock = manualClock();
  context = ann.with({}, clock);
});

const pump = <Result>(work: Promise<Result>): Promise<Result> => pumpClock(clock, work, LANDING_POLL_MS);

async function deposit(amount = USDC, allowed: Partial<ChainAct> = {}): Promise<{ signature: string }> {
  const chain = await openChain(context);
  const view = await readUser(context, chain, ann.wallet);
  const escrow = insistOnEscrow(view, ann.wallet);
  const [{ router, tokens, now }, funder] = [view, walletSigner(ann.wallet)];
  const input = { funder, source: tokens.address, router, escrow, amount: microUsdc(amount), now: now.time };
  return await carryOut(context, chain, ann.wallet, {
    question: "Deposit?",
    mint: router.data.mint,
    steps: await buildDeposit(input),
    instructions: [{ name: "deposit", accounts: { escrow: escrow.address }, data: { amount } }],
    ...allowed,
  });
}

const balance = (): bigint => bed.scene.bed.readEscrow(ann.address).balance;

describe("a transaction that lands", () => {
  test("is sent once, and its signature is the chain's", async () => {
    const { signature } = await pump(deposit());
    assert.deepEqual(bed.node.sent, [signature]);
    assert.equal(balance(), 11n * USDC);
    assert.equal(clock.waiting, 0);
  });

  test("is sent again where it was lost, and lands once", async () => {
    bed.node.lost = 2;
    const { signature } = await pump(deposit());
    assert.deepEqual(bed.node.sent, [signature, signature, signature]);
    assert.equal(balance(), 11n * USDC);
  });

  test("is sent again by a node that did not know its blockhash yet", async () => {
    bed.node.isBehind = true;
    await pump(deposit());
    assert.equal(bed.node.sent.length, 2);
    assert.equal(balance(), 11n * USDC);
  });

  test("is waited for where the node says that it broke meanwhile, and does not say that nothing has moved", async () => {
    bed.node.isConfused = true;
    const { signature } = await pump(deposit());
    assert.deepEqual(bed.node.sent, [signature]);
    assert.equal(balance(), 11n * USDC);
  });

  test("offers what was enough lately in three of four slots", async () => {
    await pump(deposit());
    assert.ok(bed.node.asked.includes("getRecentPrioritizationFees"));
    assert.match(ann.said.join("\n"), /at most 0\.000005045 SOL/); // 5,000 + 150,000 units × 300 micro-lamports
  });
});

describe("each failure has its own words and its own code", () => {
  test("refused by the program when it is tried out: by its name, and nothing has moved", async () => {
    const chain = await openChain(context);
    const view = await readUser(context, chain, ann.wallet);
    const escrow = insistOnEscrow(view, ann.wallet);
    const user = walletSigner(ann.wallet);
    const { router, now } = view;
    const input = { user, router, escrow, total: microUsdc(1n), expiresAt: now.time + 10n, now: now.time };
    const steps = await buildSetAllowance(input);
    const act = { question: "?", steps, instructions: [{ name: "set_allowance", accounts: {} }] };
    await pump(carryOut(context, chain, ann.wallet, act));
    const words = await faultOf(pump(carryOut(context, chain, ann.wallet, act)));
    assert.deepEqual([words.code, words.reason], ["NoticePending", "refused"]);
    assert.match(words.what, /rejected: nothing has moved/);
  });

  test("refused by the program after it was sent: the same, from its log", async () => {
    bed.node.isCareless = true;
    const words = await faultOf(pump(deposit(10_000n * USDC)));
    assert.deepEqual([words.code, words.reason], ["insufficient_usdc", "funds"]);
    assert.match(words.why ?? "", /SPL Token says that the token account holds too few tokens/);
    assert.match(words.next ?? "", /Send USDC/);
  });

  test("no SOL for the fee", async () => {
    const poor = await bed.person(5n * USDC, false);
    bed.openEscrow(poor, USDC);
    ann = poor;
    context = poor.with({}, clock);
    const words = await faultOf(pump(deposit()));
    assert.deepEqual([words.code, words.reason], ["insufficient_sol", "funds"]);
    assert.match(words.next ?? "", /Send SOL/);
  });

  test("expired: nothing of it was taken while it could land", async () => {
    bed.node.lost = Number.MAX_SAFE_INTEGER;
    bed.node.blocksAtOnce = 50;
    const words = await faultOf(pump(deposit()));
    assert.deepEqual([words.code, words.reason], ["transaction_expired", "refused"]);
    assert.ok(clock.monotonic() < LANDING_WAIT_MS);
  });

  test("a node that is down, too busy, or wants a key, before anything is signed", async () => {
    bed.node.httpStatus = 429;
    assert.match((await faultOf(pump(deposit()))).why ?? "", /too many already \(429\)/);
    bed.node.httpStatus = 403;
    assert.match((await faultOf(pump(deposit()))).next ?? "", /the key in it/);
    bed.node.isDown = true;
    const words = await faultOf(pump(deposit()));
    assert.equal(words.reason, "unreachable");
    assert.match(words.what, /Cannot reach the Solana node at http:\/\/127\.0\.0\.1/);
    assert.deepEqual(bed.node.sent, []);
  });

  test("a node that dies after it was signed: not known, and how to look, as soon as nothing answers for so long", async () => {
    ann.answer = true;
    ann.onQuestion = () => (bed.node.isDown = true);
    context = ann.with({ isConfirmed: false }, clock);
    const words = await faultOf(pump(deposit()));
    assert.deepEqual([words.code, words.reason], ["unsettled", "unsettled"]);
    assert.match(words.next ?? "", /^Look at https:\/\/explorer\.solana\.com\/tx\/.* before you run it again/);
    const passedMs = clock.monotonic();
    assert.ok(passedMs >= LANDING_UNANSWERED_MS && passedMs < LANDING_UNANSWERED_MS * 2, String(passedMs));
  });

  test("a node that never confirms: not known, after all the time that there is", async () => {
    bed.node.isUnseen = true;
    bed.node.blocksAtOnce = 0;
    const words = await faultOf(pump(deposit()));
    assert.equal(words.reason, "unsettled");
    assert.ok(clock.monotonic() >= LANDING_WAIT_MS);
  });

  test("Ctrl-C while it is on its way: not known, with its signature", async () => {
    bed.node.isUnseen = true;
    const work = deposit();
    const words = faultOf(work);
    while (bed.node.sent.length === 0) await pause(1);
    ann.interruption.abort();
    assert.equal((await words).reason, "unsettled");
    assert.match((await words).what, new RegExp(bed.node.sent[0] ?? "nothing"));
  });

  test("Ctrl-C before it is signed: nothing was sent", async () => {
    ann.answer = true;
    ann.onQuestion = () => ann.interruption.abort();
    context = ann.with({ isConfirmed: false }, clock);
    assert.equal((await faultOf(deposit())).reason, "interrupted");
    assert.deepEqual(bed.node.sent, []);
  });
});

test("a node of another cluster does not have the router, and is told as that", async () => {
  context = ann.with({ programId: named("elsewhere") }, clock);
  assert.equal((await faultOf(deposit())).code, "router_unknown");
});
