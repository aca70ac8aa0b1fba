// Opening, depositing and allowances: the builders refuse exactly what the program refuses.
import assert from "node:assert/strict";
import { test } from "node:test";
import { microUsdc } from "@aimo-network/protocol/money";
import { AMOUNT_MAX } from "../program-bounds.ts";
import { BuilderScene, signedBy } from "../test-bed/builder-scene.ts";
import { ANN, BEN, MALLORY, NEWCOMER } from "../test-bed/cast.ts";
import { TestChain, named, signer } from "../test-bed/chain.ts";
import { HOUR, USDC } from "../test-bed/router-instructions.ts";
import { SCENE_EXPIRY, Scene } from "../test-bed/scene.ts";
import { buildDeposit, buildOpenEscrow, buildSetAllowance } from "./user-money.ts";
import type { DepositInput, OpenEscrowInput, SetAllowanceInput } from "./user-money.ts";

test("an escrow opens with numbers up to 2^53, once", async () => {
  const bed = await BuilderScene.open();
  const { ask } = bed.scene;
  await bed.scene.bed.know(NEWCOMER, MALLORY);
  const open = (who = NEWCOMER, changes: Partial<OpenEscrowInput> = {}) => {
    const parties = { payer: signer(bed.scene.chain.payer), user: signer(who), router: bed.router };
    const found = bed.reading(bed.scene.bed.escrowOf(who));
    return () => buildOpenEscrow({ ...parties, allowTotal: microUsdc(0n), allowExpiresAt: 0n, found, ...changes });
  };
  for (const over of [AMOUNT_MAX + 1n, 2n ** 63n - 1n]) {
    const raw = ask.openEscrow(NEWCOMER, { allowTotal: over });
    await bed.refuses("AmountTooLarge", open(NEWCOMER, { allowTotal: microUsdc(over) }), raw);
    const late = ask.openEscrow(NEWCOMER, { allowExpiresAt: over });
    await bed.refuses("AmountTooLarge", open(NEWCOMER, { allowExpiresAt: over }), late);
  }
  const before = ask.openEscrow(NEWCOMER, { allowExpiresAt: -1n });
  await bed.refuses("AmountTooLarge", open(NEWCOMER, { allowExpiresAt: -1n }), before);
  await bed.lands(open(NEWCOMER, { allowTotal: microUsdc(AMOUNT_MAX), allowExpiresAt: AMOUNT_MAX }));
  await bed.refuses("AlreadyInitialized", open(), ask.openEscrow(NEWCOMER));
  bed.scene.chain.giveSol(bed.scene.bed.escrowOf(MALLORY)); // only lamports: nothing is open there
  await bed.lands(open(MALLORY));
});

test("a deposit is from the router's minimum to what totals can hold", async () => {
  const bed = await BuilderScene.open();
  const { ask } = bed.scene;
  const agree = (amount: bigint, changes: Partial<DepositInput> = {}, raw = ask.deposit(ANN, amount)) => {
    const funder = signer(ANN);
    const { router, now, vault } = bed;
    const input = { funder, source: bed.scene.bed.associatedOf(ANN), router, escrow: bed.escrow(ANN), now, vault };
    return bed.agrees(() => buildDeposit({ ...input, amount: microUsdc(amount), ...changes }), raw);
  };
  assert.equal(await agree(0n), "ZeroAmount");
  assert.equal(await agree(AMOUNT_MAX + 1n), "AmountTooLarge");
  assert.equal(await agree(USDC - 1n), "BelowMinDeposit");
  assert.equal(await agree(USDC), "lands");
  const fromVault = ask.deposit(ANN, USDC, { source: bed.scene.bed.vault });
  assert.equal(await agree(USDC, { source: bed.scene.bed.vault }, fromVault), "BadVault");
  const room = AMOUNT_MAX - bed.router.data.totalUser;
  bed.scene.bed.giveTokens(ANN, AMOUNT_MAX);
  assert.equal(await agree(room + 1n), "Overflow");
  assert.equal(await agree(room), "lands");
  bed.scene.bed.giveTokens(ANN, 10n * USDC);
  bed.scene.land(ask.setPause(1));
  const { pauseUntil } = bed.router.data;
  bed.scene.goTo(pauseUntil[0]! - 1n);
  assert.equal(await agree(USDC), "Paused");
  bed.scene.goTo(pauseUntil[0]!);
  bed.scene.land(ask.requestExit(ANN));
  assert.equal(await agree(USDC), "ExitPending");
});

