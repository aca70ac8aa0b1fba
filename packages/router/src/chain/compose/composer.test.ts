// Each composed transaction, signed by whom it asks for, lands and does what its description says.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { microUsdc } from "@aimo-network/protocol/money";
import { DAY, USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { describeTransaction } from "@aimo-network/escrow/describe/describe-transaction";
import { getBase64Encoder, getCompiledTransactionMessageDecoder } from "@solana/kit";
import type { Address, KeyPairSigner } from "@solana/kit";
import type { ChainDesk } from "../submission/chain-desk.ts";
import type { ComposedTransaction, Composer } from "./composer.ts";
import { COMPOSED_UNITS } from "./limits.ts";
import { MoneyChain, signLegacyMessage, signWire } from "./test-bed/money-chain.ts";

const SYSTEM_PROGRAM = "11111111111111111111111111111111" as Address;
const YEAR = 365n * DAY;
const FIVE = microUsdc(5n * USDC);

let bed: MoneyChain;
let desk: ChainDesk;
let composer: Composer;
beforeEach(async () => {
  bed = await MoneyChain.open();
  desk = await bed.openDesk();
  ({ composer } = desk);
});

function names({ description }: ComposedTransaction): (string | undefined)[] {
  return description.actions.filter(({ program }) => program === "escrow").map(({ name }) => name);
}

/** Signs with exactly those who are asked for, and sends. */
async function land(composed: ComposedTransaction, ...people: readonly KeyPairSigner[]): Promise<void> {
  assert.deepEqual(
    composed.signers,
    people.map(({ address }) => address),
  );
  assert.deepEqual(
    composed.description.flags.filter(({ code }) => code !== "other_mint"),
    [],
  );
  bed.land(await signWire(composed.wire, ...people));
}

async function refuses(work: Promise<unknown>, name: string): Promise<void> {
  await assert.rejects(work, (error) => isAimoError(error, "escrow_refused") && error.context.name === name, name);
}

describe("opening", () => {
  test("opens the escrow and deposits in one transaction; the allowance is the deposit for a year", async () => {
    const user = await bed.person();
    const composed = await composer.open({ wallet: user.address, amount: FIVE });
    assert.deepEqual(names(composed), ["open_escrow", "deposit"]);
    const now = bed.chain.time;
    await land(composed, user);
    const escrow = bed.scene.bed.readEscrow(user.address);
    assert.equal(escrow.balance, FIVE);
    assert.equal(escrow.rentPayer, user.address);
    assert.deepEqual([escrow.allowTotal, escrow.allowExpiresAt], [FIVE, now + YEAR]);
    assert.equal(bed.scene.tokensOf(user.address), 995n * USDC);
  });

  test("takes an allowance and its end as they are wished", async () => {
    const user = await bed.person();
    const expiresAt = bed.chain.time + 3n * DAY;
    const wish = { wallet: user.address, amount: FIVE, allowance: microUsdc(7n), allowanceExpiresAt: expiresAt };
    await land(await composer.open(wish), user);
    const escrow = bed.scene.bed.readEscrow(user.address);
    assert.deepEqual([escrow.allowTotal, escrow.allowExpiresAt], [7n, expiresAt]);
  });

  test("is paid by somebody else where one is named, who signs too", async () => {
    const [user, funder] = [await bed.person(0n), await bed.person()];
    await land(await composer.open({ wallet: user.address, funder: funder.address, amount: FIVE }), user, funder);
    assert.equal(bed.scene.bed.readEscrow(user.address).balance, FIVE);
    assert.equal(bed.scene.tokensOf(funder.address), 995n * USDC);
  });

  test("is refused where an escrow is open, below the least deposit, and for an allowance that is over", async () => {
    const user = await bed.user();
    await refuses(composer.open({ wallet: user.address, amount: FIVE }), "AlreadyInitialized");
    const other = await bed.person();
    await refuses(composer.open({ wallet: other.address, amount: microUsdc(USDC - 1n) }), "BelowMinDeposit");
    await refuses(composer.open({ wallet: other.address, amount: microUsdc(0n) }), "ZeroAmount");
    const over = { wallet: other.address, amount: FIVE, allowanceExpiresAt: bed.chain.time };
    await assert.rejects(
      composer.open(over),
      (error) => isAimoError(error, "invalid_request") && error.context.param === "allowance_expires_at",
    );
  });
});

describe("depositing", () => {
  test("raises the user's own allowance by as much, to a year from now", async () => {
    const user = await bed.user();
    const before = bed.scene.bed.readEscrow(user.address);
    bed.chain.pass(10n, DAY);
    const composed = await composer.deposit({ wallet: user.address, amount: FIVE });
    assert.deepEqual(names(composed), ["set_allowance", "deposit"]);
    await land(composed, user);
    const escrow = bed.scene.bed.readEscrow(user.address);
    assert.equal(escrow.balance, before.balance + FIVE);
    assert.equal(escrow.allowTotal, before.allowTotal + FIVE);
    assert.equal(escrow.allowExpiresAt, bed.chain.time + YEAR);
    assert.equal(escrow.pendingAllowAt, 0n);
  });

  test("never shortens a longer allowance", async () => {
    const user = await bed.user();
    const later = bed.chain.time + 2n * YEAR;
    const { allowTotal } = bed.scene.bed.readEscrow(user.address);
    await land(
      await composer.allowance({ wallet: user.address, total: microUsdc(allowTotal), expiresAt: later }),
      user,
    );
    await land(await composer.deposit({ wallet: user.address, amount: FIVE }), user);
    assert.equal(bed.scene.bed.readEscrow(user.address).allowExpiresAt, later);
  });

  test("leaves the allowance alone while the user lowers it, unless that is wished", async () => {
    const user = await bed.user();
    const expiresAt = bed.chain.time + YEAR;
    await land(await composer.allowance({ wallet: user.address, total: microUsdc(1n), expiresAt }), user);
    const { pendingAllowAt, allowTotal } = bed.scene.bed.readEscrow(user.address);
    assert.notEqual(pendingAllowAt, 0n);
    const quiet = await composer.deposit({ wallet: user.address, amount: FIVE });
    assert.deepEqual(names(quiet), ["deposit"]);
    await land(quiet, user);
    assert.equal(bed.scene.bed.readEscrow(user.address).pendingAllowAt, pendingAllowAt);
    await land(await composer.deposit({ wallet: user.address, amount: FIVE, raisesAllowance: true }), user);
    const escrow = bed.scene.bed.readEscrow(user.address);
    assert.deepEqual([escrow.pendingAllowAt, escrow.allowTotal], [0n, allowTotal + FIVE]);
  });

  test("without raising changes no allowance", async () => {
    const user = await bed.user();
    const { allowTotal } = bed.scene.bed.readEscrow(user.address);
    await land(await composer.deposit({ wallet: user.address, amount: FIVE, raisesAllowance: false }), user);
    assert.equal(bed.scene.bed.readEscrow(user.address).allowTotal, allowTotal);
  });

  test("by anybody for any wallet is signed by the payer alone, and raises nothing", async () => {
    const [user, funder] = [await bed.user(), await bed.person()];
    const before = bed.scene.bed.readEscrow(user.address);
    await land(await composer.deposit({ wallet: user.address, funder: funder.address, amount: FIVE }), funder);
    const escrow = bed.scene.bed.readEscrow(user.address);
    assert.deepEqual([escrow.balance, escrow.allowTotal], [before.balance + FIVE, before.allowTotal]);
  });

  test("where no escrow is open, opens it", async () => {
    const user = await bed.person();
    const composed = await composer.deposit({ wallet: user.address, amount: FIVE });
    assert.deepEqual(names(composed), ["open_escrow", "deposit"]);
    await land(composed, user);
    assert.equal(bed.scene.bed.readEscrow(user.address).balance, FIVE);
  });

  test("is refused while the user leaves, and while deposits are paused", async () => {
    const user = await bed.user();
    await land(await composer.exit({ wallet: user.address, step: "request" }), user);
    await refuses(composer.deposit({ wallet: user.address, amount: FIVE }), "ExitPending");
    const other = await bed.user();
    bed.withoutSignatures(() => bed.scene.land(bed.scene.ask.setPause(1)));
    await refuses(composer.deposit({ wallet: other.address, amount: FIVE }), "Paused");
  });
});

describe("the allowance and the exit", () => {
  test("a lower allowance waits for its notice, and no second one is composed meanwhile", async () => {
    const user = await bed.user();
    const expiresAt = bed.chain.time + YEAR;
    await land(await composer.allowance({ wallet: user.address, total: microUsdc(9n), expiresAt }), user);
    assert.equal(bed.scene.bed.readEscrow(user.address).pendingAllowTotal, 9n);
    await refuses(composer.allowance({ wallet: user.address, total: microUsdc(8n), expiresAt }), "NoticePending");
  });

  test("an exit is requested, cancelled, requested again, and pays everything once it is due", async () => {
    const user = await bed.user();
    const exit = (step: "request" | "cancel" | "finalize") => composer.exit({ wallet: user.address, step });
    await refuses(exit("cancel"), "ExitNotRequested");
    await land(await exit("request"), user);
    await refuses(exit("request"), "ExitPending");
    await land(await exit("cancel"), user);
    bed.chain.svm.expireBlockhash(); // with the old one it would be the first request once more
    await land(await exit("request"), user);
    bed.chain.pass(10n, DAY - 1n);
    await refuses(exit("finalize"), "ExitTooEarly");
    bed.chain.pass(1n, 1n);
    const composed = await exit("finalize");
    assert.deepEqual(names(composed), ["finalize_exit"]);
    await land(composed, user);
    assert.equal(bed.scene.tokensOf(user.address), 1_000n * USDC);
    assert.equal(bed.scene.bed.readEscrow(user.address).balance, 0n);
  });

  test("whoever has no escrow is told to deposit first", async () => {
    const user = await bed.person();
    const expiresAt = bed.chain.time + YEAR;
    for (const work of [
      () => composer.exit({ wallet: user.address, step: "request" }),
      () => composer.allowance({ wallet: user.address, total: FIVE, expiresAt }),
    ]) {
      await assert.rejects(work, (error) => isAimoError(error, "escrow_not_opened"));
    }
  });

  test("what is no address is refused by the name of its field", async () => {
    for (const [order, param] of [
      [{ wallet: "nobody", amount: FIVE }, "wallet"],
      [
        { wallet: bed.cosigner.address, funder: `${bed.cosigner.address}${bed.cosigner.address}`, amount: FIVE },
        "funder",
      ],
    ] as const) {
      await assert.rejects(
        composer.deposit(order),
        (error) => isAimoError(error, "invalid_request") && error.context.param === param,
      );
    }
  });
});

describe("what is composed", () => {
  test("is described as whoever has the bytes describes them", async () => {
    const user = await bed.person();
    const composed = await composer.open({ wallet: user.address, amount: FIVE });
    const bytes = new Uint8Array(getBase64Encoder().encode(composed.wire));
    const { programAddress } = bed.chain;
    const { mint, config } = bed.scene.bed;
    const described = await describeTransaction(bytes, { programAddress, router: config, mint });
    assert.ok(described.kind === "transaction");
    assert.deepEqual(composed.description.words, described.words);
    assert.match(composed.description.words.join(" "), /Deposits 5\.00 USDC/);
    assert.deepEqual(composed.description.signers, [{ address: user.address, signature: "missing" }]);
    assert.equal(Buffer.from(bytes.subarray(65)).toString("base64"), composed.message);
  });

  test("lives as long as its blockhash, and offers what others paid lately, up to the router's cap", async () => {
    const user = await bed.person();
    const free = await composer.open({ wallet: user.address, amount: FIVE });
    assert.equal(free.lastValidBlockHeight, bed.chain.slot + 150n);
    assert.equal(free.description.fee.priorityLamportsMax, 0n);
    bed.node.priorityFees = Array.from({ length: 10 }, () => 20_000n);
    const paid = await composer.open({ wallet: user.address, amount: FIVE });
    assert.equal(paid.description.fee.priorityLamportsMax, 3_000n);
    bed.node.priorityFees = Array.from({ length: 10 }, () => 10n ** 12n);
    const capped = await composer.open({ wallet: user.address, amount: FIVE });
    assert.equal(capped.description.fee.priorityLamportsMax, 150_000n);
    await land(capped, user);
  });

  test("asks for at least twice the units that the dearest ones take", async () => {
    const taken: bigint[] = [];
    for (let round = 0; round < 4; round += 1) {
      const user = await bed.person();
      const opened = await composer.open({ wallet: user.address, amount: FIVE });
      taken.push(bed.land(await signWire(opened.wire, user)));
      bed.land(await signWire((await composer.exit({ wallet: user.address, step: "request" })).wire, user));
      bed.chain.pass(10n, DAY);
      bed.chain.plant(bed.scene.bed.associatedOf(user.address), SYSTEM_PROGRAM, new Uint8Array()); // it was closed
      taken.push(
        bed.land(await signWire((await composer.exit({ wallet: user.address, step: "finalize" })).wire, user)),
      );
      assert.equal(bed.scene.tokensOf(user.address), FIVE);
    }
    const most = taken.reduce((one, other) => (one > other ? one : other));
    assert.ok(most * 2n < BigInt(COMPOSED_UNITS) && most > 10_000n, `${most}`);
  });

  test("counts what landed a moment ago, also where the router itself waits for finality", async () => {
    const patient = await MoneyChain.open({ commitment: "finalized" });
    const user = await patient.person();
    const { composer: theirs } = await patient.openDesk();
    patient.land(await signWire((await theirs.open({ wallet: user.address, amount: FIVE })).wire, user));
    assert.deepEqual(names(await theirs.deposit({ wallet: user.address, amount: FIVE })), ["set_allowance", "deposit"]);
  });

  test("is nothing while no node answers", async () => {
    bed.node.isDown = true;
    const user = await bed.person();
    await assert.rejects(composer.open({ wallet: user.address, amount: FIVE }), (error) =>
      isAimoError(error, "chain_unavailable"),
    );
  });
});

describe("a first-generation top-up", () => {
  test("is a legacy message that the user alone signs, with a blockhash of the client's own", async () => {
    const user = await bed.person();
    const amount = microUsdc(5_150_000n);
    const message = await composer.topUp({ wallet: user.address, amount });
    const decoded = getCompiledTransactionMessageDecoder().decode(getBase64Encoder().encode(message));
    assert.ok(decoded.version === "legacy");
    assert.equal(decoded.header.numSignerAccounts, 1);
    assert.equal(decoded.staticAccounts[0], user.address);
    assert.equal(decoded.lifetimeToken, bed.chain.svm.latestBlockhash());
    bed.chain.svm.expireBlockhash();
    const now = bed.chain.time;
    bed.land(await signLegacyMessage(message, user, bed.chain.svm.latestBlockhash()));
    const escrow = bed.scene.bed.readEscrow(user.address);
    assert.deepEqual([escrow.balance, escrow.allowTotal, escrow.allowExpiresAt], [amount, amount, now + YEAR]);

    const second = await composer.topUp({ wallet: user.address, amount });
    bed.land(await signLegacyMessage(second, user, bed.chain.svm.latestBlockhash()));
    const after = bed.scene.bed.readEscrow(user.address);
    assert.deepEqual([after.balance, after.allowTotal], [2n * amount, 2n * amount]);
  });

  test("is made for a wallet without any USDC too, which has time to get some", async () => {
    const user = await bed.person(0n);
    assert.ok((await composer.topUp({ wallet: user.address, amount: FIVE })).length > 100);
  });
});
