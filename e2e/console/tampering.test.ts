// A router that lies about transactions: whatever else one would do, the console says so and the wallet is asked nothing.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { associatedTokenAddress } from "@aimo-network/escrow/addresses";
import { walletSigner } from "@aimo-network/escrow/wallet-signer";
import { loadWallet } from "@aimo-network/localnet/wallets";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import type { Address, TransactionPartialSigner } from "@solana/kit";
import { address } from "@solana/kit";
import type { Browser, Page } from "playwright-core";
import type { MoneyNetwork, MoneyUser } from "../money-network.ts";
import { askOnce } from "../money-requests.ts";
import type { TestProvider } from "../network.ts";
import { waitFor } from "../network.ts";
import { openBrowser, openPage } from "./browser.ts";
import { chooseWallet, startConsoleMoneyNetwork, waitForSignedIn } from "./console-network.ts";
import type { ScriptedWallet } from "./scripted-wallet.ts";
import { addScriptedWallet } from "./scripted-wallet.ts";
import { signAndLand } from "./signing-dialog.ts";
import type { Tampering } from "./test-bed/tampered.ts";
import {
  fortuneForFees,
  otherAccount,
  otherAmount,
  otherPayer,
  otherProgram,
  solTransfer,
  tampered,
  tokenApproval,
  tokenClosure,
  tokenOwnership,
  tokenTransfer,
} from "./test-bed/tampered.ts";
import type { ToldModel } from "./test-bed/told-model.ts";
import { startToldModel } from "./test-bed/told-model.ts";

const NAME = "Scripted wallet";
const REFUSED = "Nothing was signed: this transaction is not what you asked for.";
const SOLD = "test/told";

interface Told {
  readonly data: { readonly transaction: string };
}

