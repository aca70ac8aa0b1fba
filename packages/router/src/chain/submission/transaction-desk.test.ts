// What users hand in is sent, followed, sent again while it may land, and told of in the end whatever became of it.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { isAimoError } from "@aimo-network/protocol/errors";
import { microUsdc } from "@aimo-network/protocol/money";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { getBase64Encoder, getSignatureFromTransaction, getTransactionDecoder } from "@solana/kit";
import type { Base64EncodedWireTransaction, KeyPairSigner, Signature } from "@solana/kit";
import type { RememberedTransaction } from "../test-bed/remembered-chain.ts";
import { MoneyChain, signWire } from "../compose/test-bed/money-chain.ts";
import type { ChainDesk } from "./chain-desk.ts";
import { NEWER_BLOCKS_MAX, RESEND_FOR_MS, RESEND_MS } from "./limits.ts";

const NOTHING: RememberedTransaction = {
  signature: "lost" as Signature,
  slot: 0n,
  error: null,
  logs: [],
  accountKeys: [],
  header: { numRequiredSignatures: 0, numReadonlySignedAccounts: 0, numReadonlyUnsignedAccounts: 0 },
  lookedUp: [],
};
const FIVE = microUsdc(5n * USDC);

let bed: MoneyChain;
let desk: ChainDesk;
let user: KeyPairSigner;
beforeEach(async () => {
  bed = await MoneyChain.open();
  desk = await bed.openDesk();
  user = await bed.user();
});
afterEach(() => desk.transactions.close());

async function deposit(): Promise<string> {
  return await signWire((await desk.composer.deposit({ wallet: user.address, amount: FIVE })).wire, user);
}

const pump = <Result>(work: Promise<Result>): Promise<Result> => bed.pump(work);

async function settle(): Promise<void> {
  for (let turns = 0; turns < 30; turns += 1) await setImmediate();
}

const sends = (): number => bed.node.calls.filter(({ method }) => method === "sendTransaction").length;

/** From now on the node takes what is sent, and loses it. */
function lose(): { stop(): void; readonly lost: number } {
  let lost = 0;
  const send = bed.chain.sendWire.bind(bed.chain);
  bed.chain.sendWire = (wire) => {
    lost += 1;
    const known = bed.chain.find(
      getSignatureFromTransaction(getTransactionDecoder().decode(getBase64Encoder().encode(wire))),
    );
    assert.equal(known, undefined);
    bed.chain.transactions.push(NOTHING); // as one that was executed
    queueMicrotask(() => void bed.chain.transactions.splice(bed.chain.transactions.indexOf(NOTHING), 1));
    return NOTHING;
  };
  return {
    stop: () => void (bed.chain.sendWire = send),
    get lost() {
      return lost;
    },
  };
}

describe("handing in", () => {
  test("answers with what has landed, and looks at the escrow so that the money can be spent", async () => {
    const before = bed.scene.bed.readEscrow(user.address).balance;
    const landing = await pump(desk.transactions.submit(await deposit()));
    assert.deepEqual([landing.status, landing.failure], ["confirmed", undefined]);
    assert.equal(bed.scene.bed.readEscrow(user.address).balance, before + FIVE);
    assert.deepEqual(bed.looked, [[bed.scene.bed.escrowOf(user.address)]]);
    bed.clock.advance(RESEND_MS);
    await settle();
    assert.deepEqual([bed.clock.waiting, sends()], [0, 1], "nothing goes on when there is nothing to send");
  });

  test("said again is the same, minutes later too, and is not sent twice", async () => {
    const wire = await deposit();
    const first = await pump(desk.transactions.submit(wire));
    bed.chain.pass(200n);
    bed.node.isBlockhashUnknown = true;
    const again = await pump(desk.transactions.submit(wire));
    assert.deepEqual(again, first);
    assert.equal(sends(), 1);
  });

  test("waits for finality where the router does, looks only then, and says what it knows before", async () => {
    bed = await MoneyChain.open({ commitment: "finalized" });
    desk = await bed.openDesk();
    user = await bed.user();
    const wire = await deposit();
    const landing = await pump(desk.transactions.submit(wire));
    assert.equal(landing.status, "confirmed");
    assert.deepEqual(bed.looked, []);
    bed.chain.pass(40n);
    bed.clock.advance(RESEND_MS);
    await settle();
    assert.equal(bed.looked.length, 1);
    assert.equal((await desk.transactions.find(landing.signature))?.status, "finalized");
  });

  test("is refused with the program's words where a node foresees a failure, and never sent again", async () => {
    const wire = await deposit();
    bed.scene.bed.giveTokens(user.address, 1n);
    await assert.rejects(pump(desk.transactions.submit(wire)), (error) => {
      assert.ok(isAimoError(error, "transaction_failed"));
      assert.match(error.message, /too few tokens/);
      return true;
    });
    const sent = sends();
    bed.clock.advance(RESEND_FOR_MS);
    await settle();
    assert.equal(sends(), sent);
  });

  test("tells a transaction that landed without effect as failed, with the reason", async () => {
    const wire = await deposit();
    bed.scene.bed.giveTokens(user.address, 1n);
    const { signature } = bed.chain.sendWire(wire as Base64EncodedWireTransaction);
    bed.chain.pass(1n);
    const landing = await pump(desk.transactions.submit(wire));
    assert.deepEqual([landing.signature, landing.status], [signature, "failed"]);
    assert.match(landing.failure ?? "", /too few tokens/);
    assert.deepEqual(bed.looked, []);
  });

  test("does not wait for accounts that take long to be posted", async () => {
    bed.onLook = () => new Promise(() => undefined);
    assert.equal((await pump(desk.transactions.submit(await deposit()))).status, "confirmed");
    bed.onLook = () => Promise.reject(new Error("nobody can see it"));
    bed.chain.svm.expireBlockhash();
    assert.equal((await pump(desk.transactions.submit(await deposit()))).status, "confirmed");
  });
});

