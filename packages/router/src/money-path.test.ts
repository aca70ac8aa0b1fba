// The money path end to end: the real program on a chain in this process, the real signer, a real ledger.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { signer } from "@aimo-network/escrow/test-bed/chain";
import { verifyReceipt } from "@aimo-network/escrow/verify-receipt";
import { liabilityLeaf, verifySumProof } from "@aimo-network/protocol/solvency";
import { ConfigError } from "./config.ts";
import { MoneyPathBed } from "./test-bed/money-path-bed.ts";

const HOUR = 3_600n;

/** A router that runs, with Ann's and Ben's deposits credited. */
async function openRunning(
  t: TestContext,
  options: Parameters<typeof MoneyPathBed.open>[1] = {},
): Promise<MoneyPathBed> {
  const bed = await MoneyPathBed.open(t, options);
  await bed.start();
  return bed;
}

test("a deposit is credited, an answer is charged and settled, and everything balances after every step", async (t) => {
  const bed = await openRunning(t);
  const { ann, ben, pat, quinn } = bed.people;
  assert.equal(await bed.availableOf(ann), 100_000_000_000n);
  await bed.insistOnBalance();
  bed.scene.land(bed.scene.ask.deposit(ann, 7n * bed.usdc));
  await bed.until("the deposit is credited", async () => (await bed.availableOf(ann)) === 107_000_000_000n);
  assert.ok(bed.told.posted.includes(ann));
  await bed.insistOnBalance();
  const id = await bed.answer(ann, pat, 3_000);
  await bed.answer(ann, quinn, 500);
  await bed.answer(ben, pat, 250);
  await bed.insistOnBalance();
  await bed.until("Pat may claim both", async () => (await bed.claimableOf(pat)) === 3_168_750_000n);
  await bed.until("Quinn may claim hers", async () => (await bed.claimableOf(quinn)) === 487_500_000n);
  await bed.insistOnBalance();
  assert.equal(bed.scene.bed.readProvider(pat).earnedTotal, 3_168_750n);
  assert.equal(bed.scene.bed.readEscrow(ann).settledTotal, 3_500_000n);
  await bed.until("nothing is on its way", () => bed.told.batches === 0);
  assert.equal(bed.told.short, 0n);
  // What she was billed is proven to her by what is on the chain.
  const proven = (await bed.path!.desk.receipts.prove(id, ann))!;
  const { wire } = await bed.row("SELECT wire FROM settle_batches WHERE signature = $1", [proven.batch!.signature]);
  const { logs } = bed.chain.transactions.find(({ signature }) => signature === proven.batch!.signature)!;
  const { routerId } = bed.scene.bed.keys;
  const verdict = verifyReceipt({
    receipt: proven.receipt,
    salt: proven.salt,
    proof: proven.proof!,
    batch: { batchId: proven.batch!.id, root: proven.batch!.root!, signature: proven.batch!.signature! },
    transaction: { transaction: [wire as string, "base64"], meta: { ["err"]: null, logMessages: logs } },
    programAddress: bed.chain.programAddress,
    routerId,
    config: bed.scene.bed.config,
  });
  assert.deepEqual(verdict, { ok: true, charged: "in_full" });
  assert.equal(await bed.path!.desk.receipts.prove(id, ben), undefined);
});

test("what is owed to users is published, with what the chain says, and each can prove his own", async (t) => {
  const bed = await openRunning(t);
  const { liabilities } = bed.path!.desk;
  await bed.until("a root is there", async () => (await liabilities.latest()) !== undefined);
  const { root, wallet, balance, salt, index, path } = (await liabilities.prove(bed.people.ann))!;
  assert.equal(root.vaultAmount, 200n * bed.usdc);
  assert.deepEqual([root.owedUsers, root.owedProviders, root.owedFees], [200n * bed.usdc, 0n, 0n]);
  assert.ok(
    verifySumProof({
      leaf: liabilityLeaf({ user: wallet, balance }, salt),
      index,
      proof: path,
      root: { hash: new Uint8Array(root.root), total: root.total, size: root.users },
    }),
  );
});

test("a root that cannot be published keeps nobody from depositing and being charged", async (t) => {
  const bed = await MoneyPathBed.open(t);
  const { ann, pat } = bed.people;
  await bed.row("ALTER TABLE liability_roots ADD CONSTRAINT none CHECK (slot < 0)");
  await bed.start();
  assert.equal(await bed.path!.desk.liabilities.latest(), undefined);
  assert.match(bed.logged.join(""), /what is owed could not be published/);
  assert.equal((await bed.lock(ann, pat, 1n)).refusal, undefined);
  bed.scene.land(bed.scene.ask.deposit(ann, bed.usdc));
  await bed.until("the deposit is credited", async () => (await bed.availableOf(ann)) > 100_000_000_000n);
});

