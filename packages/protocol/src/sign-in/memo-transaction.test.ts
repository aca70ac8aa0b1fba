// Memo transactions: read with what they prove, and every transaction that could do more than say something is refused.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isAimoError } from "../errors.ts";
import { walletFromSeed } from "../keys/__fixtures__/test-wallet.ts";
import { verifyBytes } from "../keys/ed25519.ts";
import type { TransactionParts } from "../test-bed/memo-transaction-bytes.ts";
import { transactionBytes, transactionMessage } from "../test-bed/memo-transaction-bytes.ts";
import type { SignedText } from "./memo-transaction.ts";
import { MEMO_PROGRAMS, readMemoTransaction } from "./memo-transaction.ts";

const wallet = await walletFromSeed("a wallet for memo transactions..");
const other = await walletFromSeed("another wallet for transactions.");
const SIGNATURE = Uint8Array.from({ length: 64 }, (_, index) => index);
const MEMO = `${"a line of the text\n".repeat(20)}é`;

function bytesOf(change: Partial<TransactionParts> = {}): Uint8Array {
  return transactionBytes(transactionMessage({ signer: wallet.publicKey, memo: MEMO, ...change }), SIGNATURE);
}

function expectedIn(bytes: Uint8Array): string | undefined {
  try {
    readMemoTransaction(bytes);
    return undefined;
  } catch (error) {
    assert.ok(isAimoError(error, "invalid_request"));
    return error.context.expected;
  }
}

const isProven = ({ signer, message, signature }: SignedText): Promise<boolean> =>
  verifyBytes(signer, message, signature);

for (const program of MEMO_PROGRAMS) {
  for (const memoAccounts of [[], [0]]) {
    test(`a memo of ${program.slice(0, 5)} with ${memoAccounts.length} accounts says its text, proven by its signature`, async () => {
      const message = transactionMessage({ signer: wallet.publicKey, memo: MEMO, program, memoAccounts });
      const read = readMemoTransaction(transactionBytes(message, await wallet.sign(message)));
      assert.deepEqual([read.text, read.signer], [MEMO, wallet.publicKey]);
      assert.equal(await isProven(read), true);
      const stranger = readMemoTransaction(transactionBytes(message, await other.sign(message)));
      assert.equal(await isProven(stranger), false);
    });
  }
}

test("one flipped bit is refused or proves nothing", async () => {
  const message = transactionMessage({ signer: wallet.publicKey, memo: "a short text" });
  const bytes = transactionBytes(message, await wallet.sign(message));
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = Uint8Array.from(bytes, (byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    if (expectedIn(flipped) === undefined)
      assert.equal(await isProven(readMemoTransaction(flipped)), false, `bit ${bit}`);
  }
});

describe("a transaction is refused", () => {
  const message = transactionMessage({ signer: wallet.publicKey, memo: MEMO });
  const account = new Uint8Array(32).fill(5);
  for (const [what, bytes, expected] of [
    ["with a further instruction", bytesOf({ furtherInstructions: [[1, 0, 0]] }), "1 instruction"],
    [
      "with a further instruction that is not counted",
      Uint8Array.from([...bytesOf(), 1, 0, 0]),
      "nothing after the transaction",
    ],
    ["with a further account", bytesOf({ furtherAccounts: [account] }), "2 accounts"],
    ["with two signers", bytesOf({ header: [2, 0, 0] }), "one signer and one program"],
    ["with a read-only signer", bytesOf({ header: [1, 1, 1] }), "one signer and one program"],
    ["whose program could be written to", bytesOf({ header: [1, 0, 0] }), "one signer and one program"],
    ["of version 0", Uint8Array.from([1, ...SIGNATURE, 0x80, ...message]), "a legacy transaction"],
    ["of another program", bytesOf({ program: "11111111111111111111111111111111" }), "the Memo program"],
    ["whose memo names the program as an account", bytesOf({ memoAccounts: [1] }), "a memo of the signer alone"],
    ["whose memo names the signer twice", bytesOf({ memoAccounts: [0, 0] }), "a memo of the signer alone"],
    ["whose memo is not UTF-8", bytesOf({ memo: Uint8Array.of(0xff) }), "a memo in UTF-8"],
    ["without a signature", Uint8Array.from([0, ...message]), "1 signature"],
    ["with two signatures", Uint8Array.from([2, ...SIGNATURE, ...SIGNATURE, ...message]), "1 signature"],
    [
      "whose count is spelled longer",
      Uint8Array.from([0x81, 0, ...SIGNATURE, ...message]),
      "counts in their shortest spelling",
    ],
    [
      "whose count is beyond 16 bits",
      Uint8Array.from([0x81, 0x80, 0x04, ...SIGNATURE, ...message]),
      "counts in their shortest spelling",
    ],
    ["longer than a packet", bytesOf({ memo: "x".repeat(1_232) }), "a transaction of at most 1232 bytes"],
    ["that is empty", new Uint8Array(), "a whole transaction"],
  ] as const) {
    test(what, () => assert.equal(expectedIn(bytes), expected));
  }

  test("at every length but its own", () => {
    const bytes = bytesOf();
    for (let length = 0; length < bytes.length; length += 1) {
      assert.equal(expectedIn(bytes.subarray(0, length)), "a whole transaction");
    }
  });
});

test("whatever bytes come, they are read whole or refused", () => {
  const plain = bytesOf({ memo: "text" });
  const mutated = fc
    .array(fc.record({ at: fc.nat(plain.length - 1), byte: fc.nat(255) }), { minLength: 1, maxLength: 4 })
    .map((changes) => {
      const bytes = Uint8Array.from(plain);
      for (const { at, byte } of changes) bytes[at] = byte;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 1_300 }), mutated), (bytes) => {
      if (expectedIn(bytes) !== undefined) return;
      const { message, signature, text } = readMemoTransaction(bytes);
      assert.deepEqual(transactionBytes(message, signature), bytes);
      assert.ok(bytes.length > text.length);
    }),
    { numRuns: 2_000 },
  );
});
