// What providers are paid and where: the builders refuse exactly what the program refuses.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address } from "@solana/kit";
import { microUsdc } from "@aimo-network/protocol/money";
import { claimable } from "../accounts/provider-facts.ts";
import { AMOUNT_MAX } from "../program-bounds.ts";
import { BuilderScene, signedBy } from "../test-bed/builder-scene.ts";
import { ANN, BEGINNER, BEN, MALLORY, PAT, QUINN } from "../test-bed/cast.ts";
import { named, signer } from "../test-bed/chain.ts";
import { DAY, USDC } from "../test-bed/router-instructions.ts";
import {
  buildProviderFinalizeExit,
  buildProviderRequestExit,
  buildRegisterProvider,
  buildSetPayout,
  buildWithdrawProvider,
} from "./provider-payments.ts";
import type { ProviderFinalizeExitInput, SetPayoutInput, WithdrawProviderInput } from "./provider-payments.ts";

const SPARE = named("a spare token account");
const STRANGE = named("a token account of another mint");

/** PAT has earned 20 USDC less the fee, QUINN nothing. */
async function open(): Promise<BuilderScene> {
  const bed = await BuilderScene.open();
  const { chain, bed: router } = bed.scene;
  chain.plantMint(named("another mint"));
  chain.plantToken(SPARE, router.mint, MALLORY, 0n);
  chain.plantToken(STRANGE, named("another mint"), PAT, 0n);
  bed.scene.collect(ANN, 20n * USDC, PAT);
  return bed;
}

function closeAccount(bed: BuilderScene, address: Address): void {
  bed.scene.chain.plant(address, "11111111111111111111111111111111" as Address, new Uint8Array());
}

test("a provider is registered once, by anybody", async () => {
  const bed = await open();
  await bed.scene.bed.know(BEGINNER);
  const register = (owner: Address) => {
    const found = bed.reading(bed.scene.bed.providerOf(owner));
    return () => buildRegisterProvider({ payer: signer(bed.scene.chain.payer), owner, router: bed.router, found });
  };
  await bed.lands(register(BEGINNER));
  assert.equal(bed.provider(BEGINNER).data.payout, bed.scene.bed.associatedOf(BEGINNER));
  await bed.refuses("AlreadyInitialized", register(BEGINNER), bed.scene.ask.registerProvider(BEGINNER));
});

test("a provider's withdrawal is refused for what the program refuses it for", async () => {
  const bed = await open();
  const { ask, bed: router } = bed.scene;
  const withdraw = (amount: bigint, changes: Partial<WithdrawProviderInput> = {}) => {
    const parties = { owner: signer(PAT), cosigner: signer(router.keys.cosigner), router: bed.router };
    const input = { ...parties, provider: bed.provider(PAT), now: bed.now, amount: microUsdc(amount), ...changes };
    return () => buildWithdrawProvider(input);
  };
  const all = claimable(bed.provider(PAT).data);
  await bed.refuses("ZeroAmount", withdraw(0n), ask.withdrawProvider(PAT, 0n));
  await bed.refuses("AmountTooLarge", withdraw(AMOUNT_MAX + 1n), ask.withdrawProvider(PAT, AMOUNT_MAX + 1n));
  await bed.refuses("InsufficientBalance", withdraw(all + 1n), ask.withdrawProvider(PAT, all + 1n));
  const nothing = { owner: signer(QUINN), provider: bed.provider(QUINN) };
  await bed.refuses("NothingToWithdraw", withdraw(1n, nothing), ask.withdrawProvider(QUINN, 1n));
  const [owner, cosigner] = [signer(QUINN), signer(MALLORY)];
  await bed.refuses("NotProviderOwner", withdraw(1n, { owner }), ask.withdrawProvider(PAT, 1n, { owner }));
  await bed.refuses("CosignerRequired", withdraw(1n, { cosigner }), ask.withdrawProvider(PAT, 1n, { cosigner }));
  bed.scene.land(ask.setPause(4));
  bed.scene.goTo(bed.router.data.pauseUntil[2]! - 1n);
  await bed.refuses("Paused", withdraw(1n), ask.withdrawProvider(PAT, 1n));
  bed.scene.goTo(bed.now + 1n);
  await bed.lands(withdraw(1n));
  await bed.lands(withdraw(all - 1n));
});

test("a provider is paid to the account that is in force, made again where it is the associated one", async () => {
  const bed = await open();
  const { ask, bed: router, chain } = bed.scene;
  const withdraw = (changes: Partial<WithdrawProviderInput> = {}) => {
    const parties = { owner: signer(PAT), cosigner: signer(router.keys.cosigner), router: bed.router };
    const input = { ...parties, provider: bed.provider(PAT), now: bed.now, payer: signer(chain.payer), ...changes };
    return () => buildWithdrawProvider({ ...input, amount: microUsdc(USDC) });
  };
  const to = (address: Address) => ({ payout: bed.token(address) });
  closeAccount(bed, router.associatedOf(PAT));
  const closed = ask.withdrawProvider(PAT, USDC);
  await bed.refuses("BadDestination", withdraw(to(router.associatedOf(PAT))), closed);
  await bed.lands(withdraw());
  assert.equal(bed.scene.tokensOf(PAT), USDC);
  bed.scene.land(ask.setPayout(PAT, SPARE));
  bed.scene.goTo(bed.provider(PAT).data.pendingPayoutAt - 1n);
  await bed.refuses("PayoutTimelock", withdraw(to(SPARE)), ask.withdrawProvider(PAT, USDC, { payout: SPARE }));
  const elsewhere = ask.withdrawProvider(PAT, USDC, { payout: router.associatedOf(QUINN) });
  await bed.refuses("BadDestination", withdraw(to(router.associatedOf(QUINN))), elsewhere);
  bed.scene.goTo(bed.now + 1n);
  await bed.refuses("BadDestination", withdraw(to(router.associatedOf(PAT))), ask.withdrawProvider(PAT, USDC));
  await bed.lands(withdraw());
  await bed.lands(withdraw(to(SPARE)));
  assert.equal(chain.tokens(SPARE), 2n * USDC);
});

