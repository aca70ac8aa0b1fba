// Withdrawing, leaving and closing: the builders refuse exactly what the program refuses.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address } from "@solana/kit";
import { microUsdc } from "@aimo-network/protocol/money";
import { AMOUNT_MAX, CLOSE_SLOTS } from "../program-bounds.ts";
import { BuilderScene, signedBy } from "../test-bed/builder-scene.ts";
import { ANN, BEN, MALLORY, SPONSOR } from "../test-bed/cast.ts";
import { named, signer } from "../test-bed/chain.ts";
import { USDC } from "../test-bed/router-instructions.ts";
import {
  buildCancelExit,
  buildCloseEscrow,
  buildFinalizeExit,
  buildRequestExit,
  buildWithdrawUser,
} from "./user-exit.ts";
import type { FinalizeExitInput, WithdrawUserInput } from "./user-exit.ts";

const SPARE = named("a spare token account");
const STRANGE = named("a token account of another mint");

async function open(): Promise<BuilderScene> {
  const bed = await BuilderScene.open();
  const { chain, bed: router } = bed.scene;
  chain.plantMint(named("another mint"));
  chain.plantToken(SPARE, router.mint, MALLORY, 0n);
  chain.plantToken(STRANGE, named("another mint"), ANN, 0n);
  return bed;
}

function closeAssociated(bed: BuilderScene, person: Address): void {
  bed.scene.chain.plant(
    bed.scene.bed.associatedOf(person),
    "11111111111111111111111111111111" as Address,
    new Uint8Array(),
  );
}

test("a withdrawal is refused for what the program refuses it for, and borders are where they are there", async () => {
  const bed = await open();
  const { ask, bed: router } = bed.scene;
  const withdraw = (amount: bigint, changes: Partial<WithdrawUserInput> = {}) => {
    const parties = { user: signer(ANN), cosigner: signer(router.keys.cosigner), router: bed.router };
    const input = { ...parties, escrow: bed.escrow(ANN), now: bed.now, amount: microUsdc(amount), ...changes };
    return () => buildWithdrawUser(input);
  };
  const all = bed.escrow(ANN).data.balance;
  await bed.refuses("ZeroAmount", withdraw(0n), ask.withdrawUser(ANN, 0n));
  await bed.refuses("AmountTooLarge", withdraw(AMOUNT_MAX + 1n), ask.withdrawUser(ANN, AMOUNT_MAX + 1n));
  await bed.refuses("InsufficientBalance", withdraw(all + 1n), ask.withdrawUser(ANN, all + 1n));
  const [user, cosigner] = [signer(BEN), signer(MALLORY)];
  await bed.refuses("MissingSigner", withdraw(1n, { user }), ask.withdrawUser(ANN, 1n, { user }));
  await bed.refuses("CosignerRequired", withdraw(1n, { cosigner }), ask.withdrawUser(ANN, 1n, { cosigner }));
  for (const address of [router.vault, STRANGE, MALLORY]) {
    const raw = ask.withdrawUser(ANN, 1n, { destination: address });
    await bed.refuses("BadDestination", withdraw(1n, { destination: bed.token(address) }), raw);
  }
  bed.scene.land(ask.setPause(4));
  bed.scene.goTo(bed.router.data.pauseUntil[2]! - 1n);
  await bed.refuses("Paused", withdraw(1n), ask.withdrawUser(ANN, 1n));
  bed.scene.goTo(bed.now + 1n);
  await bed.lands(withdraw(1n, { destination: bed.token(SPARE) }));
  bed.scene.land(ask.requestExit(ANN));
  await bed.refuses("ExitPending", withdraw(1n), ask.withdrawUser(ANN, 1n));
  bed.scene.land(ask.cancelExit(ANN));
  await bed.lands(withdraw(all - 1n));
  assert.equal(bed.escrow(ANN).data.balance, 0n);
});

test("payouts make the associated token account again where it was closed, whoever pays for it", async () => {
  const bed = await open();
  const { ask, bed: router, chain } = bed.scene;
  const cosigner = signer(router.keys.cosigner);
  closeAssociated(bed, ANN);
  const parties = { user: signer(ANN), cosigner, router: bed.router, escrow: bed.escrow(ANN), now: bed.now };
  await bed.lands(() => buildWithdrawUser({ ...parties, amount: microUsdc(USDC), payer: signer(chain.payer) }));
  assert.equal(bed.scene.tokensOf(ANN), USDC);
  bed.scene.land(ask.requestExit(ANN));
  chain.advance(2n * 24n * 3_600n);
  closeAssociated(bed, ANN);
  chain.giveSol(SPONSOR);
  const input = { payer: signer(SPONSOR), router: bed.router, escrow: bed.escrow(ANN), now: bed.now };
  await bed.lands(() => buildFinalizeExit(input));
  assert.equal(bed.scene.tokensOf(ANN), 99n * USDC);
});

