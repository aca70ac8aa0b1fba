// A router that is gone for good: everybody gets what is theirs from the chain alone, with either of Solana's libraries.
import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { buildProviderFinalizeExit, buildProviderRequestExit } from "@aimo-network/escrow/build/provider-payments";
import { buildFinalizeExit, buildRequestExit } from "@aimo-network/escrow/build/user-exit";
import { walletSigner } from "@aimo-network/escrow/wallet-signer";
import { loadWallet } from "@aimo-network/localnet/wallets";
import type { FileWallet } from "@aimo-network/localnet/wallets";
import { microUsdc } from "@aimo-network/protocol/money";
import { passOnChain } from "./chain-time.ts";
import { askOnce } from "./money-requests.ts";
import type { MoneyNetwork, MoneyUser } from "./money-network.ts";
import { startMoneyNetwork } from "./money-network.ts";
import { waitFor } from "./network.ts";
import { sendWithWeb3 } from "./money-web3.ts";

describe("a router that is gone, with its keys and its ledger", () => {
  let network: MoneyNetwork;
  let alice: MoneyUser;
  let bob: MoneyUser;
  let provider: FileWallet;

  const wait = (seconds: bigint): Promise<void> => passOnChain(network.chain, seconds);

  before(async () => {
    network = await startMoneyNetwork();
    provider = loadWallet(network.file.provider.wallet_file);
    [alice, bob] = await Promise.all([network.newUser({ deposit: "10" }), network.newUser({ deposit: "5" })]);
    const { router_url: url, model } = network.file;
    for (const { key } of [alice, bob, alice]) assert.ok((await askOnce({ url, key, model })).cost > 0n);
    await network.insistOnAgreement();
    await waitFor("everything to be settled", async () => {
      const left = await Promise.all([alice, bob].map(({ wallet }) => network.books.balances(wallet)));
      return left.every(({ payable }) => payable < 1_000n) || undefined;
    });
    const router = network.children.find(({ name }) => name === "router");
    assert.ok(router !== undefined);
    await router.kill();
    const home = join(network.directory, "router");
    // Its database is still ending, and may write between two of these.
    await waitFor("its data to be gone", () => {
      rmSync(home, { recursive: true, force: true });
      return Promise.resolve(!existsSync(home) || undefined);
    });
    await assert.rejects(fetch(`${url}/api/v1/models`), "nobody answers any more");
  });
  after(() => network.stop());

  test("a user waits for the exit delay and has everything that was not settled, by kit and the RPC alone", async () => {
    const { chain } = network;
    const { wallet, signer, address } = alice;
    const { router, escrow } = await chain.user(address);
    assert.ok(escrow !== undefined && escrow.data.settledTotal > 0n);
    const rest = 10_000_000n - escrow.data.settledTotal;
    await chain.send(wallet, await buildRequestExit({ user: signer, router, escrow }));
    const finalize = async (): Promise<void> => {
      const view = await chain.user(address);
      assert.ok(view.escrow !== undefined);
      // Built as if it were due, so that it is the program that says whether it is.
      const due = view.now.time + view.router.data.params.userExitDelay;
      const exit = { payer: signer, router: view.router, escrow: view.escrow, now: due };
      await chain.send(wallet, await buildFinalizeExit(exit));
    };
    await wait(router.data.params.userExitDelay - 60n);
    await assert.rejects(finalize(), /ExitTooEarly|0x2a/);
    await wait(60n);
    await finalize();
    assert.equal(await chain.tokens(address), rest);
    assert.deepEqual((await chain.sums()).faults, []);
  });

  test("another user does the same with web3.js 1.x, which only carries the instructions' bytes", async () => {
    const { chain } = network;
    const { wallet, signer, address } = bob;
    const { router, escrow } = await chain.user(address);
    assert.ok(escrow !== undefined && escrow.data.settledTotal > 0n);
    await sendWithWeb3(chain.place.rpcUrl, wallet, await buildRequestExit({ user: signer, router, escrow }));
    await wait(router.data.params.userExitDelay);
    const { escrow: leaving, now } = await chain.user(address);
    assert.ok(leaving !== undefined);
    const exit = { payer: signer, router, escrow: leaving, now: now.time };
    await sendWithWeb3(chain.place.rpcUrl, wallet, await buildFinalizeExit(exit));
    assert.equal(await chain.tokens(address), 5_000_000n - escrow.data.settledTotal);
    assert.deepEqual((await chain.sums()).faults, []);
  });

  test("a provider has everything that was settled, less the router's fee", async () => {
    const { chain } = network;
    const owner = walletSigner(provider);
    const settled = await Promise.all([alice, bob].map(({ address }) => chain.user(address)));
    const sum = settled.reduce((total, { escrow }) => total + (escrow?.data.settledTotal ?? 0n), 0n);
    const { router, provider: account } = await chain.provider(owner.address);
    assert.ok(account !== undefined);
    const earned = account.data.earnedTotal;
    const had = await chain.tokens(owner.address);
    assert.equal(earned + router.data.feeAccrued, sum);
    await chain.send(
      provider,
      await buildProviderRequestExit({ owner, router, provider: account, amount: microUsdc(earned) }),
    );
    await wait(router.data.params.providerExitDelay);
    const view = await chain.provider(owner.address);
    assert.ok(view.provider !== undefined);
    const exit = { payer: owner, router: view.router, provider: view.provider, now: view.now.time };
    await chain.send(provider, await buildProviderFinalizeExit(exit));
    assert.equal(await chain.tokens(owner.address), had + earned);
    assert.deepEqual((await chain.sums()).faults, []);
  });

  test("nothing is left in the vault but what belongs to the router and to those who stayed", async () => {
    const { vault, fees, users, providers } = await network.chain.sums();
    const { escrow } = await network.chain.user(walletSigner(loadWallet(network.file.user.wallet_file)).address);
    assert.deepEqual([users, providers, vault], [escrow?.data.balance, 0n, users + fees]);
  });
});