test("a provider's exit is requested for what there is, and finalized from its deadline on", async () => {
  const bed = await open();
  const { ask, chain, bed: router } = bed.scene;
  const request = (amount: bigint, as = PAT, of = PAT) => {
    const input = { owner: signer(as), router: bed.router, provider: bed.provider(of), amount: microUsdc(amount) };
    return () => buildProviderRequestExit(input);
  };
  const finalize = (changes: Partial<ProviderFinalizeExitInput> = {}) => {
    const input = { payer: signer(chain.payer), router: bed.router, provider: bed.provider(PAT), now: bed.now };
    return () => buildProviderFinalizeExit({ ...input, ...changes });
  };
  const all = claimable(bed.provider(PAT).data);
  await bed.refuses("ZeroAmount", request(0n), ask.providerRequestExit(PAT, 0n));
  await bed.refuses("AmountTooLarge", request(AMOUNT_MAX + 1n), ask.providerRequestExit(PAT, AMOUNT_MAX + 1n));
  await bed.refuses("InsufficientBalance", request(all + 1n), ask.providerRequestExit(PAT, all + 1n));
  await bed.refuses("NothingToWithdraw", request(1n, QUINN, QUINN), ask.providerRequestExit(QUINN, 1n));
  await bed.refuses("ExitNotRequested", finalize(), ask.providerFinalizeExit(PAT));
  await bed.refuses("NotProviderOwner", request(1n, QUINN), signedBy(ask.providerRequestExit(PAT, 1n), QUINN));
  await bed.lands(request(all));
  await bed.refuses("ExitPending", request(1n), ask.providerRequestExit(PAT, 1n));
  const { exitRequestedAt, exitDelay } = bed.provider(PAT).data;
  bed.scene.goTo(exitRequestedAt + exitDelay - 1n);
  await bed.refuses("ExitTooEarly", finalize(), ask.providerFinalizeExit(PAT));
  bed.scene.goTo(bed.now + 1n);
  for (const address of [SPARE, STRANGE, router.vault]) {
    const raw = ask.providerFinalizeExit(PAT, { payout: address });
    await bed.refuses("BadDestination", finalize({ payout: bed.token(address) }), raw);
  }
  closeAccount(bed, router.associatedOf(PAT));
  await bed.lands(finalize());
  assert.equal(bed.scene.tokensOf(PAT), all);
});

test("an exit of which nothing is left pays nothing, wherever to", async () => {
  const bed = await open();
  const { ask, chain, bed: router } = bed.scene;
  const all = claimable(bed.provider(PAT).data);
  bed.scene.land(ask.providerRequestExit(PAT, all), ask.withdrawProvider(PAT, all));
  chain.advance(8n * DAY);
  closeAccount(bed, router.associatedOf(PAT));
  const input = { payer: signer(chain.payer), router: bed.router, provider: bed.provider(PAT), now: bed.now };
  assert.equal((await buildProviderFinalizeExit(input)).length, 1);
  const payout = bed.token(router.associatedOf(PAT));
  await bed.lands(() => buildProviderFinalizeExit({ ...input, payout }));
});

test("a payout account is chosen by the owner, at once with the cosigner and else after the delay", async () => {
  const bed = await open();
  const { ask, bed: router } = bed.scene;
  const choose = (changes: Partial<SetPayoutInput> = {}) => {
    const input = { owner: signer(PAT), router: bed.router, provider: bed.provider(PAT) };
    return () => buildSetPayout({ ...input, payer: signer(bed.scene.chain.payer), ...changes });
  };
  const owner = signer(BEN);
  await bed.refuses("NotProviderOwner", choose({ owner }), ask.setPayout(PAT, SPARE, { owner }));
  const cosigner = signer(MALLORY);
  await bed.refuses("CosignerRequired", choose({ cosigner }), ask.setPayout(PAT, SPARE, { cosigner }));
  for (const address of [STRANGE, router.vault, MALLORY]) {
    await bed.refuses("BadDestination", choose({ payout: bed.token(address) }), ask.setPayout(PAT, address));
  }
  await bed.lands(choose({ payout: bed.token(SPARE) }));
  assert.equal(bed.provider(PAT).data.payout, router.associatedOf(PAT));
  assert.equal(bed.provider(PAT).data.pendingPayoutAt, bed.now + 7n * DAY);
  await bed.lands(choose({ payout: bed.token(SPARE), cosigner: signer(router.keys.cosigner) }));
  assert.equal(bed.provider(PAT).data.payout, SPARE);
  closeAccount(bed, router.associatedOf(PAT));
  await bed.lands(choose({ cosigner: signer(router.keys.cosigner) }));
  assert.equal(bed.provider(PAT).data.payout, router.associatedOf(PAT));
});
