import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address, Instruction } from "@solana/kit";
import {
  ADDRESS_LOOKUP_TABLE_PROGRAM_ADDRESS,
  getAddressLookupTableEncoder,
} from "@solana-program/address-lookup-table";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { PAT, QUINN } from "./test-bed/cast.ts";
import { named } from "./test-bed/chain.ts";
import type { Outcome } from "./test-bed/chain.ts";
import { DAY, USDC } from "./test-bed/router-instructions.ts";
import { Scene } from "./test-bed/scene.ts";
import { appliedIn } from "./test-bed/settle-log.ts";

const BAD = 30;
const BALANCE = 10n * USDC;
const users = Array.from({ length: 52 }, (_, index) => named(`user ${index}`));
const bills = users.map((_, index) => 4n * USDC + BigInt(index));

/** One transaction of 52 entries, which names its accounts by a lookup table. */
function sendByTable(scene: Scene, batch: Instruction): Outcome {
  const table = named("lookup table");
  const addresses = (batch.accounts ?? []).slice(2).map(({ address }) => address);
  const state = {
    deactivationSlot: 2n ** 64n - 1n,
    lastExtendedSlot: 0n,
    lastExtendedSlotStartIndex: 0,
    authority: null,
  };
  const data = getAddressLookupTableEncoder().encode({ ...state, addresses });
  scene.chain.plant(table, ADDRESS_LOOKUP_TABLE_PROGRAM_ADDRESS, Uint8Array.from(data));
  return scene.chain.sendWithTables({ [table]: addresses }, batch);
}

/** Settles 52 users of whom one is made bad; the 51 others pay in full, and nothing is taken of the bad one. */
async function assertOthersPay(makeBad: (scene: Scene, user: Address) => void): Promise<void> {
  const scene = await Scene.open();
  for (const [index, user] of users.entries()) await scene.addUser(user, index === BAD ? 0n : BALANCE);
  const entries = users.map((user, index) => scene.bill(user, bills[index] ?? 0n, index % 2 === 0 ? PAT : QUINN));
  makeBad(scene, users[BAD]!);

  const outcome = sendByTable(scene, scene.ask.settle(entries));
  assert.ok(outcome.isOk, outcome.error);
  const expected = bills.map((bill, index) => (index === BAD ? 0n : bill));
  assert.deepEqual(appliedIn(outcome), expected);
  for (const [index, user] of users.entries()) {
    if (index !== BAD) assert.equal(scene.bed.readEscrow(user).balance, BALANCE - (bills[index] ?? 0n));
  }
  const paid = expected.reduce((sum, amount) => sum + amount, 0n);
  const { totalProvider, feeAccrued } = scene.bed.readConfig();
  assert.equal(totalProvider + feeAccrued, paid);
}

test("one empty escrow stops none of 51 other payments in its transaction", async () => {
  await assertOthersPay(() => {});
});

test("one closed escrow stops none of 51 other payments in its transaction", async () => {
  await assertOthersPay((scene, user) => {
    scene.chain.advance(DAY);
    scene.land(scene.ask.closeEscrow(user));
  });
});

test("one user whose exit is due stops none of 51 other payments in the same transaction", async () => {
  await assertOthersPay((scene, user) => {
    scene.land(scene.ask.deposit(user, BALANCE), scene.ask.requestExit(user));
    scene.chain.advance(DAY);
  });
});

test("one user who has left stops none of 51 other payments in the same transaction", async () => {
  await assertOthersPay((scene, user) => {
    scene.land(scene.ask.deposit(user, BALANCE), scene.ask.requestExit(user));
    scene.chain.advance(DAY);
    scene.land(scene.ask.finalizeExit(user));
    assert.equal(scene.tokensOf(user), 1_000n * USDC);
  });
});

test("one user without an allowance stops none of 51 other payments in the same transaction", async () => {
  await assertOthersPay((scene, user) => {
    scene.land(scene.ask.deposit(user, BALANCE), scene.ask.setAllowance(user, 0n, 0n));
    scene.chain.advance(DAY);
  });
});

test("a provider whose token account is gone stops no payment, not even its own", async () => {
  await assertOthersPay((scene) => {
    scene.chain.plant(scene.bed.associatedOf(PAT), SYSTEM_PROGRAM_ADDRESS, new Uint8Array(0));
  });
});

test("an entry for an escrow that was closed and opened again stops its batch once, and nothing is lost without it", async () => {
  const scene = await Scene.open();
  const { ask } = scene;
  const [leaver, other] = [users[0]!, users[1]!];
  await scene.addUser(leaver, BALANCE);
  await scene.addUser(other, BALANCE);
  scene.collect(leaver, BALANCE);
  scene.chain.advance(DAY);
  // A settler that bills an escrow which is empty and has rested gives its user the chance.
  const entries = [scene.bill(leaver, USDC), scene.bill(other, 4n * USDC)];
  scene.land(ask.closeEscrow(leaver), ask.openEscrow(leaver));
  scene.refuse("SeqGap", ask.settle(entries));
  assert.deepEqual(appliedIn(scene.land(ask.settle(entries.slice(1)))), [4n * USDC]);
});