test("an exit is requested once, cancelled once, and finalized from its deadline on", async () => {
  const bed = await open();
  const { ask } = bed.scene;
  const exit = (as = ANN) => ({ user: signer(as), router: bed.router, escrow: bed.escrow(ANN) });
  const finalize = (changes: Partial<FinalizeExitInput> = {}) => {
    const input = { payer: signer(bed.scene.chain.payer), router: bed.router, escrow: bed.escrow(ANN), now: bed.now };
    return () => buildFinalizeExit({ ...input, ...changes });
  };
  await bed.refuses("ExitNotRequested", () => buildCancelExit(exit()), ask.cancelExit(ANN));
  await bed.refuses("ExitNotRequested", finalize(), ask.finalizeExit(ANN));
  await bed.refuses("MissingSigner", () => buildRequestExit(exit(BEN)), signedBy(ask.requestExit(ANN), BEN));
  await bed.lands(() => buildRequestExit(exit()));
  await bed.refuses("ExitPending", () => buildRequestExit(exit()), ask.requestExit(ANN));
  await bed.lands(() => buildCancelExit(exit()));
  await bed.lands(() => buildRequestExit(exit()));
  const { exitRequestedAt, exitDelay } = bed.escrow(ANN).data;
  bed.scene.goTo(exitRequestedAt + exitDelay - 1n);
  await bed.refuses("ExitTooEarly", finalize(), ask.finalizeExit(ANN));
  bed.scene.goTo(bed.now + 1n);
  for (const address of [SPARE, STRANGE, bed.scene.bed.vault]) {
    const raw = ask.finalizeExit(ANN, { destination: address });
    await bed.refuses("BadDestination", finalize({ destination: bed.token(address) }), raw);
  }
  const own = bed.scene.bed.associatedOf(ANN);
  bed.chain.plantToken(own, bed.bed.mint, MALLORY, 0n); // given away since
  await bed.refuses("BadDestination", finalize({ destination: bed.token(own) }), ask.finalizeExit(ANN));
  bed.chain.plantToken(SPARE, bed.bed.mint, ANN, 0n); // theirs, but not the associated one
  const toSpare = ask.finalizeExit(ANN, { destination: SPARE });
  await bed.refuses("BadDestination", finalize({ destination: bed.token(SPARE) }), toSpare);
  const user = signer(BEN);
  await bed.refuses("MissingSigner", finalize({ user }), ask.finalizeExit(ANN, { user }));
  await bed.lands(finalize({ user: signer(ANN), destination: bed.token(SPARE) }));
  assert.equal(bed.scene.chain.tokens(SPARE), 100n * USDC);
});

test("an exit that nobody signs is paid to the associated account that was read", async () => {
  const bed = await open();
  bed.scene.land(bed.ask.requestExit(ANN));
  bed.chain.advance(2n * 24n * 3_600n);
  const destination = bed.token(bed.bed.associatedOf(ANN));
  const input = { payer: signer(bed.chain.payer), router: bed.router, escrow: bed.escrow(ANN), now: bed.now };
  assert.equal((await buildFinalizeExit({ ...input, destination })).length, 1);
  await bed.lands(() => buildFinalizeExit({ ...input, destination }));
});

test("an exit of nothing looks at no destination and makes none", async () => {
  const bed = await open();
  const { ask, bed: router, chain } = bed.scene;
  bed.scene.land(ask.withdrawUser(ANN, 100n * USDC), ask.requestExit(ANN));
  chain.advance(2n * 24n * 3_600n);
  closeAssociated(bed, ANN);
  const input = { payer: signer(chain.payer), router: bed.router, escrow: bed.escrow(ANN), now: bed.now };
  const built = await buildFinalizeExit(input);
  assert.equal(built.length, 1);
  await bed.lands(() => buildFinalizeExit({ ...input, destination: bed.token(STRANGE) }));
  assert.equal(chain.account(router.associatedOf(ANN))?.data.length ?? 0, 0);
});

test("an escrow is closed when it is empty, stays, and has rested", async () => {
  const bed = await open();
  const { ask, chain } = bed.scene;
  const close = (as = ANN) => {
    const input = { closer: signer(as), router: bed.router, escrow: bed.escrow(ANN), slot: bed.slot };
    return () => buildCloseEscrow(input);
  };
  await bed.refuses("NotEmpty", close(), ask.closeEscrow(ANN));
  await bed.refuses("MissingSigner", close(BEN), ask.closeEscrow(ANN, { closer: signer(BEN) }));
  bed.scene.land(ask.withdrawUser(ANN, 100n * USDC), ask.requestExit(ANN));
  await bed.refuses("ExitPending", close(), ask.closeEscrow(ANN));
  bed.scene.land(ask.cancelExit(ANN));
  const last = bed.escrow(ANN).data.lastDebitSlot;
  chain.setTime(bed.now, last + CLOSE_SLOTS - 1n);
  await bed.refuses("TooYoung", close(), ask.closeEscrow(ANN));
  chain.setTime(bed.now, last + CLOSE_SLOTS);
  await bed.lands(close(chain.payer));
});
