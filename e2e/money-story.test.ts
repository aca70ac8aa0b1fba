// The money path walked from outside: deposit, lock, charge, settle, withdraw; after every step the vault has what is owed,
// chain and ledger agree and the ledger is right. Then everything that somebody could hand in instead.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { buildDeposit } from "@aimo-network/escrow/build/user-money";
import type { TransactionAnswer } from "@aimo-network/escrow/verify-receipt-transaction";
import { verifyReceipt } from "@aimo-network/escrow/verify-receipt";
import { microUsdc, parseMicroUsdc, parseNanoUsdc } from "@aimo-network/protocol/money";
import { parseReceipt } from "@aimo-network/protocol/receipt-json";
import { liabilityLeaf, verifySumProof } from "@aimo-network/protocol/solvency";
import { hex } from "@scure/base";
import { getTransferSolInstruction } from "@solana-program/system";
import { address, signature } from "@solana/kit";
import { altered, callMoney, insistMoney, signedWish, signWire, textOf } from "./money-http.ts";
import type { MoneyNetwork, MoneyUser } from "./money-network.ts";
import { balanceOf, runCommand, startMoneyNetwork, waitForDeposits } from "./money-network.ts";
import type { PaidAnswer } from "./money-requests.ts";
import { askOnce } from "./money-requests.ts";
import type { MoneyRouter } from "./money-router.ts";
import { openMoneyRouter } from "./money-router.ts";
import { sendWithWeb3 } from "./money-web3.ts";
import type { TestProvider } from "./network.ts";
import { waitFor } from "./network.ts";

const SLOW = "demo.fixed-30.pace-40ms";
const FEE_BPS = 250n;

