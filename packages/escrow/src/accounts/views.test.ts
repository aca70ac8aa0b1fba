// Views are read in one call, at one slot, with the chain's own time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANN, NEWCOMER, PAT } from "../test-bed/cast.ts";
import { named } from "../test-bed/chain.ts";
import { rpcOf } from "../test-bed/chain-transport.ts";
import { USDC } from "../test-bed/router-instructions.ts";
import { Scene } from "../test-bed/scene.ts";
import { CLOCK_ADDRESS } from "./fetch-accounts.ts";
import { fetchProvider, fetchRouter, fetchUser } from "./views.ts";

test("a router is read with its vault and the chain's time", async () => {
  const { chain, bed } = await Scene.open();
  const { rpc, calls } = rpcOf(chain);
  const view = await fetchRouter(rpc, bed.place, { commitment: "processed", minContextSlot: chain.slot });
  assert.deepEqual(view?.now, { time: chain.time, slot: chain.slot });
  assert.deepEqual(view?.router.data, bed.readConfig());
  assert.equal(view?.vault.token?.amount, 200n * USDC);
  assert.equal(view?.vault.address, bed.vault);
  assert.equal(calls.length, 1);
  const [addresses, options] = calls[0]?.params ?? [];
  assert.deepEqual(addresses, [CLOCK_ADDRESS, bed.config, bed.vault]);
  assert.deepEqual(options, { commitment: "processed", minContextSlot: chain.slot, encoding: "base64" });
});

test("a user is read with the escrow, if one is open, and the tokens that could be deposited", async () => {
  const { chain, bed } = await Scene.open();
  await bed.know(NEWCOMER);
  const { rpc, calls } = rpcOf(chain);
  const ann = await fetchUser(rpc, { router: bed.place, mint: bed.mint, user: ANN });
  assert.deepEqual(ann?.escrow?.data, bed.readEscrow(ANN));
  assert.equal(ann?.tokens.token?.amount, 900n * USDC);
  const newcomer = await fetchUser(rpc, { router: bed.place, mint: bed.mint, user: NEWCOMER });
  assert.equal(newcomer?.escrow, undefined);
  assert.equal(newcomer?.escrowAddress, bed.escrowOf(NEWCOMER));
  assert.equal(newcomer?.tokens.token, undefined);
  assert.equal(calls.length, 2);
});

test("a provider is read with its account, if it is registered", async () => {
  const { chain, bed } = await Scene.open();
  await bed.know(NEWCOMER);
  const { rpc } = rpcOf(chain);
  assert.deepEqual(
    (await fetchProvider(rpc, { router: bed.place, owner: PAT }))?.provider?.data,
    bed.readProvider(PAT),
  );
  const newcomer = await fetchProvider(rpc, { router: bed.place, owner: NEWCOMER });
  assert.deepEqual([newcomer?.provider, newcomer?.providerAddress], [undefined, bed.providerOf(NEWCOMER)]);
});

test("where there is no router there is no view", async () => {
  const { chain } = await Scene.open();
  const { rpc } = rpcOf(chain);
  const router = { address: named("nobody's config"), programAddress: chain.programAddress };
  assert.equal(await fetchRouter(rpc, router), undefined);
  assert.equal(await fetchUser(rpc, { router, mint: named("mint"), user: ANN }), undefined);
  assert.equal(await fetchProvider(rpc, { router, owner: PAT }), undefined);
});
