// Every page that is somebody's own, as that somebody sees it: nothing fails, it fits, and axe finds nothing.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { loadWallet } from "@aimo-network/localnet/wallets";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { newWallet } from "aimo-router/src/test-bed/new-wallet.ts";
import type { Browser, Page } from "playwright-core";
import type { MoneyNetwork } from "../money-network.ts";
import { askOnce } from "../money-requests.ts";
import { openBrowser, openPage } from "./browser.ts";
import { chooseWallet, enterSignedIn, startConsoleMoneyNetwork, waitForSignedIn } from "./console-network.ts";
import type { Look } from "./page-looks.ts";
import { lookAt, PICTURES, waitUntilLoaded } from "./page-looks.ts";
import { addScriptedWallet } from "./scripted-wallet.ts";

const NAME = "Scripted wallet";

describe("every page for who is signed in", () => {
  let network: MoneyNetwork;
  let browser: Browser;
  let generation: string;
  before(async () => {
    [network, browser] = await Promise.all([startConsoleMoneyNetwork({ withProvider: true }), openBrowser()]);
    const { router_url: url, model, user } = network.file;
    const question = { url, key: user.api_key, model, maxTokens: 60 };
    for (const stream of [true, false, true]) {
      generation = (await askOnce({ ...question, stream })).generationId ?? "";
    }
  });
  after(async () => {
    await browser.close();
    await network.stop();
  });

  const press =
    (name: string | RegExp) =>
    async (page: Page): Promise<void> => {
      await page.locator("main").getByRole("button", { name, exact: true }).first().click();
      await page.getByRole("dialog").waitFor();
    };
  const ask = async (page: Page): Promise<void> => {
    await page.getByLabel("Your question").fill("What is **this**?");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("link", { name: "Details" }).waitFor();
  };
  const openMenu = async (page: Page): Promise<void> => {
    await page.getByRole("button", { name: /Wallet / }).click();
    await page.getByRole("button", { name: "Sign out" }).waitFor();
  };

  type Who = "user" | "provider" | "somebody new";
  const looks = (): readonly (Look & { readonly who: Who })[] => [
    { who: "user", name: "credits", path: "/credits" },
    { who: "user", name: "credits-deposit", path: "/credits", act: press("Deposit") },
    { who: "user", name: "credits-withdraw", path: "/credits", act: press("Withdraw") },
    { who: "user", name: "keys", path: "/keys" },
    { who: "user", name: "keys-generate", path: "/keys", act: press("Generate API Key") },
    { who: "user", name: "keys-generate-provider", path: "/keys", act: press("Generate Provider Key") },
    { who: "user", name: "activity", path: "/activity" },
    { who: "user", name: "activity-one", path: `/activity/${generation}` },
    { who: "user", name: "playground", path: `/playground?model=${network.file.model}`, act: ask },
    { who: "user", name: "wallet-menu", path: "/router", act: openMenu },
    { who: "provider", name: "provide-overview", path: "/provide" },
    { who: "provider", name: "provide-earnings", path: "/provide?tab=earnings" },
    { who: "provider", name: "provide-withdraw", path: "/provide?tab=withdraw" },
    { who: "provider", name: "provide-exit", path: "/provide?tab=exit" },
    { who: "somebody new", name: "credits-new", path: "/credits" },
    { who: "somebody new", name: "keys-new", path: "/keys" },
    { who: "somebody new", name: "activity-new", path: "/activity" },
    { who: "somebody new", name: "provide-new", path: "/provide" },
  ];

  test("in every width and theme", async (t) => {
    const wallets: Readonly<Record<Who, Wallet>> = {
      user: loadWallet(network.file.user.wallet_file),
      provider: loadWallet(network.file.provider.wallet_file),
      "somebody new": newWallet(),
    };
    for (const look of looks()) {
      await t.test(look.name, async (part) => {
        const { router_url: url } = network.file;
        const watched = await openPage(part, browser, url, { mayAsk: [network.chain.place.rpcUrl] });
        await enterSignedIn(watched.page, url, wallets[look.who]);
        await lookAt(watched, look);
      });
    }
    t.diagnostic(`pictures are in ${PICTURES}`);
  });

  test("the dialog of a transaction, by the keyboard alone: it keeps the focus, and Escape leaves without signing", async (t) => {
    const { router_url: url } = network.file;
    const watched = await openPage(t, browser, url, { mayAsk: [network.chain.place.rpcUrl] });
    const { page } = watched;
    const { wallet: owner } = await network.newUser({ deposit: "2", usdc: "3" });
    const wallet = await addScriptedWallet(page, owner, { name: NAME });
    const look: Look = {
      name: "signing",
      path: "/credits",
      async act() {
        await chooseWallet(page, NAME);
        await waitForSignedIn(page, wallet.address);
        await waitUntilLoaded(page);
        await page.getByRole("button", { name: "Deposit", exact: true }).focus();
        await page.keyboard.press("Enter");
        await page.getByLabel("Amount in USDC").fill("1");
        await page.keyboard.press("Enter");
        await page.getByRole("button", { name: `Sign with ${NAME}` }).waitFor();
      },
    };
    await lookAt(watched, look);
    const dialog = page.getByRole("dialog");
    for (let presses = 0; presses < 6; presses += 1) {
      await page.keyboard.press("Tab");
      assert.ok(await dialog.evaluate((element) => element.contains(document.activeElement)), "the focus has left");
    }
    const asked = wallet.asked.length;
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    assert.equal(wallet.asked.length, asked, "the wallet was not asked");
  });
});