describe("the money path", () => {
  let network: MoneyNetwork;
  let router: MoneyRouter;
  let provider: TestProvider;
  let user: MoneyUser;
  const answers: PaidAnswer[] = [];

  const ask = (model: string, more: object = {}): Promise<PaidAnswer> =>
    askOnce({ url: router.url, key: user.key, model: `test/${model}`, maxTokens: 50, ...more });

  before(async () => {
    network = await startMoneyNetwork({ withProvider: true });
    router = await openMoneyRouter(network, "story");
    await router.start();
    [user, provider] = await Promise.all([
      router.newUser({ usdc: "10" }),
      network.startProvider({ models: ["demo", SLOW], price: "100", routers: [router] }),
    ]);
  });
  after(async () => {
    await router.stop();
    await network.stop();
  });

  test("deposit: what the user signs and hands in by HTTP is spendable when the answer comes", async () => {
    const { code } = await ask("demo");
    assert.equal(code, "escrow_not_opened");
    const body = { amount: "4", wallet: user.address };
    const composed = await insistMoney(router.url, "/account/open", { body });
    assert.deepEqual(composed["signers"], [user.address]);
    const transaction = await signWire(textOf(composed, "transaction"), user.wallet);
    const sent = await insistMoney(router.url, "/account/transactions", { body: { transaction } });
    assert.equal(sent["status"], "confirmed");
    assert.equal((await balanceOf(router.url, user.key)).available, "4");
    await router.insistOnAgreement();
    const again = await insistMoney(router.url, "/account/transactions", { body: { transaction } });
    assert.deepEqual(again, sent, "handed in again it is the same deposit");
    const { router: config, escrow, tokens, now } = await router.chain.user(user.address);
    assert.ok(escrow !== undefined);
    const deposit = { funder: user.signer, source: tokens.address, router: config, escrow, now: now.time };
    await sendWithWeb3(
      network.chain.place.rpcUrl,
      user.wallet,
      await buildDeposit({ ...deposit, amount: microUsdc(1_000_000n) }),
    );
    await waitForDeposits(router.url, user.key, microUsdc(5_000_000n));
    assert.equal((await balanceOf(router.url, user.key)).available, "5");
    await router.insistOnAgreement();
  });

  test("lock and charge: a stream holds what it may cost, and then takes what it cost", async () => {
    const begun = Promise.withResolvers<void>();
    const stream = ask(SLOW, { stream: true, onPiece: () => begun.resolve() });
    await begun.promise;
    const held = await balanceOf(router.url, user.key);
    assert.ok(parseNanoUsdc(held.locked) > 0n);
    assert.equal(parseNanoUsdc(held.available) + parseNanoUsdc(held.locked), 5_000_000_000n);
    await router.insistOnAgreement();
    answers.push(await stream, await ask("demo"), await ask("demo", { stream: true }));
    assert.ok(answers.every(({ status, cost }) => status === 200 && cost > 0n));
    const spent = answers.reduce((sum, { cost }) => sum + cost, 0n);
    const { available, locked } = await balanceOf(router.url, user.key);
    assert.deepEqual([parseNanoUsdc(available), locked], [5_000_000_000n - spent, "0"]);
    await router.insistOnAgreement();
  });

  test("settle: the provider has what was charged, less the router's fee, to the last micro-USDC", async () => {
    const spent = answers.reduce((sum, { cost }) => sum + cost, 0n);
    const settled = await waitFor("everything to be settled", async () => {
      const { escrow } = await router.chain.user(user.address);
      return escrow?.data.settledTotal === spent / 1_000n ? escrow.data.settledTotal : undefined;
    });
    const { users, providers, fees } = await router.chain.sums();
    assert.deepEqual([users, providers + fees], [5_000_000n - settled, settled]);
    // The fee is rounded down for each entry, and there were at most as many entries as answers.
    const most = (settled * FEE_BPS) / 10_000n;
    assert.ok(fees <= most && fees > most - BigInt(answers.length));
    await router.insistOnAgreement();
  });

  test("receipts: each answer's is proven by the chain's own transaction", async () => {
    const { rpc, place } = router.chain;
    for (const { generationId = "", cost } of answers) {
      const proven = await waitFor("a receipt's batch to have landed", async () => {
        const data = await insistMoney(router.url, `/generation/${generationId}/proof`, { key: user.key });
        return (data as { batch: { has_landed: boolean } | null }).batch?.has_landed === true ? data : undefined;
      });
      const { receipt, salt, proof, batch } = proven as {
        readonly receipt: unknown;
        readonly salt: string;
        readonly proof: { readonly index: number; readonly size: number; readonly path: readonly string[] };
        readonly batch: { readonly id: string; readonly root: string; readonly signature: string };
      };
      const options = { commitment: "confirmed", encoding: "base64", maxSupportedTransactionVersion: 0 } as const;
      const transaction = await rpc.getTransaction(signature(batch.signature), options).send();
      const evidence = {
        receipt: parseReceipt(receipt),
        salt: hex.decode(salt),
        proof: { ...proof, path: proof.path.map((hash) => hex.decode(hash)) },
        batch: { batchId: BigInt(batch.id), root: hex.decode(batch.root), signature: batch.signature },
        transaction: transaction as TransactionAnswer | null,
        programAddress: place.router.programAddress,
        routerId: address(router.routerId),
        config: place.router.address,
      };
      assert.deepEqual(verifyReceipt(evidence), { ok: true, charged: "in_full" });
      assert.deepEqual(
        [evidence.receipt.cost, evidence.receipt.user, evidence.receipt.provider],
        [cost, user.address, provider.wallet],
      );
      const dearer = {
        ...evidence,
        receipt: { ...evidence.receipt, completionTokens: evidence.receipt.completionTokens + 1 },
      };
      assert.equal(verifyReceipt(dearer).ok, false);
    }
  });

  test("withdraw: a provider has in its wallet exactly what it withdrew, by signing a text and a transaction", async () => {
    const { owner } = provider;
    const wallet = address(provider.wallet);
    await network.money?.faucet.give(wallet, { lamports: 100_000_000n });
    const { provider: account } = await router.chain.provider(wallet);
    const earned = account?.data.earnedTotal ?? 0n;
    assert.ok(earned > 0n);
    const amount = `0.${String(earned).padStart(6, "0")}`.replace(/0+$/, "");
    const body = await signedWish(owner, { whose: "earnings", amount, routerId: router.routerId });
    const withdrawal = await insistMoney(router.url, "/provider/withdrawals", { body });
    assert.equal(withdrawal["state"], "router-signed");
    const had = await router.chain.tokens(wallet);
    await router.insistOnAgreement();
    const transaction = await signWire(textOf(withdrawal, "transaction"), owner);
    const path = `/provider/withdrawals/${textOf(withdrawal, "id")}/submit`;
    const submitted = await insistMoney(router.url, path, { body: { transaction } });
    assert.equal(submitted["state"], "confirmed");
    assert.equal(await router.chain.tokens(wallet), had + earned);
    await router.insistOnAgreement();
    const again = await insistMoney(router.url, path, { body: { transaction } });
    assert.deepEqual([again["state"], again["signature"]], ["confirmed", submitted["signature"]]);
    assert.equal(await router.chain.tokens(wallet), had + earned);
  });

  test("withdraw: a user gets back what was not spent, and cannot get more", async () => {
    const { available } = await balanceOf(router.url, user.key);
    const whole = parseNanoUsdc(available) / 1_000n;
    const textFor = (micro: bigint): string =>
      `${micro / 1_000_000n}.${String(micro % 1_000_000n).padStart(6, "0")}`.replace(/\.?0+$/, "");
    const wish = { whose: "user funds", routerId: router.routerId } as const;
    const more = await callMoney(router.url, "/account/withdraw", {
      body: await signedWish(user.wallet, { ...wish, amount: textFor(whole + 1n) }),
    });
    assert.deepEqual([more.status, more.code], [409, "withdrawal_exceeds_balance"]);
    const had = await router.chain.tokens(user.address);
    const withdrawal = await insistMoney(router.url, "/account/withdraw", {
      body: await signedWish(user.wallet, { ...wish, amount: textFor(whole) }),
    });
    const transaction = await signWire(textOf(withdrawal, "transaction"), user.wallet);
    const held = await ask("demo");
    assert.deepEqual(
      [held.status, held.code],
      [402, "insufficient_balance"],
      "what waits for a withdrawal is not spent",
    );
    await router.insistOnAgreement();
    const path = `/account/withdrawals/${textOf(withdrawal, "id")}/submit`;
    const submitted = await insistMoney(router.url, path, { body: { transaction } });
    assert.equal(submitted["state"], "confirmed");
    assert.equal(await router.chain.tokens(user.address), had + whole);
    await router.insistOnAgreement();
  });

  test("what is no wish of the owner's is refused with its reason, and moves nothing", async () => {
    const [friend, stranger] = await Promise.all([router.newUser({ deposit: "1" }), network.newUser({ deposit: "1" })]);
    const { url, routerId } = router;
    const wish = { whose: "user funds", amount: "0.5", routerId } as const;
    const refusal = async (path: string, body: object, key?: string): Promise<unknown> => {
      const { status, code } = await callMoney(url, path, { body, ...(key !== undefined && { key }) });
      return [status, code];
    };
    const signed = await signedWish(friend.wallet, wish);
    assert.deepEqual(await refusal("/account/withdraw", { amount: "0.5" }, friend.key), [403, "key_cannot_withdraw"]);
    for (const body of [
      { ...signed, amount: "0.6" },
      { ...signed, wallet: user.address },
      await signedWish(friend.wallet, { ...wish, routerId: network.file.router_id }),
      await signedWish(friend.wallet, { ...wish, whose: "earnings" }),
      await signedWish(friend.wallet, wish, Date.parse(signed["date"] ?? "") - 6 * 60_000),
    ]) {
      assert.deepEqual(await refusal("/account/withdraw", body), [400, "invalid_request"]);
    }

    const withdrawal = await insistMoney(url, "/account/withdraw", { body: signed });
    assert.deepEqual(
      await insistMoney(url, "/account/withdraw", { body: signed }),
      withdrawal,
      "asked again it is the same",
    );
    const another = await signedWish(friend.wallet, { ...wish, amount: "0.25" });
    assert.deepEqual(await refusal("/account/withdraw", another), [409, "withdrawal_open"]);
    const [partly, path] = [
      textOf(withdrawal, "transaction"),
      `/account/withdrawals/${textOf(withdrawal, "id")}/submit`,
    ];
    const whole = await signWire(partly, friend.wallet);
    const elsewhere = await insistMoney(network.file.router_url, "/account/withdraw", {
      body: await signedWish(stranger.wallet, { ...wish, routerId: network.file.router_id }),
    });
    const foreign = await signWire(textOf(elsewhere, "transaction"), stranger.wallet);
    for (const [transaction, code] of [
      [partly, "transaction_unsigned"],
      [await signWire(partly, stranger.wallet), "transaction_signature_invalid"],
      [altered(whole, 3), "transaction_altered"],
      [await signWire(altered(partly, 3), friend.wallet), "transaction_altered"],
      [foreign, "transaction_foreign"],
      ["AAAA", "transaction_unreadable"],
    ] as const) {
      assert.deepEqual(await refusal(path, { transaction }), [400, code], code);
    }
    assert.deepEqual(await refusal(path.replace("/account/", "/provider/"), { transaction: whole }), [
      404,
      "withdrawal_not_found",
    ]);
    const submitted = await insistMoney(url, path, { body: { transaction: whole } });
    assert.equal(submitted["state"], "confirmed");
    const replayed = await insistMoney(url, path, { body: { transaction: whole } });
    assert.deepEqual([replayed["state"], replayed["signature"]], ["confirmed", submitted["signature"]]);
    const later = await insistMoney(url, "/account/withdraw", {
      body: await signedWish(friend.wallet, { ...wish, amount: "0.25" }),
    });
    const laterPath = `/account/withdrawals/${textOf(later, "id")}/submit`;
    assert.deepEqual(
      await refusal(laterPath, { transaction: whole }),
      [400, "transaction_foreign"],
      "an earlier withdrawal's",
    );
    await insistMoney(url, laterPath, {
      body: { transaction: await signWire(textOf(later, "transaction"), friend.wallet) },
    });
    assert.equal(await router.chain.tokens(friend.address), 750_000n);
    await router.insistOnAgreement();
  });

  test("a transaction that is not one of a user's own money here is not sent", async () => {
    const { url } = router;
    const payer = await router.newUser({ usdc: "2" });
    const compose = async (at: string): Promise<string> =>
      textOf(await insistMoney(at, "/account/open", { body: { amount: "1", wallet: payer.address } }), "transaction");
    const own = await compose(url);
    const whole = await signWire(own, payer.wallet);
    const transfer = getTransferSolInstruction({ source: payer.signer, destination: user.address, amount: 1n });
    const elsewhere = await signWire(await compose(network.file.router_url), payer.wallet);
    for (const [transaction, code] of [
      [own, "transaction_unsigned"],
      [await signWire(own, user.wallet), "transaction_signature_invalid"],
      [altered(whole, 3), "transaction_signature_invalid"],
      [elsewhere, "transaction_foreign"],
      [await router.chain.sign(payer.wallet, [transfer]), "transaction_unacceptable"],
      ["AAAA", "transaction_unreadable"],
    ] as const) {
      const refused = await callMoney(url, "/account/transactions", { body: { transaction } });
      assert.deepEqual([refused.status, refused.code], [400, code]);
    }
    assert.equal(await router.chain.tokens(payer.address), 2_000_000n);
    const sent = await insistMoney(url, "/account/transactions", { body: { transaction: whole } });
    assert.equal(sent["status"], "confirmed");
    assert.equal((await balanceOf(url, payer.key)).available, "1");
    await router.insistOnAgreement();
  });

  test("solvency: the router's own word adds up, and proves to a user that it counts all that it owes", async () => {
    const saver = await router.newUser({ deposit: "3" });
    const { cost } = await askOnce({ url: router.url, key: saver.key, model: "test/demo", maxTokens: 50 });
    await waitFor("it to be settled", async () => {
      const { escrow } = await router.chain.user(saver.address);
      return escrow?.data.settledTotal === cost / 1_000n || undefined;
    });
    await router.insistOnAgreement();
    await router.stop();
    await router.start(); // a root is made at the start, and every hour
    const proof = await waitFor("a root of what is owed", async () => {
      const { status, data } = await callMoney(router.url, "/account/solvency-proof", { key: saver.key });
      return status === 200 ? data : undefined;
    });
    const told = await insistMoney(router.url, "/router/solvency");
    const { users, providers, fees, total } = told["liabilities"] as Readonly<Record<string, string>>;
    const sums = await router.chain.sums();
    const amounts = [users, providers, fees, total, told["vault_amount"] as string].map((amount) =>
      parseMicroUsdc(amount ?? ""),
    );
    assert.deepEqual(amounts, [sums.users, sums.providers, sums.fees, sums.vault, sums.vault]);
    assert.deepEqual([told["surplus"], told["shortfall"]], ["0", "0"]);
    const { salt, index, path, root, balance } = proof as {
      readonly salt: string;
      readonly index: number;
      readonly balance: string;
      readonly path: readonly { readonly hash: string; readonly sum: string }[];
      readonly root: { readonly hash: string; readonly total: string; readonly size: number };
    };
    assert.deepEqual(told["liability_root"], root);
    const owed = parseNanoUsdc(balance);
    assert.ok(cost > 0n);
    assert.equal(owed, 3_000_000_000n - cost);
    const leaf = liabilityLeaf({ user: saver.address, balance: owed }, hex.decode(salt));
    const siblings = path.map(({ hash, sum }) => ({ hash: hex.decode(hash), sum: parseNanoUsdc(sum) }));
    const claimed = { hash: hex.decode(root.hash), total: parseNanoUsdc(root.total), size: root.size };
    assert.ok(verifySumProof({ leaf, index, proof: siblings, root: claimed }));
    assert.equal(claimed.total, sums.users * 1_000n, "nothing is on its way");
  });

  test("and both commands say so from outside", async () => {
    const [reconciled, checked] = [
      await runCommand("reconcile", router.settings),
      await runCommand("check-ledger", router.settings),
    ];
    assert.deepEqual([reconciled.code, checked.code], ["0", "0"]);
    assert.match(reconciled.lines.join("\n"), /^Chain and ledger agree at slot \d+: \d+ users, 1 providers\.$/);
  });
});