test("a provider without an account is given one when it is owed enough, and is paid", async (t) => {
  const bed = await openRunning(t);
  const rex = bed.scene.bed.keys.guardian; // somebody without an account
  await bed.scene.bed.know(rex);
  await bed.answer(bed.people.ann, rex, 999);
  await bed.insistOnBalance();
  assert.equal(bed.chain.account(bed.scene.bed.providerOf(rex)), undefined);
  await bed.answer(bed.people.ann, rex, 1);
  await bed.until("the provider may claim it", async () => (await bed.claimableOf(rex)) === 975_000_000n);
  assert.equal(bed.scene.bed.readProvider(rex).earnedTotal, 975_000n);
  await bed.insistOnBalance();
});

test("what whoever leaves owes is settled at once, and nothing more is promised", async (t) => {
  const bed = await openRunning(t, {
    settings: { AIMO_SETTLE_AGE_MS: "3600000" },
    params: { userExitDelay: 4n * HOUR * 24n, allowanceNotice: 48n * HOUR },
  });
  const { ben, pat } = bed.people;
  await bed.answer(ben, pat, 5);
  await bed.insistOnBalance();
  assert.equal(bed.scene.bed.readEscrow(ben).settledTotal, 0n);
  bed.scene.land(bed.scene.ask.requestExit(ben));
  await bed.until("it is settled", async () => (await bed.claimableOf(pat)) === 4_875_000n);
  assert.equal((await bed.lock(ben, pat, 1n)).refusal, "allowance_exceeded");
  assert.equal((await bed.lock(bed.people.ann, pat, 1n)).refusal, undefined);
  await bed.insistOnBalance();
});

test("a router that ends while a batch is on its way goes on with the same bytes", async (t) => {
  const bed = await openRunning(t);
  const { ann, pat } = bed.people;
  bed.node.missing.add("sendTransaction");
  await bed.answer(ann, pat, 2_000);
  const open = "SELECT id, signature, wire FROM settle_batches WHERE state IN ('signed', 'sent')";
  await bed.until("a batch is on its way", async () => (await bed.row(open))["id"] !== undefined);
  const before = await bed.row(open);
  await bed.restart();
  bed.node.missing.clear();
  await bed.start();
  await bed.until("Pat may claim it", async () => (await bed.claimableOf(pat)) === 1_950_000_000n);
  assert.deepEqual(await bed.row("SELECT id, signature, wire FROM settle_batches"), before);
  assert.equal(bed.scene.bed.readEscrow(ann).settledTotal, 2_000_000n);
  await bed.insistOnBalance();
});

test("what happened while the router was away is posted when it is back, once", async (t) => {
  const bed = await openRunning(t);
  const { ann, ben, pat } = bed.people;
  await bed.answer(ann, pat, 2_000);
  await bed.until("Pat may claim it", async () => (await bed.claimableOf(pat)) === 1_950_000_000n);
  await bed.restart();
  const { scene } = bed;
  scene.land(scene.ask.deposit(ann, 5n * bed.usdc));
  scene.land(scene.ask.withdrawUser(ben, 40n * bed.usdc, { cosigner: cosignerOf(bed) }));
  scene.land(scene.ask.providerRequestExit(pat, bed.usdc));
  await bed.start();
  assert.equal(await bed.availableOf(ann), 103_000_000_000n);
  assert.equal(await bed.availableOf(ben), 60_000_000_000n);
  await bed.insistOnBalance();
});

test("a router that starts promises nothing before it has seen the chain, whatever it promised before", async (t) => {
  const bed = await openRunning(t);
  const { ann, pat } = bed.people;
  assert.equal((await bed.lock(ann, pat, 1n)).refusal, undefined);
  await bed.restart();
  bed.node.isDown = true;
  await bed.start();
  assert.equal(bed.told.isStopped, true, "it is decided before anybody can ask");
  assert.equal((await bed.lock(ann, pat, 1n)).refusal, "paused");
  assert.match(bed.logged.join(""), /the chain was not seen: nothing is promised until it is/);
  bed.node.isDown = false;
  await bed.until("requests are admitted", async () => (await bed.lock(ann, pat, 1n)).refusal === undefined);
  assert.equal(bed.told.isStopped, false);
});

