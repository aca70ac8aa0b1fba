// The console's own transactions on the real program, and those of a router that is honest or not.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { getBase64Decoder } from "@solana/kit";
import type { Address, Blockhash, Instruction, Rpc, SolanaRpcApi } from "@solana/kit";
import { ANN, MALLORY, NEWCOMER } from "@aimo-network/escrow/test-bed/cast";
import { rpcOf } from "@aimo-network/escrow/test-bed/chain-transport";
import { signer } from "@aimo-network/escrow/test-bed/chain";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { SCENE_EXPIRY, Scene } from "@aimo-network/escrow/test-bed/scene";
import { bytesOf, unsigned } from "@aimo-network/escrow/test-bed/wire-bytes";
import { checkTransaction } from "@aimo-network/escrow/wish/check-transaction";
import { microUsdc } from "@aimo-network/protocol/money";
import type { MadeTransaction } from "../signing/act.ts";
import type { Chain } from "../signing/chain-place.ts";
import { heldWithdrawal, makeAllowance, makeDeposit, makeExit } from "./make-transactions.ts";
import type { DepositChoice } from "./make-transactions.ts";
import type { DepositOrder } from "./money-desk.ts";

const FIVE = microUsdc(5n * USDC);

function chainOf({ chain, bed }: Scene): Chain {
  const { rpc } = rpcOf(chain);
  const lifetime = {
    blockhash: "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi" as Blockhash,
    lastValidBlockHeight: 150n,
  };
  const node = {
    getMultipleAccounts: rpc.getMultipleAccounts.bind(rpc),
    getLatestBlockhash: () => ({ send: () => Promise.resolve({ value: lifetime }) }),
    getRecentPrioritizationFees: () => ({ send: () => Promise.resolve([]) }),
  };
  return {
    rpc: node as unknown as Rpc<SolanaRpcApi>,
    rpcUrl: "https://node.example",
    place: bed.place,
    mint: bed.mint,
    vault: bed.vault,
    cluster: undefined,
    routerId: bed.keys.routerId,
    name: "test",
    url: "https://router.example",
  };
}

/** What the check says, and the question that the person is asked. */
async function checked({ bytes, wish }: MadeTransaction): Promise<readonly [kind: string, question: string]> {
  return [(await checkTransaction(bytes, wish)).kind, wish.question];
}

/** The names of the instructions, without those about fees. */
async function deedsOf({ bytes, wish }: MadeTransaction): Promise<readonly (string | undefined)[]> {
  const found = await checkTransaction(bytes, wish);
  assert.equal(
    found.kind,
    "as_wished",
    JSON.stringify(found, (_, value: unknown) => String(value)),
  );
  assert.ok(found.kind === "as_wished");
  return found.description.actions.filter(({ program }) => program === "escrow").map(({ name }) => name);
}

describe("by the chain alone", () => {
  test("the allowance is set in total, in time, or in both", async () => {
    const scene = await Scene.open();
    const chain = chainOf(scene);
    const total = microUsdc(2_000n * USDC);
    const made = await makeAllowance(chain, ANN, { total, days: 30 });
    assert.deepEqual(await deedsOf(made), ["set_allowance"]);
    assert.match(made.wish.question, /at most 2000\.00 USDC in all/);
    assert.equal(made.lastValidBlockHeight, 150n);
    const onlyTime = await makeAllowance(chain, ANN, { total: undefined, days: 30 });
    assert.match(
      onlyTime.wish.question,
      new RegExp(`at most ${scene.bed.readEscrow(ANN).allowTotal / USDC}\\.00 USDC`),
    );
    const same = microUsdc(scene.bed.readEscrow(ANN).allowTotal);
    await assert.rejects(makeAllowance(chain, ANN, { total: same, days: undefined }), /that already/);
  });

  test("an exit is requested, cancelled, and paid out when it is due", async () => {
    const scene = await Scene.open();
    const chain = chainOf(scene);
    assert.deepEqual(await deedsOf(await makeExit(chain, ANN, "request")), ["request_exit"]);
    await assert.rejects(makeExit(chain, ANN, "cancel"), /ExitNotRequested/);
    scene.land(scene.ask.requestExit(ANN));
    assert.deepEqual(await deedsOf(await makeExit(chain, ANN, "cancel")), ["cancel_exit"]);
    await assert.rejects(makeExit(chain, ANN, "finalize"), /ExitTooEarly/);
    scene.chain.advance(30n * 86_400n);
    const last = await makeExit(chain, ANN, "finalize");
    assert.deepEqual(await deedsOf(last), ["finalize_exit"]);
    assert.match(last.wish.question, new RegExp(`paid to ${scene.bed.associatedOf(ANN)}`));
  });

  test("who has no escrow is told that a deposit opens one", async () => {
    const scene = await Scene.open();
    await scene.bed.know(NEWCOMER);
    await assert.rejects(makeExit(chainOf(scene), NEWCOMER, "request"), /no escrow at this router/);
  });
});

