// What is given as proof proves itself to somebody who has nothing but the answer: balances below a root, receipts in a batch.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { hex } from "@scure/base";
import { verifyMerkleProof } from "@aimo-network/protocol/merkle";
import { nanoUsdc, parseNanoUsdc } from "@aimo-network/protocol/money";
import { receiptLeaf } from "@aimo-network/protocol/receipt";
import { parseReceipt } from "@aimo-network/protocol/receipt-json";
import { liabilityLeaf, verifySumProof } from "@aimo-network/protocol/solvency";
import type { MoneyServer } from "../../test-bed/money-server.ts";
import { startMoneyServer } from "../../test-bed/money-server.ts";
import { walletKey } from "../../test-bed/test-keys.ts";

const USDC = 1_000_000n;

type Person = Awaited<ReturnType<MoneyServer["bed"]["chain"]["person"]>>;

interface Root {
  readonly hash: string;
  readonly total: string;
  readonly size: number;
  readonly slot: number;
}
interface LiabilityProof {
  readonly user: string;
  readonly balance: string;
  readonly salt: string;
  readonly index: number;
  readonly path: readonly { readonly hash: string; readonly sum: string }[];
  readonly root: Root;
}
interface ReceiptProof {
  readonly receipt: { readonly id: string; readonly cost: string; readonly user: string };
  readonly salt: string;
  readonly proof: { readonly index: number; readonly size: number; readonly path: readonly string[] } | null;
  readonly batch: { readonly id: string; readonly root: string | null; readonly has_landed: boolean } | null;
}

let server: MoneyServer;
let user: Person;
let session: string;
beforeEach(async (t) => {
  server = await startMoneyServer(t as { after(close: () => Promise<void>): void });
  user = await server.bed.chain.user(100n * USDC);
  await server.bed.observe();
  session = await server.signIn(user.address);
});

test("a user's balance is proven below the root that everybody is shown", async () => {
  const none = await server.call("GET", "/account/solvency-proof", { session });
  assert.deepEqual([none.status, none.code], [404, "proof_not_found"]);
  const { chain, fence, liabilities } = server.bed;
  const assets = {
    slot: chain.chain.slot,
    vaultAmount: 300n * USDC,
    owedUsers: 300n * USDC,
    owedProviders: 0n,
    owedFees: 0n,
  };
  await liabilities.publish(fence, assets);
  const { data } = await server.call<LiabilityProof>("GET", "/account/solvency-proof", { session });
  assert.deepEqual([data.user, data.balance, data.root.total, data.root.size], [user.address, "100", "300", 3]);
  const proves = (balance: string): boolean =>
    verifySumProof({
      leaf: liabilityLeaf({ user: user.address, balance: parseNanoUsdc(balance) }, hex.decode(data.salt)),
      index: data.index,
      proof: data.path.map(({ hash, sum }) => ({ hash: hex.decode(hash), sum: parseNanoUsdc(sum) })),
      root: { hash: hex.decode(data.root.hash), total: parseNanoUsdc(data.root.total), size: data.root.size },
    });
  assert.deepEqual([proves("100"), proves("99")], [true, false]);
  const shown = await server.call<{ liability_root: Root }>("GET", "/router/solvency");
  assert.deepEqual(shown.data.liability_root, data.root);
});

test("a balance is shown to its own wallet, by a session or a key with the scope account", async () => {
  const { bed } = server;
  const bearerWith = (scopes: readonly ("completion_model" | "account")[]): Promise<string> =>
    walletKey(bed.walletOf(user), bed.routerId, bed.ledger.clock.now(), { scopes });
  const narrow = { bearer: await bearerWith(["completion_model"]) };
  assert.equal((await server.call("GET", "/account/solvency-proof", narrow)).code, "scope_missing");
  assert.equal((await server.call("GET", "/account/solvency-proof")).code, "missing_key");
  const wide = { bearer: await bearerWith(["account"]) };
  assert.equal((await server.call("GET", "/account/solvency-proof", wide)).code, "proof_not_found");
});

/** An answer of a provider that the user was charged for. */
async function answered(cost: bigint): Promise<{ id: string; user: number; provider: number }> {
  const { ledger } = server.bed;
  const number = await ledger.ledger.numbers.wallet(user.address);
  const who = { user: number, key: await ledger.addKey(number) };
  const lock = ledger.lockOf(who, cost);
  const outcome = await ledger.ledger.lock(lock);
  assert.equal(outcome.refusal, undefined);
  await ledger.ledger.charge(ledger.chargeOf(lock, cost, { amount: nanoUsdc(cost) }));
  return { id: `gen-${lock.id}`, user: number, provider: ledger.provider };
}

test("a receipt is there at once, and proven below its batch's root once it is in one", async () => {
  const { ledger, receipts } = server.bed;
  const { id, user: number, provider } = await answered(3_000_000n);
  const early = await server.call<ReceiptProof>("GET", `/generation/${id}/proof`, { session });
  assert.equal(early.status, 200, early.text);
  assert.deepEqual([early.data.proof, early.data.batch], [null, null]);
  assert.deepEqual(
    [early.data.receipt.id, early.data.receipt.cost, early.data.receipt.user],
    [id, "0.003", user.address],
  );

  const { fence } = (await ledger.row("SELECT ledger_lead(now(), 'settler', $1) AS fence", [ledger.instance])) as {
    fence: bigint;
  };
  const from = "00000000-0000-0000-0000-000000000000";
  const cut = [new Date(ledger.clock.now()), fence, ledger.id(), [number], [provider], 10n ** 12n, from];
  const { batch } = (await ledger.row("SELECT ledger_cut($1, $2, $3, $4, $5, $6, $7) AS batch", cut)) as {
    batch: bigint;
  };
  const root = await receipts.rootOf(batch);
  await ledger.row("UPDATE settle_batches SET root = $1 WHERE id = $2", [root, batch]);

  const { data } = await server.call<ReceiptProof>("GET", `/generation/${id}/proof`, { session });
  assert.deepEqual(data.batch, { id: `${batch}`, root: hex.encode(root), signature: null, has_landed: false });
  assert.ok(data.proof !== null);
  const { index, size, path } = data.proof;
  const leaf = receiptLeaf(parseReceipt(data.receipt), hex.decode(data.salt));
  const proof = path.map((hash) => hex.decode(hash));
  assert.ok(verifyMerkleProof({ leaf, index, size, proof, root }));
});

test("a receipt is shown to whoever may see its generation, and to nobody else", async () => {
  const { id } = await answered(1_000_000n);
  const other = await server.signIn((await server.bed.chain.person()).address);
  for (const [caller, path] of [
    [{ session: other }, `/generation/${id}/proof`],
    [{ session }, `/generation/gen-01a21219-a47b-7fe6-812a-c6054307eea6/proof`],
    [{ session }, "/generation/x/proof"],
  ] as const) {
    const answer = await server.call("GET", path, caller);
    assert.deepEqual([answer.status, answer.code], [404, "generation_not_found"], path);
  }
  assert.equal((await server.call("GET", `/generation/${id}/proof`)).code, "missing_key");
  const wallet = server.bed.walletOf(user);
  const bearer = await walletKey(wallet, server.bed.routerId, server.bed.ledger.clock.now());
  const byOtherKey = await server.call("GET", `/generation/${id}/proof`, { bearer });
  assert.equal(byOtherKey.code, "generation_not_found", "a key without the scope sees what it made itself");
});
