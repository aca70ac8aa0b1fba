// What a withdrawal holds comes back when it can never land, never before, and nowhere where anybody is not sure.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { AimoError } from "@aimo-network/protocol/errors";
import { microUsdc } from "@aimo-network/protocol/money";
import { signWire } from "../../chain/compose/test-bed/money-chain.ts";
import { hasLostLeadership } from "../../ledger/database/database-error.ts";
import type { Withdrawal } from "../../ledger/chain-books/withdrawals.ts";
import { openMoneyBed } from "../../test-bed/money-bed.ts";
import type { MoneyBed } from "../../test-bed/money-bed.ts";
import { WITHDRAWAL_RESEND_MS, WITHDRAWAL_SIGN_MS } from "./limits.ts";

const USDC = 1_000_000n;
const FIVE = microUsdc(5n * USDC);
const HELD = 5n * USDC * 1_000n;

type Person = Awaited<ReturnType<MoneyBed["chain"]["person"]>>;

let bed: MoneyBed;
let user: Person;
beforeEach(async (t) => {
  bed = await openMoneyBed(t as { after(close: () => Promise<void>): void }, { nodes: 2 });
  user = await bed.chain.user(100n * USDC);
  await bed.observe();
});
afterEach(async () => assert.deepEqual(await bed.ledger.faults(), []));

const ask = (): Promise<Withdrawal> =>
  bed.chain.pump(bed.desk.withdrawals.request({ party: "user", wallet: user.address, amount: FIVE }));
const held = async (): Promise<bigint> => (await bed.userBalance(user.address)).withdrawing;
const stateOf = async ({ id }: Withdrawal): Promise<string | undefined> => (await bed.withdrawals.find(id))?.state;
const sends = (): number =>
  bed.chain.nodes.flatMap(({ calls }) => calls).filter(({ method }) => method === "sendTransaction").length;

/** Lets slots go by until every node's final height is exactly this. */
function passTo(height: bigint): void {
  for (const node of bed.chain.nodes) node.finalLagSlots = 0n;
  bed.chain.chain.pass(height - bed.chain.chain.slot);
}

/** A withdrawal that was handed in, of which nodes lose everything. */
async function lost(): Promise<Withdrawal> {
  const asked = await ask();
  const { sendWire } = bed.chain.chain;
  bed.chain.sender.submit = async () => undefined;
  const { withdrawal } = await bed.chain.pump(
    bed.desk.withdrawals.submit({ party: "user", id: asked.id, transaction: await signWire(asked.wire ?? "", user) }),
  );
  assert.equal(withdrawal.state, "submitted");
  assert.ok(sendWire);
  return withdrawal;
}

describe("one that nobody has handed in", () => {
  test("stays held up to its last height on every node, and comes back after it", async () => {
    const asked = await ask();
    passTo(asked.lastValidBlockHeight ?? 0n);
    await bed.desk.sweep(bed.fence);
    assert.deepEqual([await stateOf(asked), await held()], ["router-signed", HELD]);
    bed.chain.chain.pass(1n);
    await bed.desk.sweep(bed.fence);
    assert.deepEqual([await stateOf(asked), await held()], ["expired", 0n]);
    assert.match((await bed.withdrawals.find(asked.id))?.failure ?? "", /not signed and submitted in time/);
    bed.chain.chain.pass(1n); // the signer waits for one more: there are nodes that let a blockhash live as long
    assert.notEqual((await ask()).id, asked.id);
  });

  test("stays held where one node is behind, and where one does not answer", async () => {
    const asked = await ask();
    passTo((asked.lastValidBlockHeight ?? 0n) + 10n);
    bed.chain.nodes[1]!.finalLagSlots = 10n;
    await bed.desk.sweep(bed.fence);
    assert.equal(await held(), HELD);
    bed.chain.nodes[1]!.finalLagSlots = 0n;
    bed.chain.nodes[1]!.isDown = true;
    await bed.desk.sweep(bed.fence);
    assert.equal(await held(), HELD);
    bed.chain.nodes[1]!.isDown = false;
    await bed.desk.sweep(bed.fence);
    assert.equal(await held(), 0n);
  });

  test("stays held where a node answers for its height and then not for its account", async () => {
    const asked = await ask();
    passTo((asked.lastValidBlockHeight ?? 0n) + 1n);
    bed.chain.nodes[1]!.missing.add("getMultipleAccounts");
    await bed.desk.sweep(bed.fence);
    assert.equal(await held(), HELD);
  });

  test("stays held where its number was used: what landed is posted, and never given back", async () => {
    const asked = await ask();
    bed.chain.land(await signWire(asked.wire ?? "", user));
    passTo((asked.lastValidBlockHeight ?? 0n) + 1n);
    await bed.desk.sweep(bed.fence);
    assert.deepEqual([await stateOf(asked), await held()], ["router-signed", HELD]);
    await bed.observe();
    assert.deepEqual([await stateOf(asked), await held()], ["confirmed", 0n]);
    await bed.desk.sweep(bed.fence);
    assert.equal(await stateOf(asked), "confirmed");
  });

  test("stays held where only one node knows that its number was used", async () => {
    const asked = await ask();
    const height = asked.lastValidBlockHeight ?? 0n;
    bed.chain.land(await signWire(asked.wire ?? "", user));
    // The other one has forgotten it, and has the same height all the same.
    const { address } = user;
    const before = bed.chain.chain.accountAt(bed.chain.scene.bed.escrowOf(address), bed.chain.chain.slot - 3n);
    passTo(height + 1n);
    bed.chain.nodes[0]!.lie = (method, truth) => (method === "getMultipleAccounts" ? forgetful(truth, before) : truth);
    await bed.desk.sweep(bed.fence);
    assert.deepEqual([await stateOf(asked), await held()], ["router-signed", HELD]);
  });

  test("whose account was closed is left to the posting", async () => {
    const asked = await ask();
    passTo((asked.lastValidBlockHeight ?? 0n) + 1n);
    for (const node of bed.chain.nodes) {
      node.lie = (method, truth) =>
        method === "getMultipleAccounts" ? { ...(truth as object), value: [null] } : truth;
    }
    await bed.desk.sweep(bed.fence);
    assert.equal(await stateOf(asked), "router-signed");
  });
});

