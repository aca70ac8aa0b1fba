// Lookup tables: the settler's own, with accounts of this router, from being made to being closed; and large batches.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { readLookupTable } from "@aimo-network/escrow/batch/lookup-table";
import type { LookupTable } from "@aimo-network/escrow/batch/lookup-table";
import { ANN, BEN, PAT, QUINN } from "@aimo-network/escrow/test-bed/cast";
import { named } from "@aimo-network/escrow/test-bed/chain";
import { Scene } from "@aimo-network/escrow/test-bed/scene";
import { address } from "@solana/kit";
import type { Address } from "@solana/kit";
import { TABLES_MAX } from "../chain/limits.ts";
import type { Signer } from "./signer.ts";
import { SigningBed, USDC, refusalOf } from "./test-bed/signing-bed.ts";

const HASH = address("11111111111111111111111111111111"); // a hash that nobody looks at

/** Lets slots go by, and the chain remember them. */
function pass({ scene: { chain } }: SigningBed, slots: bigint): void {
  const slot = chain.slot + slots;
  chain.setTime(chain.time, slot);
  chain.svm.setSlotHashes(Array.from({ length: 512 }, (_, index) => ({ slot: slot - 1n - BigInt(index), hash: HASH })));
}

function tableAt(bed: SigningBed, at: string): LookupTable | undefined {
  return readLookupTable(bed.scene.chain.svm.getAccount(address(at)));
}

async function makeTable(bed: SigningBed, signer: Signer): Promise<string> {
  const { wire, table } = await signer.signTable({ kind: "create" });
  pass(bed, 1n);
  await bed.land(wire);
  return table;
}

async function openBed(t: Parameters<typeof SigningBed.open>[0]): Promise<{ bed: SigningBed; signer: Signer }> {
  const bed = await SigningBed.open(t);
  pass(bed, 1n);
  return { bed, signer: bed.signer() };
}

test("a table is made, filled, retired and closed, and its rent comes back", async (t) => {
  const { bed, signer } = await openBed(t);
  const lamports = () => bed.scene.chain.account(bed.settler.address)!.lamports;
  const table = await makeTable(bed, signer);
  assert.equal(tableAt(bed, table)?.authority, bed.settler.address);
  const { config } = bed.scene.bed;
  const addresses = [config, bed.scene.bed.escrowOf(ANN), bed.scene.bed.providerOf(PAT)];
  await bed.land((await signer.signTable({ kind: "extend", table, addresses: [...addresses, config] })).wire);
  assert.deepEqual(tableAt(bed, table)?.addresses, addresses);
  assert.equal((await refusalOf(signer.signTable({ kind: "close", table }))).reason, "table", "it is in use");
  await bed.land((await signer.signTable({ kind: "deactivate", table })).wire);
  const { deactivatedAt } = tableAt(bed, table)!;
  assert.equal((await refusalOf(signer.signTable({ kind: "deactivate", table }))).reason, "table");
  const more = { kind: "extend", table, addresses: [bed.scene.bed.escrowOf(BEN)] } as const;
  assert.equal((await refusalOf(signer.signTable(more))).reason, "table", "it is out of use");
  pass(bed, deactivatedAt! + 512n - bed.scene.chain.slot);
  assert.equal(
    (await refusalOf(signer.signTable({ kind: "close", table }))).reason,
    "table",
    "somebody may look it up",
  );
  pass(bed, 1n);
  const before = lamports();
  await bed.land((await signer.signTable({ kind: "close", table })).wire);
  assert.equal(tableAt(bed, table), undefined);
  assert.ok(lamports() > before);
});

test("a table takes no account that is not this router's, and no more than a transaction has room for", async (t) => {
  const { bed, signer } = await openBed(t);
  const table = await makeTable(bed, signer);
  const other = await Scene.open({}, "another router", bed.scene.chain);
  const refuse = async (...addresses: readonly Address[]): Promise<string> =>
    (await refusalOf(signer.signTable({ kind: "extend", table, addresses }))).reason;
  assert.equal(await refuse(named("nothing")), "table");
  assert.equal(await refuse(bed.scene.bed.vault), "table");
  assert.equal(await refuse(bed.scene.bed.escrowOf(ANN), other.bed.config), "program_refuses");
  assert.equal(await refuse(other.bed.escrowOf(ANN)), "program_refuses");
  assert.equal(await refuse(), "table");
  assert.equal(await refuse(...Array.from({ length: 26 }, (_, index) => named(`${index}`))), "table");
  const broken = signer.signTable({ kind: "extend", table, addresses: ["nobody"] });
  await assert.rejects(broken, (error) => isAimoError(error, "invalid_request"));
});

test("somebody else's table is not the router's", async (t) => {
  const { bed, signer } = await openBed(t);
  const table = await makeTable(bed, signer);
  const keys = { settler: bed.cosigner, cosigner: bed.cosigner };
  const stranger = bed.signer({}, { keys });
  for (const step of [
    { kind: "deactivate", table },
    { kind: "close", table },
    { kind: "extend", table, addresses: [bed.scene.bed.config] },
  ] as const) {
    assert.equal((await refusalOf(stranger.signTable(step))).reason, "table", step.kind);
  }
});

test("there are never more tables than the router may have", async (t) => {
  const { bed, signer } = await openBed(t);
  for (let tables = 0; tables < TABLES_MAX; tables += 1) {
    await makeTable(bed, signer);
    pass(bed, 1n);
  }
  assert.equal((await refusalOf(signer.signTable({ kind: "create" }))).reason, "table");
});

test("a batch that is too large to name all its accounts is signed by the tables there are now", async (t) => {
  const { bed, signer } = await openBed(t);
  const users = Array.from({ length: 30 }, (_, index) => named(`user ${index}`));
  for (const user of users) {
    await bed.scene.addUser(user, 5n * USDC);
    await bed.observe(user);
    await bed.charge(user, PAT, USDC);
  }
  await bed.charge(users[0]!, QUINN, USDC);
  const id = await bed.cut(...users.map((user) => [user, PAT] as const), [users[0]!, QUINN]);
  assert.equal((await refusalOf(signer.signBatch(id))).reason, "too_large");
  const table = await makeTable(bed, signer);
  const addresses = [bed.scene.bed.providerOf(PAT), ...users.map((user) => bed.scene.bed.escrowOf(user))];
  for (const some of [addresses.slice(0, 20), addresses.slice(20)]) {
    await bed.land((await signer.signTable({ kind: "extend", table, addresses: some })).wire);
  }
  const before = bed.node.calls.length;
  assert.equal((await bed.settle((await signer.signBatch(id)).wire)).length, 31);
  const scans = () => bed.node.calls.slice(before).filter((method) => method === "getProgramAccounts").length;
  const first = scans();
  await signer.signBatch(id);
  assert.equal(scans(), first, "tables that were read a moment ago are not searched again");
});
