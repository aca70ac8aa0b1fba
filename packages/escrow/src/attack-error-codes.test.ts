import assert from "node:assert/strict";
import { test } from "node:test";
import type { Instruction } from "@solana/kit";
import { ESCROW_ERROR_CODES } from "./error-codes.ts";
import type { EscrowErrorName } from "./error-codes.ts";
import { ANN, BEN, MALLORY, PAT } from "./test-bed/cast.ts";
import { FOREIGN_PROGRAM } from "./test-bed/chain-state.ts";
import { named, signer } from "./test-bed/chain.ts";
import { AMOUNT_MAX, plantProvider } from "./test-bed/planted-records.ts";
import { DAY, USDC } from "./test-bed/router-instructions.ts";
import { SCENE_EXPIRY, Scene } from "./test-bed/scene.ts";

/** Codes that nothing brings about, and why the program has them all the same. */
const UNREACHABLE = {
  DepositDelta: "SPL Token moves exactly what it is asked to; this stands against a token program that does not",
};

/** Does what has to have happened before, and gives the instruction that is refused. */
type Way = (scene: Scene, other: Scene) => Instruction;

/** The shortest way to each refusal. */
const WAYS: Readonly<Record<Exclude<EscrowErrorName, keyof typeof UNREACHABLE>, Way>> = {
  BadInstruction: ({ ask }) => ask.setUrl("https://router.example/with a space"),
  MissingSigner: ({ ask }) => ask.withdrawUser(ANN, USDC, { user: signer(MALLORY) }),
  BadOwner: ({ ask }) => ask.deposit(ANN, USDC, { escrow: named("nobody") }),
  BadDiscriminator: ({ ask, bed }) => ask.deposit(ANN, USDC, { escrow: bed.providerOf(PAT) }),
  BadVersion: ({ ask, bed, chain }) => {
    const account = chain.account(bed.escrowOf(ANN));
    assert.ok(account !== undefined);
    chain.svm.setAccount({ ...account, data: Uint8Array.from(account.data).with(1, 2) });
    return ask.deposit(ANN, USDC);
  },
  ConfigMismatch: ({ ask }, other) => ask.deposit(ANN, USDC, { escrow: other.bed.escrowOf(ANN) }),
  BadPda: ({ ask, bed }) => ask.openEscrow(MALLORY, { escrow: bed.escrowOf(ANN) }),
  BadMint: ({ ask }) => ask.deposit(ANN, USDC, { mint: named("nobody") }),
  BadTokenProgram: ({ ask }) => ask.deposit(ANN, USDC, { tokenProgram: FOREIGN_PROGRAM }),
  BadVault: ({ ask, bed }) => ask.deposit(ANN, USDC, { source: bed.vault }),
  BadDestination: ({ ask, bed }) => ask.withdrawUser(ANN, USDC, { destination: bed.vault }),
  AlreadyInitialized: ({ ask }) => ask.openEscrow(ANN),
  Paused: (scene) => {
    scene.land(scene.ask.setPause(1));
    return scene.ask.deposit(ANN, USDC);
  },
  ZeroAmount: ({ ask }) => ask.deposit(ANN, 0n),
  BelowMinDeposit: ({ ask }) => ask.deposit(ANN, 1n),
  InsufficientBalance: ({ ask }) => ask.withdrawUser(ANN, 101n * USDC),
  Overflow: ({ ask, bed, bill }) => {
    plantProvider(bed, PAT, { earnedTotal: AMOUNT_MAX });
    return ask.settle([bill(ANN, USDC)]);
  },
  AmountTooLarge: ({ ask }) => ask.deposit(ANN, AMOUNT_MAX + 1n),
  NoticePending: (scene) => {
    scene.land(scene.ask.setAllowance(ANN, 2n, SCENE_EXPIRY));
    return scene.ask.setAllowance(ANN, 1n, SCENE_EXPIRY);
  },
  SeqGap: ({ ask, bill }) => ask.settle([bill(ANN, USDC), { ...bill(ANN, USDC), seq: 3 }]),
  SettlerCap: (scene) => {
    scene.land(scene.ask.scheduleParams({ settlerWindowCap: 0n }));
    return scene.ask.settle([scene.bill(ANN, 1n)]);
  },
  BatchEmpty: ({ ask }) => ask.settle([]),
  BatchTooLarge: ({ ask, bill }) => ask.settle(Array.from({ length: 65 }, () => bill(ANN, 1n))),
  IndexOutOfRange: ({ ask, bill }) => ask.settle([bill(ANN, 1n)], { ledgerAccounts: [] }),
  SelfDealing: (scene) => {
    scene.land(scene.ask.registerProvider(ANN));
    return scene.ask.settle([scene.bill(ANN, 1n, ANN)]);
  },
  ExitPending: (scene) => {
    scene.land(scene.ask.requestExit(ANN));
    return scene.ask.deposit(ANN, USDC);
  },
  ExitNotRequested: ({ ask }) => ask.finalizeExit(ANN),
  ExitTooEarly: (scene) => {
    scene.land(scene.ask.requestExit(ANN));
    return scene.ask.finalizeExit(ANN);
  },
  NotEmpty: ({ ask }) => ask.closeEscrow(ANN),
  TooYoung: (scene) => {
    scene.land(scene.ask.withdrawUser(ANN, 100n * USDC));
    return scene.ask.closeEscrow(ANN);
  },
  BadWithdrawSeq: ({ ask }) => ask.withdrawUser(ANN, USDC, { withdrawSeq: 1 }),
  NotProviderOwner: ({ ask }) => ask.withdrawProvider(PAT, USDC, { owner: signer(MALLORY) }),
  CosignerRequired: ({ ask }) => ask.withdrawUser(ANN, USDC, { cosigner: signer(MALLORY) }),
  NothingToWithdraw: ({ ask }) => ask.withdrawProvider(PAT, USDC),
  PayoutTimelock: (scene) => {
    const payout = scene.bed.associatedOf(MALLORY);
    scene.collect(BEN, 10n * USDC);
    scene.land(scene.ask.setPayout(PAT, payout));
    return scene.ask.withdrawProvider(PAT, USDC, { payout });
  },
  FeeTooHigh: ({ ask }) => ask.scheduleParams({ feeBps: 501n }),
  DelayOutOfRange: ({ ask }) => ask.scheduleParams({ userExitDelay: 8n * DAY }),
  ParamNotReady: ({ ask }) => ask.applyParams(),
  NotAdmin: ({ ask }) => ask.setPause(0, { clear: 1 }),
  NotPendingAdmin: ({ ask }) => ask.acceptAdmin(MALLORY),
  PauseCooldown: (scene) => {
    scene.land(scene.ask.setPause(1));
    return scene.ask.setPause(1);
  },
  Insolvent: ({ ask, bed, chain }) => {
    chain.plantToken(bed.vault, bed.mint, bed.vaultAuthority, chain.tokens(bed.vault) - 1n);
    return ask.sweepSurplus();
  },
};

test("each code of the program comes about, but those of which it is said why not", async () => {
  const seen = new Set<string>();
  for (const [name, way] of Object.entries(WAYS)) {
    const scene = await Scene.open();
    const other = await Scene.open({}, "other router", scene.chain);
    await scene.bed.know(ANN);
    const { error } = scene.chain.send(way(scene, other));
    assert.equal(error, name);
    if (error !== undefined) seen.add(error);
  }
  const missing = Object.keys(ESCROW_ERROR_CODES).filter((name) => !seen.has(name));
  assert.deepEqual(missing, Object.keys(UNREACHABLE));
});
