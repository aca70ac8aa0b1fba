import assert from "node:assert/strict";
import { test } from "node:test";
import { AccountRole, lamports } from "@solana/kit";
import type { Address } from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { ANN, BEGINNER, MALLORY, NEWCOMER, PAT } from "./test-bed/cast.ts";
import { FOREIGN_PROGRAM } from "./test-bed/chain-state.ts";
import { TestChain, named, signer } from "./test-bed/chain.ts";
import { RouterBed } from "./test-bed/router-bed.ts";
import { RouterInstructions, USDC } from "./test-bed/router-instructions.ts";
import { Scene } from "./test-bed/scene.ts";

/** Sends lamports to an address before anything is there. */
function prefund(chain: TestChain, address: Address, amount: bigint): void {
  const account = { programAddress: SYSTEM_PROGRAM_ADDRESS, data: new Uint8Array(0), space: 0n, executable: false };
  chain.svm.setAccount({ ...account, address, lamports: lamports(amount) });
}

/** One lamport, not quite the rent, the rent, and far too much. */
function prefundings(chain: TestChain, space: bigint): readonly bigint[] {
  const rent = chain.svm.minimumBalanceForRentExemption(space);
  return [1n, rent - 1n, rent, rent + 1n, 100n * rent];
}

test("what is open is not opened again, by whomever", async () => {
  const scene = await Scene.open();
  const { ask } = scene;
  scene.refuse("AlreadyInitialized", ask.init());
  scene.refuse(
    "AlreadyInitialized",
    ask.init({ admin: signer(MALLORY), roles: { ...scene.bed.roles, settler: MALLORY } }),
  );
  scene.refuse("AlreadyInitialized", ask.openEscrow(ANN, { allowTotal: 0n }));
  scene.refuse("AlreadyInitialized", ask.registerProvider(PAT));
});

test("a config and a vault to which lamports were sent before are opened with them", async () => {
  for (const index of [0, 1, 2, 3, 4]) {
    const chain = new TestChain();
    const bed = await RouterBed.prepare(chain);
    prefund(chain, bed.config, prefundings(chain, 1_120n)[index] ?? 0n);
    prefund(chain, bed.vault, prefundings(chain, 165n)[index] ?? 0n);
    prefund(chain, bed.vaultAuthority, 12_345n);
    const outcome = bed.init();
    assert.ok(outcome.isOk, outcome.error);
    const rent = chain.svm.minimumBalanceForRentExemption(1_120n);
    const sent = prefundings(chain, 1_120n)[index] ?? 0n;
    assert.equal(chain.account(bed.config)?.lamports, sent > rent ? sent : rent);
    assert.equal(bed.readConfig().routerId, bed.keys.routerId);
  }
});

test("an escrow and a provider to which lamports were sent before are opened with them", async () => {
  for (const index of [0, 1, 2, 3, 4]) {
    const scene = await Scene.open();
    const { ask, bed, chain } = scene;
    await bed.know(NEWCOMER, BEGINNER);
    prefund(chain, bed.escrowOf(NEWCOMER), prefundings(chain, 216n)[index] ?? 0n);
    prefund(chain, bed.providerOf(BEGINNER), prefundings(chain, 232n)[index] ?? 0n);
    bed.giveTokens(NEWCOMER, 5n * USDC);
    scene.land(ask.openEscrow(NEWCOMER), ask.registerProvider(BEGINNER), ask.deposit(NEWCOMER, 5n * USDC));
    assert.equal(scene.collect(NEWCOMER, USDC, BEGINNER), USDC);
  }
});

test("a derived address at which there is data, or another program's account, is not opened", async () => {
  const scene = await Scene.open();
  const { ask, bed, chain } = scene;
  await bed.know(NEWCOMER, BEGINNER);
  for (const [owner, data] of [
    [SYSTEM_PROGRAM_ADDRESS, new Uint8Array(1)],
    [FOREIGN_PROGRAM, new Uint8Array(216)],
    [FOREIGN_PROGRAM, new Uint8Array(0)],
  ] as const) {
    chain.plant(bed.escrowOf(NEWCOMER), owner, data);
    chain.plant(bed.providerOf(BEGINNER), owner, data);
    scene.refuse("AlreadyInitialized", ask.openEscrow(NEWCOMER));
    scene.refuse("AlreadyInitialized", ask.registerProvider(BEGINNER));
  }
});

test("a vault that is already there is not taken over", async () => {
  const chain = new TestChain();
  const bed = await RouterBed.prepare(chain);
  chain.plantToken(bed.vault, bed.mint, MALLORY, 0n);
  assert.equal(bed.init().error, "AlreadyInitialized");
});

test("somebody else's router id opens nothing without its signature, and no key opens at another's address", async () => {
  const chain = new TestChain();
  const bed = await RouterBed.prepare(chain);
  const other = await RouterBed.prepare(chain, "other router");
  const ask = new RouterInstructions(bed);
  const { config, vault, vaultAuthority } = other;
  const instruction = ask.init();
  const unsigned = (instruction.accounts ?? []).map((account, index) =>
    index === 1 ? { ...account, role: AccountRole.READONLY } : account,
  );
  assert.equal(chain.send({ ...instruction, accounts: unsigned }).error, "MissingSigner");
  assert.equal(chain.send(ask.init({ routerId: signer(MALLORY) })).error, "BadPda");
  assert.equal(chain.send(ask.init({ config })).error, "BadPda");
  assert.equal(chain.send(ask.init({ vault })).error, "BadPda");
  assert.equal(chain.send(ask.init({ vaultAuthority })).error, "BadPda");
  assert.equal(chain.send(ask.init({ config, vault, vaultAuthority })).error, "BadPda");
  assert.equal(chain.send(ask.init({ config: named("any address") })).error, "BadPda");
  assert.equal(chain.account(bed.config), undefined);
  assert.ok(bed.init().isOk);
});

test("an escrow or a provider is not opened at another's address", async () => {
  const scene = await Scene.open();
  const { ask, bed } = scene;
  await bed.know(NEWCOMER, BEGINNER, MALLORY);
  scene.refuse("BadPda", ask.openEscrow(MALLORY, { escrow: bed.escrowOf(NEWCOMER) }));
  scene.refuse("BadPda", ask.openEscrow(NEWCOMER, { user: signer(MALLORY) }));
  scene.refuse("BadPda", ask.openEscrow(NEWCOMER, { escrow: bed.providerOf(NEWCOMER) }));
  scene.refuse("BadPda", ask.registerProvider(MALLORY, { provider: bed.providerOf(BEGINNER) }));
  scene.refuse("BadPda", ask.registerProvider(MALLORY, { provider: bed.escrowOf(MALLORY) }));
});

test("a payer that cannot pay opens nothing", async () => {
  const scene = await Scene.open();
  await scene.bed.know(NEWCOMER);
  const outcome = scene.chain.send(scene.ask.openEscrow(NEWCOMER, { payer: signer(NEWCOMER) }));
  assert.equal(outcome.error, "11111111111111111111111111111111 1");
});
