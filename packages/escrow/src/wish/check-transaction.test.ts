// What a router could hand out instead of what was asked for: none of it is as wished.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { AccountRole, getU64Encoder } from "@solana/kit";
import type { Address, Instruction } from "@solana/kit";
import { COMPUTE_BUDGET_PROGRAM_ADDRESS } from "@solana-program/compute-budget";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { ASSOCIATED_TOKEN_PROGRAM_ADDRESS, TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import { ANN, MALLORY, PAT } from "../test-bed/cast.ts";
import { signer } from "../test-bed/chain.ts";
import { USDC } from "../test-bed/router-instructions.ts";
import { SCENE_EXPIRY, Scene } from "../test-bed/scene.ts";
import { bytesOf, unsigned } from "../test-bed/wire-bytes.ts";
import { checkTransaction } from "./check-transaction.ts";
import type { TransactionWish } from "./differences.ts";

const FIVE = 5n * USDC;

let scene: Scene;
let source: Address;
let wish: TransactionWish;
before(async () => {
  scene = await Scene.open();
  const { mint, config, place } = scene.bed;
  const escrow = scene.bed.escrowOf(ANN);
  source = scene.bed.associatedOf(ANN);
  wish = {
    question: "Deposit 5.00 USDC?",
    programAddress: place.programAddress,
    router: config,
    mint,
    signers: [ANN],
    mayOpen: [source],
    instructions: [
      {
        name: "set_allowance",
        isOptional: true,
        accounts: { user: ANN, config, escrow },
        dataMost: { total: FIVE },
      },
      { name: "deposit", accounts: { funder: ANN, source, config, escrow, mint }, data: { amount: FIVE } },
    ],
  };
});

const deposit = (changes: Parameters<Scene["ask"]["deposit"]>[2] = {}): Instruction =>
  scene.ask.deposit(ANN, FIVE, changes);

async function differencesOf(
  instructions: readonly Instruction[],
  changes: Partial<TransactionWish> = {},
  payer = ANN,
): Promise<string> {
  const found = await checkTransaction(bytesOf(unsigned(payer, instructions)), { ...wish, ...changes });
  assert.equal(found.kind, "different");
  return found.kind === "different" ? found.differences.join(" ") : "";
}

/** An instruction of another program, by its bytes. */
function raw(
  programAddress: Address,
  accounts: readonly Address[],
  data: readonly number[],
  first = AccountRole.WRITABLE,
): Instruction {
  const metas = accounts.map((address, index) => ({ address, role: index === 0 ? first : AccountRole.WRITABLE }));
  return { programAddress, accounts: metas, data: Uint8Array.from(data) };
}

/** Opens the token account of somebody, at Ann's cost. */
function openingFor(owner: Address): Instruction {
  const { mint } = scene.bed;
  const account = scene.bed.associatedOf(owner);
  const accounts = [ANN, account, owner, mint, SYSTEM_PROGRAM_ADDRESS, TOKEN_PROGRAM_ADDRESS];
  return raw(ASSOCIATED_TOKEN_PROGRAM_ADDRESS, accounts, [1], AccountRole.WRITABLE_SIGNER);
}

const u64 = (value: bigint): number[] => [...getU64Encoder().encode(value)];

test("another amount, source, escrow, router, vault, mint or funder", async () => {
  for (const [changed, why] of [
    [{ amount: FIVE + 1n }, /expected 5\.00 USDC as amount, found 5\.000001 USDC/],
    [{ amount: (1n << 64n) - 1n }, /found 18446744073709551615/],
    [{ source: MALLORY }, /as source, found/],
    [{ escrow: MALLORY }, /as escrow, found/],
    [{ config: MALLORY }, /as config, found/],
    [{ vault: MALLORY }, /The vault is/],
    [{ mint: MALLORY }, /as mint, found/],
    [{ funder: signer(MALLORY) }, /as funder, found/],
  ] as const) {
    assert.match(await differencesOf([deposit(changed)]), why);
  }
});

test("anything beside it, and nothing of it", async () => {
  const { mint } = scene.bed;
  const sol = raw(SYSTEM_PROGRAM_ADDRESS, [ANN, MALLORY], [2, 0, 0, 0, ...u64(10n ** 9n)], AccountRole.WRITABLE_SIGNER);
  const transfer = raw(TOKEN_PROGRAM_ADDRESS, [source, mint, MALLORY, ANN], [12, ...u64(1n), 6]);
  const unknown = { programAddress: MALLORY, accounts: [], data: new Uint8Array(1) };
  const allowance = (total: bigint): Instruction => scene.ask.setAllowance(ANN, total, SCENE_EXPIRY);
  for (const [instructions, why] of [
    [[deposit(), deposit()], /Not asked for: Deposits/],
    [[allowance(FIVE + 1n), deposit()], /at most 5\.00 USDC as total, found 5\.000001 USDC/],
    [[deposit(), sol], /Not asked for: Sends 1 SOL/],
    [[deposit(), transfer], /Not asked for: Sends 0\.000001/],
    [[openingFor(MALLORY), deposit()], /Not asked for: Opens the token account/],
    [[deposit(), unknown], /Not asked for: Calls the unknown program/],
    [[allowance(FIVE)], /It has no deposit\./],
  ] as const) {
    assert.match(await differencesOf(instructions), why);
  }
  assert.match(
    await differencesOf([deposit()], { programAddress: MALLORY }),
    /Not asked for: Calls the unknown program/,
  );
});

test("a fee that would empty the wallet, and one that another is to pay", async () => {
  const dear = raw(COMPUTE_BUDGET_PROGRAM_ADDRESS, [], [3, ...u64(10n ** 9n)]);
  assert.match(await differencesOf([dear, deposit()]), /fee may be as much as/);
  assert.match(await differencesOf([deposit()], {}, PAT), /The fee payer is .*The signature of \S+ is missing/);
});

test("a signature that is missing, and one that was to be given", async () => {
  const accounts = { destination: source };
  const instructions = [{ name: "withdraw_user", accounts, data: { amount: 1n } }];
  const half = await differencesOf([scene.ask.withdrawUser(ANN, 1n)], { instructions });
  assert.match(half, new RegExp(`The signature of ${scene.bed.keys.cosigner} is missing`));
  assert.match(await differencesOf([deposit()], { signers: [ANN, PAT] }), new RegExp(`want the signature of ${PAT}`));
});

test("a foreign destination, unless the instructions name it", async () => {
  const destination = scene.bed.associatedOf(MALLORY);
  const cosigned = [ANN, scene.bed.keys.cosigner];
  const instructions = [{ name: "withdraw_user", accounts: { destination }, data: { amount: 1n } }];
  const withdrawal = [scene.ask.withdrawUser(ANN, 1n, { destination })];
  assert.match(await differencesOf(withdrawal, { instructions, signers: cosigned }), /is not the associated/);
  const named = { ...wish, instructions, signers: cosigned, isAnyDestination: true };
  assert.equal((await checkTransaction(bytesOf(unsigned(ANN, withdrawal)), named)).kind, "as_wished");
});

test("bytes that are none", async () => {
  const found = await checkTransaction(Uint8Array.of(1, 2, 3), wish);
  assert.equal(found.kind, "unreadable");
});

test("what is as asked for, with one's own token account opened and a lower allowance", async () => {
  const instructions = [openingFor(ANN), scene.ask.setAllowance(ANN, FIVE - 1n, SCENE_EXPIRY), deposit()];
  const found = await checkTransaction(bytesOf(unsigned(ANN, instructions)), wish);
  assert.equal(found.kind, "as_wished");
  assert.ok(found.kind === "as_wished" && found.description.flags.length === 0);
});
