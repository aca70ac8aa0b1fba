// Addresses are those the program takes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { associatedTokenAddress, configAddress, escrowAddress, providerAddress, routerAddresses } from "./addresses.ts";
import { ANN, PAT } from "./test-bed/cast.ts";
import { Scene } from "./test-bed/scene.ts";

test("a router's, a user's and a provider's addresses are where the program put their accounts", async () => {
  const { bed } = await Scene.open();
  const { config, vault, vaultAuthority, mint } = bed;
  assert.deepEqual(await routerAddresses(bed.keys.routerId), { config, vault, vaultAuthority });
  assert.equal(await configAddress(bed.readConfig().routerId), config);
  assert.equal(await escrowAddress({ config, user: ANN }), bed.escrowOf(ANN));
  assert.equal(bed.readEscrow(ANN).user, ANN);
  assert.equal(await providerAddress({ config, owner: PAT }), bed.providerOf(PAT));
  assert.equal(await associatedTokenAddress({ owner: PAT, mint }), bed.readProvider(PAT).payout);
});