describe("a deposit", () => {
  interface Till {
    readonly scene: Scene;
    readonly orders: DepositOrder[];
    make(user: Address, choice: DepositChoice, ...steps: readonly Instruction[]): Promise<MadeTransaction>;
  }

  async function openTill(): Promise<Till> {
    const scene = await Scene.open();
    const orders: DepositOrder[] = [];
    return {
      scene,
      orders,
      make: async (user, choice, ...steps) =>
        await makeDeposit(chainOf(scene), user, choice, {
          deposit(order) {
            orders.push(order);
            return Promise.resolve(getBase64Decoder().decode(bytesOf(unsigned(user, steps))));
          },
        }),
    };
  }

  test("of an honest router is as wished, whether the allowance rises or stays", async () => {
    const { scene, make, orders } = await openTill();
    const { ask, bed } = scene;
    const deposit = ask.deposit(ANN, FIVE);
    const raise = ask.setAllowance(ANN, bed.readEscrow(ANN).allowTotal + FIVE, SCENE_EXPIRY);
    const made = await make(ANN, { amount: FIVE, allowance: "raise" }, raise, deposit);
    assert.deepEqual(await checked(made), ["as_wished", "Deposit 5.00 USDC at https://router.example?"]);
    assert.equal(made.lastValidBlockHeight, undefined);
    assert.deepEqual(await deedsOf(await make(ANN, { amount: FIVE, allowance: "keep" }, deposit)), ["deposit"]);
    assert.deepEqual(orders, [{ amount: "5" }, { amount: "5", keepsAllowance: true }]);
  });

  test("that does anything else is different", async () => {
    const { scene, make } = await openTill();
    const { ask, bed } = scene;
    const raise = ask.setAllowance(ANN, bed.readEscrow(ANN).allowTotal + FIVE, SCENE_EXPIRY);
    const more = ask.setAllowance(ANN, bed.readEscrow(ANN).allowTotal + FIVE + 1n, SCENE_EXPIRY);
    const lies: readonly (readonly [DepositChoice["allowance"], readonly Instruction[]])[] = [
      ["raise", [ask.deposit(ANN, microUsdc(FIVE + 1n))]],
      ["raise", [more, ask.deposit(ANN, FIVE)]],
      ["raise", [ask.deposit(ANN, FIVE), ask.deposit(ANN, FIVE)]],
      ["raise", [ask.requestExit(ANN), ask.deposit(ANN, FIVE)]],
      ["raise", []],
      ["keep", [raise, ask.deposit(ANN, FIVE)]],
    ];
    for (const [allowance, steps] of lies) {
      const [kind] = await checked(await make(ANN, { amount: FIVE, allowance }, ...steps));
      assert.equal(kind, "different");
    }
  });

  test("with an allowance of one's own is composed here where an escrow is open", async () => {
    const { make, orders } = await openTill();
    const made = await make(ANN, { amount: FIVE, allowance: microUsdc(2_345n * USDC) });
    assert.deepEqual(await deedsOf(made), ["set_allowance", "deposit"]);
    assert.deepEqual(orders, [], "the router composes none of the kind");
  });

  test("that opens the escrow has the allowance that was typed, and no other", async () => {
    const { scene, make, orders } = await openTill();
    await scene.bed.know(NEWCOMER);
    const own = microUsdc(50n * USDC);
    const opening = (allowTotal: bigint): Instruction =>
      scene.ask.openEscrow(NEWCOMER, { payer: signer(NEWCOMER), allowTotal });
    const deposit = scene.ask.deposit(NEWCOMER, FIVE);
    const choice = { amount: FIVE, allowance: own };
    assert.deepEqual(await deedsOf(await make(NEWCOMER, choice, opening(own), deposit)), ["open_escrow", "deposit"]);
    assert.deepEqual(orders, [{ amount: "5", openWith: "50" }]);
    assert.equal((await checked(await make(NEWCOMER, choice, opening(own + 1n), deposit)))[0], "different");
    const usual: DepositChoice = { amount: FIVE, allowance: "raise" };
    assert.equal((await checked(await make(NEWCOMER, usual, opening(FIVE), deposit)))[0], "as_wished");
  });
});

test("what is no transaction is the router's fault, not the node's", async () => {
  const scene = await Scene.open();
  const deposit = (): Promise<string> => Promise.resolve("no*base64");
  const made = makeDeposit(chainOf(scene), ANN, { amount: FIVE, allowance: "raise" }, { deposit });
  await assert.rejects(made, { name: "ConsoleFault", message: /The router’s answer is no transaction/ });
});

test("a withdrawal goes to the wallet's own account, in the amount that was asked for", async () => {
  const scene = await Scene.open();
  const { ask, bed } = scene;
  const held = async (instruction: Instruction): Promise<string> => {
    const transaction = getBase64Decoder().decode(bytesOf(unsigned(ANN, [instruction])));
    const { bytes, wish } = await heldWithdrawal(chainOf(scene), ANN, { amount: FIVE, transaction });
    const found = await checkTransaction(bytes, wish);
    return found.kind === "different" ? found.differences.join(" ") : found.kind;
  };
  const unsignedByRouter = await held(ask.withdrawUser(ANN, FIVE));
  assert.match(unsignedByRouter, new RegExp(`^The signature of ${bed.keys.cosigner} is missing`));
  assert.match(await held(ask.withdrawUser(ANN, FIVE + 1n)), /as amount/);
  assert.match(await held(ask.withdrawUser(ANN, FIVE, { destination: bed.associatedOf(MALLORY) })), /as destination/);
});
