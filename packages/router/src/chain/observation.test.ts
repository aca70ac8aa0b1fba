// What is read of the chain is this router's and nobody else's, and a router that is not there is no empty one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { ANN, BEN, PAT } from "@aimo-network/escrow/test-bed/cast";
import { named } from "@aimo-network/escrow/test-bed/chain";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { Scene } from "@aimo-network/escrow/test-bed/scene";
import { ACCOUNTS_DECODED_AT_ONCE, SCAN_TRIES_MAX } from "./limits.ts";
import { ACCOUNTS_PER_SIGHT, lookAtAll, lookAtSome, surveyGround } from "./observation.ts";
import type { SightOptions } from "./observation.ts";
import { FollowerBed } from "./test-bed/follower-bed.ts";

function from(floor: bigint): SightOptions {
  return { floor, abortSignal: new AbortController().signal };
}

test("of accounts of all kinds only this router's are told; nothing is gone that is somebody else's", async () => {
  const { chain, scene, settings, endpoints } = await FollowerBed.open();
  const other = await Scene.open({}, "other router", chain);
  const ground = await surveyGround(settings);
  const asked = [
    scene.bed.escrowOf(ANN),
    other.bed.escrowOf(ANN),
    scene.bed.providerOf(PAT),
    other.bed.providerOf(PAT),
    other.bed.config,
    scene.bed.associatedOf(ANN),
    named("nothing"),
    chain.payer,
  ];
  const { observation, floor } = await lookAtSome(endpoints.any, ground, asked, from(0n));
  assert.deepEqual(
    observation.escrows.map(({ address }) => address),
    [scene.bed.escrowOf(ANN)],
  );
  assert.deepEqual(
    observation.providers.map(({ address }) => address),
    [scene.bed.providerOf(PAT)],
  );
  assert.ok(observation.gone.includes(named("nothing")));
  assert.ok(!observation.gone.includes(other.bed.escrowOf(ANN)));
  assert.deepEqual([observation.slot, floor, observation.isWhole], [chain.slot, chain.slot, false]);
  const whole = await lookAtAll(endpoints.any, ground, from(0n));
  assert.deepEqual(
    new Set(whole.observation.escrows.map(({ address }) => address)),
    new Set([scene.bed.escrowOf(ANN), scene.bed.escrowOf(BEN)]),
  );
  assert.equal(whole.observation.providers.length, 2);
  assert.equal(whole.observation.vaultAmount, 200n * USDC);
});

test("as many accounts as one call takes are read with the router's own", async () => {
  const { settings, endpoints, node } = await FollowerBed.open();
  const ground = await surveyGround(settings);
  const asked = Array.from({ length: ACCOUNTS_PER_SIGHT }, (_, index) => named(`nothing ${index}`));
  const { observation } = await lookAtSome(endpoints.any, ground, asked, from(0n));
  assert.deepEqual(observation.gone, asked);
  assert.equal((node.calls.at(-1)!.params[0] as unknown[]).length, 100);
  await assert.rejects(lookAtSome(endpoints.any, ground, [...asked, named("one more")], from(0n)));
});

test("an account of this router that is not understood stops everything, because it may hold somebody's money", async () => {
  const { chain, scene, settings, endpoints } = await FollowerBed.open();
  const ground = await surveyGround(settings);
  const address = scene.bed.escrowOf(ANN);
  const data = Uint8Array.from(chain.account(address)!.data);
  data[1] = 2; // a version of the future
  chain.plant(address, chain.programAddress, data);
  chain.forget(address);
  await assert.rejects(lookAtSome(endpoints.any, ground, [address], from(0n)), /BadVersion/);
});

