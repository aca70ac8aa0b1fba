// Many ledger accounts: in calls of a hundred, and only those of one router.
import assert from "node:assert/strict";
import { test } from "node:test";
import { getAddressEncoder } from "@solana/kit";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "../generated/programs/aimoEscrow.ts";
import { ANN, BEN, PAT, QUINN } from "../test-bed/cast.ts";
import { named } from "../test-bed/chain.ts";
import { rpcOf } from "../test-bed/chain-transport.ts";
import { Scene } from "../test-bed/scene.ts";
import { fetchLedger, listEscrows, listProviders } from "./ledger-accounts.ts";

test("the accounts of batches are read in calls of a hundred, without those that are closed", async () => {
  const { chain, bed } = await Scene.open();
  const { rpc, calls } = rpcOf(chain);
  const found = chain.account(bed.escrowOf(ANN));
  assert.ok(found !== undefined);
  const planted = Array.from({ length: 150 }, (_, index) => named(`escrow ${index}`));
  for (const address of planted) chain.plant(address, AIMO_ESCROW_PROGRAM_ADDRESS, Uint8Array.from(found.data));
  const escrows = [bed.escrowOf(ANN), bed.escrowOf(BEN), ...planted, named("a closed escrow")];
  const providers = [bed.providerOf(PAT), bed.providerOf(QUINN), named("no provider")];
  const ledger = await fetchLedger(rpc, { router: bed.place, escrows, providers });
  assert.deepEqual([ledger.escrows.size, ledger.providers.size, ledger.slot], [152, 2, chain.slot]);
  assert.deepEqual(ledger.escrows.get(bed.escrowOf(BEN)), bed.readEscrow(BEN));
  assert.deepEqual(ledger.providers.get(bed.providerOf(QUINN)), bed.readProvider(QUINN));
  assert.deepEqual(
    calls.map(({ params }) => (params[0] as unknown[]).length),
    [100, 56],
  );
  assert.deepEqual(await fetchLedger(rpc, { router: bed.place, escrows: [], providers: [] }), {
    programAddress: chain.programAddress,
    slot: 0n,
    escrows: new Map(),
    providers: new Map(),
  });
});

test("an account of another router among a batch's is refused", async () => {
  const { chain, bed } = await Scene.open();
  const found = chain.account(bed.escrowOf(ANN));
  assert.ok(found !== undefined);
  const data = Uint8Array.from(found.data);
  data.set(getAddressEncoder().encode(named("another router")), 8);
  chain.plant(named("foreign escrow"), AIMO_ESCROW_PROGRAM_ADDRESS, data);
  const wanted = { router: bed.place, escrows: [named("foreign escrow")], providers: [] };
  await assert.rejects(fetchLedger(rpcOf(chain).rpc, wanted), /ConfigMismatch/);
});

test("all escrows and providers of one router are listed, and nobody else's", async () => {
  const { chain, bed } = await Scene.open();
  await Scene.open({}, "other router", chain);
  const { rpc } = rpcOf(chain);
  const escrows = await listEscrows(rpc, bed.place);
  assert.deepEqual(
    new Set(escrows.accounts.map(({ address }) => address)),
    new Set([bed.escrowOf(ANN), bed.escrowOf(BEN)]),
  );
  const providers = await listProviders(rpc, bed.place);
  assert.deepEqual(
    new Set(providers.accounts.map(({ address }) => address)),
    new Set([bed.providerOf(PAT), bed.providerOf(QUINN)]),
  );
  assert.equal(providers.slot, chain.slot);
});