describe("a router that lies about transactions", () => {
  let network: MoneyNetwork;
  let browser: Browser;
  let model: ToldModel;
  let user: MoneyUser;
  let thief: MoneyUser;
  let seller: TestProvider;
  let cosigner: TransactionPartialSigner;
  let tokens: (owner: Address) => Promise<Address>;
  const closing: (() => unknown)[] = [];

  before(async () => {
    [network, browser, model] = await Promise.all([
      startConsoleMoneyNetwork({ withProvider: false }),
      openBrowser(),
      startToldModel(),
    ]);
    model.says = "paid";
    const { mint } = network.chain.place;
    tokens = (owner) => associatedTokenAddress({ owner, mint });
    cosigner = walletSigner(loadWallet(join(network.directory, "router", "cosigner.json")));
    [user, thief, seller] = await Promise.all([
      network.newUser({ deposit: "5", usdc: "20" }),
      network.newUser({ deposit: "5", usdc: "5" }),
      network.startProvider({ models: ["told"], price: "1000", upstreamUrl: model.url }),
    ]);
    await network.money?.faucet.give(address(seller.wallet), { lamports: 100_000_000n });
  });
  after(async () => {
    const closed = await Promise.allSettled(closing.map((close) => close()));
    await browser.close();
    await network.stop();
    await model.close();
    for (const one of closed) if (one.status === "rejected") throw one.reason;
  });

  const enter = async (
    who: Wallet,
  ): Promise<{ page: Page; wallet: ScriptedWallet; go(path: string): Promise<void> }> => {
    const mayAsk = [network.chain.place.rpcUrl];
    const later = { after: (close: unknown) => void closing.push(close as () => unknown) };
    const { page, go } = await openPage(later, browser, network.file.router_url, { mayAsk });
    const wallet = await addScriptedWallet(page, who, { name: NAME });
    await go("/credits");
    await chooseWallet(page, NAME);
    await waitForSignedIn(page, wallet.address);
    return { page, wallet, go };
  };

  /** The answers of a path, as a test makes them of the router's own, which is asked unless an earlier one serves again. */
  const answerWith = async (
    page: Page,
    path: string,
    make: (honest: string) => Promise<string>,
    earlier?: Told,
  ): Promise<() => Told> => {
    let honest = earlier;
    const pattern = `**/api/v1${path}`;
    await page.unroute(pattern);
    await page.route(pattern, async (route) => {
      if (route.request().method() !== "POST") return route.fallback();
      honest = earlier ?? ((await (await route.fetch()).json()) as Told);
      const transaction = await make(honest.data.transaction);
      await route.fulfill({ json: { ...honest, data: { ...honest.data, transaction } } });
    });
    return () => {
      assert.ok(honest !== undefined);
      return honest;
    };
  };
  const insistRefused = async (page: Page, wallet: ScriptedWallet, what: string): Promise<string> => {
    const asked = wallet.asked.length;
    const dialog = page.getByRole("dialog");
    const alert = dialog.getByRole("alert").filter({ hasText: "Nothing was signed" });
    await alert.waitFor();
    const words = await dialog.innerText();
    assert.ok(words.includes(REFUSED), `${what}: ${words}`);
    assert.equal(wallet.asked.length, asked, `${what}: the wallet was asked`);
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await dialog.waitFor({ state: "hidden" });
    return words;
  };
  const asIs = (wire: string): Promise<string> => Promise.resolve(wire);
  const thefts = async (owner: Address): Promise<Readonly<Record<string, readonly [Tampering, RegExp]>>> => {
    const [own, theirs] = [await tokens(owner), await tokens(thief.address)];
    return {
      "sends SOL away": [solTransfer(owner, thief.address), /0\.005 SOL|transfer/i],
      "sends USDC away": [tokenTransfer(own, theirs, owner), /token|USDC/i],
      "lets another spend": [tokenApproval(own, thief.address, owner), /SPL Token/],
      "gives the token account away": [tokenOwnership(own, owner), /SPL Token/],
      "closes the token account": [tokenClosure(own, thief.address, owner), /SPL Token/],
      "has another pay the fee": [otherPayer(thief.address), /fee|pays|sign/i],
      "calls another program": [otherProgram(network.chain.place.router.programAddress, thief.address), /program/i],
    };
  };

  type Thefts = Awaited<ReturnType<typeof thefts>>;
  /** Those that are tried on every kind of transaction; the rest is the same check. */
  const some = (all: Thefts): Thefts =>
    Object.fromEntries(Object.entries(all).filter(([what]) => /USDC away|pay the fee|program/.test(what)));

  test("a deposit: the honest one lands; every other is refused in words", async () => {
    const { page, wallet } = await enter(user.wallet);
    const deposit = async (): Promise<void> => {
      await page.getByRole("button", { name: "Deposit", exact: true }).click();
      await page.getByLabel("Amount in USDC").fill("1");
      await page.getByRole("dialog").getByRole("button", { name: "Deposit 1 USDC" }).click();
    };
    await answerWith(page, "/account/deposit", asIs);
    await deposit();
    await signAndLand(page, NAME, [/1 USDC/]);
    assert.equal((await network.chain.user(user.address)).escrow?.data.balance, 6_000_000n);
    const asked = wallet.asked.length;
    const [own, theirs] = [await network.chain.user(user.address), await network.chain.user(thief.address)];
    const cases: Readonly<Record<string, readonly [Tampering, RegExp]>> = {
      ...(await thefts(user.address)),
      "deposits more": [otherAmount(1_000_000n, 9_000_000n), /amount, found 9/],
      "deposits for somebody else": [
        otherAccount(own.escrow?.address ?? user.address, theirs.escrow?.address ?? thief.address),
        /escrow|somebody|another/i,
      ],
      "pays a fortune for its place": [fortuneForFees(), /fee|SOL/],
    };
    for (const [what, [change, words]] of Object.entries(cases)) {
      await answerWith(page, "/account/deposit", (wire) => tampered(wire, change, [thief.signer]));
      await deposit();
      const said = await insistRefused(page, wallet, what);
      assert.match(said, words, what);
    }
    await answerWith(page, "/account/deposit", () => Promise.resolve("AAAA"));
    await deposit();
    await insistRefused(page, wallet, "no transaction");
    assert.equal(wallet.asked.length, asked);
    assert.equal(await network.chain.tokens(user.address), 19_000_000n, "nothing but the honest deposit has moved");
  });

  test("a withdrawal: likewise, although the router's signature is on it", async () => {
    const { page, wallet } = await enter(user.wallet);
    const withdraw = async (): Promise<void> => {
      await page.getByRole("button", { name: "Withdraw", exact: true }).click();
      await page.getByLabel("Amount in USDC").fill("0.5");
      await page.getByRole("dialog").getByRole("button", { name: "Withdraw 0.5 USDC" }).click();
    };
    const honest = await answerWith(page, "/account/withdraw", asIs);
    const had = await network.chain.tokens(user.address);
    await withdraw();
    await signAndLand(page, NAME, [/0\.5 USDC/]);
    assert.equal(await network.chain.tokens(user.address), had + 500_000n);
    const asked = wallet.asked.length;
    const cases: Readonly<Record<string, readonly [Tampering, RegExp]>> = {
      ...some(await thefts(user.address)),
      "withdraws less": [otherAmount(500_000n, 1n), /amount, found/],
      "pays somebody else": [otherAccount(await tokens(user.address), await tokens(thief.address)), /account|pa/i],
    };
    for (const [what, [change, words]] of Object.entries(cases)) {
      const make = (wire: string): Promise<string> => tampered(wire, change, [thief.signer, cosigner]);
      await answerWith(page, "/account/withdraw", make, honest());
      await withdraw();
      const said = await insistRefused(page, wallet, what);
      assert.match(said, words, what);
    }
    assert.equal(wallet.asked.length, asked);
  });

  test("a withdrawal of earnings: likewise", async () => {
    for (const _ of ["one", "two"]) {
      const question = { url: network.file.router_url, key: thief.key, model: SOLD, maxTokens: 20, stream: true };
      assert.equal((await askOnce(question)).status, 200);
    }
    const owner = address(seller.wallet);
    await waitFor("the earnings", async () => {
      const { provider } = await network.chain.provider(owner);
      return (provider?.data.earnedTotal ?? 0n) > 15_000n || undefined;
    });
    const { page, wallet, go } = await enter(seller.owner);
    await go("/provide?tab=withdraw");
    const withdraw = async (): Promise<void> => {
      await page.getByLabel("Amount in USDC").fill("0.005");
      await page.getByRole("button", { name: "Withdraw 0.005 USDC" }).click();
    };
    const honest = await answerWith(page, "/provider/withdrawals", asIs);
    await withdraw();
    await signAndLand(page, NAME, [/0\.005 USDC/]);
    assert.equal(await network.chain.tokens(owner), 5_000n);
    const asked = wallet.asked.length;
    const cases: Readonly<Record<string, readonly [Tampering, RegExp]>> = {
      ...some(await thefts(owner)),
      "withdraws less": [otherAmount(5_000n, 1n), /amount, found/],
      "pays somebody else": [otherAccount(await tokens(owner), await tokens(thief.address)), /account|pa/i],
    };
    for (const [what, [change, words]] of Object.entries(cases)) {
      const make = (wire: string): Promise<string> => tampered(wire, change, [thief.signer, cosigner]);
      await answerWith(page, "/provider/withdrawals", make, honest());
      await withdraw();
      const said = await insistRefused(page, wallet, what);
      assert.match(said, words, what);
    }
    assert.equal(wallet.asked.length, asked);
    assert.equal(await network.chain.tokens(owner), 5_000n);
  });
});
