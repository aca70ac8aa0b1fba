// Where a withdrawal's money may go, and where it goes by its own bytes.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Instruction } from "@solana/kit";
import { microUsdc } from "@aimo-network/protocol/money";
import { describeTransaction } from "../describe/describe-transaction.ts";
import { ANN, MALLORY, PAT } from "../test-bed/cast.ts";
import { USDC } from "../test-bed/router-instructions.ts";
import { Scene } from "../test-bed/scene.ts";
import { bytesOf, unsigned } from "../test-bed/wire-bytes.ts";
import { checkTransaction } from "./check-transaction.ts";
import { destinationIn, withdrawalWish } from "./withdrawal-wish.ts";
import type { WithdrawalAsked } from "./withdrawal-wish.ts";

const ONE = microUsdc(USDC);
let scene: Scene;
before(async () => {
  scene = await Scene.open();
});

async function differencesOf(asked: WithdrawalAsked, instruction: Instruction): Promise<readonly string[]> {
  const { bed } = scene;
  const owner = asked.party === "user" ? ANN : PAT;
  const router = { place: bed.place, mint: bed.mint, routerId: bed.keys.routerId, url: "https://router.example" };
  const wish = await withdrawalWish(router, owner, asked);
  assert.equal(wish.question, "Withdraw 1.00 USDC from https://router.example?");
  assert.deepEqual(wish.signers, [owner], "the router has to have signed");
  const found = await checkTransaction(bytesOf(unsigned(owner, [instruction])), wish);
  assert.equal(found.kind, "different", "its cosigner has not signed in this test");
  const missing = `The signature of ${bed.keys.cosigner} is missing.`;
  return found.kind === "different" ? found.differences.filter((words) => words !== missing) : [];
}

test("a user is paid at the account that was named, else at the associated one", async () => {
  const [own, other] = [scene.bed.associatedOf(ANN), scene.bed.associatedOf(MALLORY)];
  const asked = { party: "user", amount: ONE } as const;
  const pay = (destination = own, amount: bigint = ONE): Instruction =>
    scene.ask.withdrawUser(ANN, amount, { destination });
  assert.deepEqual(await differencesOf(asked, pay()), []);
  assert.match((await differencesOf(asked, pay(own, ONE + 1n))).join(" "), /as amount, found 1\.000001 USDC/);
  assert.match((await differencesOf(asked, pay(other))).join(" "), /as destination, found/);
  assert.deepEqual(await differencesOf({ ...asked, destination: other }, pay(other)), []);
  assert.match((await differencesOf({ ...asked, destination: other }, pay(own))).join(" "), /as destination, found/);
});

test("a provider is paid at the payout account, which a node may tell", async () => {
  const [own, other] = [scene.bed.associatedOf(PAT), scene.bed.associatedOf(MALLORY)];
  const pay = (payout = own): Instruction => scene.ask.withdrawProvider(PAT, ONE, { payout });
  const asked = { party: "provider", amount: ONE } as const;
  assert.deepEqual(await differencesOf({ ...asked, payout: own }, pay()), []);
  assert.match((await differencesOf({ ...asked, payout: own }, pay(other))).join(" "), /as payout, found/);
  assert.deepEqual(await differencesOf(asked, pay(other)), [], "the program itself pays nowhere else");
});

test("where the money goes is read from the bytes", async () => {
  const told = async (instruction: Instruction): Promise<string | undefined> => {
    const described = await describeTransaction(bytesOf(unsigned(ANN, [instruction])), scene.bed.place);
    return described.kind === "transaction" ? destinationIn(described) : "unreadable";
  };
  const other = scene.bed.associatedOf(MALLORY);
  assert.equal(await told(scene.ask.withdrawUser(ANN, ONE, { destination: other })), other);
  assert.equal(await told(scene.ask.withdrawProvider(PAT, ONE, { payout: other })), other);
  assert.equal(await told(scene.ask.deposit(ANN, ONE)), undefined);
});
