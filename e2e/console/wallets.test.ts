// Wallets that are not ours: how they sign in, how they do not, and what ends it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { TestContext } from "node:test";
import { base58 } from "@scure/base";
import { newWallet } from "aimo-router/src/test-bed/new-wallet.ts";
import type { Browser, Page } from "playwright-core";
import type { Network } from "../network.ts";
import { waitFor } from "../network.ts";
import type { WatchedPage } from "./browser.ts";
import { openBrowser, openPage } from "./browser.ts";
import { chooseWallet, startConsoleNetwork, waitForSignedIn, waitForSignedOut } from "./console-network.ts";
import type { ScriptedWallet, WalletAbilities } from "./scripted-wallet.ts";
import { addScriptedWallet } from "./scripted-wallet.ts";

const NAME = "Scripted wallet";

describe("wallets of others", () => {
  let network: Network;
  let browser: Browser;
  before(async () => {
    [network, browser] = await Promise.all([startConsoleNetwork({ withProvider: false }), openBrowser()]);
  });
  after(async () => {
    await browser.close();
    await network.stop();
  });

  const open = async (
    t: TestContext,
    abilities: WalletAbilities = {},
  ): Promise<WatchedPage & { readonly wallet: ScriptedWallet }> => {
    const watched = await openPage(t, browser, network.file.router_url);
    const wallet = await addScriptedWallet(watched.page, newWallet(), { name: NAME, ...abilities });
    await watched.go("/keys");
    return { ...watched, wallet };
  };
  const hasSession = async (page: Page): Promise<boolean> =>
    (await page.context().cookies()).some(({ name }) => name === "aimo-session");
  const waitForNoSession = (page: Page): Promise<true> =>
    waitFor("the session's cookie to go", async () => ((await hasSession(page)) ? undefined : true));
  const menuOf = async (page: Page): Promise<string> => {
    await page.getByRole("button", { name: /^Wallet / }).click();
    const menu = page.getByRole("dialog", { name: "Your wallet" });
    const text = await menu.innerText();
    await page.keyboard.press("Escape");
    await menu.waitFor({ state: "hidden" });
    return text;
  };

  const manners: readonly (readonly [string, WalletAbilities, "message" | "transaction"])[] = [
    ["by signMessage", {}, "message"],
    ["by signIn, with the text that the wallet made", { hasSignIn: true }, "message"],
    ["by a transaction with a memo, where the wallet signs no messages", { hasSignMessage: false }, "transaction"],
  ];
  for (const [how, abilities, kind] of manners) {
    test(`signs in ${how}`, async (t) => {
      const { page, wallet } = await open(t, abilities);
      await chooseWallet(page, NAME);
      await waitForSignedIn(page, wallet.address);
      assert.deepEqual(
        wallet.asked.map((asked) => asked.kind),
        [kind],
      );
      const [asked] = wallet.asked;
      const text = Buffer.from(asked?.bytes ?? []).toString();
      assert.match(text, /127\.0\.0\.1:\d+ wants you to sign in with your Solana account:\n/);
      assert.ok(text.includes(wallet.address));
      assert.match(await menuOf(page), new RegExp(NAME));
    });
  }

  test("a wallet that appears late is there to choose, also while the dialog is open", async (t) => {
    const { page, wallet } = await open(t, { isLate: true });
    await page.getByRole("banner").getByRole("button", { name: "Connect wallet" }).click();
    const row = page.getByRole("dialog").getByRole("button", { name: NAME });
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Test wallet/ })
      .waitFor();
    assert.equal(await row.isVisible(), false);
    await wallet.appear();
    await row.click();
    await waitForSignedIn(page, wallet.address);
  });

  test("a refusal is told in words, and the next try may go through", async (t) => {
    const { page, wallet } = await open(t);
    wallet.conduct = "refuse";
    await chooseWallet(page, NAME);
    const dialog = page.getByRole("dialog");
    await dialog.getByText(`You refused it in ${NAME}.`).waitFor();
    assert.equal(await hasSession(page), false);
    wallet.conduct = "sign";
    await dialog.getByRole("button", { name: "Try again" }).click();
    await waitForSignedIn(page, wallet.address);
  });

  test("a slow answer is waited for, with a word where to look, and is taken when it comes", async (t) => {
    const { page, wallet } = await open(t);
    await page.clock.install();
    wallet.conduct = "wait";
    await chooseWallet(page, NAME);
    const dialog = page.getByRole("dialog");
    await dialog.getByText(`Sign in with ${NAME}`).waitFor();
    await page.clock.fastForward(9_000);
    await dialog.getByText("Nothing to see?").waitFor();
    wallet.conduct = "sign";
    await waitForSignedIn(page, wallet.address);
  });

  test("who cancels while the wallet is waited for is not signed in when it answers after all", async (t) => {
    const { page, wallet } = await open(t);
    wallet.conduct = "wait";
    await chooseWallet(page, NAME);
    const dialog = page.getByRole("dialog");
    await dialog.getByText(`Sign in with ${NAME}`).waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.getByRole("button", { name: NAME }).waitFor();
    wallet.conduct = "sign";
    await waitFor("the late signature", () => Promise.resolve(wallet.asked.length === 1 || undefined));
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await page.reload();
    await waitForSignedOut(page);
    assert.equal(await hasSession(page), false);
  });

  for (const conduct of ["sign as another", "garbage", "sign something else"] as const) {
    test(`what comes of a wallet that would ${conduct} never reaches the router`, async (t) => {
      const { page, wallet } = await open(t);
      const logins: string[] = [];
      page.on("request", (request) => {
        if (request.url().endsWith("/auth/login")) logins.push(request.url());
      });
      wallet.conduct = conduct;
      await chooseWallet(page, NAME);
      const alert = page.getByRole("dialog").getByRole("alert");
      await alert.waitFor();
      assert.match(await alert.innerText(), new RegExp(`${NAME} (?:gave|signed) .*Nothing was sent`, "s"));
      assert.deepEqual(logins, []);
      assert.equal(await hasSession(page), false);
      if (conduct === "garbage") return;
      // What cannot sign texts soundly may be able to sign a transaction: hardware wallets are so.
      wallet.conduct = "sign";
      await page.getByRole("dialog").getByRole("button", { name: "Sign a transaction instead" }).click();
      await waitForSignedIn(page, wallet.address);
      assert.equal(wallet.asked.at(-1)?.kind, "transaction");
    });
  }

  test("who signs in with the memo's transaction signed by another key is told and stays out", async (t) => {
    const { page, wallet } = await open(t, { hasSignMessage: false });
    wallet.conduct = "sign as another";
    await chooseWallet(page, NAME);
    await page.getByRole("dialog").getByRole("alert").waitFor();
    assert.equal(await hasSession(page), false);
  });

  test("another account in the wallet signs out, here and at the router", async (t) => {
    const { page, wallet } = await open(t);
    await chooseWallet(page, NAME);
    await waitForSignedIn(page, wallet.address);
    const other = newWallet();
    await wallet.changeAccount(other);
    await waitForSignedOut(page);
    await page.getByText("The wallet changed to another account, so you were signed out.").waitFor();
    await waitForNoSession(page);
    await chooseWallet(page, NAME);
    await waitForSignedIn(page, base58.encode(other.publicKey));
  });

  test("a wallet that disconnects signs out, here and at the router", async (t) => {
    const { page, wallet } = await open(t);
    await chooseWallet(page, NAME);
    await waitForSignedIn(page, wallet.address);
    await wallet.disconnect();
    await waitForSignedOut(page);
    await page.getByText("The wallet disconnected, so you were signed out.").waitFor();
    await waitForNoSession(page);
  });

  test("after a reload the same person is signed in and the wallet connected, unasked", async (t) => {
    const { page, wallet } = await open(t);
    await chooseWallet(page, NAME);
    await waitForSignedIn(page, wallet.address);
    await page.reload();
    await waitForSignedIn(page, wallet.address);
    await waitFor("the wallet to be connected again", async () => (await menuOf(page)).includes(NAME) || undefined);
    assert.equal(wallet.asked.length, 1);
  });

  test("a wallet that went to another account while no page was open signs out when one is", async (t) => {
    const { page, wallet } = await open(t);
    await chooseWallet(page, NAME);
    await waitForSignedIn(page, wallet.address);
    await wallet.changeAccount(newWallet(), { isUntold: true });
    for (const asked of ["events", "account/balance"]) {
      await page.route(`**/api/v1/${asked}`, async (route) => {
        await page.waitForTimeout(500); // it would come to the router after the end of the session
        await route.continue();
      });
    }
    await page.reload();
    await page.getByText("The wallet changed to another account, so you were signed out.").waitFor();
    await waitForSignedOut(page);
    await waitForNoSession(page);
    await page.waitForTimeout(1_000); // what was under way and is refused now would be told as a fault
  });

  test("two tabs are signed in and out together", async (t) => {
    const { page, wallet, openTab } = await open(t);
    const second = await openTab();
    await second.goto(page.url());
    await chooseWallet(page, NAME);
    await waitForSignedIn(page, wallet.address);
    await waitForSignedIn(second, wallet.address);
    await second.getByRole("button", { name: /^Wallet / }).click();
    await second.getByRole("button", { name: "Sign out" }).click();
    await waitForSignedOut(second);
    await waitForSignedOut(page);
    await waitForNoSession(page);
  });
});