test("a deposit goes to no vault that somebody else could empty", async () => {
  const bed = await BuilderScene.open();
  const { chain, ask, bed: bedOf } = bed.scene;
  const agree = (escrow = bed.escrow(ANN), raw = ask.deposit(ANN, USDC), vault = bed.vault) => {
    const { router, now } = bed;
    const input = { funder: signer(ANN), source: bedOf.associatedOf(ANN), router, escrow, now, vault };
    return bed.agrees(() => buildDeposit({ ...input, amount: microUsdc(USDC) }), raw);
  };
  const { vault, mint, vaultAuthority } = bedOf;
  const held = chain.tokens(vault);
  for (const odd of [{ delegate: MALLORY, delegatedAmount: 1n }, { closeAuthority: MALLORY }]) {
    chain.plantToken(vault, mint, vaultAuthority, held, odd);
    assert.equal(await agree(), "BadVault");
  }
  const other = bedOf.associatedOf(MALLORY);
  chain.plantToken(other, mint, vaultAuthority, held);
  const elsewhere = ask.deposit(ANN, USDC, { vault: other });
  assert.equal(await agree(bed.escrow(ANN), elsewhere, bed.token(other)), "BadVault");
  chain.plantToken(vault, mint, MALLORY, held);
  assert.equal(await agree(), "BadVault");
  chain.plantToken(vault, mint, vaultAuthority, held);
  assert.equal(await agree(), "lands");
  const next = BuilderScene.over(await Scene.open({}, "other router", new TestChain()));
  const address = named("another router's escrow");
  const foreign = { ...next.escrow(ANN), address };
  const found = next.reading(next.bed.escrowOf(ANN));
  assert.ok(found.exists);
  chain.plant(address, found.programAddress, Uint8Array.from(found.data));
  assert.equal(await agree(foreign, ask.deposit(ANN, USDC, { escrow: address })), "ConfigMismatch");
});

test("an allowance rises at once, falls after its notice, and falls only once at a time", async () => {
  const bed = await BuilderScene.open();
  const { ask } = bed.scene;
  const agree = (total: bigint, expiresAt: bigint, changes: Partial<SetAllowanceInput> = {}) => {
    const input = { user: signer(ANN), router: bed.router, escrow: bed.escrow(ANN), now: bed.now };
    const raw = ask.setAllowance(ANN, total, expiresAt);
    return bed.agrees(() => buildSetAllowance({ ...input, total: microUsdc(total), expiresAt, ...changes }), raw);
  };
  const total = 1_000n * USDC;
  assert.equal(await agree(AMOUNT_MAX + 1n, SCENE_EXPIRY), "AmountTooLarge");
  assert.equal(await agree(total, AMOUNT_MAX + 1n), "AmountTooLarge");
  assert.equal(await agree(total, -1n), "AmountTooLarge");
  assert.equal(await agree(total - 1n, SCENE_EXPIRY), "lands");
  assert.equal(await agree(total - 2n, SCENE_EXPIRY), "NoticePending");
  assert.equal(await agree(total, SCENE_EXPIRY - 1n), "NoticePending");
  assert.equal(await agree(total, SCENE_EXPIRY), "lands"); // lowers nothing: cancels
  assert.equal(bed.escrow(ANN).data.pendingAllowAt, 0n);
  assert.equal(await agree(5n, SCENE_EXPIRY), "lands");
  bed.scene.goTo(bed.escrow(ANN).data.pendingAllowAt - 1n);
  assert.equal(await agree(4n, SCENE_EXPIRY), "NoticePending");
  bed.scene.goTo(bed.now + 1n);
  assert.equal(await agree(4n, SCENE_EXPIRY), "lands");
  const user = signer(BEN);
  const now = bed.now + HOUR;
  const input = { user, router: bed.router, escrow: bed.escrow(ANN), total: microUsdc(total), now };
  const raw = signedBy(ask.setAllowance(ANN, total, SCENE_EXPIRY), BEN);
  await bed.refuses("MissingSigner", () => buildSetAllowance({ ...input, expiresAt: SCENE_EXPIRY }), raw);
});
