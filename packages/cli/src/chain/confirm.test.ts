// What a router could hand out instead of what was asked for, and that none of it is ever signed; and what is shown and asked.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { associatedTokenAddress, escrowAddress } from "@aimo-network/escrow/addresses";
import { getDepositInstruction } from "@aimo-network/escrow/generated/instructions/deposit";
import { getSetAllowanceInstruction } from "@aimo-network/escrow/generated/instructions/setAllowance";
import { getWithdrawUserInstruction } from "@aimo-network/escrow/generated/instructions/withdrawUser";
import { named } from "@aimo-network/escrow/test-bed/chain";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { AccountRole, createNoopSigner, getU64Encoder } from "@solana/kit";
import type { Address, Instruction } from "@solana/kit";
import type { MoneyBed, MoneyPerson } from "../test-bed/money-bed.ts";
import { openMoneyBed } from "../test-bed/money-bed.ts";
import { faultOf } from "../test-bed/reading-bed.ts";
import { composeTransaction } from "./compose.ts";
import { confirmTransaction } from "./confirm.ts";
import type { TransactionWish } from "./differences.ts";
import { openNode } from "./solana-node.ts";

const FIVE = 5n * USDC;
const MALLORY = named("mallory");
const SYSTEM_PROGRAM = "11111111111111111111111111111111" as Address;
const TOKEN_PROGRAM = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA" as Address;
const ASSOCIATED_TOKEN_PROGRAM = "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL" as Address;
const COMPUTE_BUDGET = "ComputeBudget111111111111111111111111111111" as Address;

let bed: MoneyBed;
let ann: MoneyPerson;
let source: Address;
let escrow: Address;
let wish: TransactionWish;
beforeEach(async (t) => {
  bed = await openMoneyBed(t as { after(close: () => void): void });
  ann = await bed.person();
  const { mint, config, place } = bed.scene.bed;
  source = await associatedTokenAddress({ owner: ann.address, mint });
  escrow = await escrowAddress(place, ann.address);
  wish = {
    question: "Deposit 5.00 USDC?",
    programAddress: bed.scene.chain.programAddress,
    router: config,
    mint,
    signers: [ann.address],
    mayOpen: [source],
    instructions: [
      {
        name: "set_allowance",
        isOptional: true,
        accounts: { user: ann.address, config, escrow },
        dataMost: { total: FIVE },
      },
      { name: "deposit", accounts: { funder: ann.address, source, config, escrow, mint }, data: { amount: FIVE } },
    ],
  };
});

const bytesOf = async (...instructions: readonly Instruction[]): Promise<Uint8Array> =>
  (await composeTransaction(openNode(bed.node.url, ann.context), ann.address, instructions)).bytes;

function deposit(changes: Partial<Parameters<typeof getDepositInstruction>[0]> = {}): Instruction {
  const { mint, config, vault, place } = bed.scene.bed;
  const funder = createNoopSigner(ann.address);
  return getDepositInstruction({ funder, source, config, escrow, vault, mint, amount: FIVE, ...changes }, place);
}

function allowance(total: bigint): Instruction {
  const { config, place } = bed.scene.bed;
  const user = createNoopSigner(ann.address);
  return getSetAllowanceInstruction({ user, config, escrow, total, expiresAt: 2_000_000_000n }, place);
}

