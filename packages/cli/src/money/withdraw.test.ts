// Withdrawals by a router that is honest, greedy, slow or gone: on the real program, to the micro-USDC.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { named } from "@aimo-network/escrow/test-bed/chain";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { getWithdrawUserInstruction } from "@aimo-network/escrow/generated/instructions/withdrawUser";
import { createNoopSigner } from "@solana/kit";
import type { Address } from "@solana/kit";
import { providerWithdraw } from "../earnings/withdraw.ts";
import type { FaultWords } from "../fault.ts";
import type { MoneyBed, MoneyPerson } from "../test-bed/money-bed.ts";
import type { MoneyRouterBed } from "../test-bed/money-router.ts";
import { refusalOf } from "../test-bed/money-router.ts";
import { openMoneyScene } from "../test-bed/money-scene.ts";
import { faultOf } from "../test-bed/reading-bed.ts";
import { withdraw } from "./withdraw.ts";

type Json = Readonly<Record<string, unknown>>;

let bed: MoneyBed;
let ann: MoneyPerson;
let router: MoneyRouterBed;
beforeEach(async (t) => {
  ({ bed, ann, router } = await openMoneyScene(t));
  bed.openEscrow(ann, 40n * USDC);
});

const run = async (amount: string, options: object = {}): Promise<Json> =>
  (await ann.run(withdraw, [amount], { router: router.url, ...options })).data as Json;
const fails = (amount: string, options: object = {}): Promise<FaultWords> =>
  faultOf(ann.run(withdraw, [amount], { router: router.url, ...options }));
const NO_NODE = { rpcUrl: undefined };
const own = (): Address => bed.scene.bed.associatedOf(ann.address);

describe("a withdrawal", () => {
  test("pays the wallet's own account, by the router or by a node, exactly", async () => {
    const one = await run("1.000001");
    assert.deepEqual([one["amount"], one["destination"]], ["1.000001", own()]);
    const two = await run("2", NO_NODE);
    assert.equal(two["amount"], "2");
    assert.equal(router.calls.filter((path) => path.endsWith("/submit")).length, 1, "the first went by the node");
    assert.equal(bed.scene.tokensOf(ann.address), 63_000_001n);
    assert.equal(bed.scene.bed.readEscrow(ann.address).balance, 36_999_999n);
  });

  test("of all is what the router says may go; the account it is paid to is opened where it is missing", async () => {
    bed.scene.chain.plant(own(), "11111111111111111111111111111111" as Address, new Uint8Array());
    const told = await run("all", NO_NODE);
    assert.equal(told["amount"], "40");
    assert.equal(bed.scene.tokensOf(ann.address), 40n * USDC);
    assert.equal((await fails("all")).code, "nothing_to_withdraw");
  });

  test("goes to the account that is named", async () => {
    const pat = await bed.person(0n);
    const to = bed.scene.bed.associatedOf(pat.address);
    assert.equal((await run("3", { to }))["destination"], to);
    assert.equal(bed.scene.tokensOf(pat.address), 3n * USDC);
    assert.match(ann.said.join("\n"), /Attention: .* is not the associated token account/);
  });

  test("of earnings goes to the payout account, which a node tells", async () => {
    await bed.earn(ann, 10n * USDC);
    router.override = (path) =>
      path === "/api/v1/provider/earnings" ? { status: 200, body: { data: { claimable: "8.750000" } } } : undefined;
    const one = (await ann.run(withdraw, ["1"], { router: router.url, earnings: true })).data as Json;
    const two = (await ann.run(providerWithdraw, ["all"], { router: router.url })).data as Json;
    assert.deepEqual([one["amount"], two["amount"], two["destination"]], ["1", "8.75", own()]);
  });
});