describe("what does not land at once", () => {
  let wire: string;
  beforeEach(async () => {
    wire = await deposit();
  });

  test("is told as sent after two seconds, is sent again, and then lands", async () => {
    const loss = lose();
    const landing = await pump(desk.transactions.submit(wire));
    assert.equal(landing.status, "sent");
    const before = loss.lost;
    assert.equal((await desk.transactions.find(landing.signature))?.status, "sent");
    bed.clock.advance(RESEND_MS);
    await settle();
    assert.ok(loss.lost > before);
    loss.stop();
    bed.clock.advance(RESEND_MS);
    await settle();
    assert.equal((await desk.transactions.find(landing.signature))?.status, "confirmed");
    bed.clock.advance(RESEND_MS);
    await settle();
    assert.equal(bed.looked.length, 1);
  });

  test("is sent again for as long as a blockhash lives, and then no more", async () => {
    const loss = lose();
    const { signature } = await pump(desk.transactions.submit(wire));
    for (let ms = 0; ms < RESEND_FOR_MS + 2 * RESEND_MS; ms += RESEND_MS) {
      bed.clock.advance(RESEND_MS);
      await settle();
    }
    const sent = loss.lost;
    assert.ok(sent >= RESEND_FOR_MS / RESEND_MS - 2 && sent <= RESEND_FOR_MS / RESEND_MS + 2, `${sent}`);
    assert.equal(bed.clock.waiting, 0);
    assert.equal((await desk.transactions.find(signature))?.status, "sent", "it may still be dead, or not");
  });

  test("is told as failed once no node would execute it any more, on both sides of the height", async () => {
    lose();
    const height = bed.chain.slot + 150n + NEWER_BLOCKS_MAX;
    const { signature } = await pump(desk.transactions.submit(wire));
    bed.node.finalLagSlots = 0n;
    bed.chain.pass(height - bed.chain.slot);
    assert.equal((await desk.transactions.find(signature))?.status, "sent");
    bed.chain.pass(1n);
    const dead = await desk.transactions.find(signature);
    assert.equal(dead?.status, "failed");
    assert.match(dead.failure ?? "", /expired/);
  });

  test("may be handed in again where no node could be reached, and is not forgotten", async () => {
    bed.node.isDown = true;
    await assert.rejects(pump(desk.transactions.submit(wire)), (error) => isAimoError(error, "chain_unavailable"));
    bed.node.isDown = false;
    assert.equal((await pump(desk.transactions.submit(wire))).status, "confirmed");
  });
});

describe("asking", () => {
  test("about a signature that nobody knows finds nothing, nor does what is none", async () => {
    const elsewhere = "5".repeat(88);
    assert.equal(await desk.transactions.find(elsewhere.slice(0, 20)), undefined);
    assert.equal(await desk.transactions.find(""), undefined);
    const { signature } = await pump(desk.transactions.submit(await deposit()));
    const another = await MoneyChain.open();
    assert.equal(await (await another.openDesk()).transactions.find(signature), undefined);
  });

  test("about one that was sent elsewhere tells how far it is", async () => {
    const wire = await deposit();
    const { signature } = bed.chain.sendWire(wire as Base64EncodedWireTransaction);
    assert.equal((await desk.transactions.find(signature))?.status, "sent");
    bed.chain.pass(1n);
    assert.equal((await desk.transactions.find(signature))?.status, "confirmed");
  });
});