function u64(value: bigint): number[] {
  return [...getU64Encoder().encode(value)];
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

/** Opens the token account of somebody, at the person's cost. */
async function openingFor(owner: Address): Promise<Instruction> {
  const { mint } = bed.scene.bed;
  const account = await associatedTokenAddress({ owner, mint });
  const accounts = [ann.address, account, owner, mint, SYSTEM_PROGRAM, TOKEN_PROGRAM];
  return raw(ASSOCIATED_TOKEN_PROGRAM, accounts, [1], AccountRole.WRITABLE_SIGNER);
}

describe("what is not what was asked for is never signed", () => {
  const refuses = async (why: RegExp, ...instructions: readonly Instruction[]): Promise<void> => {
    const words = await faultOf(confirmTransaction(ann.context, await bytesOf(...instructions), wish));
    assert.deepEqual([words.code, words.reason], ["transaction_differs", "refused"]);
    assert.match(words.why ?? "", why);
    assert.deepEqual(ann.said, [], "nothing is shown as if it could be signed");
  };

  test("another amount, source, escrow, router or mint", async () => {
    await refuses(/expected 5000000 as amount, found 5000001/, deposit({ amount: FIVE + 1n }));
    await refuses(/as source, found/, deposit({ source: MALLORY }));
    await refuses(/as escrow, found/, deposit({ escrow: await escrowAddress(bed.scene.bed.place, MALLORY) }));
    await refuses(/as config, found/, deposit({ config: MALLORY }));
    await refuses(/The vault is/, deposit({ vault: MALLORY }));
    await refuses(/as mint, found/, deposit({ mint: MALLORY }));
    await refuses(/as funder, found/, deposit({ funder: createNoopSigner(MALLORY) }));
  });

  test("anything beside it, and nothing of it", async () => {
    const { mint, place } = bed.scene.bed;
    await refuses(/Not asked for: Deposits/, deposit(), deposit());
    await refuses(/at most 5000000 as total, found 5000001/, allowance(FIVE + 1n), deposit());
    await refuses(
      /Not asked for: Sends 1 SOL/,
      deposit(),
      raw(SYSTEM_PROGRAM, [ann.address, MALLORY], [2, 0, 0, 0, ...u64(10n ** 9n)], AccountRole.WRITABLE_SIGNER),
    );
    const transfer = raw(TOKEN_PROGRAM, [source, mint, MALLORY, ann.address], [12, ...u64(1n), 6]);
    await refuses(/Not asked for: Sends 0\.000001/, deposit(), transfer);
    await refuses(/Not asked for: Opens the token account/, await openingFor(MALLORY), deposit());
    await refuses(/Not asked for: Calls the unknown program/, deposit(), {
      programAddress: MALLORY,
      accounts: [],
      data: new Uint8Array(1),
    });
    await refuses(/It has no deposit\./, allowance(FIVE));
    const ours = { ...wish, programAddress: MALLORY };
    const elsewhere = await faultOf(confirmTransaction(ann.context, await bytesOf(deposit()), ours));
    assert.equal(
      elsewhere.code,
      "transaction_differs",
      `the program is ${place.programAddress} and not the one expected`,
    );
  });

  test("a fee that would empty the wallet, a signature that is missing, and a fee that another is to pay", async () => {
    const dear = raw(COMPUTE_BUDGET, [], [3, ...u64(10n ** 9n)]);
    await refuses(/fee may be as much as/, dear, deposit());
    const { config, vault, vaultAuthority, mint, place } = bed.scene.bed;
    const accounts = { config, escrow, vault, vaultAuthority, mint, destination: source };
    const signers = { user: createNoopSigner(ann.address), cosigner: createNoopSigner(bed.cosigner.address) };
    const withdrawal = getWithdrawUserInstruction(
      { ...accounts, ...signers, amount: 1n, openedSlot: 0n, withdrawSeq: 0 },
      place,
    );
    const instructions = [{ name: "withdraw_user", accounts: { destination: source }, data: { amount: 1n } }];
    const half = await faultOf(confirmTransaction(ann.context, await bytesOf(withdrawal), { ...wish, instructions }));
    assert.match(half.why ?? "", new RegExp(`The signature of ${bed.cosigner.address} is missing`));
    const { bytes } = await composeTransaction(openNode(bed.node.url, ann.context), MALLORY, [deposit()]);
    const other = await faultOf(confirmTransaction(ann.context, bytes, wish));
    assert.match(other.why ?? "", /The fee payer is/);
  });

  test("bytes that are none", async () => {
    const words = await faultOf(confirmTransaction(ann.context, Uint8Array.of(1, 2, 3), wish));
    assert.deepEqual([words.code, words.reason], ["transaction_unreadable", "refused"]);
  });
});

describe("what is as asked for", () => {
  test("is shown in words and agreed to; opening one's own token account and a lower allowance are part of it", async () => {
    const own = await openingFor(ann.address);
    ann.answer = true;
    const context = ann.with({ isConfirmed: false });
    const bytes = await bytesOf(own, allowance(FIVE), deposit());
    const { description } = await confirmTransaction(context, bytes, wish);
    assert.deepEqual(ann.questions, ["Deposit 5.00 USDC?"]);
    assert.match(
      ann.said.join("\n"),
      /^This transaction of your wallet \S+:\n {2}Opens the token account .*\n {2}Sets the allowance .*\n {2}Deposits 5\.00 USDC .*\n {2}Your wallet pays the fee, at most 0\.00000\d+ SOL\.$/,
    );
    assert.equal(description.flags.length, 0);
  });

  test("is not signed where a person says no, nobody can be asked, or Ctrl-C comes meanwhile", async () => {
    const bytes = await bytesOf(deposit());
    const context = ann.with({ isConfirmed: false });
    ann.answer = false;
    assert.equal((await faultOf(confirmTransaction(context, bytes, wish))).reason, "declined");
    ann.answer = undefined;
    const alone = await faultOf(confirmTransaction(context, bytes, wish));
    assert.equal(alone.reason, "declined");
    assert.match(alone.next ?? "", /--yes/);
    ann.answer = true;
    ann.onQuestion = () => ann.interruption.abort();
    assert.equal((await faultOf(confirmTransaction(context, bytes, wish))).reason, "interrupted");
  });

  test("is shown with names as they are, whatever a replacement would read in them", async () => {
    const names = { [bed.scene.bed.config]: "R (https://r.example/$&$'$`)" };
    await confirmTransaction(ann.context, await bytesOf(deposit()), { ...wish, names });
    assert.match(ann.said.join("\n"), /at router R \(https:\/\/r\.example\/\$&\$'\$`\)\.\n {2}Your wallet pays/);
  });

  test("is shown with --yes too, but not asked", async () => {
    await confirmTransaction(ann.context, await bytesOf(deposit()), wish);
    assert.deepEqual([ann.questions, ann.said.length > 2], [[], true]);
  });
});
