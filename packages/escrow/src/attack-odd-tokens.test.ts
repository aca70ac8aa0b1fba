import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address } from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { AccountState, TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import { ANN, BEN, MALLORY, PAT } from "./test-bed/cast.ts";
import { FOREIGN_PROGRAM, TOKEN_2022 } from "./test-bed/chain-state.ts";
import { TestChain, named, signer } from "./test-bed/chain.ts";
import { RouterBed } from "./test-bed/router-bed.ts";
import { DAY, USDC } from "./test-bed/router-instructions.ts";
import { Scene } from "./test-bed/scene.ts";

const FROZEN = { state: AccountState.Frozen };
/** What SPL Token says to a frozen account. */
const TOKEN_FROZEN = "token 17";
const OTHER_MINT = named("a worthless mint");
const OTHER_ACCOUNT = named("another account of ann's");

async function openWith(plantMint: (chain: TestChain, mint: Address) => void): Promise<string | undefined> {
  const chain = new TestChain();
  const mint = named("an odd mint");
  plantMint(chain, mint);
  const bed = await RouterBed.prepare(chain, "router", mint);
  return bed.init().error;
}

/** The bytes of an account as another program's. */
function replant(chain: TestChain, address: Address, owner: Address): void {
  chain.plant(address, owner, Uint8Array.from(chain.account(address)?.data ?? []));
}

/** Takes a token account away, as its owner may when it is empty. */
function closeTokens(scene: Scene, person: Address): void {
  scene.chain.plant(scene.bed.associatedOf(person), SYSTEM_PROGRAM_ADDRESS, new Uint8Array(0));
}

test("a mint of other decimals than six opens no router", async () => {
  for (const decimals of [0, 5, 7, 9]) {
    assert.equal(await openWith((chain, mint) => chain.plantMint(mint, decimals)), "BadMint");
  }
  assert.equal(await openWith((chain, mint) => chain.plantMint(mint, 6)), undefined);
});

test("what is no initialised mint of SPL Token opens no router", async () => {
  const asOther = (owner: Address) => (chain: TestChain, mint: Address) => {
    chain.plantMint(mint);
    replant(chain, mint, owner);
  };
  assert.equal(await openWith(asOther(TOKEN_2022)), "BadTokenProgram");
  assert.equal(await openWith(asOther(FOREIGN_PROGRAM)), "BadTokenProgram");
  assert.equal(
    await openWith((chain, mint) => chain.plant(mint, TOKEN_PROGRAM_ADDRESS, new Uint8Array(82))),
    "BadMint",
  );
  const asUninitialised = (chain: TestChain, mint: Address): void => {
    chain.plantMint(mint);
    chain.plant(mint, TOKEN_PROGRAM_ADDRESS, Uint8Array.from(chain.account(mint)?.data ?? []).with(45, 0));
  };
  assert.equal(await openWith(asUninitialised), "BadMint");
  const asLonger = (chain: TestChain, mint: Address): void => {
    chain.plantMint(mint);
    chain.plant(mint, TOKEN_PROGRAM_ADDRESS, Uint8Array.from([...(chain.account(mint)?.data ?? []), 0]));
  };
  assert.equal(await openWith(asLonger), "BadMint");
  assert.equal(await openWith((chain, mint) => chain.plantToken(mint, OTHER_MINT, MALLORY, 0n)), "BadMint");
  // Token-2022's extensions make a mint longer.
  assert.equal(await openWith((chain, mint) => chain.plant(mint, TOKEN_2022, new Uint8Array(278))), "BadTokenProgram");
});

test("Token-2022 is refused in the place of SPL Token, coming and going", async () => {
  const scene = await Scene.open();
  const { ask } = scene;
  const tokenProgram = TOKEN_2022;
  scene.collect(ANN, 40n * USDC);
  scene.refuse("BadTokenProgram", ask.deposit(ANN, USDC, { tokenProgram }));
  scene.refuse("BadTokenProgram", ask.withdrawUser(ANN, USDC, { tokenProgram }));
  scene.refuse("BadTokenProgram", ask.withdrawProvider(PAT, USDC, { tokenProgram }));
  scene.refuse("BadTokenProgram", ask.collectFees(1n, { tokenProgram }));
  scene.land(ask.requestExit(ANN));
  scene.chain.advance(DAY);
  scene.refuse("BadTokenProgram", ask.finalizeExit(ANN, { tokenProgram }));
  const other = await RouterBed.prepare(scene.chain, "other router");
  const accounts = { ...other.vaultAccounts, routerId: signer(other.keys.routerId) };
  scene.refuse("BadTokenProgram", ask.init({ ...accounts, tokenProgram }));
});

test("tokens of another mint are no deposit", async () => {
  const scene = await Scene.open();
  const { ask, bed, chain } = scene;
  chain.plantMint(OTHER_MINT);
  const source = OTHER_ACCOUNT;
  chain.plantToken(source, OTHER_MINT, ANN, 1_000n * USDC);
  scene.refuse("token 3", ask.deposit(ANN, USDC, { source })); // its mint is not the vault's
  scene.refuse("BadMint", ask.deposit(ANN, USDC, { source, mint: OTHER_MINT }));
  replant(chain, source, TOKEN_2022);
  assert.equal(chain.send(ask.deposit(ANN, USDC, { source })).isOk, false);
  assert.equal(bed.readEscrow(ANN).balance, 100n * USDC);
});

test("a vault that somebody else may empty or close takes no deposit, and pays out all the same", async () => {
  const scene = await Scene.open();
  const { ask, bed, chain } = scene;
  const amount = chain.tokens(bed.vault);
  for (const odd of [
    { delegate: MALLORY, delegatedAmount: amount },
    { delegate: MALLORY },
    { closeAuthority: MALLORY },
  ]) {
    chain.plantToken(bed.vault, bed.mint, bed.vaultAuthority, chain.tokens(bed.vault), odd);
    scene.refuse("BadVault", ask.deposit(ANN, USDC));
    scene.land(ask.withdrawUser(ANN, USDC));
  }
  chain.plantToken(bed.vault, bed.mint, MALLORY, amount);
  scene.refuse("BadVault", ask.deposit(ANN, USDC));
  chain.plantToken(bed.vault, OTHER_MINT, bed.vaultAuthority, amount);
  scene.refuse("token 3", ask.deposit(ANN, USDC));
  chain.plant(bed.vault, TOKEN_PROGRAM_ADDRESS, new Uint8Array(165));
  scene.refuse("BadVault", ask.deposit(ANN, USDC));
  scene.refuse("BadVault", ask.sweepSurplus());
});

test("a frozen vault moves nothing, and keeps every number", async () => {
  const scene = await Scene.open();
  const { ask, bed, chain } = scene;
  chain.plantToken(bed.vault, bed.mint, bed.vaultAuthority, chain.tokens(bed.vault), FROZEN);
  scene.refuse(TOKEN_FROZEN, ask.deposit(ANN, USDC));
  scene.refuse(TOKEN_FROZEN, ask.withdrawUser(ANN, USDC));
  scene.land(ask.requestExit(ANN), ask.settle([scene.bill(BEN, USDC)]));
  chain.advance(DAY);
  scene.refuse(TOKEN_FROZEN, ask.finalizeExit(ANN));
  // Once it is thawed everything is there.
  chain.plantToken(bed.vault, bed.mint, bed.vaultAuthority, chain.tokens(bed.vault));
  scene.land(ask.finalizeExit(ANN));
  assert.equal(scene.tokensOf(ANN), 1_000n * USDC);
});

test("a frozen or closed token account of a user stops only payments to it, and no settlement", async () => {
  const scene = await Scene.open();
  const { ask, bed, chain } = scene;
  chain.plantToken(bed.associatedOf(ANN), bed.mint, ANN, 900n * USDC, FROZEN);
  chain.plantToken(OTHER_ACCOUNT, bed.mint, ANN, 0n);
  scene.refuse(TOKEN_FROZEN, ask.deposit(ANN, USDC));
  scene.refuse(TOKEN_FROZEN, ask.withdrawUser(ANN, USDC));
  scene.land(ask.withdrawUser(ANN, 10n * USDC, { destination: OTHER_ACCOUNT }));
  scene.land(ask.settle([scene.bill(ANN, USDC), scene.bill(BEN, USDC)]));
  closeTokens(scene, ANN);
  scene.refuse("BadDestination", ask.withdrawUser(ANN, USDC));
  scene.land(ask.settle([scene.bill(ANN, USDC), scene.bill(BEN, USDC)]));

  scene.land(ask.requestExit(ANN));
  chain.advance(DAY);
  scene.refuse("BadDestination", ask.finalizeExit(ANN));
  scene.refuse("BadDestination", ask.finalizeExit(ANN, { destination: OTHER_ACCOUNT }));
  scene.land(ask.finalizeExit(ANN, { user: signer(ANN), destination: OTHER_ACCOUNT }));
  assert.equal(chain.tokens(OTHER_ACCOUNT), 98n * USDC);
});

test("a frozen default payout account keeps a provider's earnings until the owner chooses another", async () => {
  const scene = await Scene.open();
  const { ask, bed, chain } = scene;
  scene.collect(ANN, 40n * USDC);
  chain.plantToken(bed.associatedOf(PAT), bed.mint, PAT, 0n, FROZEN);
  chain.plantToken(OTHER_ACCOUNT, bed.mint, PAT, 0n);
  scene.land(ask.providerRequestExit(PAT, 39n * USDC));
  scene.refuse(TOKEN_FROZEN, ask.withdrawProvider(PAT, USDC));
  scene.land(ask.setPayout(PAT, OTHER_ACCOUNT));
  chain.advance(7n * DAY);
  scene.refuse("BadDestination", ask.providerFinalizeExit(PAT));
  scene.land(ask.providerFinalizeExit(PAT, { payout: OTHER_ACCOUNT }));
  assert.equal(chain.tokens(OTHER_ACCOUNT), 39n * USDC);
});

test("a closed default payout account is made again by anybody, and then paid", async () => {
  const scene = await Scene.open();
  const { ask, bed } = scene;
  scene.collect(ANN, 40n * USDC);
  closeTokens(scene, PAT);
  scene.land(ask.providerRequestExit(PAT, 39n * USDC));
  scene.refuse("BadDestination", ask.withdrawProvider(PAT, USDC));
  scene.chain.advance(7n * DAY);
  scene.refuse("BadDestination", ask.providerFinalizeExit(PAT));
  bed.giveTokens(PAT, 0n);
  scene.land(ask.providerFinalizeExit(PAT));
  assert.equal(scene.tokensOf(PAT), 39n * USDC);
});

test("nothing is paid to the vault itself, to another mint, or to what is no token account", async () => {
  const scene = await Scene.open();
  const { ask, bed, chain } = scene;
  scene.collect(ANN, 40n * USDC);
  chain.plantToken(named("other tokens"), OTHER_MINT, ANN, 0n);
  chain.plantToken(named("tokens of Token-2022"), bed.mint, ANN, 0n);
  replant(chain, named("tokens of Token-2022"), TOKEN_2022);
  chain.plant(named("uninitialised"), TOKEN_PROGRAM_ADDRESS, new Uint8Array(165));
  const wrong = [bed.vault, bed.mint, ANN, bed.escrowOf(ANN), named("nobody"), named("uninitialised")];
  for (const destination of [...wrong, named("other tokens"), named("tokens of Token-2022")]) {
    scene.refuse("BadDestination", ask.withdrawUser(ANN, USDC, { destination }));
    scene.refuse("BadDestination", ask.collectFees(1n, { destination }));
    scene.refuse("BadDestination", ask.sweepSurplus({ destination }));
    scene.refuse("BadDestination", ask.setPayout(PAT, destination));
    scene.refuse("BadDestination", ask.setPayout(PAT, destination, { cosigner: signer(bed.keys.cosigner) }));
  }
  scene.refuse("BadVault", ask.deposit(ANN, USDC, { source: bed.vault }));
  scene.refuse("BadVault", ask.deposit(ANN, USDC, { source: bed.vault, funder: signer(bed.vaultAuthority) }));
});

test("an associated account whose authority was given away gets no exit that its user did not sign", async () => {
  const scene = await Scene.open();
  const { ask, bed, chain } = scene;
  scene.land(ask.requestExit(ANN));
  chain.advance(DAY);
  chain.plantToken(bed.associatedOf(ANN), bed.mint, MALLORY, 900n * USDC);
  chain.plantToken(OTHER_ACCOUNT, bed.mint, ANN, 0n);
  scene.refuse("BadDestination", ask.finalizeExit(ANN));
  scene.refuse("BadDestination", ask.finalizeExit(ANN, { destination: OTHER_ACCOUNT }));
  scene.refuse("BadDestination", ask.finalizeExit(ANN, { destination: bed.associatedOf(MALLORY) }));
  scene.refuse(
    "MissingSigner",
    ask.finalizeExit(ANN, { user: signer(MALLORY), destination: bed.associatedOf(MALLORY) }),
  );
  scene.land(ask.finalizeExit(ANN, { user: signer(ANN), destination: OTHER_ACCOUNT }));
  assert.equal(chain.tokens(OTHER_ACCOUNT), 100n * USDC);
});

test("donations belong to the fee owner, to the micro-dollar, and never pay a liability", async () => {
  const scene = await Scene.open();
  const { ask, bed, chain } = scene;
  scene.collect(ANN, 40n * USDC);
  const give = (amount: bigint): void =>
    chain.plantToken(bed.vault, bed.mint, bed.vaultAuthority, chain.tokens(bed.vault) + amount);
  scene.refuse("NothingToWithdraw", ask.sweepSurplus());
  give(7n);
  scene.refuse("MissingSigner", ask.sweepSurplus({ feeOwner: signer(MALLORY) }));
  scene.land(ask.sweepSurplus());
  scene.refuse("NothingToWithdraw", ask.sweepSurplus());
  assert.equal(scene.tokensOf(bed.keys.feeOwner), 7n);
  give(-1n);
  scene.refuse("Insolvent", ask.sweepSurplus());
  scene.refuse("Insolvent", ask.collectFees(1n));
  // Users and providers are paid as long as there is something.
  scene.land(ask.withdrawUser(ANN, 60n * USDC), ask.withdrawProvider(PAT, 39n * USDC));
  give(1n);
  scene.land(ask.collectFees(USDC));
  assert.equal(chain.tokens(bed.vault), bed.readConfig().totalUser);
});
