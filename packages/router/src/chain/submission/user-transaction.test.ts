// What this router sends for users, and everything it does not, each with its own reason.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { ErrorCode } from "@aimo-network/protocol/errors";
import { isAimoError } from "@aimo-network/protocol/errors";
import { microUsdc } from "@aimo-network/protocol/money";
import { Scene } from "@aimo-network/escrow/test-bed/scene";
import { RouterBed } from "@aimo-network/escrow/test-bed/router-bed";
import { RouterInstructions, USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { signer } from "@aimo-network/escrow/test-bed/chain";
import { AccountRole, getBase64Encoder } from "@solana/kit";
import type { Address, Instruction, KeyPairSigner } from "@solana/kit";
import fc from "fast-check";
import type { ChainDesk } from "./chain-desk.ts";
import { MoneyChain, signWire, signedTransaction } from "../compose/test-bed/money-chain.ts";
import { readUserTransaction } from "./user-transaction.ts";

const SYSTEM = "11111111111111111111111111111111" as Address;
const MEMO = "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr" as Address;
const LIGHTHOUSE = "L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95" as Address;
const COMPUTE_BUDGET = "ComputeBudget111111111111111111111111111111" as Address;
const TOKEN = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA" as Address;

let bed: MoneyChain;
let desk: ChainDesk;
let user: KeyPairSigner;
beforeEach(async () => {
  bed = await MoneyChain.open();
  desk = await bed.openDesk();
  user = await bed.user();
});

const read = (wire: string) => readUserTransaction(wire, bed.scene.bed.place);

async function signed(...instructions: readonly Instruction[]): Promise<string> {
  return await signedTransaction(instructions, await bed.sender.latestBlockhash(), user);
}

async function refused(wire: string, code: ErrorCode, words: RegExp): Promise<void> {
  await assert.rejects(read(wire), (error) => {
    assert.ok(isAimoError(error, code), `${String(error)} is not ${code}`);
    assert.match(error.message, words);
    return true;
  });
}

const memo = (text: string): Instruction => ({ programAddress: MEMO, accounts: [], data: Buffer.from(text) });
/** A transfer of lamports, as data of the system program. */
const transfer = (to: Address): Instruction => ({
  programAddress: SYSTEM,
  accounts: [
    { address: user.address, role: AccountRole.WRITABLE_SIGNER },
    { address: to, role: AccountRole.WRITABLE },
  ],
  data: Uint8Array.of(2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0),
});

describe("what is sent", () => {
  test("is what this router composed, signed", async () => {
    const amount = microUsdc(5n * USDC);
    const composed = await desk.composer.deposit({ wallet: user.address, amount });
    const wire = await signWire(composed.wire, user);
    const found = await read(wire);
    assert.equal(found.wire, wire);
    assert.deepEqual(found.escrows, [bed.scene.bed.escrowOf(user.address)]);
    bed.land(wire);
    assert.ok(bed.chain.find(found.signature));
  });

  test("is any that does such things, with a budget, memos and the guards that wallets add", async () => {
    const { ask } = bed.scene;
    const guard: Instruction = { programAddress: LIGHTHOUSE, accounts: [], data: Uint8Array.of(9, 9) };
    const heap: Instruction = { programAddress: COMPUTE_BUDGET, data: Uint8Array.of(1, 0, 0, 4, 0) };
    const wire = await signed(
      heap,
      memo("rent"),
      ask.deposit(user.address, USDC),
      ask.requestExit(user.address),
      guard,
    );
    assert.equal((await read(wire)).escrows.length, 1);
  });

  test("is a deposit for somebody whose escrow nobody here knows", async () => {
    const other = await bed.user();
    const { bed: router, ask } = bed.scene;
    const gift = ask.deposit(other.address, USDC, {
      funder: signer(user.address),
      source: router.associatedOf(user.address),
    });
    assert.deepEqual((await read(await signed(gift))).escrows, [router.escrowOf(other.address)]);
  });
});

describe("what is not sent", () => {
  test("are instructions of other programs, whatever stands beside them", async () => {
    const { ask } = bed.scene;
    const deposit = ask.deposit(user.address, USDC);
    await refused(
      await signed(deposit, transfer(bed.cosigner.address)),
      "transaction_unacceptable",
      /instruction 2 .*Sends/,
    );
    const burn: Instruction = { programAddress: TOKEN, accounts: [], data: Uint8Array.of(8) };
    await refused(await signed(burn, deposit), "transaction_unacceptable", /instruction 1 .*SPL Token/);
    const unknown: Instruction = { programAddress: bed.cosigner.address, accounts: [], data: Uint8Array.of(1) };
    await refused(await signed(deposit, unknown), "transaction_unacceptable", /unknown program/);
  });

  test("are the escrow's other instructions", async () => {
    const { ask } = bed.scene;
    await refused(await signed(ask.closeEscrow(user.address)), "transaction_unacceptable", /Closes/);
    await refused(await signed(ask.registerProvider(user.address)), "transaction_unacceptable", /instruction 1/);
    const withdrawal = await bed.cosigned({ party: "user", wallet: user.address, amount: USDC });
    await refused(await signWire(withdrawal.wire, user), "transaction_unacceptable", /Withdraws 1\.00 USDC/);
  });

  test("are instructions that the program would refuse, or does not have", async () => {
    const { ask } = bed.scene;
    const cut = { ...ask.requestExit(user.address), data: Uint8Array.of(6, 6) };
    await refused(await signed(cut), "transaction_unacceptable", /in a way that it refuses|Expected 1 bytes/);
    const number = { ...ask.requestExit(user.address), data: Uint8Array.of(99) };
    await refused(await signed(number), "transaction_unacceptable", /unknown instruction/);
    const elsewhere = ask.setAllowance(user.address, USDC, 9n);
    const accounts = elsewhere.accounts!.map((meta, index) =>
      index === 2 ? { ...meta, address: bed.scene.bed.vault } : meta,
    );
    await refused(await signed({ ...elsewhere, accounts }), "transaction_unacceptable", /would be/);
  });

  test("are transactions about nobody's escrow", async () => {
    await refused(await signed(memo("hello")), "transaction_unacceptable", /no instruction of it is about an escrow/);
  });

  test("are those of another router, also where one instruction of several is", async () => {
    const theirs = await RouterBed.prepare(bed.chain, "another");
    await theirs.know(user.address);
    const ask = new RouterInstructions(theirs);
    const deposit = bed.scene.ask.deposit(user.address, USDC);
    const foreign = ask.openEscrow(user.address, { payer: signer(user.address) });
    await refused(await signed(foreign), "transaction_foreign", new RegExp(`found one of the router ${theirs.config}`));
    await refused(await signed(deposit, foreign), "transaction_foreign", new RegExp(theirs.config));
  });

  test("are those that lack a signature, or have another's", async () => {
    const funder = await bed.person();
    const newcomer = await bed.person(0n);
    const wish = { wallet: newcomer.address, funder: funder.address, amount: microUsdc(5n * USDC) };
    const { wire } = await desk.composer.open(wish);
    await refused(wire, "transaction_unsigned", new RegExp(newcomer.address));
    await refused(await signWire(wire, newcomer), "transaction_unsigned", new RegExp(funder.address));
    const whole = await signWire(wire, newcomer, funder);
    await read(whole);
    const bytes = Buffer.from(whole, "base64");
    const swapped = Buffer.concat([
      bytes.subarray(0, 1),
      bytes.subarray(65, 129),
      bytes.subarray(1, 65),
      bytes.subarray(129),
    ]);
    await refused(swapped.toString("base64"), "transaction_signature_invalid", new RegExp(newcomer.address));
  });

  test("is what is no transaction in base64", async () => {
    const wire = await signed(bed.scene.ask.requestExit(user.address));
    await refused("not base64!", "transaction_unreadable", /not base64/);
    await refused("", "transaction_unreadable", /ends too early/);
    await refused("AAAA".repeat(501), "transaction_unreadable", /longer than/);
    await refused(wire.slice(0, 100), "transaction_unreadable", /ends too early/);
    await refused(
      Buffer.concat([Buffer.from(wire, "base64"), Buffer.of(0)]).toString("base64"),
      "transaction_unreadable",
      /./,
    );
  });

  test("is anything with a byte of it changed: no change is sent as it is", async () => {
    const amount = microUsdc(5n * USDC);
    const wire = await signWire((await desk.composer.deposit({ wallet: user.address, amount })).wire, user);
    const bytes = new Uint8Array(getBase64Encoder().encode(wire));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const mutated = Buffer.from(bytes.with(at, bytes[at]! ^ change)).toString("base64");
        await assert.rejects(read(mutated), (error) => isAimoError(error));
      }),
      { numRuns: 300 },
    );
  });
});

test("a scene of another program's deployment is another router", async () => {
  const other = await Scene.open({}, "elsewhere");
  const place = { ...other.bed.place, programAddress: bed.cosigner.address };
  const wire = await signed(bed.scene.ask.requestExit(user.address));
  await assert.rejects(readUserTransaction(wire, place), (error) => isAimoError(error, "transaction_unacceptable"));
});
