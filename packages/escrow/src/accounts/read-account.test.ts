// Accounts are read as the program reads them: under its names where it would refuse them.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address } from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { isAimoError } from "@aimo-network/protocol/errors";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "../generated/programs/aimoEscrow.ts";
import { ANN, MALLORY, PAT } from "../test-bed/cast.ts";
import { named } from "../test-bed/chain.ts";
import { Scene } from "../test-bed/scene.ts";
import { insistOfRouter, readConfig, readEscrow, readProvider } from "./read-account.ts";

test("the accounts of a router are read with everything in them", async () => {
  const { bed, chain } = await Scene.open();
  const reading = (address: Address) => chain.svm.getAccount(address);
  assert.deepEqual(readConfig(reading(bed.config), chain.programAddress)?.data, bed.readConfig());
  assert.deepEqual(readEscrow(reading(bed.escrowOf(ANN)), bed.place)?.data, bed.readEscrow(ANN));
  assert.deepEqual(readProvider(reading(bed.providerOf(PAT)), bed.place)?.data, bed.readProvider(PAT));
});

test("where nothing was opened there is nothing, lamports or not", async () => {
  const { bed, chain } = await Scene.open();
  chain.giveSol(named("a paid address"));
  for (const address of [named("nothing"), named("a paid address")]) {
    assert.equal(readConfig(chain.svm.getAccount(address), chain.programAddress), undefined);
    assert.equal(readEscrow(chain.svm.getAccount(address), bed.place), undefined);
    assert.equal(readProvider(chain.svm.getAccount(address), bed.place), undefined);
  }
});

test("what is no account of this kind, version or router is refused as the program refuses it", async () => {
  const { bed, chain, ask } = await Scene.open();
  const changed = (
    source: Address,
    change: (data: Uint8Array) => Uint8Array,
    owner: Address = AIMO_ESCROW_PROGRAM_ADDRESS,
  ) => {
    const found = chain.account(source);
    assert.ok(found !== undefined);
    chain.plant(named("changed"), owner, change(Uint8Array.from(found.data)));
    return chain.svm.getAccount(named("changed"));
  };
  const refusals = [
    ["BadOwner", changed(bed.escrowOf(ANN), (data) => data, MALLORY)],
    ["BadOwner", changed(bed.escrowOf(ANN), (data) => data, SYSTEM_PROGRAM_ADDRESS)],
    ["BadDiscriminator", changed(bed.escrowOf(ANN), () => new Uint8Array())],
    ["BadDiscriminator", chain.svm.getAccount(bed.providerOf(PAT))],
    ["BadDiscriminator", chain.svm.getAccount(bed.config)],
    ["BadDiscriminator", changed(bed.escrowOf(ANN), (data) => Uint8Array.from([...data, 0]))],
    ["BadDiscriminator", changed(bed.escrowOf(ANN), (data) => data.fill(3, 0, 1))],
    ["BadVersion", changed(bed.escrowOf(ANN), (data) => data.fill(2, 1, 2))],
    ["ConfigMismatch", changed(bed.escrowOf(ANN), (data) => data.fill(9, 8, 40))],
  ] as const;
  for (const [name, reading] of refusals) {
    assert.throws(
      () => readEscrow(reading, bed.place),
      (error) => isAimoError(error, "escrow_refused") && error.context.name === name,
      name,
    );
    if (!reading.exists) continue;
    chain.plant(named("changed"), reading.programAddress, Uint8Array.from(reading.data));
    assert.equal(chain.send(ask.deposit(ANN, 1_000_000n, { escrow: named("changed") })).error, name);
  }
});

test("an account of another deployment of the program is refused, and told with the program that was expected", async () => {
  const { bed, chain } = await Scene.open();
  const elsewhere = { ...bed.place, programAddress: named("another deployment") };
  const isBadOwner = (error: unknown): boolean =>
    isAimoError(error, "escrow_refused") &&
    error.context.name === "BadOwner" &&
    error.context.expected.endsWith(elsewhere.programAddress);
  const reading = (address: Address) => chain.svm.getAccount(address);
  assert.throws(() => readConfig(reading(bed.config), elsewhere.programAddress), isBadOwner);
  assert.throws(() => readEscrow(reading(bed.escrowOf(ANN)), elsewhere), isBadOwner);
  assert.throws(() => readProvider(reading(bed.providerOf(PAT)), elsewhere), isBadOwner);
  const ours = readEscrow(reading(bed.escrowOf(ANN)), bed.place);
  assert.ok(ours !== undefined);
  assert.doesNotThrow(() => insistOfRouter(ours, bed.place));
  assert.throws(() => insistOfRouter(ours, elsewhere), isBadOwner);
  assert.throws(() => insistOfRouter({ ...ours, programAddress: MALLORY }, bed.place), /BadOwner/);
});
