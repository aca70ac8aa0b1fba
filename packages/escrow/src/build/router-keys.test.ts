// Admins, roles and pauses: the builders refuse exactly what the program refuses.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PauseKind } from "../accounts/config-facts.ts";
import { NOBODY } from "../program-bounds.ts";
import { BuilderScene, signedBy } from "../test-bed/builder-scene.ts";
import { MALLORY, SUCCESSOR } from "../test-bed/cast.ts";
import { signer } from "../test-bed/chain.ts";
import { buildAcceptAdmin, buildProposeAdmin, buildSetPause, buildSetRoles } from "./router-keys.ts";

test("an admin is proposed by the admin, and takes over from the moment on", async () => {
  const bed = await BuilderScene.open();
  const { ask } = bed;
  const { admin } = bed.bed.keys;
  const propose = (newAdmin = SUCCESSOR, by = admin) => {
    const proposed = newAdmin === NOBODY ? "nobody" : newAdmin;
    return () => buildProposeAdmin({ admin: signer(by), router: bed.router, newAdmin: proposed });
  };
  const accept = (by = SUCCESSOR) => {
    return () => buildAcceptAdmin({ newAdmin: signer(by), router: bed.router, now: bed.now });
  };
  await bed.refuses("NotPendingAdmin", accept(), ask.acceptAdmin(SUCCESSOR));
  await bed.refuses("NotPendingAdmin", accept(NOBODY), ask.acceptAdmin(NOBODY));
  await bed.refuses("NotAdmin", propose(MALLORY, MALLORY), signedBy(ask.proposeAdmin(MALLORY), MALLORY));
  await bed.lands(propose());
  await bed.refuses("NotPendingAdmin", accept(MALLORY), ask.acceptAdmin(MALLORY));
  bed.scene.goTo(bed.router.data.pendingAdminAt - 1n);
  await bed.refuses("ParamNotReady", accept(), ask.acceptAdmin(SUCCESSOR));
  bed.scene.goTo(bed.now + 1n);
  await bed.lands(propose(NOBODY));
  await bed.refuses("NotPendingAdmin", accept(), ask.acceptAdmin(SUCCESSOR));
  await bed.lands(propose());
  bed.scene.goTo(bed.router.data.pendingAdminAt);
  await bed.lands(accept());
  assert.equal(bed.router.data.admin, SUCCESSOR);
});

test("roles are given by the admin, and at once only with the router's own cosigner", async () => {
  const bed = await BuilderScene.open();
  const { ask } = bed;
  const { admin, cosigner } = bed.bed.keys;
  const roles = { ...bed.bed.roles, settler: MALLORY };
  const set = (by = admin, signing = {}) => {
    return () => buildSetRoles({ admin: signer(by), router: bed.router, roles, ...signing });
  };
  await bed.refuses("NotAdmin", set(MALLORY), signedBy(ask.setRoles(roles), MALLORY));
  const wrong = { cosigner: signer(MALLORY) };
  await bed.refuses("CosignerRequired", set(admin, wrong), ask.setRoles(roles, wrong));
  await bed.lands(set());
  assert.notEqual(bed.router.data.roles.settler, MALLORY);
  await bed.lands(set(admin, { cosigner: signer(cosigner) }));
  assert.equal(bed.router.data.roles.settler, MALLORY);
  bed.scene.land(ask.setRoles({ cosigner: NOBODY }));
  const nobody = { cosigner: signer(NOBODY) };
  await bed.refuses("CosignerRequired", set(admin, nobody), ask.setRoles(roles, nobody));
});

test("a pause is the guardian's to begin and the admin's to end, and rests between", async () => {
  const bed = await BuilderScene.open();
  const { ask } = bed;
  const { admin, guardian } = bed.bed.keys;
  const pause = (set: readonly PauseKind[], clear: readonly PauseKind[] = [], by = guardian) => {
    return () => buildSetPause({ signer: signer(by), router: bed.router, set, clear, now: bed.now });
  };
  await bed.refuses("BadInstruction", pause([]), ask.setPause(0));
  await bed.refuses("BadInstruction", pause(["settle"], ["settle"]), ask.setPause(2, { clear: 2 }));
  await bed.refuses("MissingSigner", pause(["settle"], [], MALLORY), ask.setPause(2, { signer: signer(MALLORY) }));
  await bed.refuses("NotAdmin", pause([], ["settle"]), ask.setPause(0, { clear: 2 }));
  await bed.lands(pause(["deposit", "settle", "coop_withdraw"]));
  assert.deepEqual(new Set(bed.router.data.pauseUntil).size, 1);
  await bed.refuses("PauseCooldown", pause(["coop_withdraw"]), ask.setPause(4));
  await bed.lands(pause([], ["deposit", "coop_withdraw"], admin));
  assert.deepEqual(bed.router.data.pauseUntil.slice(0, 1), [bed.now]);
  bed.scene.goTo(bed.router.data.pauseNotBefore[1]! - 1n);
  await bed.refuses("PauseCooldown", pause(["settle"]), ask.setPause(2));
  bed.scene.goTo(bed.now + 1n);
  await bed.lands(pause(["settle"]));
  bed.scene.land(ask.setRoles({ guardian: NOBODY }));
  await bed.refuses("MissingSigner", pause(["deposit"], [], NOBODY), ask.setPause(1, { signer: signer(NOBODY) }));
});
