// Only the router's own bytes with every signature on them are taken; everything else is refused under its own name.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { ErrorCode } from "@aimo-network/protocol/errors";
import { isAimoError } from "@aimo-network/protocol/errors";
import { RouterBed } from "@aimo-network/escrow/test-bed/router-bed";
import { RouterInstructions, USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { signer } from "@aimo-network/escrow/test-bed/chain";
import { AccountRole } from "@solana/kit";
import type { Address, Instruction, KeyPairSigner } from "@solana/kit";
import fc from "fast-check";
import { MoneyChain, signWire, signedTransaction } from "../compose/test-bed/money-chain.ts";
import type { RouterSigned } from "./signed-withdrawal.ts";
import { readSignedWithdrawal } from "./signed-withdrawal.ts";

let bed: MoneyChain;
let user: KeyPairSigner;
let own: RouterSigned;
let signed: string;
before(async () => {
  bed = await MoneyChain.open();
  user = await bed.user();
  own = { id: "one", wire: (await bed.cosigned({ party: "user", wallet: user.address, amount: 5n * USDC })).wire };
  signed = await signWire(own.wire, user);
});

const read = (wire: string, others: readonly RouterSigned[] = [], mine: RouterSigned | undefined = own) =>
  readSignedWithdrawal(wire, { id: "one", own: mine, others }, bed.scene.bed.place);

async function refused(work: Promise<unknown>, code: ErrorCode, words: RegExp): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(isAimoError(error, code), `${String(error)} is not ${code}`);
    assert.match(error.message, words);
    return true;
  });
}

/** The bytes with one signature replaced by these. */
function withSignature(wire: string, index: number, bytes: Uint8Array): string {
  const all = Buffer.from(wire, "base64");
  all.set(bytes, 1 + 64 * index);
  return all.toString("base64");
}

test("what the router signed is taken with the owner's signature, which is how the chain knows it", async () => {
  const found = await read(signed);
  assert.equal(found.wire, signed);
  const another = await MoneyChain.open();
  assert.ok(found.signature.length > 80 && another !== bed);
  // The bytes that are kept later have both signatures: the owner's own is still looked at.
  assert.deepEqual(await read(signed, [], { id: "one", wire: signed }), found);
});

describe("refused is", () => {
  test("a transaction without the owner's signature, or with one that is not", async () => {
    await refused(read(own.wire), "transaction_unsigned", new RegExp(user.address));
    const forged = withSignature(own.wire, 0, new Uint8Array(64).fill(7));
    await refused(read(forged), "transaction_signature_invalid", new RegExp(user.address));
    const cosigners = Buffer.from(own.wire, "base64").subarray(65, 129);
    await refused(
      read(withSignature(own.wire, 0, cosigners)),
      "transaction_signature_invalid",
      new RegExp(user.address),
    );
  });

  test("one whose router signature was taken off or replaced, also by a valid owner", async () => {
    await refused(read(withSignature(signed, 1, new Uint8Array(64))), "transaction_altered", /one/);
    await refused(read(withSignature(signed, 1, new Uint8Array(64).fill(9))), "transaction_altered", /one/);
  });

  test("another withdrawal of the account, by its name", async () => {
    bed.chain.svm.expireBlockhash();
    const other = await bed.cosigned({ party: "user", wallet: user.address, amount: 6n * USDC });
    const wire = await signWire(other.wire, user);
    await refused(
      read(wire, [{ id: "two", wire: other.wire }]),
      "transaction_foreign",
      /found one of the withdrawal two/,
    );
    await refused(read(wire), "transaction_altered", /one/);
  });

  test("a withdrawal that the router has not signed yet", async () => {
    const bytes = { id: "one", own: undefined, others: [] };
    const work = readSignedWithdrawal(signed, bytes, bed.scene.bed.place);
    await refused(work, "transaction_altered", /one/);
  });

  test("one of another router", async () => {
    const theirs = await RouterBed.prepare(bed.chain, "another");
    await theirs.know(user.address);
    const ask = new RouterInstructions(theirs);
    const instruction = ask.requestExit(user.address);
    const wire = await signedTransaction([instruction], await bed.sender.latestBlockhash(), user);
    await refused(read(wire), "transaction_foreign", new RegExp(`found one of the router ${theirs.config}`));
  });

  test("the same withdrawal with something added, or to somewhere else", async () => {
    const { ask, bed: router } = bed.scene;
    const withdraw = ask.withdrawUser(user.address, 5n * USDC, { cosigner: signer(bed.cosigner.address) });
    const memo: Instruction = {
      programAddress: "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr" as Address,
      accounts: [{ address: user.address, role: AccountRole.READONLY_SIGNER }],
      data: Buffer.from("a guard"),
    };
    const lifetime = await bed.sender.latestBlockhash();
    for (const instructions of [
      [withdraw, memo],
      [memo, withdraw],
    ]) {
      const wire = await signedTransaction(instructions, lifetime, user, bed.cosigner);
      await refused(read(wire), "transaction_altered", /without adding or changing/);
    }
    const thief = await bed.person(0n);
    const destination = router.associatedOf(thief.address);
    const elsewhere = ask.withdrawUser(user.address, 5n * USDC, {
      cosigner: signer(bed.cosigner.address),
      destination,
    });
    const wire = await signedTransaction([elsewhere], lifetime, user, bed.cosigner);
    await refused(read(wire), "transaction_altered", /one/);
  });

  test("what is no transaction", async () => {
    await refused(read("no base64!"), "transaction_unreadable", /base64/);
    await refused(read(signed.slice(0, 40)), "transaction_unreadable", /too early/);
  });

  test("whatever differs in any byte", async () => {
    const bytes = new Uint8Array(Buffer.from(signed, "base64"));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const mutated = Buffer.from(bytes.with(at, bytes[at]! ^ change)).toString("base64");
        await assert.rejects(read(mutated), (error) => isAimoError(error));
      }),
      { numRuns: 300 },
    );
  });
});
