// The directory over a node's own calls: complete, bounded, and unmoved by what it does not know.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSolanaRpcFromTransport } from "@solana/kit";
import type { RpcTransport } from "@solana/kit";
import { routerPlace } from "./addresses.ts";
import { ROUTERS_MAX, findRouter, listRouters } from "./directory.ts";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "./generated/programs/aimoEscrow.ts";
import { ANN, PAT } from "./test-bed/cast.ts";
import { named } from "./test-bed/chain.ts";
import { rpcOf } from "./test-bed/chain-transport.ts";
import { PARAMS, RouterBed } from "./test-bed/router-bed.ts";
import { USDC } from "./test-bed/router-instructions.ts";
import { Scene } from "./test-bed/scene.ts";

test("every router is listed with what its config says, the busiest first, and no escrow or provider", async () => {
  const scene = await Scene.open();
  const { chain, bed } = scene;
  const other = await RouterBed.open(chain, "other router", { ...PARAMS, feeBps: 10n });
  scene.collect(ANN, USDC, PAT);
  const { rpc, calls } = rpcOf(chain);
  const { routers, slot, unread, omitted } = await listRouters(rpc, chain.programAddress);
  assert.deepEqual(
    routers.map(({ address }) => address),
    [bed.config, other.config],
  );
  assert.deepEqual([slot, unread, omitted], [chain.slot, 0, 0]);
  const [first, second] = routers.map(({ data }) => data);
  assert.equal(first?.routerId, bed.keys.routerId);
  assert.equal(first?.url, "https://router.example");
  assert.equal(first?.mint, bed.mint);
  assert.deepEqual([first?.params.feeBps, second?.params.feeBps], [250n, 10n]);
  assert.equal(first?.params.userExitDelay, PARAMS.userExitDelay);
  assert.equal(calls.length, 1);
});

test("configs of other versions and sizes are counted and left out", async () => {
  const { chain, bed } = await Scene.open();
  const found = chain.account(bed.config);
  assert.ok(found !== undefined);
  const next = Uint8Array.from(found.data);
  next[1] = 2;
  chain.plant(named("a config of version 2"), AIMO_ESCROW_PROGRAM_ADDRESS, next);
  chain.plant(named("a longer config"), AIMO_ESCROW_PROGRAM_ADDRESS, Uint8Array.from([...found.data, 0]));
  const { routers, unread } = await listRouters(rpcOf(chain).rpc, chain.programAddress);
  assert.deepEqual(
    routers.map(({ address }) => address),
    [bed.config],
  );
  assert.equal(unread, 2);
});

test("a node that lists another program's account is not believed", async () => {
  const { chain, bed } = await Scene.open();
  const account = { data: ["AQE=", "base64"], lamports: 1n, owner: bed.mint, executable: false, space: 2n };
  const value = [{ pubkey: named("an account"), account }];
  const transport: RpcTransport = async <Response>() => {
    const envelope: unknown = { jsonrpc: "2.0", id: "1", result: { context: { slot: chain.slot }, value } };
    return envelope as Response;
  };
  await assert.rejects(listRouters(createSolanaRpcFromTransport(transport), chain.programAddress), /BadOwner/);
});

test("a list ends, says how many it leaves out, and may be of one mint", async () => {
  const { chain, bed } = await Scene.open();
  const found = chain.account(bed.config);
  assert.ok(found !== undefined);
  for (let index = 0; index < ROUTERS_MAX + 5; index += 1) {
    chain.plant(named(`router ${index}`), AIMO_ESCROW_PROGRAM_ADDRESS, Uint8Array.from(found.data));
  }
  const { rpc } = rpcOf(chain);
  const all = await listRouters(rpc, chain.programAddress);
  assert.deepEqual([all.routers.length, all.omitted], [ROUTERS_MAX, 6]);
  const few = await listRouters(rpc, chain.programAddress, { routersMax: 2, mint: bed.mint });
  assert.deepEqual([few.routers.length, few.omitted], [2, ROUTERS_MAX + 4]);
  const none = await listRouters(rpc, chain.programAddress, { mint: named("another mint") });
  assert.deepEqual([none.routers.length, none.omitted], [0, 0]);
});

test("a router is found by its id, and one that is not there is not", async () => {
  const { chain, bed } = await Scene.open();
  const { rpc } = rpcOf(chain);
  const { programAddress } = chain;
  assert.equal((await findRouter(rpc, { programAddress, routerId: bed.keys.routerId }))?.address, bed.config);
  assert.equal(await findRouter(rpc, { programAddress, routerId: named("nobody's router id") }), undefined);
  const paid = { programAddress, routerId: named("a paid router id") };
  chain.giveSol((await routerPlace(paid)).address);
  assert.equal(await findRouter(rpc, paid), undefined);
});
