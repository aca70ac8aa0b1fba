import assert from "node:assert/strict";
import { test } from "node:test";
import { isSignerRole } from "@solana/kit";
import type { AccountMeta } from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { getTransferCheckedInstruction } from "@solana-program/token";
import { ANN, MALLORY, PAT } from "./test-bed/cast.ts";
import { changesSince, stateOf } from "./test-bed/chain-state.ts";
import { signer } from "./test-bed/chain.ts";
import { SampleWorld } from "./test-bed/instruction-samples.ts";
import { USDC } from "./test-bed/router-instructions.ts";
import { Scene } from "./test-bed/scene.ts";
import { UNAUTHORIZED, addSpoofer, spoofed } from "./test-bed/spoofed-call.ts";

/** The address of zeros. No key signs for it, but the chain of these tests asks no key. */
const NOBODY = signer(SYSTEM_PROGRAM_ADDRESS);

test("no signature of any instruction can be claimed through another program, and those that are there pass", async () => {
  const world = await SampleWorld.create();
  addSpoofer(world.chain);
  const beginning = stateOf(world.chain);
  let claimed = 0;
  for (const { title, instruction } of world.samples) {
    const honest = world.attempt(spoofed(instruction, []));
    assert.ok(honest.isOk, `${title}: ${honest.error}`);
    for (const [index, { role }] of ((instruction.accounts ?? []) as readonly AccountMeta[]).entries()) {
      if (!isSignerRole(role)) continue;
      claimed += 1;
      assert.equal(world.chain.send(spoofed(instruction, [index])).error, UNAUTHORIZED, `${title}: ${index}`);
    }
    assert.deepEqual(changesSince(beginning, world.chain), [], title);
  }
  assert.ok(claimed > world.samples.length, `${claimed} signatures were claimed`);
});

test("the vault's authority signs for no other program", async () => {
  const scene = await Scene.open();
  const { bed, chain } = scene;
  addSpoofer(chain);
  const { vault, vaultAuthority, mint } = bed;
  const theft = getTransferCheckedInstruction({
    source: vault,
    mint,
    destination: bed.associatedOf(MALLORY),
    authority: signer(vaultAuthority),
    amount: USDC,
    decimals: 6,
  });
  const before = stateOf(chain);
  assert.equal(chain.send(spoofed(theft, [3])).error, UNAUTHORIZED);
  assert.deepEqual(changesSince(before, chain), []);
});

test("nobody signs in the place of a role that nobody has", async () => {
  const scene = await Scene.open();
  const { ask, bed, chain } = scene;
  scene.collect(ANN, 40n * USDC);
  const { address } = NOBODY;
  scene.land(ask.setRoles({ settler: address, cosigner: address, guardian: address, feeOwner: address }));
  assert.equal(bed.readConfig().pendingRolesAt, 0n);
  scene.refuse("MissingSigner", ask.settle([scene.bill(ANN, USDC)], { settler: NOBODY }));
  scene.refuse("CosignerRequired", ask.withdrawUser(ANN, USDC, { cosigner: NOBODY }));
  scene.refuse("CosignerRequired", ask.withdrawProvider(PAT, USDC, { cosigner: NOBODY }));
  scene.refuse("CosignerRequired", ask.setPayout(PAT, bed.associatedOf(MALLORY), { cosigner: NOBODY }));
  scene.refuse("CosignerRequired", ask.setRoles({ settler: MALLORY }, { cosigner: NOBODY }));
  scene.refuse("MissingSigner", ask.setPause(1, { signer: NOBODY }));
  scene.refuse("MissingSigner", ask.collectFees(1n, { feeOwner: NOBODY }));
  scene.refuse("MissingSigner", ask.sweepSurplus({ feeOwner: NOBODY }));
  scene.refuse("NotPendingAdmin", ask.acceptAdmin(address));
  scene.land(ask.proposeAdmin(MALLORY), ask.proposeAdmin(address));
  chain.advance(100n * 86_400n);
  scene.refuse("NotPendingAdmin", ask.acceptAdmin(address));
  scene.refuse("NotPendingAdmin", ask.acceptAdmin(MALLORY));
});

test("a cosigner's place without a signature is the admin's or the owner's own word", async () => {
  const scene = await Scene.open();
  const { ask, bed } = scene;
  scene.land(ask.setRoles({ settler: MALLORY }), ask.setPayout(PAT, bed.associatedOf(MALLORY)));
  assert.equal(bed.readConfig().roles.settler, bed.keys.settler);
  assert.equal(bed.readProvider(PAT).payout, bed.associatedOf(PAT));
});