test("while settling is paused on chain nothing is promised", async (t) => {
  const bed = await openRunning(t);
  const { ann, pat } = bed.people;
  bed.scene.land(bed.scene.ask.setPause(2));
  await bed.until("requests are refused", async () => (await bed.lock(ann, pat, 1n)).refusal === "paused");
  bed.chain.pass(1n, 6n * HOUR);
  bed.scene.land(bed.scene.ask.deposit(ann, bed.usdc));
  await bed.until("requests are admitted", async () => (await bed.lock(ann, pat, 1n)).refusal === undefined);
});

test("when another key may settle nothing is promised any more", async (t) => {
  const bed = await openRunning(t);
  const { ann, pat } = bed.people;
  const { scene } = bed;
  scene.land(scene.ask.setRoles({ settler: scene.bed.keys.settler }, { cosigner: cosignerOf(bed) }));
  await bed.until("requests are refused", async () => (await bed.lock(ann, pat, 1n)).refusal === "paused");
  assert.match(bed.logged.join(""), /the settler on chain is another key than this router's/);
});

test("a vault that has less than the program owes stops everybody when the router starts", async (t) => {
  const bed = await MoneyPathBed.open(t);
  const { scene, chain } = bed;
  const { vault, mint, vaultAuthority } = scene.bed;
  chain.plantToken(vault, mint, vaultAuthority, 150n * bed.usdc); // as only the mint's issuer can
  scene.land(scene.ask.deposit(bed.people.ann, bed.usdc));
  await bed.start();
  assert.equal((await bed.lock(bed.people.ann, bed.people.pat, 1n)).refusal, "paused");
  assert.equal(bed.told.short, 50_000_000_000n);
});

test("a router whose keys are not those on chain does not start, and leaves nothing open", async (t) => {
  const bed = await MoneyPathBed.open(t);
  const { scene } = bed;
  const before = scene.bed.readConfig().roles;
  scene.land(
    scene.ask.setRoles({ settler: scene.bed.keys.settler, cosigner: before.cosigner }, { cosigner: cosignerOf(bed) }),
  );
  await assert.rejects(bed.start(), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(
      error.message,
      new RegExp(`key of the settler on chain, ${scene.bed.keys.settler}, found that of ${before.settler}`),
    );
    assert.doesNotMatch(error.message, /cosigner/);
    return true;
  });
  const locks = await bed.row(
    "SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
  );
  assert.equal(locks["n"], 0n);
  scene.land(scene.ask.setRoles({ settler: before.settler, cosigner: before.cosigner }, { cosigner: cosignerOf(bed) }));
  await bed.start();
  assert.equal((await bed.lock(bed.people.ann, bed.people.pat, 1n)).refusal, undefined);
});

test("a router whose requests may take longer than users need to leave does not start", async (t) => {
  const bed = await MoneyPathBed.open(t, {
    params: { userExitDelay: HOUR, allowanceNotice: HOUR / 2n },
    settings: { AIMO_SETTLE_AGE_MS: "600000" },
  });
  await assert.rejects(bed.start(), (error) => error instanceof ConfigError && /allowance_notice/.test(error.message));
});

test("a program that knows no such router is told at once", async (t) => {
  const bed = await MoneyPathBed.open(t);
  bed.node.lie = (method, truth) => {
    if (method !== "getMultipleAccounts") return truth;
    const { context, value } = truth as { context: unknown; value: unknown[] };
    return { context, value: value.map((account, place) => (place === 1 ? null : account)) };
  };
  await assert.rejects(
    bed.start(),
    (error) => error instanceof ConfigError && /expected an open router at/.test(error.message),
  );
});

test("when the instance that leads ends, another one goes on", async (t) => {
  const bed = await MoneyPathBed.open(t);
  const { ann, pat } = bed.people;
  const first = await bed.start();
  await bed.start();
  await bed.answer(ann, pat, 1_000);
  await bed.until("Pat may claim it", async () => (await bed.claimableOf(pat)) === 975_000_000n);
  await first.close();
  await bed.answer(ann, pat, 1_000);
  bed.scene.land(bed.scene.ask.deposit(ann, bed.usdc));
  await bed.until("Pat may claim more", async () => (await bed.claimableOf(pat)) === 1_950_000_000n);
  assert.equal(await bed.availableOf(ann), 99_000_000_000n);
  await bed.insistOnBalance();
});

/** The cosigner that is on chain now. */
function cosignerOf({ scene }: MoneyPathBed): ReturnType<typeof signer> {
  return signer(scene.bed.readConfig().roles.cosigner);
}
