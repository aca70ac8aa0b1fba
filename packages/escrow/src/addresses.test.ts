// Addresses are those the program takes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { associatedTokenAddress, escrowAddress, providerAddress, routerAddresses, routerPlace } from "./addresses.ts";
import { ANN, PAT } from "./test-bed/cast.ts";
import { Scene } from "./test-bed/scene.ts";

test("a router's, a user's and a provider's addresses are where the program put their accounts", async () => {
  const { bed, chain } = await Scene.open();
  const { config, vault, vaultAuthority, mint } = bed;
  const seeds = { programAddress: chain.programAddress, routerId: bed.readConfig().routerId };
  assert.deepEqual(await routerAddresses(seeds), { config, vault, vaultAuthority });
  assert.deepEqual(await routerPlace(seeds), bed.place);
  assert.equal(await escrowAddress(bed.place, ANN), bed.escrowOf(ANN));
  assert.equal(bed.readEscrow(ANN).user, ANN);
  assert.equal(await providerAddress(bed.place, PAT), bed.providerOf(PAT));
  assert.equal(await associatedTokenAddress({ owner: PAT, mint }), bed.readProvider(PAT).payout);
});
