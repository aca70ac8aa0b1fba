import assert from "node:assert/strict";
import { test } from "node:test";
import { readBinary } from "../binary.ts";
import { readBuffer } from "./loader-accounts.ts";
import { setLoaderAuthority } from "./loader.ts";
import { closeBuffer, findBuffer, writeBuffer } from "./program-buffer.ts";
import { DeploymentBed, keyOf } from "./test-bed/deployment-bed.ts";

const CODE = readBinary(process.env["AIMO_ESCROW_BINARY"]);

test("a buffer holds the code for its authority, and its rent comes back when it is closed", async () => {
  const [bed, authority] = await Promise.all([DeploymentBed.start(), keyOf("authority")]);
  const buffer = await writeBuffer(bed, authority, CODE);
  const account = await bed.getAccount(buffer);
  assert.ok(account !== undefined);
  assert.deepEqual(readBuffer(account), { authority: authority.address, code: CODE });
  const { sent } = bed;
  assert.equal(await writeBuffer(bed, authority, CODE), buffer);
  assert.equal(bed.sent, sent);

  const before = (await bed.getAccount(bed.payer.address))?.lamports ?? 0n;
  await closeBuffer(bed, authority, buffer);
  assert.equal(await bed.getAccount(buffer), undefined);
  const fees = 10_000n; // two signatures
  assert.equal((await bed.getAccount(bed.payer.address))?.lamports, before + account.lamports - fees);
});

test("buffers of other code and of other authorities are elsewhere", async () => {
  const [authority, other] = await Promise.all([keyOf("authority"), keyOf("other authority")]);
  const buffers = await Promise.all([
    findBuffer(authority.address, CODE),
    findBuffer(other.address, CODE),
    findBuffer(authority.address, CODE.subarray(1)),
  ]);
  assert.equal(new Set(buffers).size, 3);
});

test("a buffer that was given away is not written to", async () => {
  const [bed, authority, other] = await Promise.all([
    DeploymentBed.start(),
    keyOf("authority"),
    keyOf("other authority"),
  ]);
  const buffer = await writeBuffer(bed, authority, CODE);
  await bed.send([setLoaderAuthority(buffer, authority, other.address)]);
  await assert.rejects(writeBuffer(bed, authority, CODE), /somebody else's by now/);
  await assert.rejects(closeBuffer(bed, authority, buffer), /IncorrectAuthority|Incorrect authority/);
  await closeBuffer(bed, other, buffer);
});
