// A provider that leaves, and is paid elsewhere, by a node alone: on the real program, to the micro-USDC.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { DAY } from "@aimo-network/escrow/program-bounds";
import { named } from "@aimo-network/escrow/test-bed/chain";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import type { MoneyBed, MoneyPerson } from "../test-bed/money-bed.ts";
import { openMoneyBed } from "../test-bed/money-bed.ts";
import { faultOf } from "../test-bed/reading-bed.ts";
import { providerExitFinalize } from "./exit-finalize.ts";
import { providerExitRequest } from "./exit-request.ts";
import { providerExitStatus } from "./exit-status.ts";
import { providerPayout } from "./payout.ts";

type Json = Readonly<Record<string, unknown>>;

let bed: MoneyBed;
let pat: MoneyPerson;
beforeEach(async (t) => {
  bed = await openMoneyBed(t as { after(close: () => void): void });
  pat = await bed.person(0n);
});

test("an exit pays what was asked for to the payout account, from the moment it is due on", async () => {
  await bed.earn(pat, 10n * USDC);
  const { chain } = bed.scene;
  const asked = (await pat.run(providerExitRequest, ["4.000001"])).data as Json;
  assert.deepEqual([asked["state"], asked["exit_amount"], asked["claimable"]], ["requested", "4.000001", "9.75"]);
  assert.equal("signature" in (await pat.run(providerExitRequest)).data, false, "one at a time");
  chain.advance(7n * DAY - 1n);
  const early = await faultOf(pat.run(providerExitFinalize));
  assert.deepEqual([early.code, early.reason], ["exit_too_early", "refused"]);
  chain.advance(1n);
  assert.equal(((await pat.run(providerExitStatus)).data as Json)["state"], "due");
  assert.equal(((await pat.run(providerExitFinalize)).data as Json)["paid"], "4.000001");
  assert.equal(bed.scene.tokensOf(pat.address), 4_000_001n);
  assert.equal((await faultOf(pat.run(providerExitFinalize))).code, "exit_not_requested");
  const more = await faultOf(pat.run(providerExitRequest, ["6"]));
  assert.deepEqual([more.code, more.reason], ["nothing_to_withdraw", "funds"]);
  assert.equal(((await pat.run(providerExitRequest)).data as Json)["exit_amount"], "5.749999");
});

test("another payout account is in force after the delay, and taken back by naming the one in force", async () => {
  await bed.earn(pat, 10n * USDC);
  const quinn = await bed.person(0n);
  const [own, other] = [bed.scene.bed.associatedOf(pat.address), bed.scene.bed.associatedOf(quinn.address)];
  const set = (await pat.run(providerPayout, [other])).data as Json;
  assert.deepEqual([set["payout"], (set["pending_payout"] as Json)["payout"]], [own, other]);
  assert.match((await pat.run(providerExitStatus)).text, new RegExp(`${other} from 2027-01-22 08:00:00 UTC on`));
  assert.equal("signature" in (await pat.run(providerPayout, [other])).data, false, "it waits already");
  const back = (await pat.run(providerPayout, ["own"])).data as Json;
  assert.deepEqual([back["payout"], back["pending_payout"]], [own, null]);
  assert.equal("signature" in (await pat.run(providerPayout, [own])).data, false, "it is in force already");
  await pat.run(providerPayout, [other]);
  bed.scene.chain.advance(7n * DAY);
  assert.equal(((await pat.run(providerExitStatus)).data as Json)["payout"], other);
  await pat.run(providerExitRequest);
  bed.scene.chain.advance(7n * DAY);
  assert.equal(((await pat.run(providerExitFinalize)).data as Json)["payout"], other);
  assert.equal(bed.scene.tokensOf(quinn.address), 9_750_000n);
});

test("what cannot be paid to is refused before it is signed, and a wallet's own account is told", async () => {
  await bed.earn(pat, USDC);
  const quinn = await bed.person(0n);
  const wallet = await faultOf(pat.run(providerPayout, [quinn.address]));
  assert.match(wallet.next ?? "", new RegExp(bed.scene.bed.associatedOf(quinn.address)));
  bed.scene.chain.plantToken(named("odd"), named("other mint"), pat.address, 0n);
  assert.match((await faultOf(pat.run(providerPayout, [named("odd")]))).why ?? "", /it is of the mint/);
  assert.equal((await faultOf(pat.run(providerPayout, ["nobody"]))).reason, "usage");
  assert.deepEqual(bed.node.sent, []);
});

test("whoever is not registered has nothing to take out, and is told why", async () => {
  const words = await faultOf(pat.run(providerExitStatus));
  assert.deepEqual([words.code, words.reason], ["provider_not_registered", "funds"]);
});