describe("a router that is not to be trusted", () => {
  test("has nothing signed that takes more, or pays somebody else", async () => {
    const { config, vault, vaultAuthority, mint, place } = bed.scene.bed;
    const { openedSlot } = bed.scene.bed.readEscrow(ann.address);
    const accounts = { config, escrow: bed.scene.bed.escrowOf(ann.address), vault, vaultAuthority, mint };
    const signers = { user: createNoopSigner(ann.address), cosigner: createNoopSigner(bed.cosigner.address) };
    const theft = (destination: Address, amount: bigint) => () => [
      getWithdrawUserInstruction({ ...accounts, ...signers, destination, amount, openedSlot, withdrawSeq: 0 }, place),
    ];
    for (const [alter, why] of [
      [theft(named("thief"), USDC), /as destination, found/],
      [theft(own(), 2n * USDC), /expected 1\.00 USDC as amount/],
    ] as const) {
      router.alter = alter;
      const words = await fails("1");
      assert.deepEqual([words.code, words.reason], ["transaction_differs", "refused"]);
      assert.match(words.why ?? "", why);
    }
    router.alter = (steps) => steps;
    router.isCosigning = false;
    assert.match((await fails("1")).why ?? "", /signature of .* is missing/);
    assert.deepEqual(bed.node.sent, []);
  });
});

describe("a withdrawal that is open already", () => {
  const open = async (amount: string): Promise<void> => {
    ann.answer = false;
    assert.equal((await fails(amount, { isConfirmed: false })).reason, "declined");
    router.override = (path, body) =>
      path === "/api/v1/account/withdraw" && body["amount"] !== amount
        ? refusalOf(409, "withdrawal_open", "A withdrawal is open.")
        : undefined;
  };

  test("is gone on with by whoever is asked and agrees", async () => {
    await open("2");
    ann.answer = true;
    const told = await run("5", { isConfirmed: false });
    assert.equal(told["amount"], "2");
    assert.deepEqual(ann.questions.at(-1), `Withdraw 2.00 USDC from ${router.url}?`);
    assert.match(ann.said.join("\n"), /2\.00 USDC is open already: it goes on with that one/);
    assert.equal(bed.scene.tokensOf(ann.address), 62n * USDC);
  });

  test("and handed in is the same one when it is asked for again, also by its signature", async () => {
    const first = await run("2", NO_NODE);
    router.override = (path) =>
      path.endsWith("/withdraw") ? { status: 200, body: { data: { ...router.last, state: "submitted" } } } : undefined;
    const second = await run("2", NO_NODE);
    assert.equal(second["signature"], first["signature"]);
    assert.match(ann.said.join("\n"), /was handed in before/);
    assert.equal(bed.scene.tokensOf(ann.address), 62n * USDC);
  });

  test("is never signed in place of another amount without a question, nor for another account", async () => {
    await open("2");
    ann.answer = undefined;
    const words = await fails("5");
    assert.deepEqual([words.code, words.reason], ["withdrawal_open", "refused"]);
    assert.match(words.next ?? "", /aimo withdraw 2 goes on with it/);
    ann.answer = true;
    assert.equal((await fails("5", { to: named("elsewhere") })).code, "withdrawal_open");
    assert.deepEqual(bed.node.sent, []);
    assert.equal((await run("2"))["amount"], "2", "asked again for the same it is no question at all");
  });
});

test("what is typed wrongly is refused before anybody is asked anything", async () => {
  for (const [amount, options] of [
    ["1.0000001", {}],
    ["0", {}],
    ["1,5", {}],
    ["1", { to: "nobody" }],
    ["1", { to: named("x"), earnings: true }],
  ] as const) {
    assert.equal((await fails(amount, options)).reason, "usage", amount);
  }
  assert.deepEqual(router.calls, []);
});

test("a router that is gone: the way out is told", async () => {
  router.override = () => ({ status: 0, body: {} });
  const words = await fails("1");
  assert.equal(words.reason, "unreachable");
  assert.match(words.next ?? "", /gone for good: aimo exit request/);
});