test("a router that is not open, or has no vault, is no router without users", async () => {
  const { settings, endpoints, scene, chain } = await FollowerBed.open();
  const elsewhere = await surveyGround({ ...settings, routerId: named("nobody") });
  await assert.rejects(lookAtSome(endpoints.any, elsewhere, [], from(0n)), /expected an open router at .*, found none/);
  await assert.rejects(lookAtAll(endpoints.any, elsewhere, from(0n)), /expected an open router/);
  const ground = await surveyGround(settings);
  chain.plant(scene.bed.vault, chain.programAddress, new Uint8Array(0));
  chain.forget(scene.bed.vault);
  await assert.rejects(lookAtSome(endpoints.any, ground, [], from(0n)), /expected the router's vault/);
});

test("what is older than what was seen is not read, even where a node gives it", async () => {
  const { settings, chain, node, endpoints } = await FollowerBed.open();
  const ground = await surveyGround(settings);
  const [rpc] = endpoints.each; // without the look at the slot that calls to any node have
  node.heedsMinContextSlot = false;
  for (const look of [
    lookAtAll(rpc!, ground, from(chain.slot + 1n)),
    lookAtSome(rpc!, ground, [], from(chain.slot + 1n)),
  ]) {
    await assert.rejects(look, (error) => isAimoError(error, "chain_unavailable"));
  }
  assert.equal((await lookAtAll(rpc!, ground, from(chain.slot))).floor, chain.slot);
});

/** Lets something happen between the first scans and what is read beside them. */
function disturb(bed: FollowerBed, times: number): void {
  let scans = 0;
  bed.node.lie = (method, truth) => {
    if (method === "getProgramAccounts" && (scans += 1) <= times) bed.scene.land(bed.scene.ask.deposit(ANN, USDC));
    return truth;
  };
}

test("what there is is told as of one slot, where that can be had in a few tries", async () => {
  for (const times of [0, 1, SCAN_TRIES_MAX - 1]) {
    const bed = await FollowerBed.open();
    const ground = await surveyGround(bed.settings);
    disturb(bed, times);
    const { observation, floor } = await lookAtAll(bed.endpoints.any, ground, from(0n));
    assert.deepEqual([observation.slot, floor], [bed.chain.slot, bed.chain.slot]);
    const balances = observation.escrows.reduce((sum, { data }) => sum + data.balance, 0n);
    assert.equal(balances, observation.config.data.totalUser);
    assert.equal(balances, observation.vaultAmount);
    assert.equal(bed.callsSince(0).filter((method) => method === "getProgramAccounts").length, times + 1);
  }
});

test("where it cannot, the router itself is told as of later, and nothing before that is read any more", async () => {
  const bed = await FollowerBed.open();
  const { chain, endpoints, settings } = bed;
  const ground = await surveyGround(settings);
  disturb(bed, SCAN_TRIES_MAX);
  const { observation, floor } = await lookAtAll(endpoints.any, ground, from(0n));
  assert.deepEqual([observation.slot, floor], [chain.slot - 1n, chain.slot]);
  assert.equal(observation.config.data.totalUser, (200n + BigInt(SCAN_TRIES_MAX)) * USDC);
  assert.equal(bed.callsSince(0).filter((method) => method === "getProgramAccounts").length, SCAN_TRIES_MAX);
});

test("the router itself is never told as of before its accounts", async () => {
  const bed = await FollowerBed.open(2);
  const [first, second] = bed.nodes;
  const ground = await surveyGround(bed.settings);
  first!.missing.add("getProgramAccounts"); // so that the scan is of a node that is ahead
  first!.lagSlots = 1n;
  first!.lie = (method, truth) => {
    if (method === "getMultipleAccounts" && second!.calls.length === SCAN_TRIES_MAX) first!.lagSlots = 0n;
    return truth;
  };
  const { observation, floor } = await lookAtAll(bed.endpoints.any, ground, from(0n));
  assert.deepEqual([observation.slot, floor], [bed.chain.slot, bed.chain.slot]);
});

test("while thousands of accounts are decoded, requests have their turns", async (t) => {
  const { scene, settings, endpoints, node } = await FollowerBed.open();
  const slices = 20;
  const ann = scene.bed.escrowOf(ANN);
  const over = new AbortController();
  t.after(() => over.abort());
  let turns = 0;
  const request = (): void => {
    turns += 1;
    if (!over.signal.aborted) setImmediate(request);
  };
  node.lie = (method, truth) => {
    if (method !== "getProgramAccounts") return truth;
    const { context, value } = truth as { context: object; value: { pubkey: string }[] };
    const escrow = value.find(({ pubkey }) => pubkey === ann);
    request(); // comes in with the answer
    return { context, value: Array.from({ length: slices * ACCOUNTS_DECODED_AT_ONCE }, () => escrow) };
  };
  const { observation } = await lookAtAll(endpoints.any, await surveyGround(settings), from(0n));
  assert.equal(observation.escrows.length, slices * ACCOUNTS_DECODED_AT_ONCE);
  assert.ok(turns >= slices, `${turns} turns`);
});
