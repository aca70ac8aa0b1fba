import assert from "node:assert/strict";
import { test } from "node:test";
import { getTokenDecoder } from "@solana-program/token";
import type { Address } from "@solana/kit";
import { readBinary } from "../binary.ts";
import { named } from "../test-bed/chain.ts";
import { PARAMS } from "../test-bed/router-bed.ts";
import { deployProgram } from "./deploy-program.ts";
import { openRouter, readRouter } from "./open-router.ts";
import { DeploymentBed, keyOf, plantMint } from "./test-bed/deployment-bed.ts";

const MINT = named("a mint");
const ROLES = {
  settler: named("settler"),
  cosigner: named("cosigner"),
  guardian: named("guardian"),
  feeOwner: named("fee owner"),
};

test("a router opens at a deployment of its own, once", async () => {
  const [bed, program, authority] = await Promise.all([DeploymentBed.start(), keyOf("program"), keyOf("authority")]);
  plantMint(bed, MINT);
  await deployProgram(bed, { program, authority, code: readBinary(process.env["AIMO_ESCROW_BINARY"]) });
  bed.nextSlot();

  const [routerId, admin, other] = await Promise.all([keyOf("router id"), keyOf("admin"), keyOf("other")]);
  const plan = { mint: MINT, url: "https://router.example", roles: ROLES, params: PARAMS };
  const programAddress: Address = program.address;
  assert.equal(await readRouter(bed, programAddress, routerId.address), undefined);
  const opened = await openRouter(bed, { programAddress, routerId, admin, plan });
  const found = await readRouter(bed, programAddress, routerId.address);
  assert.deepEqual(opened, { config: found?.address, isNew: true });
  assert.deepEqual(
    [found?.config.admin, found?.config.roles, found?.config.params, found?.config.mint],
    [admin.address, ROLES, PARAMS, MINT],
  );
  const vault = await bed.getAccount(found?.config.vault ?? MINT);
  assert.ok(vault !== undefined && found !== undefined);
  assert.equal(getTokenDecoder().decode(vault.data).owner, found.config.vaultAuthority);

  const again = await openRouter(bed, { programAddress, routerId, admin: other, plan });
  assert.deepEqual(again, { config: found.address, isNew: false });
  assert.equal((await readRouter(bed, programAddress, routerId.address))?.config.admin, admin.address);
});

test("what the program would refuse is refused in words, and nothing is sent", async () => {
  const bed = await DeploymentBed.start();
  plantMint(bed, MINT);
  const [program, routerId, admin] = await Promise.all([keyOf("program"), keyOf("router id"), keyOf("admin")]);
  const open = (changes: Partial<typeof PARAMS>, mint = MINT): Promise<unknown> => {
    const plan = { mint, url: "https://router.example", roles: ROLES, params: { ...PARAMS, ...changes } };
    return openRouter(bed, { programAddress: program.address, routerId, admin, plan });
  };
  await assert.rejects(open({ feeBps: 501n }), /501 basis points/);
  await assert.rejects(open({ allowanceNotice: PARAMS.userExitDelay }), /expected a notice from 0 s to/);
  await assert.rejects(open({}, named("nothing")), /nobody/);
  assert.equal(bed.sent, 0);
});