/** An answer about accounts in which the first is as it was. */
function forgetful(truth: unknown, before: ReturnType<MoneyBed["chain"]["chain"]["accountAt"]>): unknown {
  if (before === undefined) return truth;
  const { data, lamports, programAddress, executable, space } = before;
  const account = {
    data: [Buffer.from(data).toString("base64"), "base64"],
    lamports,
    owner: programAddress,
    executable,
    space,
    rentEpoch: 0n,
  };
  return { ...(truth as object), value: [account] };
}

describe("one that was handed in and has not landed", () => {
  test("is sent again with the same bytes, not more often than every two seconds, and then lands", async () => {
    const honest = bed.chain.sender.submit;
    const withdrawal = await lost();
    bed.chain.sender.submit = honest;
    await bed.desk.sweep(bed.fence);
    assert.equal(sends(), 1);
    await bed.observe();
    assert.equal(await stateOf(withdrawal), "confirmed");
    const after = sends();
    bed.chain.clock.advance(WITHDRAWAL_RESEND_MS);
    await bed.desk.sweep(bed.fence);
    assert.equal(sends(), after);
  });

  test("rests between two sends", async () => {
    const withdrawal = await lost();
    let sent = 0;
    const wires = new Set<string>();
    bed.chain.sender.submit = async (wire) => {
      sent += 1;
      wires.add(wire);
    };
    await bed.desk.sweep(bed.fence);
    bed.chain.clock.advance(WITHDRAWAL_RESEND_MS - 1);
    await bed.desk.sweep(bed.fence);
    assert.equal(sent, 1);
    bed.chain.clock.advance(1);
    await bed.desk.sweep(bed.fence);
    assert.equal(sent, 2);
    assert.deepEqual([...wires], [withdrawal.wire]);
  });

  test("comes back once it can never land", async () => {
    const withdrawal = await lost();
    passTo((withdrawal.lastValidBlockHeight ?? 0n) + 1n);
    await bed.desk.sweep(bed.fence);
    assert.deepEqual([await stateOf(withdrawal), await held()], ["expired", 0n]);
  });

  test("that landed without effect stays held until then, and says why it failed", async () => {
    const withdrawal = await lost();
    const { scene } = bed.chain;
    bed.chain.withoutSignatures(() => scene.land(scene.ask.setPause(4)));
    bed.chain.chain.sendWire((withdrawal.wire ?? "") as Parameters<typeof bed.chain.chain.sendWire>[0]);
    await bed.desk.sweep(bed.fence);
    assert.equal(await held(), HELD);
    passTo((withdrawal.lastValidBlockHeight ?? 0n) + 1n);
    await bed.desk.sweep(bed.fence);
    const expired = await bed.withdrawals.find(withdrawal.id);
    assert.equal(expired?.state, "expired");
    assert.match(expired.failure ?? "", /Paused/);
  });
});

describe("one that this router never signed", () => {
  beforeEach(async () => {
    bed.signWithdrawal = () => Promise.reject(new AimoError("chain_unavailable", {}));
    await assert.rejects(ask());
  });

  test("comes back when its time is over, and not at the last moment of it", async () => {
    const [asked] = await bed.withdrawals.open(1);
    bed.chain.clock.advance((asked?.requestedAt.getTime() ?? 0) + WITHDRAWAL_SIGN_MS - bed.chain.clock.now());
    await bed.desk.sweep(bed.fence);
    assert.equal(await held(), HELD);
    bed.chain.clock.advance(1);
    await bed.desk.sweep(bed.fence);
    assert.equal(await held(), 0n);
    assert.match((await bed.withdrawals.find(asked?.id ?? ""))?.failure ?? "", /could not sign/);
  });

  test("comes back also while no node answers: nobody has bytes of it", async () => {
    bed.chain.clock.advance(WITHDRAWAL_SIGN_MS + 60_000);
    for (const node of bed.chain.nodes) node.isDown = true;
    await bed.desk.sweep(bed.fence);
    assert.equal(await held(), 0n);
  });
});

test("a leader that another one has followed gives nothing back", async () => {
  const asked = await ask();
  passTo((asked.lastValidBlockHeight ?? 0n) + 1n);
  await bed.ledger.row("SELECT ledger_lead(now(), 'watcher', $1)", [bed.ledger.instance]);
  await assert.rejects(bed.desk.sweep(bed.fence), (error) => hasLostLeadership(error));
  assert.equal(await held(), HELD);
});

test("a provider's withdrawal comes back in the same way, by its own number", async () => {
  const provider = await bed.chain.provider(40n * USDC);
  await bed.observe();
  const request = { party: "provider", wallet: provider.address, amount: FIVE } as const;
  const asked = await bed.chain.pump(bed.desk.withdrawals.request(request));
  assert.equal((await bed.providerBalance(provider.address)).withdrawing, HELD);
  passTo(asked.lastValidBlockHeight ?? 0n);
  await bed.desk.sweep(bed.fence);
  assert.equal((await bed.providerBalance(provider.address)).withdrawing, HELD);
  bed.chain.chain.pass(1n);
  await bed.desk.sweep(bed.fence);
  assert.deepEqual(await bed.providerBalance(provider.address), { claimable: 39n * USDC * 1_000n, withdrawing: 0n });
});
