import assert from "node:assert/strict";
import { test } from "node:test";
import type { Instruction, KeyPairSigner } from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { readBinary } from "../binary.ts";
import { deployProgram, setUpgradeAuthority, verifyProgram } from "./deploy-program.ts";
import { readDeployed } from "./loader-accounts.ts";
import { findBuffer } from "./program-buffer.ts";
import { DeploymentBed, keyOf } from "./test-bed/deployment-bed.ts";

const CODE = readBinary(process.env["AIMO_ESCROW_BINARY"]);
// Another program of the same source: what explorers show of it differs, what runs does not.
const NEXT_CODE = Uint8Array.from(
  Buffer.from(CODE).toString("latin1").replace("en\0auditors", "de\0auditors"),
  (letter) => letter.charCodeAt(0),
);

interface Deployed {
  readonly bed: DeploymentBed;
  readonly program: KeyPairSigner;
  readonly authority: KeyPairSigner;
}

async function start(): Promise<Deployed> {
  const [bed, program, authority] = await Promise.all([DeploymentBed.start(), keyOf("program"), keyOf("authority")]);
  return { bed, program, authority };
}

async function deploy({ bed, program, authority }: Deployed, code = CODE): Promise<string> {
  const outcome = await deployProgram(bed, { program, authority, code });
  bed.nextSlot();
  return outcome;
}

/** A call without an instruction's number, which the program refuses as its own. */
function callOf({ program }: Deployed): Instruction {
  return { programAddress: program.address, accounts: [], data: new Uint8Array() };
}

test("a program deployed through the loader runs, with room for versions to come", async () => {
  const deployed = await start();
  const { bed, program, authority } = deployed;
  const { slot } = bed.svm.getClock();
  assert.equal(await deploy(deployed), "deployed");
  await assert.rejects(bed.send([callOf(deployed)]), /failed: custom program error: 0x0/);
  assert.deepEqual(await verifyProgram(bed, program.address, CODE), {
    isSame: true,
    authority: authority.address,
    slot,
  });
  assert.equal((await readDeployed(bed, program.address))?.code.length, 102_400);
  assert.equal(await bed.getAccount(await findBuffer(authority.address, CODE)), undefined);
});

test("an attempt that broke off goes on where it stopped", async () => {
  const deployed = await start();
  deployed.bed.sentMax = 25; // the buffer, and 24 chunks of its code
  await assert.rejects(deploy(deployed), /lost on its way/);
  deployed.bed.sentMax = Infinity;
  assert.equal(await deploy(deployed), "deployed");
  // The chunks, and the transactions that make the buffer and the program of it.
  const chunks = Math.ceil(CODE.length / 850);
  assert.equal(deployed.bed.sent, chunks + 2);
  assert.equal((await verifyProgram(deployed.bed, deployed.program.address, CODE)).isSame, true);
});

test("the same code is not sent again, and other code is an upgrade without the program's key", async () => {
  const deployed = await start();
  const { bed, program, authority } = deployed;
  await deploy(deployed);
  const { sent } = bed;
  assert.equal(await deploy(deployed), "unchanged");
  assert.equal(bed.sent, sent);
  assert.equal((await verifyProgram(bed, program.address, NEXT_CODE)).isSame, false);
  const upgrade = { program: program.address, authority, code: NEXT_CODE };
  assert.equal(await deployProgram(bed, upgrade), "upgraded");
  bed.nextSlot();
  assert.equal((await verifyProgram(bed, program.address, NEXT_CODE)).isSame, true);
  await assert.rejects(bed.send([callOf(deployed)]), /failed: custom program error: 0x0/);
});

test("a shorter version leaves nothing of the longer one behind", async () => {
  const deployed = await start();
  const longer = Uint8Array.from([...CODE, ...new Uint8Array(2_000).fill(7)]);
  assert.equal(await deploy(deployed, longer), "deployed");
  assert.equal((await verifyProgram(deployed.bed, deployed.program.address, CODE)).isSame, false);
  assert.equal(await deploy(deployed), "upgraded");
  assert.equal((await verifyProgram(deployed.bed, deployed.program.address, CODE)).isSame, true);
});

test("lamports that somebody sent to the addresses before do not stop a deployment", async () => {
  const deployed = await start();
  const { bed, program, authority } = deployed;
  bed.giveSol(program.address, 1n);
  bed.giveSol(await findBuffer(authority.address, CODE), 2n);
  assert.equal(await deploy(deployed), "deployed");
  // They are used: nothing was added to what is more than the rent.
  assert.equal((await bed.getAccount(program.address))?.lamports, 1_000_000_000n);
});

test("the right to upgrade goes to another key, and from nobody to nobody", async () => {
  const deployed = await start();
  const { bed, program, authority } = deployed;
  const multisig = await keyOf("multisig");
  await deploy(deployed);
  await setUpgradeAuthority(bed, program.address, authority, multisig.address);
  const late = { program: program.address, authority, code: NEXT_CODE };
  await assert.rejects(deployProgram(bed, late), new RegExp(`to be ${authority.address}, found ${multisig.address}`));
  const again = setUpgradeAuthority(bed, program.address, authority, authority.address);
  await assert.rejects(again, new RegExp(`found ${multisig.address}`));

  await setUpgradeAuthority(bed, program.address, multisig, "nobody");
  assert.equal((await verifyProgram(bed, program.address, CODE)).authority, undefined);
  await assert.rejects(deployProgram(bed, { ...late, authority: multisig }), /found nobody: it is frozen/);
  await assert.rejects(bed.send([callOf(deployed)]), /failed: custom program error: 0x0/);
});

test("a first deployment needs the program's key, and verifying needs a program", async () => {
  const { bed, program, authority } = await start();
  const deployment = deployProgram(bed, { program: program.address, authority, code: CODE });
  await assert.rejects(deployment, /nothing is deployed there yet/);
  await assert.rejects(verifyProgram(bed, program.address, CODE), /expected an upgradeable program, found none/);
  await assert.rejects(verifyProgram(bed, SYSTEM_PROGRAM_ADDRESS, CODE), /expected an upgradeable program/);
});
