// That nothing is signed but what was asked for, shown in words and agreed to.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { associatedTokenAddress, escrowAddress } from "@aimo-network/escrow/addresses";
import { getDepositInstruction } from "@aimo-network/escrow/generated/instructions/deposit";
import { getSetAllowanceInstruction } from "@aimo-network/escrow/generated/instructions/setAllowance";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import type { TransactionWish } from "@aimo-network/escrow/wish/differences";
import { createNoopSigner } from "@solana/kit";
import type { Address, Instruction } from "@solana/kit";
import type { MoneyBed, MoneyPerson } from "../test-bed/money-bed.ts";
import { openMoneyBed } from "../test-bed/money-bed.ts";
import { faultOf } from "../test-bed/reading-bed.ts";
import { composeTransaction } from "./compose.ts";
import { confirmTransaction } from "./confirm.ts";
import { openNode } from "./solana-node.ts";

const FIVE = 5n * USDC;

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

describe("what is not what was asked for is never signed", () => {
  test("whatever it does otherwise is said, as far as a screen has room, and nothing is shown as if it could be signed", async () => {
    const refusal = async (...instructions: readonly Instruction[]) =>
      await faultOf(confirmTransaction(ann.context, await bytesOf(...instructions), wish));
    const words = await refusal(deposit({ amount: FIVE + 1n }));
    assert.deepEqual([words.code, words.reason], ["transaction_differs", "refused"]);
    assert.match(words.why ?? "", /expected 5\.00 USDC as amount, found 5\.000001 USDC/);
    const many = await refusal(...Array.from({ length: 7 }, () => deposit()));
    assert.equal((many.why ?? "").match(/Not asked for/g)?.length, 5);
    assert.deepEqual(ann.said, []);
  });

  test("bytes that are none", async () => {
    const words = await faultOf(confirmTransaction(ann.context, Uint8Array.of(1, 2, 3), wish));
    assert.deepEqual([words.code, words.reason], ["transaction_unreadable", "refused"]);
  });
});

describe("what is as asked for", () => {
  test("is shown in words and agreed to", async () => {
    ann.answer = true;
    const context = ann.with({ isConfirmed: false });
    const bytes = await bytesOf(allowance(FIVE), deposit());
    const { description } = await confirmTransaction(context, bytes, wish);
    assert.deepEqual(ann.questions, ["Deposit 5.00 USDC?"]);
    assert.match(
      ann.said.join("\n"),
      /^This transaction of your wallet \S+:\n {2}Sets the allowance .*\n {2}Deposits 5\.00 USDC .*\n {2}Your wallet pays the fee, at most 0\.00000\d+ SOL\.$/,
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
