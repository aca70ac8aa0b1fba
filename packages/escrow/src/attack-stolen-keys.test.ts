import assert from "node:assert/strict";
import { test } from "node:test";
import { AccountRole, isSignerRole } from "@solana/kit";
import type { AccountMeta, Address, Instruction } from "@solana/kit";
import { ANN, LEAVER, MALLORY, PAT, SPONSOR, SUCCESSOR } from "./test-bed/cast.ts";
import { SampleWorld } from "./test-bed/instruction-samples.ts";

const world = await SampleWorld.create();
const { keys } = world.scene.bed;

/** Every way in which only these keys sign an instruction: its signers are they, or do not sign. */
function signedOnlyBy(stolen: readonly Address[], instruction: Instruction): Instruction[] {
  let forms: AccountMeta[][] = [[]];
  for (const { address, role } of (instruction.accounts ?? []) as readonly AccountMeta[]) {
    const unsigned = {
      address,
      role: role === AccountRole.WRITABLE_SIGNER ? AccountRole.WRITABLE : AccountRole.READONLY,
    };
    const choices = isSignerRole(role)
      ? [unsigned, ...stolen.map((key) => ({ address: key, role }))]
      : [{ address, role }];
    forms = forms.flatMap((form) => choices.map((choice) => [...form, choice]));
  }
  return forms.map((accounts) => ({ ...instruction, accounts }));
}

/** What somebody lands who has these keys, beside a key of their own that pays. */
function powersOf(...stolen: readonly Address[]): string[] {
  const landed = world.samples.filter(({ instruction }) =>
    signedOnlyBy([MALLORY, ...stolen], instruction).some((form) => world.attempt(form).isOk),
  );
  return landed.map(({ title }) => title);
}

/** What anybody may do: pay for others, and pay out what is due to where it is due. */
const ANYBODY = ["finalizeExit", "registerProvider", "providerFinalizeExit"];

function powersBeyondAnybodyOf(...stolen: readonly Address[]): string[] {
  return powersOf(...stolen).filter((title) => !ANYBODY.includes(title));
}

test("a stranger pays for others and pays out what is due, and nothing else", () => {
  assert.deepEqual(powersOf(), ANYBODY);
});

test("a stolen settler key settles, and nothing else", () => {
  assert.deepEqual(powersBeyondAnybodyOf(keys.settler), ["settleBatch"]);
});

test("a stolen cosigner key alone does nothing", () => {
  assert.deepEqual(powersBeyondAnybodyOf(keys.cosigner), []);
});

test("a stolen guardian key pauses, and nothing else", () => {
  assert.deepEqual(powersBeyondAnybodyOf(keys.guardian), ["setPause"]);
});

test("a stolen fee owner key takes fees and donations, and nothing else", () => {
  assert.deepEqual(powersBeyondAnybodyOf(keys.feeOwner), ["collectFees", "sweepSurplus"]);
});

test("a stolen router id does nothing once its router is open", () => {
  assert.deepEqual(powersBeyondAnybodyOf(keys.routerId), []);
});

test("a stolen admin key announces, pauses and renames, and moves nothing", () => {
  assert.deepEqual(powersBeyondAnybodyOf(keys.admin), [
    "scheduleParams",
    "applyParams",
    "proposeAdmin",
    "setRoles",
    "setRoles, cosigned", // as the admin alone, and so only announced
    "setPause",
    "setPause, by the admin",
    "setUrl",
  ]);
});

test("all keys of a router together sign nothing in the place of a user or of a provider", () => {
  assert.deepEqual(powersBeyondAnybodyOf(...Object.values(keys)), [
    "settleBatch",
    "collectFees",
    "scheduleParams",
    "applyParams",
    "proposeAdmin",
    "setRoles",
    "setRoles, cosigned",
    "setPause",
    "setPause, by the admin",
    "sweepSurplus",
    "setUrl",
  ]);
});

test("a stolen user key does what that user may do without the cosigner, to nobody else", () => {
  assert.deepEqual(powersBeyondAnybodyOf(ANN), ["deposit", "setAllowance", "requestExit"]);
  assert.deepEqual(powersBeyondAnybodyOf(LEAVER), ["cancelExit", "finalizeExit, signed by the user"]);
});

test("a stolen owner key leaves for the payout account in force, and only announces another", () => {
  const alone = ["providerRequestExit", "setPayout", "setPayout, cosigned"];
  assert.deepEqual(powersBeyondAnybodyOf(PAT), alone);
});

test("a stolen sponsor key closes what is empty, for its own rent", () => {
  assert.deepEqual(powersBeyondAnybodyOf(SPONSOR), ["closeEscrow", "closeEscrow, by who paid the rent"]);
});

test("a proposed admin takes over when it is time, and does nothing else", () => {
  assert.deepEqual(powersBeyondAnybodyOf(SUCCESSOR), ["acceptAdmin"]);
});
